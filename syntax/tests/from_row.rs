//! `from_row` concerns the program alone: no schema, no hash and no migration has it.

use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_schema::operation::{CreateModel, Operation};
use modelshift_syntax::{
    AsWritten, ParsedModel, parse_struct, print_module, read_module, schema_hash, schema_text,
};

fn read(source: &str) -> ParsedModel {
    let item = syn::parse_str(source).expect("it is a struct");
    parse_struct(&item, &AsWritten).expect("it is right")
}

#[test]
fn a_schema_is_the_same_with_and_without_it() {
    for (with, without) in [
        ("#[model(from_row)] struct Post { id: i64 }", "struct Post { id: i64 }"),
        (
            "#[model(table = \"a\", from_row)] struct Post { id: i64, title: String }",
            "#[model(table = \"a\")] struct Post { id: i64, title: String }",
        ),
        (
            "#[model(abstract, from_row)] struct Post { at: i64 }",
            "#[model(abstract)] struct Post { at: i64 }",
        ),
    ] {
        let (with, without) = (read(with), read(without));
        assert!(with.is_from_row && !without.is_from_row);
        assert_eq!(schema_text(&with), schema_text(&without));
        assert_eq!(schema_hash(&with), schema_hash(&without));
        assert_eq!(with.source, without.source);
    }
}

#[test]
fn a_migration_neither_has_it_nor_takes_it() {
    let model = read("#[model(from_row)] struct Post { id: i64 }").source.model;
    let id = MigrationId::new("blog", "0001_initial");
    let create = Operation::CreateModel(CreateModel { model });
    let printed = print_module(&Migration::new(id.clone(), Vec::new(), vec![create]));
    assert!(printed.contains("struct Post") && !printed.contains("from_row"), "{printed}");
    let module = "modelshift::migration! { CreateModel { #[model(from_row)] struct Post { id: i64 } } }";
    let error = read_module(&id, module).expect_err("it is refused").to_string();
    assert!(error.contains("`from_row`") && error.contains("cannot be used in a migration"), "{error}");
}
