//! Our detector and optimizer beside Django's: vectors captured from Django's own tests, translated to our models.
//!
//! The files are those of the folder in `MODELSHIFT_VECTORS`, else of `tests/vectors`: `autodetector.jsonl` and
//! `optimizer.jsonl`. Models and operations are translated by what they say to a database. What differs on purpose does
//! so by a rule (see `comparison.rs`), each of which stands in `tests/vectors/INTENDED.md` with what users gain by it.

#![allow(clippy::unwrap_used, clippy::panic, reason = "this is test code, which fails by panicking")]
#![allow(clippy::wildcard_enum_match_arm, reason = "the tests look at a few operations of many")]

mod answers;
mod comparison;
mod detector;
mod expressions;
mod fields;
mod models;
mod operations;
mod optimizer;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use comparison::Made;
use rules::RULES;

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
                    // Scenarios of ours bear no row.
                    let ids_of_vector = if rows.is_empty() { std::slice::from_ref(&test) } else { &rows[..] };
                    ids.extend(ids_of_vector.iter().map(|row| (*row).to_owned()));
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

    /// Reports everything that does not agree.
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
        // One that nobody thought of must not hide what comes of the others.
        let outcome = std::panic::catch_unwind(|| outcome(&vector));
        let panicked = || Outcome::Differs { theirs: Vec::new(), ours: Err("the test panics".to_owned()) };
        tally.add(&vector, outcome.unwrap_or_else(|_| panicked()));
    }
    tally
}

fn run_both(folder: &Path) -> [Tally; 2] {
    [run(folder, "autodetector.jsonl", detector::outcome), run(folder, "optimizer.jsonl", optimizer::outcome)]
}

#[test]
fn vectors() {
    let folder = std::env::var_os("MODELSHIFT_VECTORS").map_or_else(own_folder, PathBuf::from);
    let [detector, optimizer] = run_both(&folder);
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
    let used = used(run_both(&folder));
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

fn used(tallies: [Tally; 2]) -> BTreeMap<&'static str, BTreeSet<String>> {
    let mut used: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (rule, ids) in tallies.into_iter().flat_map(|tally| tally.on_purpose) {
        used.entry(rule).or_default().extend(ids);
    }
    used
}

/// Scenarios of ours that Django itself was asked about: all can be said, and each differs only as it is told to.
#[test]
fn scenarios_of_ours_agree_or_differ_as_they_are_told_to() {
    let folder = own_folder().join("own");
    let tallies = run_both(&folder);
    for tally in &tallies {
        assert!(tally.agree > 0, "no vectors in {}", folder.display());
        let none: [String; 0] = [];
        assert_eq!(tally.failures, none);
        assert_eq!(tally.not_translatable, none);
    }
    let lines = used(tallies).into_iter().map(|(rule, names)| {
        let names: Vec<String> = names.into_iter().collect();
        format!("{rule}\t{}\n", names.join(" "))
    });
    let told = std::fs::read_to_string(folder.join("differs.tsv")).unwrap();
    assert_eq!(
        lines.collect::<String>(),
        told,
        "`tests/vectors/own/differs.tsv` does not tell what the rules do"
    );
}
