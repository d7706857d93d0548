use modelshift_schema::choices::{Choice, Choices, Storage};
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Literal;
use modelshift_schema::field::Field;
use modelshift_schema::migration::Migration;
use modelshift_schema::model::Model;
use modelshift_schema::name::{MigrationId, ModelKey};
use modelshift_schema::native_type::NativeType;
use modelshift_schema::operation::{CreateModel, Operation};
use modelshift_schema::relation::{ForeignKey, ManyToMany, ReferentialAction};
use modelshift_schema::replay::replay;

use super::*;
use crate::dialect::Dialect;

fn reference(name: &str, to: &str, on_delete: ReferentialAction) -> Field {
    let to = ForeignKey::new(ModelKey::new("blog", to));
    Field::foreign_key(name, ForeignKey { on_delete, ..to })
}

fn status() -> Field {
    let variant = |name: &str| Choice { name: name.to_owned(), value: Literal::Text(name.to_lowercase()) };
    let choices = Choices {
        storage: Storage::Native,
        variants: vec![variant("Draft"), variant("Public")],
        ..Choices::as_written("Status")
    };
    Field::new("status", ColumnType::Choices(choices))
}

/// Two tables with every plain type, words of Rust, references to one table and to itself, an enum and a relation.
fn tables(apps: &[&str]) -> Vec<Table> {
    let id = || Field { primary_key: true, ..Field::new("id", ColumnType::I64) };
    let mail = Field { unique: true, ..Field::new("mail", ColumnType::Varchar { max_length: 100 }) };
    let author = Model {
        comment: Some("Who writes.".to_owned()),
        ..Model::new("Author", vec![id(), mail, reference("editor", "Author", ReferentialAction::NoAction)])
    };
    let types = ColumnType::samples().into_iter().enumerate();
    let types =
        types.map(|(number, it)| Field { null: number % 2 == 0, ..Field::new(format!("x{number}"), it) });
    let mut fields = vec![id(), status(), Field::new("type", ColumnType::Text)];
    fields.push(reference("author", "Author", ReferentialAction::Cascade));
    fields.extend(types);
    let tags = Field::many_to_many("tags", ManyToMany::new(ModelKey::new("blog", "Tag")));
    let tag = Model::new("Tag", vec![Field { primary_key: true, ..Field::new("slug", ColumnType::Text) }]);
    fields.push(tags);
    let of_app = |app: &str, models: Vec<Model>| {
        let operations = models.into_iter().map(|model| Operation::CreateModel(CreateModel { model }));
        Migration::new(MigrationId::new(app, "0001_initial"), Vec::new(), operations.collect())
    };
    let place = Field::new("place", ColumnType::Native(NativeType::Point));
    let history = [
        of_app("blog", vec![author, tag, Model::new("Post", fields)]),
        of_app("map", vec![Model::new("Spot", vec![id(), place])]),
    ];
    let apps: Vec<String> = apps.iter().map(ToString::to_string).collect();
    super::tables(&replay(&history).unwrap(), &apps).unwrap()
}

#[test]
fn diesel_has_each_table_with_the_types_of_the_dialect() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql] {
        insta::assert_snapshot!(format!("diesel_{dialect}"), diesel(&tables(&["blog"]), dialect));
    }
}

#[test]
fn sea_orm_has_an_entity_for_each_table() {
    for dialect in [Dialect::Sqlite, Dialect::Postgres, Dialect::Mysql] {
        insta::assert_snapshot!(format!("sea_orm_{dialect}"), sea_orm(&tables(&["blog"]), dialect));
    }
}

#[test]
fn a_type_that_the_other_crate_lacks_is_a_comment() {
    let tables = tables(&["map"]);
    assert_eq!(tables.len(), 1);
    let text = diesel(&tables, Dialect::Postgres);
    assert!(text.contains("        // `place` has a type that Diesel does not have.\n"), "{text}");
    let text = sea_orm(&tables, Dialect::Postgres);
    assert!(text.contains("        // `place` has a type that SeaORM does not have.\n"), "{text}");
}

#[test]
fn names_that_rust_does_not_accept_are_changed_and_named() {
    let column = modelshift_schema::table::Column::new("a b\"".into(), ColumnType::Bool);
    let mut table = tables(&["map"]).remove(0);
    table.columns.push(column);
    table.name = modelshift_schema::name::TableName::new("order-lines");
    let text = diesel(&[table.clone()], Dialect::Postgres);
    assert!(text.contains("    #[sql_name = \"order-lines\"]\n    order_lines (id) {\n"), "{text}");
    assert!(text.contains("        #[sql_name = \"a b\\\"\"]\n        a_b_ -> Bool,\n"), "{text}");
    let text = sea_orm(&[table], Dialect::Postgres);
    assert!(
        text.contains("pub mod order_lines {") && text.contains("table_name = \"order-lines\""),
        "{text}"
    );
    assert!(text.contains("#[sea_orm(column_name = \"a b\\\"\")]\n        pub a_b_: bool,\n"), "{text}");
}
