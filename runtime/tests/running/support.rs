//! The migrations and databases of these tests.

use std::path::{Path, PathBuf};

use modelshift::{EmbeddedMigration, Migrations, Migrator};
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::Constraint;
use modelshift_schema::expr::{BinaryOp, Expr};
use modelshift_schema::field::Field;
use modelshift_schema::index::{Index, IndexPart};
use modelshift_schema::model::Model;
use modelshift_schema::name::ModelKey;
use modelshift_schema::operation::{
    AddConstraint, AddField, AddIndex, AlterField, CreateModel, Operation, RemoveField, RenameField, RunSql,
};
use modelshift_schema::relation::{ForeignKey, ReferentialAction};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, SqliteConnection};

/// One migration of a list: its name, what it depends on, and what it does.
pub(crate) type Entry = (&'static str, Vec<&'static str>, Vec<Operation>);

/// Makes the migrations of an app, as `migrations!` would have.
pub(crate) fn migrations(app: &str, entries: &[Entry]) -> Migrations {
    let list: Vec<(&str, EmbeddedMigration)> = entries
        .iter()
        .map(|(name, depends_on, operations)| {
            let depends_on: &'static [&'static str] = depends_on.clone().leak();
            (*name, EmbeddedMigration { depends_on, ..stored(operations) })
        })
        .collect();
    Migrations::new(app, &list)
}

/// Makes a migration that depends on nothing, as `migration!` would have.
pub(crate) fn stored(operations: &[Operation]) -> EmbeddedMigration {
    let operations = serde_json::to_string(operations).unwrap().leak();
    EmbeddedMigration { operations, ..EmbeddedMigration::EMPTY }
}

pub(crate) fn id() -> Field {
    Field { primary_key: true, ..Field::new("id", ColumnType::I64) }
}

pub(crate) fn varchar(name: &str) -> Field {
    Field::new(name, ColumnType::Varchar { max_length: 100 })
}

pub(crate) fn create(name: &str, fields: Vec<Field>) -> Operation {
    Operation::CreateModel(CreateModel { model: Model::new(name, fields) })
}

pub(crate) fn add_field(model: &str, field: Field) -> Operation {
    Operation::AddField(AddField { model: model.into(), field, backfill: None })
}

pub(crate) fn alter_field(model: &str, field: Field) -> Operation {
    Operation::AlterField(AlterField::new(model, field))
}

pub(crate) fn remove_field(model: &str, field: &str) -> Operation {
    Operation::RemoveField(RemoveField { model: model.into(), field: field.into() })
}

pub(crate) fn run_sql(forward: &str, reverse: Option<&str>) -> Operation {
    Operation::RunSql(RunSql::new(forward, reverse.map(Into::into)))
}

pub(crate) fn author_reference() -> Field {
    let to =
        ForeignKey { on_delete: ReferentialAction::Cascade, ..ForeignKey::new(ModelKey::new("_", "Author")) };
    Field::foreign_key("author", to)
}

pub(crate) fn initial() -> Entry {
    let author = create("Author", vec![id(), varchar("name")]);
    let post = create("Post", vec![id(), varchar("title"), author_reference()]);
    ("0001_initial", vec![], vec![author, post])
}

pub(crate) fn author_rating() -> Entry {
    let rating = Field { default: Some(Expr::int(0)), ..Field::new("rating", ColumnType::I32) };
    let name = Some("blog_author_rating_idx".into());
    let index = Index { name, ..Index::new(vec![IndexPart::descending(Expr::name("rating"))]) };
    let index = Operation::AddIndex(AddIndex { model: "Author".into(), index });
    ("0002_author_rating", vec!["blog.0001_initial"], vec![add_field("Author", rating), index])
}

/// Rebuilds the table of authors, to which posts refer, twice over: a check comes, and a name is longer.
pub(crate) fn rating_range() -> Entry {
    let condition = Expr::binary(BinaryOp::Ge, Expr::name("rating"), Expr::int(0));
    let constraint = Constraint::Check { name: Some("rating_range".into()), condition };
    let check = Operation::AddConstraint(AddConstraint { model: "Author".into(), constraint });
    let longer = Field::new("name", ColumnType::Text);
    ("0003_rating_range", vec!["blog.0002_author_rating"], vec![check, alter_field("Author", longer)])
}

pub(crate) fn full_name() -> Entry {
    let rename = Operation::RenameField(RenameField::new("Author", "name", "full_name"));
    ("0004_full_name", vec!["blog.0003_rating_range"], vec![rename, remove_field("Post", "title")])
}

/// Four migrations of a blog: tables, a column with an index, a rebuild, a rename with a column that goes.
pub(crate) fn blog() -> Vec<Entry> {
    vec![initial(), author_rating(), rating_range(), full_name()]
}

/// A database file in a folder of its own.
pub(crate) struct Place {
    folder: PathBuf,
    _removed_with_us: Option<tempfile::TempDir>,
}

impl Place {
    pub(crate) fn new() -> Self {
        let made = tempfile::tempdir().unwrap();
        Self { folder: made.path().to_owned(), _removed_with_us: Some(made) }
    }

    /// The same place once more; the folder stays when this one is dropped.
    pub(crate) fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), _removed_with_us: None }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.folder.join("test.sqlite3")
    }

    pub(crate) fn url(&self) -> String {
        format!("sqlite://{}", self.file().display())
    }

    pub(crate) async fn migrator(&self, entries: &[Entry]) -> Migrator {
        Migrator::connect(&self.url()).await.unwrap().with(migrations("blog", entries))
    }

    /// Connects as an application would: with references enforced.
    pub(crate) async fn connection(&self) -> SqliteConnection {
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(self.file());
        options.foreign_keys(true).connect().await.unwrap()
    }

    pub(crate) async fn run(&self, sql: &str) {
        let mut connection = self.connection().await;
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }

    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let mut connection = self.connection().await;
        let number = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        number
    }

    /// Returns a text made of one column, row after row.
    pub(crate) async fn texts(&self, sql: &str) -> String {
        let mut connection = self.connection().await;
        let rows: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        rows.join(" ")
    }

    pub(crate) async fn applied(&self) -> String {
        self.texts("SELECT id FROM modelshift_history ORDER BY position").await
    }
}

/// Puts three authors with two posts each into a blog at its first migration.
pub(crate) async fn seed(place: &Place) {
    place
        .run(
            "INSERT INTO blog_author (id, name) VALUES (1, 'Ann'), (2, 'Bob'), (7, 'Cid');
             INSERT INTO blog_post (title, author_id) VALUES ('a', 1), ('b', 1), ('c', 2), ('d', 2), ('e', 7), ('f', 7)",
        )
        .await;
}
