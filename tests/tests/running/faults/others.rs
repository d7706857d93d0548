//! F5, F16: a full disk, and clocks that are wrong.

use std::process::{Command, Stdio};

use modelshift::{Dialect, Migrator};
use modelshift_tests::backend::Backend;
use modelshift_tests::on_every_backend;
use modelshift_tests::place::Place;

use super::{goes_on, is_all, survived};
use crate::list::blog;
use crate::processes::whole;

/// No file may grow beyond a limit: what does not fit is rolled back, and the message names the cause.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_on_sqlite() {
    let wanted = whole(Backend::Sqlite).await;
    let (step, mut count) = (if is_all() { 4 } else { 24 }, 0);
    for blocks in (8..400).step_by(step) {
        let place = Place::new(Dialect::Sqlite).await.unwrap();
        let mut limited = Command::new("sh");
        limited.args(["-c", &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\""), "limited"]);
        limited.arg(std::env::current_exe().unwrap());
        limited.args(["--exact", "commands::child", "--nocapture"]).env("MODELSHIFT_TEST_WORDS", "migrate");
        limited.env("MODELSHIFT_TEST_PROGRAM", "Blog").env("DATABASE_URL", place.address());
        let output = limited.stdin(Stdio::null()).output().unwrap();
        if output.status.success() {
            break;
        }
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("error[MS") && (said.contains("disk") || said.contains("full")), "{said}");
        goes_on(&place, &wanted, &format!("{blocks} blocks")).await;
        count += 1;
    }
    survived("F5 disk full", Backend::Sqlite, count);
}

/// The clock of the database was wrong when migrations were applied: order and checks do not depend on it.
async fn clocks_that_are_wrong(backend: Backend) {
    let wanted = whole(backend).await;
    let times = ["2099-12-31 23:59:59", "1970-01-01 00:00:00", "2026-03-29 02:30:00"];
    for time in times {
        let place = Place::new(backend).await.unwrap();
        let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
        migrator.migrate_to("blog 0002").await.unwrap();
        let first = "UPDATE modelshift_history SET applied_at =";
        place.execute(&format!("{first} '{time}' WHERE id = 'blog.0001_step'")).await.unwrap();
        migrator.migrate_to("blog 0001").await.unwrap();
        assert_eq!(migrator.status().await.unwrap().unapplied().count(), 2);
        goes_on(&place, &wanted, time).await;
    }
    survived("F16 a wrong clock", backend, times.len());
}

on_every_backend!(clocks_that_are_wrong);
