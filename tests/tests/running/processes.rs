//! Many processes at once, and processes that are killed.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use modelshift::report::Event;
use modelshift::session::live_schema::LiveSchema;
use modelshift::{Dialect, Migrations, Migrator};
use modelshift_tests::backend::Backend;
use modelshift_tests::place::Place;

use crate::list::{blog, blog_without_sql};

/// The variables by which a child is told what to do.
const URL: &str = "MODELSHIFT_TEST_URL";
const STOP: &str = "MODELSHIFT_TEST_STOP";
const TARGET: &str = "MODELSHIFT_TEST_TARGET";
const PAUSE: &str = "MODELSHIFT_TEST_PAUSE";
const TOGETHER: &str = "MODELSHIFT_TEST_TOGETHER";

/// What a process does before a statement, by its number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Order {
    /// Nothing; it begins when it is told so.
    Go,
    /// It stops, and is killed there.
    Stop(usize),
    /// The same on the way back to the first migration.
    StopReverting(usize),
    /// It stops until it is told to go on, and then fails.
    Pause(usize),
    /// It begins when it is told so, with migrations that a new database gets together.
    GoTogether,
    /// It stops in the one plan of such migrations, and is killed there.
    StopTogether(usize),
}

/// Starts this very program again, to run [`child`] alone.
pub(crate) fn start(place: &Place, order: Order) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "processes::child", "--nocapture"]).env(URL, place.address());
    match order {
        Order::Go => {}
        Order::Stop(stop) => drop(command.env(STOP, stop.to_string())),
        Order::StopReverting(stop) => drop(command.env(STOP, stop.to_string()).env(TARGET, "blog 0001")),
        Order::Pause(stop) => drop(command.env(STOP, stop.to_string()).env(PAUSE, "yes")),
        Order::GoTogether => drop(command.env(TOGETHER, "yes")),
        Order::StopTogether(stop) => drop(command.env(STOP, stop.to_string()).env(TOGETHER, "yes")),
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
    let (target, pauses) = (std::env::var(TARGET).unwrap_or_default(), std::env::var(PAUSE).is_ok());
    let migrations = if std::env::var(TOGETHER).is_ok() { blog_without_sql() } else { blog() };
    let migrator = Migrator::connect(&url).await.unwrap().with(migrations);
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
            if pauses {
                let mut go = String::new();
                std::io::stdin().read_line(&mut go).unwrap();
            } else {
                // The parent kills us here.
                std::thread::sleep(Duration::from_mins(1));
            }
        }
        statements += 1;
    });
    match migrator.migrate_to(target.as_str()).await {
        Ok(report) => println!("\ndone {} {}", report.done.len(), report.by_others.len()),
        Err(error) if pauses => println!("\nfailed {error}"),
        Err(error) => panic!("{error}"),
    }
}

/// Reads what a child prints up to a line that begins with one of these.
pub(crate) fn line(child: &mut Child, beginnings: &[&str]) -> String {
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
pub(crate) async fn ending(place: &Place) -> (LiveSchema, Vec<String>) {
    ending_of(place, blog()).await
}

/// The same of these migrations.
pub(crate) async fn ending_of(place: &Place, migrations: Migrations) -> (LiveSchema, Vec<String>) {
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(migrations);
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
    let rows =
        place.rows("SELECT full_name, nick, CAST(rating AS char(9)) FROM blog_author ORDER BY full_name");
    (migrator.introspect().await.unwrap(), rows.await.unwrap())
}

pub(crate) async fn whole(backend: impl Into<Backend>) -> (LiveSchema, Vec<String>) {
    let place = Place::new(backend).await.unwrap();
    Migrator::connect(&place.address()).await.unwrap().with(blog()).migrate().await.unwrap();
    ending(&place).await
}

/// Starts so many processes at once, which all end well; returns how many migrations they applied.
pub(crate) async fn race_on(place: &Place, count: usize, order: Order) -> usize {
    let mut children: Vec<Child> = (0..count).map(|_| start(place, order)).collect();
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
    done
}

/// Kills a process right after the server has done a statement and before the process knows; a plain run then ends in the
/// same place.
#[tokio::test(flavor = "multi_thread")]
async fn invariant_9_killed_after_any_statement_that_mysql_commits() {
    let dialect = Dialect::Mysql;
    let wanted = whole(dialect).await;
    for stop in 0.. {
        let place = Place::new(dialect).await.unwrap();
        let mut child = start(&place, Order::Stop(stop));
        let told = line(&mut child, &["stopped", "done"]);
        let Some(sql) = told.strip_prefix("stopped ") else {
            assert!(stop > 10, "{told}");
            break;
        };
        if !["UPDATE", "INSERT", "SELECT"].iter().any(|word| sql.starts_with(word)) {
            place.execute(sql).await.unwrap();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
        migrator.migrate().await.unwrap_or_else(|error| panic!("after {sql}: {error}"));
        assert_eq!(ending(&place).await, wanted, "after {sql}");
    }
}
