//! F7, F10, F11, F12: indexes that are built while others use the table, deadlocks, and rows that stop one operation.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use modelshift::report::Event;
use modelshift::{EmbeddedMigration, Migrations, Migrator};
use modelshift_schema::constraint::{Constraint, UniqueRule};
use modelshift_schema::expr::{BinaryOp, Expr};
use modelshift_schema::field::Field;
use modelshift_schema::index::{Index, IndexPart};
use modelshift_schema::operation::{AddConstraint, AddIndexConcurrently, AlterField, Operation};
use modelshift_tests::backend::Backend;
use modelshift_tests::place::Place;
use modelshift_tests::{on_backends, on_every_backend};

use super::{goes_on, is_all, survived};
use crate::commands::{Program, command};
use crate::list::{add_text, blog, create_plain, sql};
use crate::processes::whole;

/// A migration: its name, whether it is one transaction, what it depends on, and what it does.
type Entry = (&'static str, bool, &'static [&'static str], Vec<Operation>);

fn app(entries: Vec<Entry>) -> Migrations {
    let mut list = Vec::new();
    for (name, atomic, depends_on, operations) in entries {
        let operations = serde_json::to_string(&operations).unwrap().leak();
        list.push((name, EmbeddedMigration { operations, depends_on, atomic, ..EmbeddedMigration::EMPTY }));
    }
    Migrations::new("blog", &list)
}

const INITIAL: &[&str] = &["blog.0001_initial"];

/// A table with rows, and an index that is built while others use it.
pub(crate) fn concurrently() -> Migrations {
    let index = Index {
        name: Some("label_idx".into()),
        ..Index::new(vec![IndexPart::ascending(Expr::name("label"))])
    };
    let index = Operation::AddIndexConcurrently(AddIndexConcurrently { model: "Author".into(), index });
    let rows = sql("INSERT INTO blog_author (label) VALUES ('Ann'), ('Bob'), ('Cid')");
    app(vec![
        ("0001_initial", true, &[], vec![create_plain("Author"), rows]),
        ("0002_index", false, INITIAL, vec![index]),
        ("0003_more", true, &["blog.0002_index"], vec![add_text("Author", "more")]),
    ])
}

/// The indexes of the name that the migration says, and whether they are valid.
const INDEXES: &str = "SELECT relname || ' ' || indisvalid::text FROM pg_index JOIN pg_class ON oid = indexrelid \
    WHERE relname LIKE 'label_idx%'";

/// Several processes build the index at once: they wait for each other without a deadlock.
async fn indexes_at_once(backend: Backend) {
    for count in if is_all() { vec![2, 8] } else { vec![2] } {
        let place = Place::new(backend).await.unwrap();
        let children: Vec<_> =
            (0..count).map(|_| command(&place, Program::Concurrently, "migrate").spawn().unwrap()).collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            assert!(output.status.success(), "{output:?}");
        }
        assert_eq!(place.rows(INDEXES).await.unwrap(), ["label_idx true"]);
        survived("F7 indexes built at once", backend, count);
    }
}

on_backends!(indexes_at_once: postgres Postgres, postgres_18 Postgres18);

/// A process is killed while its index waits for an older transaction: what it leaves behind is dropped and built again.
async fn index_left_behind(backend: Backend) {
    let place = Place::new(backend).await.unwrap();
    let migrator = async || Migrator::connect(&place.address()).await.unwrap().with(concurrently());
    migrator().await.migrate_to("blog 0001").await.unwrap();
    let mut older = place.connect().await.unwrap();
    older.execute("BEGIN ISOLATION LEVEL REPEATABLE READ").await.unwrap();
    older.rows("SELECT label FROM blog_author").await.unwrap();
    // Whoever writes holds up the building of an index, and the index is there by then.
    older.execute("UPDATE blog_author SET label = label").await.unwrap();
    let mut child = command(&place, Program::Concurrently, "migrate --lock-timeout 60").spawn().unwrap();
    while place.rows(INDEXES).await.unwrap().is_empty() {
        assert!(child.try_wait().unwrap().is_none(), "it has ended: {:?}", child.wait_with_output());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    older.execute("COMMIT").await.unwrap();
    let mut again = migrator().await;
    again.migrate().await.unwrap();
    assert_eq!(place.rows(INDEXES).await.unwrap(), ["label_idx true"]);
    let found = again.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
    survived("F12 index left behind", backend, 1);
}

on_backends!(index_left_behind: postgres Postgres, postgres_18 Postgres18);

/// Another program locks the tables in the opposite order: whoever is the victim, the migration is done in the end.
async fn deadlocks(backend: Backend) {
    let wanted = whole(backend).await;
    let place = Place::new(backend).await.unwrap();
    let mut first = Migrator::connect(&place.address()).await.unwrap().with(blog());
    first.migrate_to("blog 0002").await.unwrap();
    let mut other = place.connect().await.unwrap();
    other.execute("BEGIN; LOCK TABLE blog_post IN ACCESS EXCLUSIVE MODE").await.unwrap();
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let begun = Mutex::new(Some(begun));
    let tries = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&tries);
    let migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
    let mut migrator = migrator.lock_timeout(Duration::from_secs(30)).observe(move |event: Event<'_>| {
        if let Event::StatementDone { statement, .. } = event
            && statement.sql.contains("\"nick\"")
        {
            *counted.lock().unwrap() += 1;
            if let Some(begun) = begun.lock().unwrap().take() {
                begun.send(()).unwrap();
            }
        }
    });
    let migrating = tokio::spawn(async move { migrator.migrate().await.map(|report| report.done.len()) });
    has_begun.await.unwrap();
    // The migration has altered this table, and is about to alter the one that is locked.
    let ended = match other.execute("LOCK TABLE blog_author IN ACCESS EXCLUSIVE MODE").await {
        Ok(()) => "COMMIT",
        Err(_) => "ROLLBACK",
    };
    other.execute(ended).await.unwrap();
    assert_eq!(migrating.await.unwrap().unwrap(), 1);
    assert!(ended == "ROLLBACK" || *tries.lock().unwrap() > 1, "nobody was a victim");
    goes_on(&place, &wanted, "a deadlock").await;
    survived("F10 deadlock", backend, 1);
}

on_backends!(deadlocks: postgres Postgres, postgres_18 Postgres18);

/// Rows that only one operation of a migration does not take, how they are corrected, and the operations.
struct Obstacle {
    rows: &'static str,
    correction: &'static str,
}

const OBSTACLES: [Obstacle; 3] = [
    Obstacle {
        rows: "UPDATE blog_author SET label = 'Ann'",
        correction: "UPDATE blog_author SET label = CONCAT(label, id)",
    },
    Obstacle {
        rows: "UPDATE blog_author SET label = '' WHERE label = 'Bob'",
        correction: "UPDATE blog_author SET label = 'Bob' WHERE label = ''",
    },
    Obstacle {
        rows: "UPDATE blog_author SET note = NULL WHERE label = 'Cid'",
        correction: "UPDATE blog_author SET note = 'none' WHERE note IS NULL",
    },
];

/// A column, and three rules that rows may break.
fn rules(atomic: bool) -> Migrations {
    let rows = sql("INSERT INTO blog_author (label, note) VALUES ('Ann', 'a'), ('Bob', 'b'), ('Cid', 'c')");
    let unique = UniqueRule { name: Some("label_uniq".into()), ..UniqueRule::over(vec!["label".into()]) };
    let constraint =
        |constraint| Operation::AddConstraint(AddConstraint { model: "Author".into(), constraint });
    let condition = Expr::binary(BinaryOp::Ne, Expr::name("label"), Expr::text(""));
    let check = Constraint::Check { name: Some("label_given".into()), condition };
    let Operation::AddField(note) = add_text("Author", "note") else { panic!("it adds a field") };
    let note = Field { null: false, ..note.field };
    app(vec![
        ("0001_initial", true, &[], vec![create_plain("Author"), add_text("Author", "note"), rows]),
        (
            "0002_rules",
            atomic,
            INITIAL,
            vec![
                add_text("Author", "first"),
                constraint(Constraint::Unique(unique)),
                constraint(check),
                Operation::AlterField(AlterField::new("Author", note)),
                add_text("Author", "last"),
            ],
        ),
    ])
}

/// One operation after the other is stopped by rows: what is before it stays where the database commits each statement, and
/// once the rows are corrected, a plain run does the rest.
async fn stopped_by_rows(backend: Backend) {
    for atomic in [true, false] {
        for (position, obstacle) in OBSTACLES.iter().enumerate() {
            let place = Place::new(backend).await.unwrap();
            let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(rules(atomic));
            migrator.migrate_to("blog 0001").await.unwrap();
            let before = migrator.introspect().await.unwrap();
            place.execute(obstacle.rows).await.unwrap();
            let error = migrator.migrate().await.unwrap_err();
            assert!(error.to_string().contains("`blog.0002_rules`"), "{position}: {error}");
            let left = migrator.introspect().await.unwrap();
            let is_kept = !atomic || backend.dialect() == modelshift::Dialect::Mysql;
            let has = |column: &str| format!("{:?}", left.tables["blog_author"]).contains(column);
            // MySQL looks at the rows first where the whole migration is to be done or nothing of it.
            if backend.dialect() != modelshift::Dialect::Mysql {
                assert_eq!(has("\"first\""), is_kept, "{position}: {left:#?}");
            }
            assert!(!has("\"last\""), "{position}");
            assert!(is_kept || left == before, "{position}");
            // Without a correction it stops at the same place.
            assert!(migrator.migrate().await.is_err(), "{position}");
            place.execute(obstacle.correction).await.unwrap();
            migrator.migrate().await.unwrap();
            let found = migrator.check().await.unwrap();
            assert!(found.is_empty(), "{position}: {found:#?}");
            assert_eq!(place.rows("SELECT label FROM blog_author").await.unwrap().len(), 3);
        }
    }
    survived("F11 one operation stopped by rows", backend, OBSTACLES.len() * 2);
}

on_every_backend!(stopped_by_rows);
