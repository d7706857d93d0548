//! `Migrator` with the pool of an application.

use modelshift::{Dialect, Migrator};
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;
use sqlx::mysql::{MySqlConnectOptions, MySqlPool};
use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::sqlite::SqlitePool;

use crate::list;

/// The database of a pool is migrated; an address finds the same database.
async fn of_a_pool(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let address = place.address();
    let by_address = Migrator::connect(&address).await.unwrap();
    let migrator = match place.dialect() {
        Dialect::Sqlite => {
            let pool = SqlitePool::connect(&format!("{address}?mode=rwc")).await.unwrap();
            Migrator::for_pool(&pool).await
        }
        Dialect::Postgres => Migrator::for_pool(&PgPool::connect(&address).await.unwrap()).await,
        Dialect::Mysql => Migrator::for_pool(&MySqlPool::connect(&address).await.unwrap()).await,
    };
    let mut migrator = migrator.unwrap().with(list::blog());
    assert!(!migrator.migrate().await.unwrap().done.is_empty());
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
    let mut by_address = by_address.with(list::blog());
    assert!(by_address.migrate().await.unwrap().is_empty());
}

on_every_backend!(of_a_pool);

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_named_without_the_password_of_the_options() {
    let postgres = PgConnectOptions::new_without_pgpass().host("127.0.0.1").port(1).username("ann");
    let mysql = MySqlConnectOptions::new().host("127.0.0.1").port(1).username("ann");
    let errors = [
        Migrator::for_pool(postgres.password("hunter2").database("shop")).await.unwrap_err(),
        Migrator::for_pool(mysql.password("hunter2").database("shop")).await.unwrap_err(),
    ];
    for (error, name) in errors.iter().zip(["postgres://127.0.0.1:1/shop", "mysql://127.0.0.1:1/shop"]) {
        let said = format!("{error} {error:?}");
        assert!(said.contains(name) && !said.contains("hunter2"), "{said}");
    }
}
