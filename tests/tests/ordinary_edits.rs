//! Ordinary edits, one after another, by real builds and on a real file: after each of them the database equals one
//! that is made from the models at once, every row is still there, and the next build finds nothing.

use std::path::Path;

use modelshift::{EmbeddedMigration, Migrations, Migrator};
use modelshift_project::Project;
use modelshift_schema::name::MigrationId;
use sqlx::{Connection, SqliteConnection};

/// One edit: what it is, the models after it, and what must hold of the rows (each query gives one text).
struct Edit {
    what: &'static str,
    models: &'static str,
    rows: &'static [(&'static str, &'static str)],
}

const START: &str = r#"
#[derive(Model)]
pub struct Author {
    pub id: i64,
    #[field(max_length = 100, unique)]
    pub name: String,
    pub age: Option<i32>,
}

#[derive(Model)]
#[model(index(fields(title)), unique(fields(author, title)), check(name = "book_pages", pages >= 0))]
pub struct Book {
    pub id: i64,
    #[field(max_length = 200)]
    pub title: String,
    #[field(on_delete = cascade)]
    pub author: ForeignKey<Author>,
    pub pages: i32,
    pub sequel_of: Option<ForeignKey<Book>>,
}

#[derive(Model)]
pub struct Tag {
    pub id: i64,
    #[field(max_length = 20)]
    pub label: String,
}
"#;

const SEED: &str = "
    INSERT INTO library_author (id, name, age) VALUES (1, 'Ada', 36), (2, 'Bob', NULL), (7, 'Cleo', 20);
    DELETE FROM library_author WHERE id = 7;
    INSERT INTO library_book (id, title, author_id, pages, sequel_of_id)
    VALUES (10, 'Notes', 1, 60, NULL), (11, 'More Notes', 1, 70, 10), (12, 'Boats', 2, 5, NULL);
    INSERT INTO library_tag (label) VALUES ('old');
    CREATE TRIGGER remember AFTER INSERT ON library_author BEGIN SELECT 1; END;
";

const EDITS: &[Edit] = &[
    Edit {
        what: "types change, of a table that others refer to as well",
        models: r#"
#[derive(Model)]
pub struct Author {
    pub id: i64,
    #[field(max_length = 100, unique)]
    pub name: String,
    pub age: Option<String>,
}

#[derive(Model)]
#[model(index(fields(title)), unique(fields(author, title)), check(name = "book_pages", pages >= 0))]
pub struct Book {
    pub id: i64,
    pub title: String,
    #[field(on_delete = cascade)]
    pub author: ForeignKey<Author>,
    pub pages: i64,
    pub sequel_of: Option<ForeignKey<Book>>,
}

#[derive(Model)]
pub struct Tag {
    pub id: i64,
    #[field(max_length = 20)]
    pub label: String,
}
"#,
        rows: &[
            ("SELECT group_concat(age ORDER BY id) FROM library_author", "36"),
            (
                "SELECT group_concat(id || ':' || coalesce(sequel_of_id, '') ORDER BY id) FROM library_book",
                "10:,11:10,12:",
            ),
            ("SELECT CAST(seq AS TEXT) FROM sqlite_sequence WHERE name = 'library_author'", "7"),
            ("SELECT name FROM sqlite_schema WHERE type = 'trigger'", "remember"),
        ],
    },
    Edit {
        what: "a model goes, a field is renamed, and a NOT NULL field comes to a table that others refer to",
        models: r#"
#[derive(Model)]
pub struct Author {
    pub id: i64,
    #[field(max_length = 100, unique, renamed_from = "name")]
    pub full_name: String,
    pub age: Option<String>,
    #[field(max_length = 120, backfill = lower(full_name))]
    pub slug: String,
}

#[derive(Model)]
#[model(index(fields(title)), unique(fields(author, title)), check(name = "book_pages", pages >= 0))]
pub struct Book {
    pub id: i64,
    pub title: String,
    #[field(on_delete = cascade)]
    pub author: ForeignKey<Author>,
    pub pages: i64,
    pub sequel_of: Option<ForeignKey<Book>>,
}
"#,
        rows: &[
            (
                "SELECT group_concat(full_name || '=' || slug ORDER BY id) FROM library_author",
                "Ada=ada,Bob=bob",
            ),
            ("SELECT CAST(count(*) AS TEXT) FROM library_book", "3"),
            ("SELECT CAST(count(*) AS TEXT) FROM sqlite_schema WHERE name = 'library_tag'", "0"),
        ],
    },
    Edit {
        what: "a model and a field are renamed, with other changes of both at once",
        models: r#"
#[derive(Model)]
pub struct Author {
    pub id: i64,
    #[field(max_length = 100, unique)]
    pub full_name: String,
    #[field(backfill = "unknown")]
    pub age: String,
    #[field(max_length = 120)]
    pub slug: String,
}

#[derive(Model)]
#[model(renamed_from = "Book", index(fields(heading)), unique(fields(author, heading)), check(name = "book_pages", length >= 1))]
pub struct Volume {
    pub id: i64,
    #[field(max_length = 300, renamed_from = "title")]
    pub heading: String,
    #[field(on_delete = restrict)]
    pub author: ForeignKey<Author>,
    #[field(renamed_from = "pages", default = 1)]
    pub length: i64,
    pub sequel_of: Option<ForeignKey<Volume>>,
}
"#,
        rows: &[
            ("SELECT group_concat(age ORDER BY id) FROM library_author", "36,unknown"),
            (
                "SELECT group_concat(heading || '=' || length ORDER BY id) FROM library_volume",
                "Notes=60,More Notes=70,Boats=5",
            ),
            ("SELECT CAST(sequel_of_id AS TEXT) FROM library_volume WHERE id = 11", "10"),
        ],
    },
    Edit {
        what: "the type of a key changes, an index goes, a reference may be empty, a column gets a name of its own",
        models: r#"
#[derive(Model)]
pub struct Author {
    pub id: i32,
    #[field(max_length = 100, unique, column = "name in full")]
    pub full_name: String,
    #[field(max_length = 120, index)]
    pub slug: String,
}

#[derive(Model)]
#[model(unique(fields(author, heading)))]
pub struct Volume {
    pub id: i64,
    #[field(max_length = 300)]
    pub heading: String,
    #[field(on_delete = set_null)]
    pub author: Option<ForeignKey<Author>>,
    pub sequel_of: Option<ForeignKey<Volume>>,
}
"#,
        rows: &[
            ("SELECT group_concat(\"name in full\" ORDER BY id) FROM library_author", "Ada,Bob"),
            ("SELECT group_concat(author_id ORDER BY id) FROM library_volume", "1,1,2"),
            ("SELECT CAST(seq AS TEXT) FROM sqlite_sequence WHERE name = 'library_author'", "7"),
            ("SELECT name FROM sqlite_schema WHERE type = 'trigger'", "remember"),
        ],
    },
];

/// Reads the migrations of a project, as its compiler does.
fn migrations(project: &Project) -> Migrations {
    let mut stored: Vec<(&'static str, EmbeddedMigration)> = Vec::new();
    for file in project.migrations() {
        let name = file.trim_start_matches('m').trim_end_matches(".rs").to_owned();
        let text = project.read(Path::new("src/migrations").join(&file));
        let read = modelshift_syntax::read_module(&MigrationId::new("library", &name), &text);
        let migration = read.expect("what was written can be read");
        let depends_on: Vec<&'static str> =
            migration.depends_on.iter().map(|id| &*id.to_string().leak()).collect();
        let operations = serde_json::to_string(&migration.operations).expect("operations are data").leak();
        stored.push((
            name.leak(),
            EmbeddedMigration { depends_on: depends_on.leak(), operations, ..EmbeddedMigration::EMPTY },
        ));
    }
    Migrations::new("library", stored.leak())
}

async fn texts(url: &str, queries: &[(&str, &str)]) -> Vec<String> {
    let mut db = SqliteConnection::connect(url).await.expect("the database opens");
    let mut texts = Vec::new();
    for (query, _) in queries {
        let query = sqlx::AssertSqlSafe((*query).to_owned());
        texts.push(sqlx::query_scalar(query).fetch_one(&mut db).await.expect("the query runs"));
    }
    texts
}

async fn schema(url: &str) -> modelshift::live::LiveSchema {
    let mut migrator = Migrator::connect(url).await.expect("the database opens");
    let mut schema = migrator.introspect().await.expect("the database can be read");
    // The seed's own, which no model knows.
    schema.others.clear();
    schema
}

#[tokio::test]
async fn invariant_6_every_ordinary_edit_gives_a_fresh_database_and_keeps_the_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let url = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
    let project = Project::new(env!("CARGO_TARGET_TMPDIR"), &[]);
    project.models(START);
    let _ = project.build().ok();
    let start =
        Migrator::connect(&url("db")).await.expect("it opens").with(migrations(&project)).migrate().await;
    assert_eq!(start.expect("the first migration is applied").done.len(), 1);
    let mut db = SqliteConnection::connect(&url("db")).await.expect("the database opens");
    sqlx::raw_sql(SEED).execute(&mut db).await.expect("rows are written");
    db.close().await.expect("it closes");

    for (number, Edit { what, models, rows }) in EDITS.iter().enumerate() {
        project.commit(what);
        let before = project.migrations().len();
        project.models(models);
        let _ = project.build().ok();
        let written = project.migrations();
        assert_eq!(written.len(), before + 1, "{what}: one migration is written");
        let text = project.newest();
        let _ = project.build().ok();
        assert_eq!(
            (project.migrations(), project.newest()),
            (written, text),
            "{what}: the next build finds nothing"
        );

        let migrate =
            Migrator::connect(&url("db")).await.expect("it opens").with(migrations(&project)).migrate().await;
        migrate.unwrap_or_else(|error| panic!("{what}: {error}"));
        for ((query, expected), found) in rows.iter().zip(texts(&url("db"), rows).await) {
            assert_eq!(found, *expected, "{what}: {query}");
        }

        let fresh = Project::new(env!("CARGO_TARGET_TMPDIR"), &[]);
        let without_answers = models.replace(", renamed_from = \"name\"", "");
        let without_answers = without_answers.replace(", renamed_from = \"title\"", "");
        let without_answers = without_answers.replace("renamed_from = \"pages\", ", "");
        fresh.models(&without_answers.replace("renamed_from = \"Book\", ", ""));
        let _ = fresh.build().ok();
        let fresh_url = url(&format!("fresh{number}"));
        let migrate =
            Migrator::connect(&fresh_url).await.expect("it opens").with(migrations(&fresh)).migrate().await;
        assert_eq!(migrate.expect("a fresh database is made").done.len(), 1);
        assert_eq!(schema(&url("db")).await, schema(&fresh_url).await, "{what}");
    }

    let after = schema(&url("db")).await;
    // The very first edit is not taken back: ages that are no numbers by then would be lost, so it refuses.
    for target in ["0002", "latest"] {
        let mut migrator = Migrator::connect(&url("db")).await.expect("it opens").with(migrations(&project));
        let report = match target {
            "latest" => migrator.migrate().await,
            _ => migrator.migrate_to(target).await,
        };
        assert_eq!(report.unwrap_or_else(|error| panic!("{target}: {error}")).done.len(), EDITS.len() - 1);
    }
    assert_eq!(schema(&url("db")).await, after, "back and forward again");
    let books = texts(&url("db"), &[("SELECT CAST(count(*) AS TEXT) FROM library_volume", "")]).await;
    assert_eq!(books, ["3"], "rows survive the way back and forward again");
}
