//! Our detector and optimizer beside Django's: vectors captured from Django's own tests, translated to our models.
//!
//! The files are those of the folder in `MODELSHIFT_VECTORS`, else of `tests/vectors`: `autodetector.jsonl` and
//! `optimizer.jsonl`. Models and operations are translated by what they say to a database. What differs on purpose does
//! so by a rule (see `comparison.rs`), each of which stands in `tests/vectors/INTENDED.md` with what users gain by it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is test code, which fails by panicking")]
#![allow(clippy::wildcard_enum_match_arm, reason = "the tests look at a few operations of many")]

mod comparison;
mod detector;
mod expressions;
mod fields;
mod models;
mod operations;
mod optimizer;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use comparison::{Made, RULES};

/// What came of one vector.
enum Outcome {
    /// Everything is the same.
    Agrees,
    /// It differs by these rules, and in nothing else.
    OnPurpose(Vec<&'static str>),
    /// It cannot be said in our language.
    NotTranslatable(String),
    /// It differs.
    Differs { theirs: Vec<Made>, ours: Result<Vec<Made>, String> },
}

/// The vectors of one file, by outcome.
#[derive(Default)]
struct Tally {
    agree: usize,
    on_purpose: BTreeMap<&'static str, BTreeSet<String>>,
    differing_on_purpose: usize,
    not_translatable: Vec<String>,
    failures: Vec<String>,
}

impl Tally {
    fn add(&mut self, vector: &Value, outcome: Outcome) {
        let rows: Vec<&str> =
            vector["rows"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let test = vector["test"].as_str().unwrap_or("-").rsplit('.').next().unwrap_or("-");
        let name = format!("{} {test}", rows.join(" "));
        match outcome {
            Outcome::Agrees => self.agree += 1,
            Outcome::OnPurpose(rules) => {
                self.differing_on_purpose += 1;
                for rule in rules {
                    let ids = self.on_purpose.entry(rule).or_default();
                    ids.extend(rows.iter().map(|row| (*row).to_owned()));
                }
            }
            Outcome::NotTranslatable(reason) => self.not_translatable.push(format!("{name}: {reason}")),
            Outcome::Differs { theirs, ours } => {
                let lines =
                    |made: &[Made]| made.iter().flat_map(Made::spelled).collect::<Vec<_>>().join("\n    ");
                let ours = ours.map_or_else(|error| error, |made| lines(&made));
                self.failures.push(format!("{name}\n  django\n    {}\n  ours\n    {ours}", lines(&theirs)));
            }
        }
    }

    /// Tells of everything that does not agree.
    fn lines(&self, file: &str) -> Vec<String> {
        let counts = format!(
            "{file}: {} agree, {} differ on purpose, {} fail, {} not translatable",
            self.agree,
            self.differing_on_purpose,
            self.failures.len(),
            self.not_translatable.len()
        );
        let ids = |ids: &BTreeSet<String>| ids.iter().cloned().collect::<Vec<_>>().join(" ");
        let rules = self.on_purpose.iter().map(|(rule, it)| format!("  on purpose, {rule}: {}", ids(it)));
        let unsaid = self.not_translatable.iter().map(|line| format!("  not translatable, {line}"));
        let failures = self.failures.iter().map(|failure| format!("  fails, {failure}"));
        [counts].into_iter().chain(rules).chain(unsaid).chain(failures).collect()
    }
}

fn own_folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vectors"))
}

fn run(folder: &Path, file: &str, outcome: fn(&Value) -> Outcome) -> Tally {
    let mut tally = Tally::default();
    let text = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let vector: Value = serde_json::from_str(line).unwrap();
        let outcome = outcome(&vector);
        tally.add(&vector, outcome);
    }
    tally
}

#[test]
fn vectors() {
    let folder = std::env::var_os("MODELSHIFT_VECTORS").map_or_else(own_folder, PathBuf::from);
    let detector = run(&folder, "autodetector.jsonl", detector::outcome);
    let optimizer = run(&folder, "optimizer.jsonl", optimizer::outcome);
    // Not by `println!`, which shows nothing where all is well.
    let mut out = std::io::stdout().lock();
    for line in detector.lines("autodetector.jsonl").into_iter().chain(optimizer.lines("optimizer.jsonl")) {
        writeln!(out, "{line}").unwrap();
    }
    drop(out);
    let all =
        detector.agree + optimizer.agree + detector.differing_on_purpose + optimizer.differing_on_purpose;
    assert!(all > 0, "no vectors in {}", folder.display());
    let failures = detector.failures.len() + optimizer.failures.len();
    assert_eq!(failures, 0, "vectors differ where no rule says so; they are printed above");
}

/// The table says what the rules do, and nothing that they do not.
#[test]
fn what_differs_on_purpose_is_told_and_nothing_else() {
    let folder = own_folder();
    let told = std::fs::read_to_string(folder.join("INTENDED.md")).unwrap();
    let mut used: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for tally in [
        run(&folder, "autodetector.jsonl", detector::outcome),
        run(&folder, "optimizer.jsonl", optimizer::outcome),
    ] {
        for (rule, ids) in tally.on_purpose {
            used.entry(rule).or_default().extend(ids);
        }
    }
    let rows: BTreeMap<String, BTreeSet<String>> = told
        .lines()
        .filter_map(|line| line.strip_prefix("| `"))
        .map(|line| {
            let (name, rest) = line.split_once('`').unwrap();
            let ids = rest.rsplit('|').nth(1).unwrap().split_whitespace().map(str::to_owned);
            (name.to_owned(), ids.collect())
        })
        .collect();
    let expected: BTreeMap<String, BTreeSet<String>> = RULES
        .iter()
        .map(|rule| (rule.name.to_owned(), used.get(rule.name).cloned().unwrap_or_default()))
        .collect();
    assert_eq!(rows, expected, "`tests/vectors/INTENDED.md` does not tell what the rules do");
}
