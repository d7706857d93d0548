//! SIGINT and SIGTERM while `manage migrate` runs, and runs whose future is dropped.

use std::io::{BufRead, BufReader};
use std::process::Command;
use std::time::{Duration, Instant};

use modelshift::{Dialect, Migrator};
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;

use crate::commands::{Program, command, said};

/// Returns a statement that runs for a minute.
fn wait(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Sqlite => {
            "WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < 1000000000) \
             UPDATE blog_author SET name = name WHERE (SELECT count(*) FROM counted) < 0"
        }
        Dialect::Postgres => "SELECT pg_sleep(60)",
        Dialect::Mysql => "UPDATE blog_author SET name = name WHERE sleep(60) < 0",
    }
}

async fn ended_by_signals(backend: Backend) {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let place = Place::new(backend).await.unwrap();
        let begin = Instant::now();
        let mut migrate = command(&place, Program::Slow, "migrate -v 3");
        let mut child = migrate.env("MODELSHIFT_TEST_WAIT", wait(backend.dialect())).spawn().unwrap();
        // The statement is printed before it runs.
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.contains("sleep(60)") && !line.contains("RECURSIVE counted") {
            line.clear();
            assert_ne!(out.read_line(&mut line).unwrap(), 0, "it ended before");
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
        assert!(sent.unwrap().success());
        let (ended, told) = said(&child.wait_with_output().unwrap());
        assert_eq!(ended, Some(code), "{told}");
        assert!(begin.elapsed() < Duration::from_secs(30), "it waited for the statement");
        let is_transaction = backend.capabilities().transactional_ddl;
        for words in [
            format!("interrupted by SIG{signal}").as_str(),
            "done, and kept: `blog.0001_step`, `blog.0002_quick`",
            if is_transaction {
                "not done, nothing is left of it: `blog.0003_slow`, `blog.0004_next`"
            } else {
                "done in part: `blog.0003_slow` (applied in part: 1 of 3 stages); run `migrate` again"
            },
        ] {
            assert!(told.contains(words), "{words}: {told}");
        }

        // Nothing is locked, and a plain run goes on.
        let mut migrate = command(&place, Program::Slow, "migrate --lock-timeout 3");
        let output = migrate.env(
            "MODELSHIFT_TEST_WAIT",
            wait(backend.dialect()).replace("60", "0").replace("1000000000", "10"),
        );
        let (ended, told) = said(&output.output().unwrap());
        // The text of a statement that is not done may differ.
        assert_eq!(ended, Some(0), "{told}");
        let rows =
            place.rows("SELECT name FROM blog_author WHERE late IS NULL AND next IS NULL ORDER BY name");
        assert_eq!(rows.await.unwrap(), ["Ann", "Bob", "Cid"]);
    }
}

on_every_backend!(ended_by_signals);

/// A future that is dropped: the migrator ends the run on the server, and goes on.
async fn dropped_and_ended(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(Program::Blog.migrations());
    migrator.migrate_to("blog 0001").await.unwrap();
    let mut other = place.connect().await.unwrap();
    other.execute(if backend == Backend::Sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" }).await.unwrap();
    other.execute("UPDATE blog_author SET name = 'Eve' WHERE name = 'Ann'").await.unwrap();
    // It waits for the lock of the other program.
    let dropped = tokio::time::timeout(Duration::from_millis(300), migrator.migrate()).await;
    assert!(dropped.is_err(), "{dropped:?}");
    migrator.abort().await.unwrap();
    other.execute("COMMIT").await.unwrap();
    drop(other);
    let second = Migrator::connect(&place.address()).await.unwrap().with(Program::Blog.migrations());
    let mut second = second.lock_timeout(Duration::from_secs(3));
    assert_eq!(second.migrate().await.unwrap().done.len(), 2);
    assert!(migrator.migrate().await.unwrap().is_empty());
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
}

on_every_backend!(dropped_and_ended);
