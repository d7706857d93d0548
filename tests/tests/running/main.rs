//! `Migrator` on every database: the same migrations, applied, reverted and checked by the same program.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod list;
mod processes;

use modelshift::{Dialect, Migrator};
use modelshift_tests::place::Place;

async fn migrator(place: &Place) -> Migrator {
    Migrator::connect(&place.address()).await.unwrap().with(forge::migrations())
}

/// Applies all, reverts all, and applies all again; after each way the tables are as the migrations make them.
async fn there_and_back(dialect: Dialect) {
    let place = Place::new(dialect).await.unwrap();
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

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_there_and_back() {
    there_and_back(Dialect::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_there_and_back() {
    there_and_back(Dialect::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mysql_there_and_back() {
    there_and_back(Dialect::Mysql).await;
}

/// A statement that the database has refused is run again, whatever a person changed on the table meanwhile.
async fn refused_and_run_again(dialect: Dialect) {
    let place = Place::new(dialect).await.unwrap();
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

#[tokio::test(flavor = "multi_thread")]
async fn postgres_runs_what_it_refused_again() {
    refused_and_run_again(Dialect::Postgres).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mysql_runs_what_it_refused_again() {
    refused_and_run_again(Dialect::Mysql).await;
}
