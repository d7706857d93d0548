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

fn create(name: &str, fields: Vec<Field>) -> Operation {
    Operation::CreateModel(CreateModel { model: Model::new(name, fields) })
}

fn add(model: &str, field: Field, backfill: Option<Expr>) -> Operation {
    Operation::AddField(AddField { model: model.into(), field, backfill })
}

fn sql(text: &str) -> Operation {
    Operation::RunSql(RunSql::new(text, Some("".into())))
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
        Operation::RenameField(RenameField {
            model: "Author".into(),
            before: "name".into(),
            after: "full_name".into(),
        }),
        Operation::AlterField(AlterField::new("Author", Field { null: true, ..varchar("nick") })),
        Operation::RemoveField(RemoveField { model: "Post".into(), field: "title".into() }),
    ];
    vec![initial, rating, names]
}

/// Returns the migrations, as `migrations!` would have made them.
pub(crate) fn blog() -> Migrations {
    let mut list = Vec::new();
    for (position, operations) in operations().into_iter().enumerate() {
        let name: &str = format!("{:04}_step", position + 1).leak();
        let parent: &str = format!("blog.{position:04}_step").leak();
        let depends_on: &'static [&'static str] = if position == 0 { &[] } else { vec![parent].leak() };
        let operations = serde_json::to_string(&operations).unwrap().leak();
        list.push((name, EmbeddedMigration { operations, depends_on, ..EmbeddedMigration::EMPTY }));
    }
    Migrations::new("blog", &list)
}
