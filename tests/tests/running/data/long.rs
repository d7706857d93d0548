//! A function that writes many rows in batches, and is cut.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use modelshift::data::{Condition, Db, Error, Result};
use modelshift::report::Event;
use modelshift::{EmbeddedMigration, Migrations, Migrator};
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;

use crate::processes::line;

/// The variables by which a child is told what to do.
const URL: &str = "MODELSHIFT_TEST_LONG_URL";
const STOP: &str = "MODELSHIFT_TEST_LONG_STOP";

/// Two full batches, and a part of a third.
const ROWS: usize = 2500;

mod initial {
    modelshift::migration! {
        app = "long";

        CreateModel { struct Entry { id: i64, number: i32 } }
        CreateModel { struct Flag { id: i64, number: i32 } }
    }
}

mod work {
    modelshift::migration! {
        depends_on = ["long.0001_initial"];
        atomic = false;

        RunRust { forward = work, reverse = () }
    }

    use super::work;
}

row!("long" Entry { id: i64, number: i32 });

fn migrations() -> Migrations {
    let list: [(&str, EmbeddedMigration); 2] =
        [("0001_initial", initial::MIGRATION), ("0002_work", work::MIGRATION)];
    Migrations::new("long", &list)
}

/// Adds 1 to each row, and then 10.
async fn work(db: &mut Db<'_>) -> Result {
    let mut done = 0;
    for added in [1, 10] {
        let mut entries = db.batches(Condition::<Entry>::all());
        while let Some(mut batch) = entries.next(db).await? {
            for entry in &mut batch {
                entry.number += added;
            }
            db.update_many(&batch).await?;
            done += 1;
            if std::env::var(STOP) == Ok(done.to_string()) {
                writeln!(std::io::stdout(), "\nstopped")?;
                // The parent kills us here.
                std::thread::sleep(Duration::from_mins(1));
            }
            if done == 3 && !db.fetch("SELECT id FROM long_flag", &[]).await?.is_empty() {
                return Err(Error::new("there is a flag"));
            }
        }
    }
    Ok(())
}

/// What the other process does; without an address in the environment it is nobody's child, and there is nothing to do.
#[tokio::test]
async fn child() {
    let Ok(url) = std::env::var(URL) else {
        assert!(std::env::var(STOP).is_err(), "a place to stop at needs an address");
        return;
    };
    let mut migrator = Migrator::connect(&url).await.unwrap().with(migrations());
    migrator.migrate().await.unwrap();
}

/// Makes a database with rows, before the function.
async fn begun(backend: Backend) -> Place {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(migrations());
    migrator.migrate_to("long 0001").await.unwrap();
    let values = vec!["(0)"; ROWS].join(", ");
    place.execute(&format!("INSERT INTO long_entry (number) VALUES {values}")).await.unwrap();
    place
}

/// Migrates in a process of its own, which is killed in its batch with this number.
fn killed_at(place: &Place, batch: usize) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "data::long::child", "--nocapture"]);
    command.env(URL, place.address()).env(STOP, batch.to_string());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    line(&mut child, &["stopped"]);
    child.kill().unwrap();
    child.wait().unwrap();
}

async fn numbers(place: &Place) -> Vec<String> {
    let sql = "SELECT CONCAT(number, ': ', COUNT(*)) FROM long_entry GROUP BY number ORDER BY number";
    place.rows(sql).await.unwrap()
}

/// Migrates to the end, and returns how many rows the function wrote.
async fn finish(place: &Place) -> u64 {
    let written = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&written);
    let migrator = Migrator::connect(&place.address()).await.unwrap().with(migrations());
    let mut migrator = migrator.observe(move |event: Event<'_>| {
        if let Event::FunctionDone { rows, .. } = event {
            seen.fetch_add(rows, Ordering::Relaxed);
        }
    });
    assert_eq!(migrator.migrate().await.unwrap().done.len(), 1);
    let found = migrator.check().await.unwrap();
    assert!(found.is_empty(), "{found:#?}");
    written.load(Ordering::Relaxed)
}

/// OP-132: what is killed goes on behind the last batch that was kept, twice; no batch is done twice, and none is left out.
async fn op_132_a_function_that_is_killed_goes_on_in_its_batches(backend: Backend) {
    let place = begun(backend).await;
    killed_at(&place, 3);
    assert_eq!(numbers(&place).await, ["0: 500", "1: 2000"]);
    // The rest of the first rows, a batch of the second ones, and the one that is lost.
    killed_at(&place, 3);
    assert_eq!(numbers(&place).await, ["1: 1500", "11: 1000"]);
    assert_eq!(finish(&place).await, 1500);
    assert_eq!(numbers(&place).await, ["11: 2500"]);
}

on_every_backend!(op_132_a_function_that_is_killed_goes_on_in_its_batches);

/// Migrates, and returns for each batch how many rows are done, and how many are left; none where nobody asks.
async fn paces(place: &Place) -> Vec<(u64, u64)> {
    let told = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&told);
    let migrator = Migrator::connect(&place.address()).await.unwrap().with(migrations());
    let mut migrator = migrator.observe(move |event: Event<'_>| {
        if let Event::BatchDone { function: "work", rows, left, .. } = event {
            seen.lock().unwrap().push((rows, left));
        }
    });
    // It stops in the middle where there is a flag.
    let _ = migrator.migrate().await;
    drop(migrator);
    Arc::into_inner(told).unwrap().into_inner().unwrap()
}

/// OP-132: each batch is reported with what is done and what is left, also after it was cut.
async fn op_132_batches_say_how_far_they_are(backend: Backend) {
    let place = begun(backend).await;
    place.execute("INSERT INTO long_flag (number) VALUES (1)").await.unwrap();
    assert_eq!(paces(&place).await, [(1000, 1500), (2000, 500)]);
    place.execute("DELETE FROM long_flag").await.unwrap();
    let rest = [(500, 0), (1000, 1500), (2000, 500), (2500, 0)];
    assert_eq!(paces(&place).await, rest);
    assert_eq!(numbers(&place).await, ["11: 2500"]);
}

on_every_backend!(op_132_batches_say_how_far_they_are);

/// OP-132: what fails keeps its batches, and goes on there; what is applied once more later begins anew.
async fn op_132_a_function_that_fails_goes_on_in_its_batches(backend: Backend) {
    let place = begun(backend).await;
    place.execute("INSERT INTO long_flag (number) VALUES (1)").await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(migrations());
    for kept in [["0: 500", "1: 2000"], ["1: 1500", "11: 1000"]] {
        let error = migrator.migrate().await.unwrap_err();
        assert!(error.to_string().contains("its function `work` failed: there is a flag"), "{error}");
        assert_eq!(numbers(&place).await, kept);
    }
    place.execute("DELETE FROM long_flag").await.unwrap();
    assert_eq!(finish(&place).await, 1500);
    assert_eq!(numbers(&place).await, ["11: 2500"]);
    migrator.migrate_to("long 0001").await.unwrap();
    assert_eq!(finish(&place).await, 5000);
    assert_eq!(numbers(&place).await, ["22: 2500"]);
}

on_every_backend!(op_132_a_function_that_fails_goes_on_in_its_batches);
