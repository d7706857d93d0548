//! Two apps by real builds, on a real file: a circle between them, and a model that goes from one to the other.

use std::path::Path;

use modelshift::{EmbeddedMigration, Migrations, Migrator};
use modelshift_project::Project;
use modelshift_schema::name::MigrationId;
use sqlx::{Connection, SqliteConnection};

const USES: &str = "pub mod migrations;\n#[allow(unused_imports)]\nuse modelshift::{ForeignKey, Model};\n";

/// Makes a project with the apps `people` and `blog`, each in a folder of its own.
fn two_apps() -> Project {
    let project = Project::new(env!("CARGO_TARGET_TMPDIR"), &[]);
    for unwanted in ["src/migrations.rs", "src/models.rs"] {
        std::fs::remove_file(project.path(unwanted)).expect("the file was made with the project");
    }
    let build = "modelshift_build::new().app(\"people\", \"src/people\").app(\"blog\", \"src/blog\").run();";
    project.write("build.rs", &format!("fn main() {{ {build} }}\n"));
    project.write("src/lib.rs", "pub mod blog;\npub mod people;\n");
    project.write("src/people/migrations.rs", "modelshift::migrations!(people);\n");
    project.write("src/blog/migrations.rs", "modelshift::migrations!(blog);\n");
    project
}

fn models(project: &Project, app: &str, text: &str) {
    project.write(format!("src/{app}/mod.rs"), &format!("{USES}\n{text}"));
}

fn files(project: &Project, app: &str) -> Vec<String> {
    let folder = project.path(format!("src/{app}/migrations"));
    let entries = folder.read_dir().expect("there is a folder").flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|it| it.starts_with("m0"))
        .collect();
    names.sort();
    names
}

/// Reads the migrations of an app, as its compiler does.
fn migrations(project: &Project, app: &str) -> Migrations {
    let mut stored: Vec<(&'static str, EmbeddedMigration)> = Vec::new();
    for file in files(project, app) {
        let name = file.trim_start_matches('m').trim_end_matches(".rs").to_owned();
        let text = project.read(Path::new("src").join(app).join("migrations").join(&file));
        let read = modelshift_syntax::read_module(&MigrationId::new(app, &name), &text);
        let migration = read.expect("what was written can be read");
        let depends_on: Vec<&'static str> =
            migration.depends_on.iter().map(|id| &*id.to_string().leak()).collect();
        let operations = serde_json::to_string(&migration.operations).expect("operations are data").leak();
        stored.push((
            name.leak(),
            EmbeddedMigration { depends_on: depends_on.leak(), operations, ..EmbeddedMigration::EMPTY },
        ));
    }
    Migrations::new(app.to_owned().leak(), stored.leak())
}

async fn migrator(project: &Project, url: &str) -> Migrator {
    let migrator = Migrator::connect(url).await.expect("it opens");
    migrator.with(migrations(project, "blog")).with(migrations(project, "people"))
}

async fn text(url: &str, query: &str) -> String {
    let mut db = SqliteConnection::connect(url).await.expect("the database opens");
    let query = sqlx::AssertSqlSafe(query.to_owned());
    sqlx::query_scalar(query).fetch_one(&mut db).await.expect("the query runs")
}

const AUTHOR: &str = "
#[derive(Model)]
pub struct Author {
    pub id: i64,
    pub name: String,
    pub best: Option<ForeignKey<crate::HOME::ARTICLE>>,
}
";

const POST: &str = "
#[derive(Model)]
#[model(ORIGINindex(fields(title)), unique(fields(author, title)))]
pub struct ARTICLE {
    pub id: i64,
    #[field(max_length = 80)]
    pub title: String,
    pub author: ForeignKey<crate::people::Author>,
    pub sequel_of: Option<ForeignKey<ARTICLE>>,
}
";

const COMMENT: &str = "
#[derive(Model)]
pub struct Comment {
    pub id: i64,
    pub post: ForeignKey<crate::HOME::ARTICLE>,
}
";

/// Puts the article into an app under a name; its origin is said by an attribute.
fn article(text: &str, home: &str, name: &str, origin: &str) -> String {
    text.replace("HOME", home).replace("ARTICLE", name).replace("ORIGIN", origin)
}

#[tokio::test]
async fn a_circle_of_apps_is_made_and_a_model_goes_from_one_to_the_other_with_its_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("sqlite://{}", folder.path().join("db").display());
    let project = two_apps();
    let text_of = |text: &str| article(text, "blog", "Post", "");
    models(&project, "people", &text_of(AUTHOR));
    models(&project, "blog", &format!("{}{}", text_of(POST), text_of(COMMENT)));
    let _ = project.build().ok();
    assert_eq!(files(&project, "blog"), ["m0001_initial.rs", "m0002_initial.rs"]);
    assert_eq!(files(&project, "people"), ["m0001_initial.rs"]);
    let report = migrator(&project, &url).await.migrate().await.expect("the circle is made");
    assert_eq!(report.done.len(), 3);
    let mut db = SqliteConnection::connect(&url).await.expect("the database opens");
    let seed = "
        INSERT INTO people_author (id, name) VALUES (1, 'Ada'), (2, 'Bob');
        INSERT INTO blog_post (id, title, author_id, sequel_of_id) VALUES (5, 'One', 1, NULL), (6, 'Two', 1, 5);
        INSERT INTO blog_comment (id, post_id) VALUES (8, 6);
        UPDATE people_author SET best_id = 6 WHERE id = 1;";
    sqlx::raw_sql(seed).execute(&mut db).await.expect("rows are written");
    db.close().await.expect("it closes");
    project.commit("a circle");

    // Nothing is guessed, and nothing is removed while it is asked.
    let moved = |origin: &str| {
        let text_of = |text: &str| article(text, "people", "Post", origin);
        models(&project, "people", &format!("{}{}", text_of(AUTHOR), text_of(POST)));
        models(&project, "blog", &text_of(COMMENT));
    };
    moved("");
    let said = project.build().failure();
    assert!(said.contains("`Post` is new and `blog.Post` is gone: renamed, or another model?"), "{said}");
    assert!(said.contains("#[model(renamed_from = \"blog.Post\")]"), "{said}");
    assert_eq!(files(&project, "blog").len() + files(&project, "people").len(), 3);

    moved("renamed_from = \"blog.Post\", ");
    let _ = project.build().ok();
    assert_eq!(files(&project, "people").last().expect("a file"), "m0002_move_post_to_people.rs");
    assert_eq!(files(&project, "blog").last().expect("a file"), "m0003_move_post_to_people.rs");
    let report = migrator(&project, &url).await.migrate().await.expect("the model moves");
    assert_eq!(report.done.len(), 2);
    let rows =
        "SELECT group_concat(id || title || author_id || coalesce(sequel_of_id, ''), ' ') FROM people_post";
    assert_eq!(text(&url, rows).await, "5One1 6Two15");
    let joined = "SELECT a.name || c.id || p.title FROM blog_comment c JOIN people_post p ON p.id = c.post_id \
                  JOIN people_author a ON a.best_id = p.id";
    assert_eq!(text(&url, joined).await, "Ada8Two");
    assert_eq!(text(&url, "SELECT CAST(count(*) AS TEXT) FROM pragma_foreign_key_check").await, "0");

    // The answer is inert afterwards, and whatever the apps do next comes after the move.
    project.commit("moved");
    let _ = project.build().ok();
    let comment = article(COMMENT, "people", "Post", "")
        .replace("pub id: i64,", "pub id: i64,\n    pub by: Option<String>,");
    models(&project, "blog", &comment);
    let _ = project.build().ok();
    assert_eq!(files(&project, "blog").last().expect("a file"), "m0004_comment_by.rs");
    let report = migrator(&project, &url).await.migrate().await.expect("the next one");
    assert_eq!(report.done.len(), 1);
    assert!(migrator(&project, &url).await.check().await.expect("it can be checked").is_empty());

    // Back to where it was, with every row, and forward again.
    let mut back = migrator(&project, &url).await;
    back.migrate_to("people.0001").await.expect("the way back");
    assert_eq!(text(&url, &rows.replace("people_post", "blog_post")).await, "5One1 6Two15");
    migrator(&project, &url).await.migrate().await.expect("forward again");
    assert_eq!(text(&url, rows).await, "5One1 6Two15");
    assert_eq!(text(&url, joined).await, "Ada8Two");
}
