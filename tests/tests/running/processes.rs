//! Many processes at once, and processes that are killed.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use modelshift::report::Event;
use modelshift::session::live_schema::LiveSchema;
use modelshift::{Dialect, Migrator};
use modelshift_tests::place::Place;

use crate::list::blog;

/// The variables by which a child is told what to do.
const URL: &str = "MODELSHIFT_TEST_URL";
const STOP: &str = "MODELSHIFT_TEST_STOP";

/// Starts this very program again, to run [`child`] alone.
fn start(place: &Place, stop: Option<usize>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "processes::child", "--nocapture"]).env(URL, place.address());
    if let Some(stop) = stop {
        command.env(STOP, stop.to_string());
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// What the other process does; without an address in the environment it is nobody's child, and there is nothing to do.
#[tokio::test]
async fn child() {
    let Ok(url) = std::env::var(URL) else {
        assert!(std::env::var(STOP).is_err(), "a place to stop at needs an address");
        return;
    };
    let stop: Option<usize> = std::env::var(STOP).ok().map(|stop| stop.parse().unwrap());
    let migrator = Migrator::connect(&url).await.unwrap().with(blog());
    if stop.is_none() {
        println!("ready");
        let mut go = String::new();
        std::io::stdin().read_line(&mut go).unwrap();
    }
    let mut statements = 0;
    let mut migrator = migrator.observe(move |event: Event<'_>| {
        let Event::Statement { statement, .. } = event else { return };
        if stop == Some(statements) {
            println!("\nstopped {}", statement.sql.replace('\n', " "));
            // The parent kills us here.
            std::thread::sleep(Duration::from_mins(1));
        }
        statements += 1;
    });
    let report = migrator.migrate().await.unwrap();
    println!("\ndone {} {}", report.done.len(), report.by_others.len());
}

/// Reads what a child prints up to a line that begins with one of these.
fn line(child: &mut Child, beginnings: &[&str]) -> String {
    let mut told = String::new();
    // Byte by byte, so that nothing is read that a later call waits for.
    let out = child.stdout.as_mut().unwrap();
    let mut byte = [0];
    while out.read(&mut byte).unwrap() == 1 {
        if byte[0] != b'\n' {
            told.push(char::from(byte[0]));
            continue;
        }
        if beginnings.iter().any(|beginning| told.starts_with(beginning)) {
            return told;
        }
        told.clear();
    }
    let mut errors = String::new();
    child.stderr.as_mut().unwrap().read_to_string(&mut errors).unwrap();
    panic!("the child never printed any of {beginnings:?}: {errors}");
}

/// What a database holds in the end: its tables, and its rows.
async fn ending(place: &Place) -> (LiveSchema, Vec<String>) {
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
    let rows =
        place.rows("SELECT full_name, nick, CAST(rating AS char(9)) FROM blog_author ORDER BY full_name");
    (migrator.introspect().await.unwrap(), rows.await.unwrap())
}

async fn whole(dialect: Dialect) -> (LiveSchema, Vec<String>) {
    let place = Place::new(dialect).await.unwrap();
    Migrator::connect(&place.address()).await.unwrap().with(blog()).migrate().await.unwrap();
    ending(&place).await
}

/// Starts so many processes at once: each migration is applied once, and all of them end well.
async fn race(dialect: Dialect, count: usize) {
    let place = Place::new(dialect).await.unwrap();
    let mut children: Vec<Child> = (0..count).map(|_| start(&place, None)).collect();
    for child in &mut children {
        line(child, &["ready"]);
    }
    for child in &mut children {
        child.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
    }
    let mut done = 0;
    for child in &mut children {
        let told = line(child, &["done"]);
        done += told.split(' ').nth(1).unwrap().parse::<usize>().unwrap();
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(done, 3);
    assert_eq!(ending(&place).await, whole(dialect).await);
}

/// Kills a process right before each statement, or right after the server has done it and before the process knows; a
/// plain run then ends in the same place.
async fn killed(dialect: Dialect, is_done: bool) {
    let wanted = whole(dialect).await;
    for stop in 0.. {
        let place = Place::new(dialect).await.unwrap();
        let mut child = start(&place, Some(stop));
        let told = line(&mut child, &["stopped", "done"]);
        let Some(sql) = told.strip_prefix("stopped ") else {
            assert!(stop > 10, "{told}");
            break;
        };
        let is_outside =
            is_done && !sql.starts_with("UPDATE") && !sql.starts_with("INSERT") && !sql.starts_with("SELECT");
        if is_outside {
            place.execute(sql).await.unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
        migrator.migrate().await.unwrap_or_else(|error| panic!("after {sql}: {error}"));
        assert_eq!(ending(&place).await, wanted, "after {sql}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn invariant_9_eight_processes_at_once_on_postgres() {
    race(Dialect::Postgres, 8).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invariant_9_eight_processes_at_once_on_mysql() {
    race(Dialect::Mysql, 8).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invariant_9_killed_before_any_statement_on_postgres() {
    killed(Dialect::Postgres, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invariant_9_killed_before_any_statement_on_mysql() {
    killed(Dialect::Mysql, false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn invariant_9_killed_after_any_statement_that_mysql_commits() {
    killed(Dialect::Mysql, true).await;
}
