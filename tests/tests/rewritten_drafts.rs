//! Drafts that were applied and that a build wrote again: `migrate` updates the database, and loses no row without a warning.
//!
//! `MODELSHIFT_EVOLUTIONS=500..900` runs those seeds; `MODELSHIFT_EVOLUTIONS_TALLY=1` with `--nocapture` prints what was
//! done.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use modelshift::error::ErrorKind;
use modelshift::planner::data_loss::Loss;
use modelshift::{Dialect, EmbeddedMigration, Migrations, Migrator, Target};
use modelshift_evolution::builds::{Held, Tally};
use modelshift_evolution::rewritten::RewrittenBuild;
use modelshift_evolution::sequence::{Editor, Sequence};
use modelshift_evolution::sources::Models;
use modelshift_schema::hash::fingerprint;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId, TableName};
use modelshift_schema::state::ProjectState;
use modelshift_syntax::print_module;
use modelshift_tests::backend::Backend;
use modelshift_tests::database::{Database, Rejected};
use modelshift_tests::place::Place;
use modelshift_tests::rows::quoted;
use modelshift_tests::survivors::{Survivor, fill, held, survivors};
use modelshift_tests::walk::{self, unsuited};

/// The migrations that an app of a program has.
fn of_app(app: &AppLabel, all: &[Migration]) -> Migrations {
    let own: Vec<&Migration> = all.iter().filter(|it| it.id.app == *app).collect();
    let texts = |ids: &BTreeSet<MigrationId>| -> &'static [&'static str] {
        ids.iter().map(|id| &*id.to_string().leak()).collect::<Vec<_>>().leak()
    };
    let list = own.iter().map(|it| {
        let operations = serde_json::to_string(&it.operations).unwrap().leak();
        let depends_on = texts(&it.depends_on.iter().cloned().collect());
        let name: &'static str = it.id.name.clone().leak();
        (name, EmbeddedMigration { operations, depends_on, ..EmbeddedMigration::EMPTY })
    });
    Migrations::new(app.as_str(), &list.collect::<Vec<_>>())
}

/// A program of a checkout, whose drafts stand in its folder.
fn program(
    apps: &BTreeSet<AppLabel>,
    recorded: &[Migration],
    drafts: &[Migration],
    folder: &Path,
) -> Migrations {
    let all: Vec<Migration> = recorded.iter().chain(drafts).cloned().collect();
    let mut program = Migrations::default();
    for app in apps {
        let own = folder.join(app.as_str());
        std::fs::create_dir_all(&own).unwrap();
        let mut files = Vec::new();
        for draft in drafts.iter().filter(|it| it.id.app == *app) {
            let text = print_module(draft);
            std::fs::write(own.join(format!("m{}.rs", draft.id.name)), &text).unwrap();
            files.push((draft.id.name.clone(), fingerprint(text.as_bytes())));
        }
        let files: Vec<(&str, &str)> =
            files.iter().map(|(name, file)| (name.as_str(), file.as_str())).collect();
        let notes = folder.join(".git/modelshift/applied");
        std::fs::create_dir_all(&notes).unwrap();
        let of_app = of_app(app, &all);
        program = program.and(of_app.of_checkout(notes.to_str().unwrap(), own.to_str().unwrap(), &files));
    }
    program
}

/// A table that is the same one in the draft and in what took its place: its name in either, and the columns that stay.
struct Kept {
    draft: TableName,
    columns: Survivor,
}

/// Returns the tables that both ways keep from what is recorded.
fn kept(build: &RewrittenBuild) -> Vec<Kept> {
    let before = &build.before.state;
    let (draft, now) = (survivors(&build.draft, before).unwrap(), survivors(&build.now, before).unwrap());
    let mut kept = Vec::new();
    for one in draft {
        let Some(other) = now.iter().find(|it| it.before == one.before) else { continue };
        let columns = one.columns.iter().filter_map(|(drafted, recorded)| {
            let (now, _) = other.columns.iter().find(|(_, known)| *known == recorded)?;
            Some((now.clone(), drafted.clone()))
        });
        let columns = columns.collect();
        let survivor = Survivor { before: one.after.clone(), after: other.after.clone(), columns };
        kept.push(Kept { draft: one.after, columns: survivor });
    }
    kept
}

fn tables(state: &ProjectState) -> BTreeSet<TableName> {
    let tables = state.models().filter_map(|(key, _)| state.tables(key).ok()).flatten();
    tables.map(|table| table.name).collect()
}

/// How a rewritten draft went.
#[derive(Debug)]
enum Went {
    BroughtOver,
    /// It is left to a person, or to the rows.
    Left(String),
}

struct Trial<'a> {
    build: &'a RewrittenBuild,
    place: &'a Place,
    database: Database,
    folder: tempfile::TempDir,
    apps: BTreeSet<AppLabel>,
    recorded: Vec<Migration>,
}

impl Trial<'_> {
    async fn migrator(&self, drafts: &[Migration]) -> Migrator {
        let program = program(&self.apps, &self.recorded, drafts, self.folder.path());
        Migrator::connect(&self.place.address()).await.unwrap().with(program)
    }

    /// Applies what is recorded and the draft, with rows after each.
    async fn apply_draft(&mut self, tally: &mut Tally) -> Result<Went, Rejected> {
        if let Err(error) = self.migrator(&[]).await.migrate().await {
            return left("what is recorded", error);
        }
        fill(&mut self.database, &self.build.before.state, tally).await?;
        if let Err(error) = self.migrator(&self.build.draft).await.migrate().await {
            return left("the draft", error);
        }
        fill(&mut self.database, &self.build.after(&self.build.draft).unwrap(), tally).await?;
        Ok(Went::BroughtOver)
    }

    async fn picture(&mut self, tables: &BTreeSet<TableName>) -> Result<Vec<String>, Rejected> {
        let mut picture = Vec::new();
        for table in tables {
            picture.push(format!("{table}: {}", held(&mut self.database, table, std::iter::empty()).await?));
        }
        Ok(picture)
    }

    async fn has(&mut self, table: &TableName) -> bool {
        held(&mut self.database, table, std::iter::empty()).await.is_ok()
    }

    /// Returns whether a table that the draft does not have holds so many rows: the draft had it under another name.
    async fn has_new_table_with(
        &mut self,
        drafted: &BTreeSet<TableName>,
        rows: &str,
    ) -> Result<bool, Rejected> {
        for table in tables(&self.build.after(&self.build.now).unwrap()).difference(drafted) {
            if held(&mut self.database, table, std::iter::empty()).await? == rows {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Deletes the rows of all tables but our own.
    async fn delete_rows(&mut self) -> Result<(), Rejected> {
        let dialect = self.place.dialect();
        let (without_references, tables) = match dialect {
            Dialect::Sqlite => (
                "PRAGMA foreign_keys = OFF",
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'modelshift%'",
            ),
            Dialect::Postgres => (
                "SET session_replication_role = replica",
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'modelshift%'",
            ),
            Dialect::Mysql => (
                "SET foreign_key_checks = 0",
                "SELECT table_name FROM information_schema.tables WHERE table_schema = database() \
                 AND table_name NOT LIKE 'modelshift%'",
            ),
        };
        let tables = self.database.rows(tables).await?;
        let deletes = tables.iter().map(|table| format!("; DELETE FROM {}", quoted(dialect, table)));
        // In one text, since a session of ours turns references on again behind it.
        self.database.execute(&format!("{without_references}{}", deletes.collect::<String>())).await?;
        Ok(())
    }

    async fn run(&mut self, tally: &mut Tally) -> Result<Went, Rejected> {
        if let Went::Left(why) = self.apply_draft(tally).await? {
            return Ok(Went::Left(why));
        }
        let build = self.build;
        let drafted = build.after(&build.draft).unwrap();
        let kept = kept(build);
        let mut before = Vec::new();
        for it in &kept {
            before.push(held(&mut self.database, &it.draft, it.columns.columns.values()).await?);
        }
        let drafted_tables = tables(&drafted);
        let picture = self.picture(&drafted_tables).await?;
        let mut migrator = self.migrator(&build.now).await;
        let rewritten = migrator.rewritten().await?;
        let mut losses: Vec<Loss> = rewritten.iter().flat_map(|it| it.losses.clone()).collect();
        if rewritten.is_empty() {
            // A person decides; until then nothing is done.
            let Err(error) = migrator.migrate().await else { return Ok(Went::BroughtOver) };
            let is_untouched = self.picture(&drafted_tables).await? == picture;
            return if is_untouched {
                Ok(Went::Left("a person decides".to_owned()))
            } else {
                left("others", error)
            };
        }
        if let Err(error) = migrator.bring_over().await {
            let went = left("the way over", error)?;
            if self.place.dialect() != Dialect::Mysql {
                assert_eq!(self.picture(&drafted_tables).await?, picture, "it was to be rolled back");
            }
            // Without the rows it goes on where it was cut.
            self.delete_rows().await?;
            migrator.bring_over().await?;
            return match migrator.check().await? {
                differences if differences.is_empty() => Ok(went),
                differences => Err(Rejected::new("check after another try", format!("{differences:#?}"))),
            };
        }
        losses.extend(migrator.losses(Target::Latest).await?);
        if let Err(error) = migrator.migrate().await {
            let is_for_a_person = matches!(error.kind(), ErrorKind::Ahead { .. });
            return if is_for_a_person {
                Ok(Went::Left("another app is ahead".to_owned()))
            } else {
                left("what follows", error)
            };
        }
        let differences = migrator.check().await?;
        if !differences.is_empty() {
            return Err(Rejected::new("check", format!("{differences:#?}")));
        }
        for (it, before) in kept.iter().zip(before) {
            let after = held(&mut self.database, &it.columns.after, it.columns.columns.keys()).await?;
            let is_told = losses.iter().any(|loss| loss.table == it.draft);
            if after != before && !is_told {
                let what = format!("`{}` had {before}, and `{}` has {after}", it.draft, it.columns.after);
                return Err(Rejected::new("rows", format!("{what} of {:?}", it.columns.columns)));
            }
        }
        for (table, line) in drafted_tables.iter().zip(&picture) {
            let is_empty = *line == format!("{table}: 0");
            let is_kept = kept.iter().any(|it| it.draft == *table);
            // A model is removed with its join tables, whose names begin with its own.
            let is_told = losses.iter().any(|loss| table.as_str().starts_with(loss.table.as_str()));
            if is_empty || is_kept || is_told || self.has(table).await {
                continue;
            }
            let rows = line.rsplit(' ').next().unwrap_or_default();
            if !self.has_new_table_with(&drafted_tables, rows).await? {
                return Err(Rejected::new(
                    "rows",
                    format!("`{table}` is gone, and nobody was told: {losses:?}"),
                ));
            }
        }
        Ok(Went::BroughtOver)
    }
}

/// What rows do not suit, and what a database cannot do, is left.
fn left(what: &str, error: modelshift::Error) -> Result<Went, Rejected> {
    if matches!(error.kind(), ErrorKind::Plan(_)) {
        return Ok(Went::Left(format!("{what} cannot be planned")));
    }
    let refused = Rejected::from(error);
    match unsuited(&refused) {
        Some(why) => Ok(Went::Left(format!("{what}: {why}"))),
        None => Err(refused),
    }
}

fn told(build: &RewrittenBuild, refused: &Rejected) -> String {
    let mut text = format!("{}\n    {}\n", refused.reason, refused.sql);
    for (head, migrations) in [("the draft", &build.draft), ("now", &build.now)] {
        for migration in migrations {
            let _ = write!(text, "{head}, {}:\n{}", migration.id, print_module(migration));
        }
    }
    text
}

#[expect(clippy::print_stderr, reason = "what was done is told to whoever asks")]
async fn run(backend: Backend, seeds: Range<u64>, takes: fn(&Models) -> bool) {
    let Some(_ready) = backend.ready() else { return };
    let (mut tally, mut failures) = (Tally::new(), Vec::new());
    for seed in seeds {
        let sequence = Sequence::of(seed);
        let mut editor = Editor::within(&sequence, Held::Least, takes).with_drafts();
        if let Err(fault) = editor.run(&sequence) {
            failures.push(format!("seed {seed}: {:?}: {}", fault.law, fault.what));
            continue;
        }
        for build in &editor.rewritten {
            let place = Place::new(backend).await.unwrap();
            let recorded = build.before.migrations.iter().map(|it| Migration::clone(it)).collect();
            let mut database = place.connect().await.unwrap();
            database.create_extensions().await.unwrap();
            let folder = tempfile::tempdir().unwrap();
            let apps = sequence.apps.iter().cloned().collect();
            let mut trial = Trial { build, place: &place, database, folder, apps, recorded };
            let went = match trial.run(&mut tally).await {
                Ok(Went::BroughtOver) => "brought over".to_owned(),
                Ok(Went::Left(why)) => why,
                Err(refused) => {
                    failures.push(format!("seed {seed}: {}", told(build, &refused)));
                    continue;
                }
            };
            *tally.entry(went).or_default() += 1;
        }
    }
    if std::env::var_os("MODELSHIFT_EVOLUTIONS_TALLY").is_some() {
        eprintln!("{tally:#?}");
    }
    failures.sort_by_key(String::len);
    assert!(failures.is_empty(), "{} fail\n{}\n{tally:#?}", failures.len(), failures.join("\n\n"));
    let count = |what: &str| tally.get(what).copied().unwrap_or_default();
    assert!(count("brought over") > 10 && count("rows") > 100, "hardly anything is tried: {tally:#?}");
}

/// Which seeds: those of `MODELSHIFT_EVOLUTIONS`, else so many.
fn seeds(count: u64) -> Range<u64> {
    let Ok(text) = std::env::var("MODELSHIFT_EVOLUTIONS") else { return 0..count };
    let number = |text: &str| text.trim().parse().expect("`MODELSHIFT_EVOLUTIONS` is two numbers with `..`");
    text.split_once("..").map_or_else(|| 0..number(&text), |(from, to)| number(from)..number(to))
}

#[tokio::test]
async fn drafts_on_sqlite() {
    run(Backend::Sqlite, seeds(150), |models| walk::holds(Backend::Sqlite, models)).await;
}

#[tokio::test]
async fn drafts_on_postgres() {
    run(Backend::Postgres, seeds(40), |models| walk::holds(Backend::Postgres, models)).await;
}

#[tokio::test]
async fn drafts_on_mariadb() {
    run(Backend::Mariadb, seeds(40), |models| walk::holds(Backend::Mariadb, models)).await;
}
