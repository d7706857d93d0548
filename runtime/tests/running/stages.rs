//! Migrations that are not done at once (`atomic = false`): what is kept, and how a run goes on.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use modelshift::error::{ErrorKind, Kept};
use modelshift::{EmbeddedMigration, Migrations, Migrator};
use modelshift_schema::operation::{Operation, RunSql};
use modelshift_schema::sql::{Script, SqlStatement};

use crate::support::{Place, alter_field, create, id, initial, remove_field, run_sql, stored, varchar};

/// The blog, and a second migration that is not one transaction.
async fn migrator(place: &Place, operations: &[Operation]) -> Migrator {
    Migrator::connect(&place.url()).await.unwrap().with(list(operations))
}

/// The blog, with these operations in a migration that is not one transaction.
pub(crate) fn list(operations: &[Operation]) -> Migrations {
    let list = [
        ("0001_initial", stored(&initial().2)),
        (
            "0002_slow",
            EmbeddedMigration { atomic: false, depends_on: &["blog.0001_initial"], ..stored(operations) },
        ),
        ("0003_more", EmbeddedMigration { depends_on: &["blog.0002_slow"], ..stored(&[]) }),
    ];
    Migrations::new("blog", &list)
}

/// Stages that write down that they were done, one of them outside of any transaction.
pub(crate) fn outside() -> Vec<Operation> {
    let log = "CREATE TABLE log (id INTEGER PRIMARY KEY, name TEXT)";
    let noted = |name: &str| format!("INSERT INTO log (name) VALUES ('{name}')");
    let vacuum = format!("VACUUM; {}", noted("outside"));
    vec![
        run_sql(log, Some("DROP TABLE log")),
        texts(&[&noted("first"), &vacuum, &noted("second")], "DELETE FROM log"),
        run_sql(&noted("third"), Some("")),
    ]
}

pub(crate) fn texts(texts: &[&str], reverse: &str) -> Operation {
    let script = Script::new(texts.iter().map(|text| SqlStatement::new(*text)));
    Operation::RunSql(RunSql::new(script, Some(reverse.into())))
}

const INSERT: &str = "INSERT INTO blog_publisher (name) SELECT 'p' || count(*) FROM blog_publisher";

/// A table, a rebuild, rows, what cannot be in a transaction, what fails while there is no table `elsewhere`, a table.
fn slow() -> Vec<Operation> {
    vec![
        create("Publisher", vec![id(), varchar("name")]),
        alter_field("Author", modelshift_schema::field::Field { null: true, ..varchar("name") }),
        texts(&[INSERT, INSERT, "VACUUM", INSERT], "DELETE FROM blog_publisher"),
        run_sql("INSERT INTO elsewhere SELECT count(*) FROM blog_publisher", Some("DELETE FROM elsewhere")),
        create("Book", vec![id(), varchar("title")]),
    ]
}

const TABLES: &str =
    "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name";

#[tokio::test]
async fn ex_004_what_was_done_before_an_error_is_kept_and_gone_on_from() {
    let place = Place::new();
    let mut migrator = migrator(&place, &slow()).await;
    let error = migrator.migrate().await.unwrap_err();
    let ErrorKind::Statement { kept, .. } = error.kind() else { panic!("{error}") };
    assert_eq!(*kept, Kept::Stages { done: 6, all: 8 });
    let text = error.to_string();
    assert!(text.contains("6 of its 8 stages are done and kept"), "{text}");
    assert_eq!(place.applied().await, "blog.0001_initial");
    assert_eq!(
        place.texts(TABLES).await,
        "blog_author blog_post blog_publisher modelshift_history modelshift_progress"
    );
    assert_eq!(place.texts("SELECT name FROM blog_publisher").await, "p0 p1 p2");

    place.run("CREATE TABLE elsewhere (number INTEGER)").await;
    migrator.migrate().await.unwrap();
    assert_eq!(place.applied().await, "blog.0001_initial blog.0002_slow blog.0003_more");
    assert_eq!(place.number("SELECT count(*) FROM blog_publisher").await, 3);
    assert_eq!(place.number("SELECT number FROM elsewhere").await, 3);
    assert_eq!(
        place.texts(TABLES).await,
        "blog_author blog_book blog_post blog_publisher elsewhere modelshift_history"
    );
    assert_eq!(place.number("SELECT sum(atomic) FROM modelshift_history").await, 2);

    // The way back is gone in the same way, whoever remembers it.
    let mut migrator = migrator.from_history();
    migrator.migrate_to("0001").await.unwrap();
    assert_eq!(place.number("SELECT count(*) FROM elsewhere").await, 0);
    assert_eq!(place.texts(TABLES).await, "blog_author blog_post elsewhere modelshift_history");
}

#[tokio::test]
async fn a_text_may_begin_and_end_transactions_itself() {
    let place = Place::new();
    let own = run_sql(
        "BEGIN; INSERT INTO blog_author (name) VALUES ('Ann'); COMMIT; PRAGMA user_version = 7;",
        Some("DELETE FROM blog_author"),
    );
    let mut migrator = migrator(&place, &[own, remove_field("Post", "title")]).await;
    migrator.migrate().await.unwrap();
    assert_eq!(place.number("PRAGMA user_version").await, 7);
    assert_eq!(place.number("SELECT count(*) FROM blog_author").await, 1);
}

/// Polls a future so many times (waiting a little in between), and drops it.
async fn cut_short(future: impl Future, polls: usize) -> bool {
    let mut future = pin!(future);
    for _ in 0..polls {
        if future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            return true;
        }
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
    }
    false
}

/// Invariant 9, for what is not one transaction.
#[tokio::test]
async fn invariant_9_a_run_that_is_cut_short_anywhere_ends_in_the_same_place() {
    let prepared = "CREATE TABLE elsewhere (number INTEGER)";
    let (schema, rows) =
        ("SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY name", "SELECT name FROM blog_publisher");
    let whole = Place::new();
    let mut migrator_of_whole = migrator(&whole, &slow()).await;
    migrator_of_whole.migrate_to("0001").await.unwrap();
    whole.run(prepared).await;
    migrator_of_whole.migrate().await.unwrap();
    let wanted = (whole.texts(schema).await, whole.texts(rows).await);
    assert_eq!(wanted.1, "p0 p1 p2");
    let mut polls = 1;
    loop {
        let place = Place::new();
        let mut migrator = migrator(&place, &slow()).await;
        migrator.migrate_to("0001").await.unwrap();
        place.run(prepared).await;
        let finished = cut_short(migrator.migrate(), polls).await;
        migrator.migrate().await.unwrap();
        assert_eq!(
            (place.texts(schema).await, place.texts(rows).await),
            wanted,
            "dropped after {polls} polls"
        );
        if finished {
            break;
        }
        polls += 1 + polls / 6;
    }
    assert!(polls > 10, "{polls}");
}

#[tokio::test]
async fn two_runs_at_once_do_every_stage_once() {
    let place = Place::new();
    let quick: Vec<Operation> =
        slow().into_iter().enumerate().filter(|(position, _)| *position != 2).map(|(_, it)| it).collect();
    let mut one = migrator(&place, &quick).await;
    one.migrate_to("0001").await.unwrap();
    place.run("CREATE TABLE elsewhere (number INTEGER)").await;
    let mut other = migrator(&place, &quick).await;
    let (first, second) = tokio::join!(one.migrate(), other.migrate());
    let done = first.unwrap().done.len() + second.unwrap().done.len();
    assert_eq!(done, 2);
    assert_eq!(place.number("SELECT count(*) FROM elsewhere").await, 1);
}
