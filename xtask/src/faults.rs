//! All faults of `tests/tests/running/faults`, on every server, and how many were tried and survived.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::process::Command;

/// Runs the tests of faults with all faults; returns the counts, and whether all tests passed.
///
/// # Errors
/// If cargo cannot be run, or the counts cannot be read.
pub fn run(root: &Path) -> io::Result<(Vec<String>, bool)> {
    let folder = root.join("target");
    let file = folder.join("faults.tsv");
    std::fs::create_dir_all(&folder)?;
    std::fs::write(&file, "")?;
    let mut cargo = Command::new("cargo");
    cargo.args(["test", "--locked", "-p", "modelshift-tests", "--test", "running", "--"]);
    cargo.args(["faults::", "signals::", "invariant_9", "--test-threads=2"]).current_dir(root);
    cargo.env("MODELSHIFT_FAULTS", "all").env("MODELSHIFT_FAULTS_REPORT", &file);
    if std::env::var_os("MODELSHIFT_SERVERS").is_none() {
        cargo.env("MODELSHIFT_SERVERS", "all");
    }
    let passed = cargo.status()?.success();
    Ok((counts(&std::fs::read_to_string(&file)?), passed))
}

/// Adds up the counts: one line for each kind of fault, and one for all.
fn counts(report: &str) -> Vec<String> {
    let mut counts: BTreeMap<&str, (usize, Vec<&str>)> = BTreeMap::new();
    for line in report.lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        let [fault, backend, count] = cells[..] else { continue };
        let (all, backends) = counts.entry(fault).or_default();
        *all += count.parse::<usize>().unwrap_or_default();
        backends.push(backend);
    }
    let total: usize = counts.values().map(|(count, _)| count).sum();
    let lines = counts.into_iter().map(|(fault, (count, mut backends))| {
        backends.sort_unstable();
        backends.dedup();
        format!("{fault}: {count} tried and survived ({})", backends.join(", "))
    });
    lines.chain([format!("all: {total} tried and survived")]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_added_up_by_the_kind_of_fault() {
        let report = "F1 killed\tSqlite\t3\nF1 killed\tPostgres\t4\nF8 pooler\tPostgres\t1\n";
        let expected = [
            "F1 killed: 7 tried and survived (Postgres, Sqlite)",
            "F8 pooler: 1 tried and survived (Postgres)",
            "all: 8 tried and survived",
        ];
        assert_eq!(counts(report), expected);
    }
}
