//! `Migrator` on every database: the same migrations, applied, reverted and checked by the same program.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod checks;
mod commands;
mod connections;
mod data;
mod examples;
mod faults;
mod fleet;
mod history;
mod hooks;
mod list;
mod locks;
mod new_database;
mod pools;
mod processes;
mod refusals;
mod rows;
mod schemas;
mod settings;
mod testing;

use modelshift::Migrator;
use modelshift::error::ErrorKind;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::Field;
use modelshift_schema::operation::{AlterField, Operation};
use modelshift_tests::backend::Backend;
use modelshift_tests::place::Place;
use modelshift_tests::rows::sample;
use modelshift_tests::{on_every_backend, on_every_server};

async fn migrator(place: &Place) -> Migrator {
    Migrator::connect(&place.address()).await.unwrap().with(forge::migrations())
}

/// Applies all, reverts all, and applies all again; after each way the tables are as the migrations make them.
async fn there_and_back(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = migrator(&place).await;
    let all = migrator.status().await.unwrap().migrations.len();
    let report = migrator.migrate().await.unwrap();
    assert_eq!(report.done.len(), all, "{report}");
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(migrator.migrate().await.unwrap().done.len(), 0);
    for app in ["ci", "tracker", "code", "accounts"] {
        migrator.migrate_to(format!("{app} zero").as_str()).await.unwrap();
    }
    assert_eq!(migrator.status().await.unwrap().unapplied().count(), all);
    assert!(migrator.introspect().await.unwrap().tables.is_empty());
    assert_eq!(migrator.migrate().await.unwrap().done.len(), all);
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
}

on_every_backend!(there_and_back);

/// A statement that the database has refused is run again, whatever a person changed on the table meanwhile.
async fn refused_and_run_again(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(list::blog());
    migrator.migrate_to("blog 0001").await.unwrap();
    place.execute("ALTER TABLE blog_author ADD COLUMN rating integer").await.unwrap();
    let error = migrator.migrate().await.unwrap_err();
    assert!(error.to_string().contains("rating"), "{error}");
    place.execute("ALTER TABLE blog_author DROP COLUMN rating").await.unwrap();
    migrator.migrate().await.unwrap();
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
}

on_every_server!(refused_and_run_again);

/// A check that finds rows returns their keys, which may be bytes that are not text.
async fn rows_with_a_key_of_bytes(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let size = |column_type| Field::new("size", column_type);
    let key = Field { primary_key: true, ..Field::new("id", ColumnType::Uuid) };
    let create = list::create("File", vec![key, size(ColumnType::Varchar { max_length: 20 })]);
    let as_number = AlterField::new("File", size(ColumnType::I32));
    let entries = vec![
        ("0001_step", &[][..], vec![create]),
        ("0002_step", list::FIRST, vec![Operation::AlterField(as_number)]),
    ];
    let migrations = list::migrations("blog", entries);
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(migrations);
    migrator.migrate_to("blog 0001").await.unwrap();
    let key = sample(place.dialect(), &ColumnType::Uuid, 1);
    place.execute(&format!("INSERT INTO blog_file (id, size) VALUES ({key}, 'large')")).await.unwrap();
    let error = migrator.migrate().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Refused { .. }), "{error}");
    place.execute("DELETE FROM blog_file").await.unwrap();
    migrator.migrate().await.unwrap();
}

on_every_backend!(rows_with_a_key_of_bytes);
