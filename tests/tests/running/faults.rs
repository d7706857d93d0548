//! Faults while migrations run: after each, the database is as before or after, and a plain run ends where a run without a
//! fault does, with the same rows.
//!
//! `cargo test` tries a selection. `cargo run -p xtask -- faults` tries all on every server, and prints the counts.

pub(crate) mod conflicts;
mod crashes;
mod cuts;
mod kills;
mod others;
mod pooler;

use std::fs::OpenOptions;
use std::io::Write as _;

use modelshift::Migrator;
use modelshift_tests::backend::Backend;
use modelshift_tests::place::Place;

use crate::list::blog;
use crate::processes::ending;

/// Returns whether all faults are tried.
fn is_all() -> bool {
    std::env::var("MODELSHIFT_FAULTS").is_ok_and(|value| value == "all")
}

/// Counts faults of a kind that were tried and survived: a fault that is not survived fails its test before this.
fn survived(fault: &str, backend: Backend, count: usize) {
    assert!(count > 0, "{fault}: no fault was tried");
    let Some(file) = std::env::var_os("MODELSHIFT_FAULTS_REPORT") else { return };
    let mut file = OpenOptions::new().append(true).create(true).open(file).unwrap();
    writeln!(file, "{fault}\t{backend:?}\t{count}").unwrap();
}

/// Runs what a person runs after a fault, and compares with a run without one. Nothing is locked for longer than this waits.
async fn goes_on(place: &Place, wanted: &Ending, after: &str) {
    let migrator = Migrator::connect(&place.address()).await.unwrap().with(blog());
    let mut migrator = migrator.lock_timeout(std::time::Duration::from_secs(5));
    migrator.migrate().await.unwrap_or_else(|error| panic!("after {after}: {error}"));
    assert_eq!(ending(place).await, *wanted, "after {after}");
}

type Ending = (modelshift::session::live_schema::LiveSchema, Vec<String>);
