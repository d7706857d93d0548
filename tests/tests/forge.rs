//! The example `forge`: a history of many migrations in four apps and two crates, with rows made on the way.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeMap;

use modelshift::Migrator;
use modelshift::dialect::Dialect;
use modelshift::plan::Direction;
use modelshift::planner::plan_migration;
use modelshift_schema::detect::project::detect_project;
use modelshift_schema::graph::Graph;
use modelshift_schema::hints::{ModelHints, SourceModel};
use modelshift_schema::migration::Migration;
use modelshift_schema::model::Model;
use modelshift_schema::name::MigrationId;
use modelshift_schema::replay::advance;
use modelshift_schema::state::ProjectState;
use modelshift_tests::database::Database;
use modelshift_tests::shape;
use modelshift_tests::trial::capabilities;

const DIALECTS: [Dialect; 3] = [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql];

/// Rows that are made right after a migration.
const ROWS: [(&str, &[&str]); 13] = [
    (
        "accounts.0001_initial",
        &[
            "INSERT INTO accounts_user (name, email, password) VALUES ('Ada', 'ada@example.org', 'x'), ('bob', 'bob@example.org', 'y')",
        ],
    ),
    (
        "accounts.0003_organisation_membership",
        &[
            "INSERT INTO accounts_organisation (name) VALUES ('engines')",
            "INSERT INTO accounts_membership (organisation_id, user_id, role) VALUES (1, 1, 'owner'), (1, 2, 'member')",
        ],
    ),
    (
        "code.0002_branch",
        &[
            "INSERT INTO code_repository (owner_id, name) VALUES (1, 'engine')",
            "INSERT INTO code_branch (repository_id, name, head, is_protected) VALUES (1, 'main', 'c0ffee', TRUE), (1, 'oil', '0ff', FALSE)",
        ],
    ),
    (
        "code.0004_gittag_release",
        &[
            "INSERT INTO code_git_tag (repository_id, name, commit_) VALUES (1, 'v1', 'c0ffee')",
            "INSERT INTO code_release (tag_id, title) VALUES (1, 'It turns')",
        ],
    ),
    (
        "tracker.0001_squashed_0005_issue_assignees",
        &[
            "INSERT INTO tracker_issue (repository_id, number, title, text, author_id) VALUES (1, 1, 'It squeaks', 'Always.', 2)",
            "INSERT INTO tracker_label (repository_id, name) VALUES (1, 'bug')",
            "INSERT INTO tracker_issue_labels (issue_id, label_id) VALUES (1, 1)",
            "INSERT INTO tracker_comment (issue_id, author_id, text) VALUES (1, 1, 'Oil it.')",
        ],
    ),
    (
        "tracker.0006_pullrequest",
        &["INSERT INTO tracker_pull_request (issue_id, source_id, target_id) VALUES (1, 2, NULL)"],
    ),
    (
        "ci.0002_artifact",
        &[
            "INSERT INTO ci_runner (name, token) VALUES ('mill', 't')",
            "INSERT INTO ci_pipeline (repository_id, branch, commit_) VALUES (1, 'main', 'c0ffee')",
            "INSERT INTO ci_job (pipeline_id, stage, name, runner_id) VALUES (1, 'build', 'compile', 1), (1, 'build', 'link', NULL)",
            "INSERT INTO ci_artifact (job_id, path, size) VALUES (1, 'engine', 7)",
        ],
    ),
    (
        "code.0010_collaborator",
        &["INSERT INTO code_collaborator (repository_id, user_id, permission) VALUES (1, 2, 'write')"],
    ),
    (
        "code.0012_wikipage",
        &["INSERT INTO code_wiki_page (repository_id, slug, title, body, updated_at) \
             VALUES (1, 'home', 'Home', 'Hello', '2025-01-31 12:00:00')"],
    ),
    (
        "code.0024_commitstatus",
        &[
            "INSERT INTO code_commit_status (repository_id, commit_, context) VALUES (1, 'c0ffee', 'ci/build')",
        ],
    ),
    ("code.0031_repository_visibility", &["UPDATE code_repository SET is_private = TRUE"]),
    (
        "code.0037_codeowner",
        &[
            "INSERT INTO accounts_team (organisation_id, name) VALUES (1, 'oilers')",
            "INSERT INTO accounts_team_member (team_id, user_id) VALUES (1, 2)",
            "INSERT INTO code_code_owner (repository_id, pattern, team_id, user_id) VALUES (1, '*.oil', 1, 2)",
        ],
    ),
    (
        "tracker.0023_queuedmerge",
        &[
            "INSERT INTO tracker_queued_merge (pull_request_id, repository_id, branch, position) VALUES (1, 1, 'main', 1)",
        ],
    ),
];

/// What became of the rows in the end.
const KEPT: [(&str, &[&str]); 15] = [
    ("SELECT login FROM accounts_user ORDER BY id", &["Ada", "bob"]),
    ("SELECT login_key FROM accounts_user ORDER BY id", &["ada", "bob"]),
    (
        "SELECT login, address FROM accounts_email_address JOIN accounts_user ON accounts_user.id = user_id ORDER BY login",
        &["Ada | ada@example.org", "bob | bob@example.org"],
    ),
    ("SELECT role FROM accounts_membership ORDER BY id", &["owner", "member"]),
    ("SELECT CONCAT('', permission) FROM code_collaborator", &["20"]),
    ("SELECT pattern FROM code_branch_rule", &["main"]),
    ("SELECT body FROM code_wiki_revision WHERE CONCAT('', written_at) LIKE '2025-01-31%'", &["Hello"]),
    (
        "SELECT code_tag.name, title FROM code_release JOIN code_tag ON code_tag.id = tag_id",
        &["v1 | It turns"],
    ),
    (
        "SELECT tracker_label.name, tracker_comment.body, head FROM tracker_issue_labels \
         JOIN tracker_label ON tracker_label.id = label_id \
         JOIN tracker_comment ON tracker_comment.issue_id = tracker_issue_labels.issue_id \
         JOIN tracker_pull_request ON tracker_pull_request.issue_id = tracker_issue_labels.issue_id \
         JOIN code_branch ON code_branch.id = source_id",
        &["bug | Oil it. | 0ff"],
    ),
    (
        "SELECT ci_stage.name, ci_job.name FROM ci_job JOIN ci_stage ON ci_stage.id = stage_id \
         JOIN ci_pipeline ON ci_pipeline.id = pipeline_id ORDER BY ci_job.name",
        &["build | compile", "build | link"],
    ),
    ("SELECT visibility FROM code_repository", &["private"]),
    ("SELECT context FROM ci_commit_status", &["ci/build"]),
    (
        "SELECT pattern, login FROM code_code_owner JOIN accounts_user ON accounts_user.id = user_id",
        &["*.oil | bob"],
    ),
    (
        "SELECT head FROM tracker_queued_merge JOIN code_branch ON code_branch.name = branch \
         AND code_branch.repository_id = tracker_queued_merge.repository_id",
        &["c0ffee"],
    ),
    (
        "SELECT path FROM ci_artifact JOIN ci_job ON ci_job.id = job_id JOIN ci_runner ON ci_runner.id = runner_id",
        &["engine"],
    ),
];

/// A history on its way through one database.
struct Journey {
    database: Database,
    dialect: Dialect,
    /// Every migration, with the state before it.
    legs: Vec<(Migration, ProjectState)>,
    last: ProjectState,
}

impl Journey {
    /// Begins with an empty database; `known` are migrations that were done before others came to stand for them.
    async fn begin(dialect: Dialect, known: &[&str]) -> Self {
        let known = known.iter().map(|id| id.parse().unwrap()).collect();
        let graph = Graph::for_database(forge::migrations().load().unwrap(), &known).unwrap();
        let mut last = ProjectState::default();
        let mut legs = Vec::new();
        for migration in graph.order() {
            legs.push((migration.clone(), last.clone()));
            advance(&mut last, migration).unwrap();
        }
        let database = Database::fresh(dialect).await.expect("the server starts").with(forge::migrations());
        Self { database, dialect, legs, last }
    }

    /// Returns the shape of a database that is made for the last state as if there were no history.
    async fn fresh(&mut self) -> Vec<String> {
        self.database.enter("modelshift_forge").await.unwrap();
        let source = |model: &Model| SourceModel { model: model.clone(), hints: ModelHints::default() };
        let wanted: BTreeMap<_, _> =
            self.last.models().map(|(key, model)| (key.clone(), source(model))).collect();
        let apps = wanted.keys().map(|key| key.app.clone()).collect();
        let mut state = ProjectState::default();
        for (number, piece) in (1..).zip(detect_project(&state.clone(), &wanted, &apps).pieces) {
            let id = MigrationId::new(&piece.app, format!("{number:04}_fresh"));
            let migration = Migration::new(id, Vec::new(), piece.operations);
            self.run(&migration, Direction::Forward, &state).await;
            advance(&mut state, &migration).unwrap();
        }
        assert_eq!(state.len(), self.last.len());
        shape::shape(&mut self.database, self.dialect).await.unwrap()
    }

    async fn run(&mut self, migration: &Migration, direction: Direction, before: &ProjectState) {
        let dialect = self.dialect;
        let plan = plan_migration(migration, direction, before, dialect, &capabilities(dialect));
        let plan = plan.unwrap_or_else(|error| panic!("{dialect}: {error}: {:?}", error.fault));
        let done = self.database.run(&plan).await;
        done.unwrap_or_else(|error| panic!("{} {direction} on {dialect}: {error:#?}", migration.id));
    }

    async fn go(&mut self, direction: Direction, with_rows: bool) {
        let mut legs = self.legs.clone();
        if direction == Direction::Backward {
            legs.reverse();
        }
        for (migration, before) in legs {
            self.run(&migration, direction, &before).await;
            let name = match migration.id.to_string() {
                last if last == "tracker.0005_issue_assignees" => {
                    "tracker.0001_squashed_0005_issue_assignees".to_owned()
                }
                name => name,
            };
            let rows = ROWS.iter().find(|(id, _)| with_rows && name == *id);
            for sql in rows.into_iter().flat_map(|(_, rows)| *rows) {
                let sql = sql.replace(
                    " commit_",
                    if self.dialect == Dialect::Mysql { " `commit`" } else { " \"commit\"" },
                );
                self.database
                    .execute(&sql)
                    .await
                    .unwrap_or_else(|error| panic!("{}: {error:#?}", self.dialect));
            }
        }
    }

    async fn has_kept_rows(&mut self) {
        for (query, expected) in KEPT {
            assert_eq!(self.database.rows(query).await.unwrap(), expected, "{}: {query}", self.dialect);
        }
    }

    /// Checks that the database is what a fresh one for the last state would be.
    async fn is_as_fresh(&mut self, wanted: &[String]) {
        let found = shape::shape(&mut self.database, self.dialect).await.unwrap();
        let missing = |from: &[String], other: &[String]| {
            from.iter().filter(|line| !other.contains(line)).cloned().collect::<Vec<_>>().join("\n    ")
        };
        let (more, less) = (missing(&found, wanted), missing(wanted, &found));
        assert!(
            more.is_empty() && less.is_empty(),
            "{}: found\n    {more}\n    instead of\n    {less}",
            self.dialect
        );
    }
}

#[tokio::test]
async fn invariant_6_a_long_history_goes_there_and_back_and_there_again_with_rows() {
    for dialect in DIALECTS {
        let mut journey = Journey::begin(dialect, &[]).await;
        let fresh = journey.fresh().await;
        journey.database.enter("modelshift_forge").await.unwrap();
        journey.go(Direction::Forward, true).await;
        journey.is_as_fresh(&fresh).await;
        journey.has_kept_rows().await;
        journey.go(Direction::Backward, false).await;
        assert_eq!(
            shape::shape(&mut journey.database, dialect).await.unwrap(),
            Vec::<String>::new(),
            "{dialect}"
        );
        journey.go(Direction::Forward, false).await;
        journey.is_as_fresh(&fresh).await;
    }
}

#[tokio::test]
async fn what_a_squash_stands_for_leads_to_the_same_place() {
    let mut journey = Journey::begin(Dialect::Sqlite, &["tracker.0001_initial"]).await;
    let passed = |name: &str| journey.legs.iter().any(|(migration, _)| migration.id.name == name);
    assert!(passed("0005_issue_assignees") && !passed("0001_squashed_0005_issue_assignees"));
    let fresh = journey.fresh().await;
    journey.database.enter("modelshift_forge").await.unwrap();
    journey.go(Direction::Forward, true).await;
    journey.is_as_fresh(&fresh).await;
    journey.has_kept_rows().await;
}

#[tokio::test]
async fn invariant_6_a_file_is_migrated_looked_at_and_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("forge.sqlite3").display());
    let mut migrator = Migrator::connect(&url).await.unwrap().with(forge::migrations());
    let report = migrator.migrate().await.unwrap();
    assert!(report.done.len() > 80, "{report}");
    let findings = migrator.check().await.unwrap();
    assert!(findings.unapplied.is_empty() && findings.drift.is_empty(), "{findings:?}");
    // Each app takes along what needs it: the crate of the people comes last.
    for app in ["ci", "tracker", "code", "accounts"] {
        migrator.migrate_to(format!("{app} zero").as_str()).await.unwrap();
    }
    let tables = migrator.introspect().await.unwrap().tables.into_keys();
    let ours: Vec<String> = tables.filter(|name| !name.starts_with("modelshift")).collect();
    assert!(ours.is_empty(), "{ours:?}");
    assert_eq!(migrator.migrate().await.unwrap().done.len(), report.done.len());
}
