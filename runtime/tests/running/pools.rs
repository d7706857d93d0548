//! Databases of pools: the migrator opens a connection of its own with the options of the pool.

use modelshift::Migrator;
use modelshift::error::ErrorKind;
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;

use crate::support::{Place, blog, migrations};

async fn authors(pool: &SqlitePool) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM blog_author").fetch_one(pool).await.unwrap()
}

#[tokio::test]
async fn the_file_of_a_pool_is_migrated_while_the_pool_is_open() {
    let place = Place::new();
    let options = SqliteConnectOptions::new().filename(place.file()).create_if_missing(true);
    let pool = SqlitePool::connect_with(options).await.unwrap();
    let mut migrator = Migrator::for_pool(&pool).await.unwrap().with(migrations("blog", &blog()));
    assert_eq!(migrator.migrate().await.unwrap().done.len(), 4);
    assert_eq!(migrator.database(), place.file().display().to_string());
    sqlx::query("INSERT INTO blog_author (full_name) VALUES ('a')").execute(&pool).await.unwrap();
    assert!(migrator.migrate().await.unwrap().is_empty());
    assert_eq!(authors(&pool).await, 1);
}

#[tokio::test]
async fn a_database_in_memory_that_a_pool_shares_is_migrated() {
    let pool = SqlitePool::connect("sqlite::memory:").await.unwrap();
    let mut migrator = Migrator::for_pool(&pool).await.unwrap().with(migrations("blog", &blog()));
    assert_eq!(migrator.migrate().await.unwrap().done.len(), 4);
    assert_eq!(authors(&pool).await, 0);
}

#[tokio::test]
async fn a_database_in_memory_that_nobody_shares_is_refused_with_another_way() {
    let options = SqliteConnectOptions::new().filename(":memory:");
    let error = Migrator::for_pool(options).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Open { .. }), "{error:?}");
    assert!(error.to_string().contains("`into_sqlite`"), "{error}");
}

#[tokio::test]
async fn a_file_is_created_only_if_the_options_say_so() {
    let place = Place::new();
    let options = SqliteConnectOptions::new().filename(place.file());
    let closed =
        Migrator::for_pool(options.clone()).await.unwrap().with(migrations("blog", &blog())).migrate().await;
    assert!(closed.is_err() && !place.file().exists(), "{closed:?}");
    let options = options.create_if_missing(true);
    let opened = Migrator::for_pool(options).await.unwrap().with(migrations("blog", &blog())).migrate().await;
    assert_eq!(opened.unwrap().done.len(), 4);
}
