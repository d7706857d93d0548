//! F1, F2, F6: processes that are killed, and many that start at once.

use std::time::Duration;

use modelshift::{Dialect, Migrator};
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;

use super::{goes_on, is_all, survived};
use crate::commands::{Program, command, manage};
use crate::list::{blog, blog_without_sql};
use crate::processes::{Order, ending, ending_of, line, race_on, start, whole};

/// Kills a process before each statement of all migrations; the quick selection takes every fifth.
async fn killed_while_applying(backend: Backend) {
    let wanted = whole(backend).await;
    let (step, mut count) = (if is_all() { 1 } else { 5 }, 0);
    for stop in (0..).step_by(step) {
        let place = Place::new(backend).await.unwrap();
        let mut child = start(&place, Order::Stop(stop));
        let told = line(&mut child, &["stopped", "done"]);
        if told.starts_with("done") {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        goes_on(&place, &wanted, &told).await;
        count += 1;
    }
    survived("F1 killed before a statement", backend, count);
}

on_every_backend!(killed_while_applying);

/// Kills a process before each statement of the way back; then the way back goes on.
async fn killed_while_reverting(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
    migrator.migrate().await.unwrap();
    migrator.migrate_to("blog 0001").await.unwrap();
    let wanted = migrator.introspect().await.unwrap();
    let (step, mut count) = (if is_all() { 1 } else { 6 }, 0);
    for stop in (0..).step_by(step) {
        let place = Place::new(backend).await.unwrap();
        let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
        migrator.migrate().await.unwrap();
        let mut child = start(&place, Order::StopReverting(stop));
        let told = line(&mut child, &["stopped", "done"]);
        if told.starts_with("done") {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        migrator.migrate_to("blog 0001").await.unwrap_or_else(|error| panic!("after {told}: {error}"));
        assert_eq!(migrator.introspect().await.unwrap(), wanted, "after {told}");
        let rows = place.rows("SELECT name FROM blog_author ORDER BY name").await.unwrap();
        assert_eq!(rows, ["Ann", "Bob", "Cid"], "after {told}");
        count += 1;
    }
    survived("F1 killed before a statement of the way back", backend, count);
}

on_every_backend!(killed_while_reverting);

/// Kills a process while a statement runs: a second one does not begin before the server has ended it.
async fn killed_in_a_statement(backend: Backend) {
    let wait = match backend.dialect() {
        Dialect::Sqlite => {
            "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 5000000) \
             UPDATE blog_author SET name = name WHERE (SELECT count(*) FROM counted) < 0"
        }
        Dialect::Postgres => "SELECT pg_sleep(2)",
        Dialect::Mysql => "DO sleep(2)",
    };
    let place = Place::new(backend).await.unwrap();
    let mut migrate = command(&place, Program::Slow, "migrate -v 3");
    let mut child = migrate.env("MODELSHIFT_TEST_WAIT", wait).spawn().unwrap();
    line(&mut child, &["      SELECT pg_sleep", "      DO sleep", "      WITH RECURSIVE"]);
    tokio::time::sleep(Duration::from_millis(200)).await;
    child.kill().unwrap();
    child.wait().unwrap();
    let mut migrate = command(&place, Program::Slow, "migrate");
    let output = migrate.env("MODELSHIFT_TEST_WAIT", wait).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let (code, told) = manage(&place, Program::Slow, "showmigrations");
    assert_eq!((code, told.matches("[X]").count()), (Some(0), 4), "{told}");
    survived("F2 killed in a statement", backend, 1);
}

on_every_backend!(killed_in_a_statement);

/// Starts processes at once, on an empty database and on one that another process left in part.
async fn started_at_once(backend: Backend) {
    let starters: &[usize] = if is_all() { &[2, 8, 32] } else { &[8] };
    for count in starters {
        let place = Place::new(backend).await.unwrap();
        assert_eq!(race_on(&place, *count, Order::Go).await, 3);
        assert_eq!(ending(&place).await, whole(backend).await);
        if is_all() {
            let place = Place::new(backend).await.unwrap();
            let mut child = start(&place, Order::Stop(6));
            line(&mut child, &["stopped"]);
            child.kill().unwrap();
            child.wait().unwrap();
            race_on(&place, *count, Order::Go).await;
            assert_eq!(ending(&place).await, whole(backend).await);
        }
        survived("F6 started at once", backend, *count);
    }
}

on_every_backend!(started_at_once);

/// Kills a process before each statement of the one plan of a new database, and starts many at once: what stands is nothing
/// or all of it.
async fn together(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let migrator = Migrator::connect(&place.address()).await.unwrap().with(blog_without_sql());
    migrator.one_by_one().migrate().await.unwrap();
    let wanted = ending_of(&place, blog_without_sql()).await;
    let (step, mut count) = (if is_all() { 1 } else { 2 }, 0);
    for stop in (0..).step_by(step) {
        let place = Place::new(backend).await.unwrap();
        let mut child = start(&place, Order::StopTogether(stop));
        let told = line(&mut child, &["stopped", "done"]);
        if told.starts_with("done") {
            assert_eq!(told, "done 3 0");
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(blog_without_sql());
        if backend.dialect() != Dialect::Mysql {
            assert_eq!(migrator.introspect().await.unwrap().tables.len(), 0, "after {told}");
        }
        migrator.migrate().await.unwrap_or_else(|error| panic!("after {told}: {error}"));
        assert_eq!(ending_of(&place, blog_without_sql()).await, wanted, "after {told}");
        count += 1;
    }
    survived("F1 killed in the one plan of a new database", backend, count);
    let starters: &[usize] = if is_all() { &[2, 8, 32] } else { &[8] };
    for count in starters {
        let place = Place::new(backend).await.unwrap();
        assert_eq!(race_on(&place, *count, Order::GoTogether).await, 3);
        assert_eq!(ending_of(&place, blog_without_sql()).await, wanted);
        survived("F6 started at once, together", backend, *count);
    }
}

on_every_backend!(together);
