//! The migrations of a small blog, with every kind of statement that can be cut short.

use modelshift::{EmbeddedMigration, Migrations};
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

fn id() -> Field {
    Field { primary_key: true, ..Field::new("id", ColumnType::I64) }
}

fn varchar(name: &str) -> Field {
    Field::new(name, ColumnType::Varchar { max_length: 100 })
}

pub(crate) fn create(name: &str, fields: Vec<Field>) -> Operation {
    Operation::CreateModel(CreateModel { model: Model::new(name, fields) })
}

fn add(model: &str, field: Field, backfill: Option<Expr>) -> Operation {
    Operation::AddField(AddField { model: model.into(), field, backfill })
}

pub(crate) fn sql(text: &str) -> Operation {
    Operation::RunSql(RunSql::new(text, Some("".into())))
}

/// SQL that cannot be reverted.
pub(crate) fn one_way(text: &str) -> Operation {
    Operation::RunSql(RunSql::new(text, None))
}

/// Returns the operations of each migration, in order.
fn operations() -> Vec<Vec<Operation>> {
    let to =
        ForeignKey { on_delete: ReferentialAction::Cascade, ..ForeignKey::new(ModelKey::new("_", "Author")) };
    let initial = vec![
        create("Author", vec![id(), varchar("name")]),
        create("Post", vec![id(), varchar("title"), Field::foreign_key("author", to)]),
        sql("INSERT INTO blog_author (name) VALUES ('Ann'), ('Bob'), ('Cid')"),
        sql("INSERT INTO blog_post (title, author_id) SELECT name, id FROM blog_author"),
    ];
    let index = Index {
        name: Some("rating_idx".into()),
        ..Index::new(vec![IndexPart::descending(Expr::name("rating"))])
    };
    let condition = Expr::binary(BinaryOp::Ge, Expr::name("rating"), Expr::int(0));
    let rating = vec![
        add("Author", Field { default: Some(Expr::int(3)), ..Field::new("rating", ColumnType::I32) }, None),
        sql("UPDATE blog_author SET rating = rating + 1"),
        Operation::AddIndex(AddIndex { model: "Author".into(), index }),
        Operation::AddConstraint(AddConstraint {
            model: "Author".into(),
            constraint: Constraint::Check { name: Some("rating_range".into()), condition },
        }),
    ];
    let names = vec![
        add("Author", varchar("nick"), Some(Expr::name("name"))),
        Operation::AlterField(AlterField::new("Author", Field::new("name", ColumnType::Text))),
        Operation::RenameField(RenameField::new("Author", "name", "full_name")),
        Operation::AlterField(AlterField::new("Author", Field { null: true, ..varchar("nick") })),
        Operation::RemoveField(RemoveField { model: "Post".into(), field: "title".into() }),
    ];
    vec![initial, rating, names]
}

/// A migration: its name, what it depends on, and what it does.
pub(crate) type Entry = (&'static str, &'static [&'static str], Vec<Operation>);

/// Makes the migrations of an app, as `migrations!` would have made them.
pub(crate) fn migrations(app: &str, entries: Vec<Entry>) -> Migrations {
    let mut list = Vec::new();
    for (name, depends_on, operations) in entries {
        let operations = serde_json::to_string(&operations).unwrap().leak();
        list.push((name, EmbeddedMigration { operations, depends_on, ..EmbeddedMigration::EMPTY }));
    }
    Migrations::new(app, &list)
}

/// Returns the migrations of the blog.
pub(crate) fn blog() -> Migrations {
    chain(operations())
}

/// Returns the migrations of the blog without SQL, so that a new database gets them together.
pub(crate) fn blog_without_sql() -> Migrations {
    let is_kept = |operation: &Operation| !matches!(operation, Operation::RunSql(_));
    chain(operations().into_iter().map(|list| list.into_iter().filter(is_kept).collect()).collect())
}

fn chain(steps: Vec<Vec<Operation>>) -> Migrations {
    let mut list: Vec<Entry> = Vec::new();
    for (position, operations) in steps.into_iter().enumerate() {
        let name: &str = format!("{:04}_step", position + 1).leak();
        let parent: &str = format!("blog.{position:04}_step").leak();
        let depends_on: &'static [&'static str] = if position == 0 { &[] } else { vec![parent].leak() };
        list.push((name, depends_on, operations));
    }
    migrations("blog", list)
}

/// Returns the first migration of the blog, and others on it.
pub(crate) fn after_the_first(entries: Vec<Entry>) -> Migrations {
    let first = ("0001_step", &[][..], operations().swap_remove(0));
    migrations("blog", std::iter::once(first).chain(entries).collect())
}

/// The first migration of the blog, on which others depend.
pub(crate) const FIRST: &[&str] = &["blog.0001_step"];

/// A field with texts that may be missing.
pub(crate) fn add_text(model: &str, name: &str) -> Operation {
    add(model, Field { null: true, ..varchar(name) }, None)
}

/// A field with integers.
pub(crate) fn add_number(model: &str, name: &str, default: i64) -> Operation {
    add(model, Field { default: Some(Expr::int(default)), ..Field::new(name, ColumnType::I32) }, None)
}

/// A model without references.
pub(crate) fn create_plain(name: &str) -> Operation {
    create(name, vec![id(), varchar("label")])
}
