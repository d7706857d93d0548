//! A struct and a migration file have one reading: what the compiler expands is what the build script reads as text.

#![allow(dead_code, unreachable_pub, reason = "the structs are there to be derived")]

use modelshift::Model;
use modelshift_schema::hints::SourceModel;
use modelshift_schema::name::MigrationId;
use modelshift_syntax::{AsWritten, parse_model, read_module};

#[path = "one_reading/m0001_initial.rs"]
mod m0001_initial;
#[path = "one_reading/models.rs"]
mod models;

#[test]
fn invariant_1_a_struct_has_one_reading() {
    let file = syn::parse_file(include_str!("one_reading/models.rs")).expect("the models are Rust");
    let read = |name: &str| {
        let item = file.items.iter().find_map(|item| {
            let syn::Item::Struct(item) = item else { return None };
            (item.ident == name).then(|| syn::DeriveInput::from(item.clone()))
        });
        parse_model(&item.expect("the struct is there"), &AsWritten).expect("it is a model").source
    };
    let compiled = |text: &str| serde_json::from_str::<SourceModel>(text).expect("the constant is a model");
    assert_eq!(compiled(models::Author::SCHEMA), read("Author"));
    assert_eq!(compiled(models::Odd::SCHEMA), read("Odd"));
}

#[test]
fn invariant_1_wr_015_a_migration_file_compiles_and_has_one_reading() {
    let id = MigrationId::new("blog", "0001_initial");
    let read =
        read_module(&id, include_str!("one_reading/m0001_initial.rs")).expect("the file is a migration");
    assert_eq!(m0001_initial::MIGRATION.load(&id).expect("the constant is a migration"), read);
}
