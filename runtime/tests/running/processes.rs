//! Several processes at once, and processes that die: each migration is applied once, and a plain re-run ends in the
//! same place.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use modelshift::report::Event;
use modelshift::{Migrations, Migrator};
use modelshift_schema::field::Field;

use crate::stages;
use crate::support::{Entry, Place, add_field, blog, initial, migrations, seed, varchar};

const URL: &str = "MODELSHIFT_TEST_URL";
const STOP: &str = "MODELSHIFT_TEST_STOP";
const LIST: &str = "MODELSHIFT_TEST_LIST";
const TARGET: &str = "MODELSHIFT_TEST_TARGET";

/// The migrations that a child knows.
#[derive(Clone, Copy, PartialEq, Eq)]
enum List {
    /// Four migrations of a blog.
    Blog,
    /// Thirty more columns, each by a migration of its own.
    Long,
    /// The same, and whoever applies one holds the lock for a while.
    Leisurely,
    /// A migration with stages outside of any transaction.
    Staged,
}

impl List {
    const ALL: [(Self, &str); 4] = [
        (Self::Blog, "blog"),
        (Self::Long, "long"),
        (Self::Leisurely, "leisurely"),
        (Self::Staged, "staged"),
    ];

    fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(list, _)| *list == self).unwrap().1
    }

    fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|(_, known)| *known == name).unwrap().0
    }

    fn migrations(self) -> Migrations {
        match self {
            Self::Blog => migrations("blog", &blog()),
            Self::Long | Self::Leisurely => migrations("blog", &long()),
            Self::Staged => stages::list(&stages::outside()),
        }
    }
}

fn long() -> Vec<Entry> {
    let mut entries = vec![initial()];
    for number in 2..=31_usize {
        let parent = format!("blog.{}", entries.last().unwrap().0);
        let name: &'static str = format!("{number:04}_more").leak();
        let field = Field { null: true, ..varchar(&format!("extra{number}")) };
        entries.push((name, vec![parent.leak()], vec![add_field("Author", field)]));
    }
    entries
}

/// Starts this very program again, to run [`child`] alone.
fn start(place: &Place, list: List, stop: Option<usize>) -> Child {
    start_to("", place, list, stop)
}

/// The same, on the way to a target.
fn start_to(target: &str, place: &Place, list: List, stop: Option<usize>) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "processes::child", "--nocapture"]).env(URL, place.url());
    command.env(LIST, list.name()).env(TARGET, target);
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
    let list = List::named(&std::env::var(LIST).unwrap());
    let mut migrator = Migrator::connect(&url).await.unwrap().with(list.migrations());
    if list == List::Leisurely {
        migrator = migrator.lock_timeout(LEISURE * 4);
    }
    if stop.is_none() {
        println!("ready");
        let mut go = String::new();
        std::io::stdin().read_line(&mut go).unwrap();
    }
    let mut events = 0;
    let mut migrator = migrator.observe(move |event: Event<'_>| {
        if list == List::Leisurely && matches!(event, Event::Commits(_)) {
            std::thread::sleep(LEISURE);
        }
        // Between a statement outside of any transaction and the note of it, SQLite has no place to stop at.
        if matches!(event, Event::StatementDone { .. }) {
            return;
        }
        if stop == Some(events) {
            println!("\nstopped");
            // The parent kills us here.
            std::thread::sleep(std::time::Duration::from_mins(1));
        }
        events += 1;
    });
    let target = std::env::var(TARGET).unwrap_or_default();
    let report = migrator.migrate_to(target.as_str()).await.unwrap();
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

/// Starts so many processes at once; gives how many migrations each has done.
fn race(place: &Place, list: List, count: usize) -> Vec<usize> {
    let mut children: Vec<Child> = (0..count).map(|_| start(place, list, None)).collect();
    for child in &mut children {
        line(child, &["ready"]);
    }
    for child in &mut children {
        child.stdin.as_mut().unwrap().write_all(b"go\n").unwrap();
    }
    let mut done = Vec::new();
    for child in &mut children {
        let told = line(child, &["done"]);
        done.push(told.split(' ').nth(1).unwrap().parse().unwrap());
        assert!(child.wait().unwrap().success());
    }
    done
}

async fn race_over_blog(count: usize, prepare: &str) {
    let place = Place::new();
    if !prepare.is_empty() {
        place.migrator(&blog()).await.migrate_to(prepare).await.unwrap();
    }
    let done: usize = race(&place, List::Blog, count).into_iter().sum();
    assert_eq!(done, if prepare.is_empty() { 4 } else { 2 }, "each migration was applied by one process");
    assert_eq!(place.number("SELECT count(*) FROM modelshift_history").await, 4);
    assert!(place.migrator(&blog()).await.check().await.unwrap().is_empty());
}

#[tokio::test]
async fn invariant_9_two_processes_at_once() {
    race_over_blog(2, "").await;
}

#[tokio::test]
async fn invariant_9_eight_processes_at_once() {
    race_over_blog(8, "").await;
    race_over_blog(8, "0002").await;
}

/// Whoever loses a turn waits for it, and ends well.
#[tokio::test]
async fn invariant_9_thirty_two_processes_at_once() {
    let place = Place::new();
    let done: usize = race(&place, List::Long, 32).into_iter().sum();
    assert_eq!(done, 31);
    assert_eq!(place.number("SELECT count(*) FROM modelshift_history").await, 31);
    assert!(place.migrator(&long()).await.check().await.unwrap().is_empty());
}

/// How long a leisurely process holds the lock; others wait four times as long for anything to happen.
const LEISURE: Duration = Duration::from_millis(150);

/// The others hold the lock for five seconds in all, and make progress the while.
#[tokio::test]
async fn whoever_waits_while_others_make_progress_goes_on_waiting() {
    let place = Place::new();
    let done: usize = race(&place, List::Leisurely, 4).into_iter().sum();
    assert_eq!(done, 31);
}

/// Every stage is done once, also what runs outside of any transaction, and nothing stays behind.
#[tokio::test]
async fn invariant_9_eight_processes_over_stages_outside_of_any_transaction() {
    for _ in 0..4 {
        let place = Place::new();
        let done = race(&place, List::Staged, 8);
        assert_eq!(done.iter().sum::<usize>(), 3, "{done:?}");
        assert_eq!(place.texts("SELECT name FROM log ORDER BY id").await, "first outside second third");
        let tables = "SELECT name FROM sqlite_schema WHERE name LIKE 'modelshift%' ORDER BY name";
        assert_eq!(place.texts(tables).await, "modelshift_history");
        assert_eq!(files(&place), [""; 0]);
    }
}

/// Kills a process with SIGKILL at every boundary of a statement of a migration with stages, and runs again.
#[tokio::test]
async fn invariant_9_killed_between_any_stages_a_plain_run_ends_in_the_same_place() {
    let whole = Place::new();
    let connect = async |place: &Place| {
        Migrator::connect(&place.url()).await.unwrap().with(stages::list(&stages::outside()))
    };
    connect(&whole).await.migrate().await.unwrap();
    let schema = "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name";
    let wanted = whole.texts(schema).await;
    let mut boundaries = 0;
    for stop in 0.. {
        let place = Place::new();
        connect(&place).await.migrate_to("0001").await.unwrap();
        let mut child = start(&place, List::Staged, Some(stop));
        let stopped = line(&mut child, &["stopped", "done"]) == "stopped";
        child.kill().unwrap();
        child.wait().unwrap();
        if !stopped {
            break;
        }
        boundaries += 1;
        connect(&place).await.migrate().await.unwrap();
        assert_eq!(place.texts(schema).await, wanted, "killed at {stop}");
        assert_eq!(
            place.texts("SELECT name FROM log ORDER BY id").await,
            "first outside second third",
            "killed at {stop}"
        );
        assert_eq!(place.texts("PRAGMA integrity_check").await, "ok");
        assert_eq!(files(&place), [""; 0], "killed at {stop}");
    }
    assert!(boundaries >= 9, "{boundaries} boundaries");
}

/// The same on the way back; what is then reverted in part is reverted or applied as a whole.
#[tokio::test]
async fn invariant_9_killed_between_any_stages_on_the_way_back_both_ways_are_open() {
    let connect = async |place: &Place| {
        Migrator::connect(&place.url()).await.unwrap().with(stages::list(&stages::outside()))
    };
    let schema = "SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name";
    let (below, above) = (Place::new(), Place::new());
    connect(&below).await.migrate_to("0001").await.unwrap();
    connect(&above).await.migrate().await.unwrap();
    for (target, wanted) in [("0001", below.texts(schema).await), ("", above.texts(schema).await)] {
        let mut boundaries = 0;
        for stop in 0.. {
            let place = Place::new();
            connect(&place).await.migrate().await.unwrap();
            let mut child = start_to("0001", &place, List::Staged, Some(stop));
            let stopped = line(&mut child, &["stopped", "done"]) == "stopped";
            child.kill().unwrap();
            child.wait().unwrap();
            if !stopped {
                break;
            }
            boundaries += 1;
            connect(&place).await.migrate_to(target).await.unwrap();
            assert_eq!(place.texts(schema).await, wanted, "killed at {stop}, then to `{target}`");
            // Where no more stages run, the file of a lock stays that nobody holds.
            if target == "0001" {
                assert_eq!(files(&place), [""; 0], "killed at {stop}");
            }
        }
        assert!(boundaries >= 4, "{boundaries} boundaries");
    }
}

/// Returns the files of ours beside a database: nothing, once a run has ended. (SQLite may leave a journal of its own.)
fn files(place: &Place) -> Vec<String> {
    let names = std::fs::read_dir(place.folder()).unwrap().map(|it| it.unwrap().file_name());
    names.map(|name| name.to_string_lossy().into_owned()).filter(|name| name.contains("modelshift")).collect()
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
        let mut child = start(&place, List::Blog, Some(stop));
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
