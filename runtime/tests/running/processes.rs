//! Several processes at once, and processes that die: each migration is applied once, and a plain re-run ends in the
//! same place.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use modelshift::Migrator;
use modelshift::report::Event;

use crate::support::{Place, blog, migrations, seed};

const URL: &str = "MODELSHIFT_TEST_URL";
const STOP: &str = "MODELSHIFT_TEST_STOP";

/// Starts this very program again, to run [`child`] alone.
fn start(place: &Place, stop: Option<usize>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "processes::child", "--nocapture"]).env(URL, place.url());
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
    let migrator = Migrator::connect(&url).await.unwrap().with(migrations("blog", &blog()));
    if stop.is_none() {
        println!("ready");
        let mut go = String::new();
        std::io::stdin().read_line(&mut go).unwrap();
    }
    let mut events = 0;
    let mut migrator = migrator.observe(move |_: Event<'_>| {
        if stop == Some(events) {
            println!("\nstopped");
            // The parent kills us here.
            std::thread::sleep(std::time::Duration::from_mins(1));
        }
        events += 1;
    });
    let report = migrator.migrate().await.unwrap();
    println!("\ndone {} {}", report.done.len(), report.by_others.len());
}

/// Reads what a child says up to a line that begins with one of these.
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
    panic!("the child never said any of {beginnings:?}: {errors}");
}

async fn race(count: usize, prepare: &str) {
    let place = Place::new();
    if !prepare.is_empty() {
        place.migrator(&blog()).await.migrate_to(prepare).await.unwrap();
    }
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
    assert_eq!(done, if prepare.is_empty() { 4 } else { 2 }, "each migration was applied by one process");
    assert_eq!(place.number("SELECT count(*) FROM modelshift_history").await, 4);
    assert!(place.migrator(&blog()).await.check().await.unwrap().is_empty());
}

#[tokio::test]
async fn invariant_9_two_processes_at_once() {
    race(2, "").await;
}

#[tokio::test]
async fn invariant_9_eight_processes_at_once() {
    race(8, "").await;
    race(8, "0002").await;
}

/// Kills a process with SIGKILL at every boundary of a statement, and runs again.
#[tokio::test]
async fn invariant_9_killed_at_any_statement_a_plain_run_ends_in_the_same_place() {
    let whole = Place::new();
    whole.migrator(&blog()).await.migrate().await.unwrap();
    let schema = "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name";
    let wanted = whole.texts(schema).await;
    let mut boundaries = 0;
    for stop in 0.. {
        let place = Place::new();
        place.migrator(&blog()).await.migrate_to("0001").await.unwrap();
        seed(&place).await;
        let mut child = start(&place, Some(stop));
        let stopped = line(&mut child, &["stopped", "done"]) == "stopped";
        child.kill().unwrap();
        child.wait().unwrap();
        if !stopped {
            break;
        }
        boundaries += 1;
        let mut migrator = place.migrator(&blog()).await;
        migrator.migrate().await.unwrap();
        assert_eq!(place.texts(schema).await, wanted, "killed at {stop}");
        assert_eq!(place.texts("SELECT full_name FROM blog_author ORDER BY id").await, "Ann Bob Cid");
        assert_eq!(place.number("SELECT count(*) FROM blog_post").await, 6);
        assert_eq!(place.texts("PRAGMA integrity_check").await, "ok");
    }
    assert!(boundaries > 15, "{boundaries} boundaries");
}
