//! Servers with other settings: the session has its own.

use modelshift::{Dialect, Migrator};
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_server;
use modelshift_tests::place::Place;
use modelshift_tests::servers::{self, Settings};

use crate::list::blog;

/// Returns settings that change what statements and literals mean, how tables are shown, and when statements are stopped.
fn other_settings(backend: Backend) -> Settings<'static> {
    match backend {
        Backend::Sqlite => &[],
        Backend::Postgres | Backend::Postgres18 => &[
            "standard_conforming_strings=off",
            "default_transaction_isolation=serializable",
            "TimeZone=America/New_York",
            "statement_timeout=2s",
            "max_locks_per_transaction=128",
        ],
        Backend::Mariadb | Backend::Mariadb11 => &[
            "sql-mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES",
            "default-time-zone=+05:00",
            "sql-safe-updates",
            "autocommit=0",
            "innodb-force-primary-key=1",
        ],
        Backend::Mysql9 => &[
            "sql-mode=ANSI_QUOTES,NO_BACKSLASH_ESCAPES",
            "default-time-zone=+05:00",
            "sql-require-primary-key=ON",
            "autocommit=0",
        ],
    }
}

/// Applies all, reverts all and applies all again; the tables and rows are those of a server with usual settings.
async fn settings_of_a_server(backend: Backend) {
    let usual = Place::new(backend).await.unwrap();
    let server = servers::own(backend, other_settings(backend)).unwrap();
    let other = Place::on(backend, server).await.unwrap();
    let mut found = Vec::new();
    for place in [&usual, &other] {
        let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
        migrator.migrate().await.unwrap();
        migrator.migrate_to("blog zero").await.unwrap();
        migrator.migrate().await.unwrap();
        let differences = migrator.check().await.unwrap();
        assert!(differences.is_empty(), "{differences:#?}");
        let rows =
            place.rows("SELECT full_name, CAST(rating AS char(9)) FROM blog_author ORDER BY full_name");
        found.push((migrator.introspect().await.unwrap(), rows.await.unwrap()));
    }
    assert_eq!(found[0], found[1]);
    assert_eq!(found[0].1.len(), 3);
}

on_every_server!(settings_of_a_server);

/// A schema that is created while migrations run, and comes first in the search path, gets none of the tables.
#[tokio::test(flavor = "multi_thread")]
async fn the_search_path_is_that_of_the_beginning() {
    let Some(_ready) = Backend::Postgres.ready() else { return };
    let place = Place::new(Dialect::Postgres).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
    migrator.migrate_to("blog 0001").await.unwrap();
    // The first schema of the path of every role is the one with its name.
    place.execute("CREATE SCHEMA postgres").await.unwrap();
    migrator.migrate().await.unwrap();
    let rows = place.rows("SELECT DISTINCT schemaname::text FROM pg_tables WHERE tablename LIKE '%blog%' OR tablename LIKE 'modelshift%'");
    assert_eq!(rows.await.unwrap(), ["public"]);
}
