//! `Migrator` with an open connection of the application.

use modelshift::{Dialect, Migrator};
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;
use sqlx::mysql::MySqlConnection;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqlitePool};
use sqlx::{ConnectOptions as _, Connection as _, Executor as _, Sqlite};

use crate::list::blog;

/// Applies all, and compares.
async fn migrated(migrator: Migrator) -> Migrator {
    let mut migrator = migrator.with(blog());
    assert_eq!(migrator.migrate().await.unwrap().done.len(), 3);
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
    migrator
}

/// The connection comes back with the settings that it had, also after an error.
async fn of_a_connection(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let address = place.address();
    match place.dialect() {
        Dialect::Sqlite => {
            let options: SqliteConnectOptions = format!("{address}?mode=rwc").parse().unwrap();
            let mut connection = options.foreign_keys(false).connect().await.unwrap();
            connection.execute("PRAGMA busy_timeout = 1234").await.unwrap();
            let migrator = migrated(Migrator::for_connection(connection).await.unwrap()).await;
            let mut connection = migrator.into_sqlite().await.unwrap();
            for (pragma, value) in [("PRAGMA busy_timeout", 1234), ("PRAGMA foreign_keys", 0)] {
                let found: i64 = sqlx::query_scalar(pragma).fetch_one(&mut connection).await.unwrap();
                assert_eq!(found, value, "{pragma}");
            }
            let memory = SqliteConnection::connect("sqlite::memory:").await.unwrap();
            migrated(Migrator::for_connection(memory).await.unwrap()).await;
        }
        Dialect::Postgres => {
            let mut connection = PgConnection::connect(&address).await.unwrap();
            connection.execute("SET TimeZone = 'Asia/Tokyo'; SET statement_timeout = '7s'").await.unwrap();
            let migrator = migrated(Migrator::for_connection(connection).await.unwrap()).await;
            let mut connection = migrator.into_postgres().await.unwrap();
            let query = "SELECT current_setting('TimeZone') || ' ' || current_setting('statement_timeout') || ' ' || \
                         current_setting('search_path')";
            let found: String = sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap();
            assert_eq!(found, "Asia/Tokyo 7s \"$user\", public");
            connection.execute("BEGIN").await.unwrap();
            let error = Migrator::for_connection(connection).await.unwrap_err();
            assert!(error.to_string().contains("a transaction is open on the connection"), "{error}");
        }
        Dialect::Mysql => {
            let mut connection = MySqlConnection::connect(&address).await.unwrap();
            connection.execute("SET time_zone = '+03:00'").await.unwrap();
            connection.execute("SET foreign_key_checks = 0").await.unwrap();
            let migrator = migrated(Migrator::for_connection(connection).await.unwrap()).await;
            let mut connection = migrator.into_mysql().await.unwrap();
            let query = "SELECT CONCAT(@@SESSION.time_zone, ' ', @@SESSION.foreign_key_checks + 0)";
            let found: String = sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap();
            assert_eq!(found, "+03:00 0");
        }
    }
    // The address finds what the connection did.
    let mut by_address = Migrator::connect(&address).await.unwrap().with(blog());
    assert!(by_address.migrate().await.unwrap().is_empty());
}

on_every_backend!(of_a_connection);

/// What a test with `#[sqlx::test(migrations = false)]` is given: a connection of a pool, or the pool.
#[tokio::test]
async fn of_a_connection_of_a_pool() {
    let place = Place::new(Dialect::Sqlite).await.unwrap();
    let pool = SqlitePool::connect(&format!("{}?mode=rwc", place.address())).await.unwrap();
    let connection: PoolConnection<Sqlite> = pool.acquire().await.unwrap();
    let migrator = migrated(Migrator::for_connection(connection).await.unwrap()).await;
    let mut connection = migrator.into_sqlite().await.unwrap();
    let query = "SELECT count(*) FROM blog_author";
    let authors: i64 = sqlx::query_scalar(query).fetch_one(&mut connection).await.unwrap();
    assert_eq!(authors, 3);
    let authors: i64 = sqlx::query_scalar(query).fetch_one(&pool).await.unwrap();
    assert_eq!(authors, 3);
    // The pool goes on without the connection that left it.
    pool.close().await;
}
