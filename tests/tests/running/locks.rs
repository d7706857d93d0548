//! Locks of others: a statement gives up soon, and the whole transaction is tried again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use modelshift::Migrator;
use modelshift::error::ErrorKind;
use modelshift::report::Event;
use modelshift_tests::backend::Backend;
use modelshift_tests::database::Database;
use modelshift_tests::on_every_server;
use modelshift_tests::place::Place;

use crate::list::blog;

/// Makes a database in which another program reads a table and does not end its transaction.
async fn with_a_reader(backend: Backend) -> (Place, Database) {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
    migrator.migrate_to("blog 0001").await.unwrap();
    let mut reader = place.connect().await.unwrap();
    reader.execute("BEGIN").await.unwrap();
    reader.rows("SELECT name FROM blog_author").await.unwrap();
    (place, reader)
}

/// The reader ends only once the same statement was sent a second time.
async fn tried_again(backend: Backend) {
    let (place, mut reader) = with_a_reader(backend).await;
    let tries = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&tries);
    let mut migrator =
        Migrator::connect(&place.address()).await.unwrap().with(blog()).observe(move |event: Event<'_>| {
            if let Event::Statement { statement, .. } = event
                && statement.sql.contains("ADD COLUMN")
                && statement.sql.contains("rating")
            {
                seen.fetch_add(1, Ordering::Relaxed);
            }
        });
    let migrating = tokio::spawn(async move { migrator.migrate().await.map(|report| report.done.len()) });
    while tries.load(Ordering::Relaxed) < 2 {
        assert!(!migrating.is_finished(), "it did not wait: {:?}", migrating.await);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    reader.execute("COMMIT").await.unwrap();
    assert_eq!(migrating.await.unwrap().unwrap(), 2);
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
    assert!(migrator.check().await.unwrap().is_empty());
}

on_every_server!(tried_again);

/// The reader never ends: the migration stops in the end, and has changed nothing.
async fn given_up(backend: Backend) {
    let (place, mut reader) = with_a_reader(backend).await;
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
    let before = migrator.introspect().await.unwrap();
    let mut migrator = migrator.lock_timeout(Duration::from_millis(1));
    let error = migrator.migrate().await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Locked { .. }), "{error}");
    assert_eq!(migrator.introspect().await.unwrap(), before);
    reader.execute("COMMIT").await.unwrap();
    assert_eq!(migrator.migrate().await.unwrap().done.len(), 2);
}

on_every_server!(given_up);
