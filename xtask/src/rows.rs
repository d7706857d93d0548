//! Which rows of Django's behaviour our tests cover: every row of `tests/vectors/rows.tsv` is borne by a test.
//!
//! A test bears a row when its name says so (`st_004_…`), when a text in it begins with the row (`"OP-019 …"`), when a
//! line of a case book does (`tests/**/*.txt`), or when it is a captured vector (`tests/vectors/*.jsonl`). What is no
//! behaviour of ours is in `not_ours.tsv` with the reason, and what is not covered yet in `open.tsv`.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use syn::visit::Visit;

use crate::source;

/// The areas, by the letters that the ids of their rows begin with.
const AREAS: [&str; 13] = ["AD", "CMD", "EX", "FX", "GR", "IN", "LD", "MDB", "OP", "OPT", "Q", "ST", "WR"];
/// The captured vectors, and the test that runs each.
const VECTORS: [&str; 2] = ["autodetector.jsonl", "optimizer.jsonl"];
/// The folder of the tables.
const TABLES: &str = "tests/vectors";

/// How the rows of one area stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Rows that a test bears.
    pub covered: usize,
    /// Rows that are no behaviour of ours.
    pub not_ours: usize,
    /// Rows that no test bears yet.
    pub open: usize,
}

/// Counts the rows of each area.
///
/// # Errors
/// Where a file cannot be read.
pub fn count(root: &Path) -> io::Result<BTreeMap<String, Count>> {
    let borne = borne(root)?;
    let not_ours = table(root, "not_ours.tsv")?;
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    for id in table(root, "rows.tsv")?.keys() {
        let count = counts.entry(area(id).to_owned()).or_default();
        if not_ours.contains_key(id) {
            count.not_ours += 1;
        } else if borne.contains(id) {
            count.covered += 1;
        } else {
            count.open += 1;
        }
    }
    Ok(counts)
}

/// Returns one line for each row that no test bears, and for each line of the tables that says what is not so.
///
/// # Errors
/// Where a file cannot be read.
pub fn check(root: &Path) -> io::Result<Vec<String>> {
    let (rows, borne) = (table(root, "rows.tsv")?, borne(root)?);
    let (not_ours, open) = (table(root, "not_ours.tsv")?, table(root, "open.tsv")?);
    let mut faults = Vec::new();
    for id in rows.keys() {
        let is_listed = not_ours.contains_key(id) || open.contains_key(id);
        match (borne.contains(id), is_listed) {
            (true, true) => faults.push(format!("{id}: a test bears it; take it out of the tables")),
            (false, false) => {
                faults.push(format!("{id}: no test bears it; write one, see xtask/src/rows.rs"));
            }
            (true, false) | (false, true) => {}
        }
    }
    for (id, reason) in not_ours.iter().chain(&open) {
        if !rows.contains_key(id) {
            faults.push(format!("{id}: no such row in `rows.tsv`"));
        } else if reason.is_empty() {
            faults.push(format!("{id}: give the reason"));
        }
    }
    let twice = not_ours.keys().filter(|id| open.contains_key(*id));
    faults.extend(twice.map(|id| format!("{id}: it is not ours, or it is open, but not both")));
    Ok(faults)
}

/// Reads a table with one header line: the first column, and the last.
fn table(root: &Path, name: &str) -> io::Result<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(root.join(TABLES).join(name))?;
    let row = |line: &str| {
        let (id, rest) = line.split_once('\t').unwrap_or((line, ""));
        (id.to_owned(), rest.rsplit('\t').next().unwrap_or_default().trim().to_owned())
    };
    Ok(text.lines().skip(1).map(row).collect())
}

/// Finds all rows that tests bear.
fn borne(root: &Path) -> io::Result<BTreeSet<String>> {
    let files = source::files(root)?;
    let mut borne = BTreeSet::new();
    let mut run = BTreeSet::new();
    for path in files.iter().filter(|path| !path.starts_with(root.join("xtask"))) {
        let is_rust = path.extension().is_some_and(|it| it == "rs");
        let is_book = path.extension().is_some_and(|it| it == "txt") && path.iter().any(|it| it == "tests");
        if !is_rust && !is_book {
            continue;
        }
        let text = std::fs::read_to_string(path)?;
        if is_book {
            borne.extend(text.lines().flat_map(leading));
            continue;
        }
        run.extend(VECTORS.into_iter().filter(|name| text.contains(&format!("\"{name}\""))));
        let mut names = Names::default();
        // Cases of bad input do not parse, on purpose.
        if let Ok(file) = syn::parse_file(&text) {
            names.visit_file(&file);
        }
        borne.extend(names.rows);
        if names.has_tests {
            borne.extend(text.split('"').flat_map(leading));
        }
    }
    for name in run {
        let text = std::fs::read_to_string(root.join(TABLES).join(name))?;
        let lists = text.split("\"rows\": [").skip(1).filter_map(|rest| rest.split(']').next());
        borne.extend(lists.flat_map(|list| list.split('"')).flat_map(leading));
    }
    Ok(borne)
}

/// The rows in the names of tests.
#[derive(Default)]
struct Names {
    rows: Vec<String>,
    has_tests: bool,
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let is_test =
            |it: &syn::Attribute| it.path().segments.last().is_some_and(|last| last.ident == "test");
        if item.attrs.iter().any(is_test) {
            self.has_tests = true;
            let name = item.sig.ident.to_string().to_uppercase();
            let words: Vec<&str> = name.split('_').collect();
            let pairs = words.windows(2).map(|pair| format!("{}-{}", pair[0], pair[1]));
            self.rows.extend(pairs.filter(|id| is_row(id)));
        }
        syn::visit::visit_item_fn(self, item);
    }
}

/// Returns the rows that a text begins with: `OP-019, OP-020 …`.
fn leading(text: &str) -> Vec<String> {
    let words = text.split([' ', ',', ':']).filter(|word| !word.is_empty());
    words.take_while(|word| is_row(word)).map(str::to_owned).collect()
}

fn is_row(word: &str) -> bool {
    word.split_once('-').is_some_and(|(area, number)| {
        AREAS.contains(&area) && number.len() == 3 && number.chars().all(|it| it.is_ascii_digit())
    })
}

fn area(id: &str) -> &str {
    id.split('-').next().unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_borne_by_a_test() {
        assert_eq!(check(&crate::root()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_row_is_borne_by_a_name_a_text_a_case_or_a_vector() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("a.rs", "#[test]\nfn st_001_gr_002_x() { case(\"OP-003, OP-004: x\"); }\nfn ld_005_x() {}\n");
        write("b.rs", "const X: &str = \"OP-006\";\n");
        write("schema/tests/operations/all.txt", "OP-007 x\nbefore OP-008\n");
        write("schema/tests/vectors.rs", "fn read() { file(\"optimizer.jsonl\") }");
        write("tests/vectors/optimizer.jsonl", "{\"rows\": [\"OPT-001\", \"OPT-002\"]}\n");
        write("tests/vectors/autodetector.jsonl", "{\"rows\": [\"AD-001\"]}\n");
        let all = ["ST-001", "GR-002", "OP-003", "OP-004", "OP-007", "OPT-001", "OPT-002"];
        assert_eq!(borne(folder.path()).unwrap(), all.map(str::to_owned).into_iter().collect());

        write("tests/vectors/rows.tsv", "id\tarea\nST-001\tx\nGR-002\tx\nLD-005\tx\nAD-001\tx\nAD-002\tx\n");
        write("tests/vectors/not_ours.tsv", "id\treason\nLD-005\tno files\nST-001\twhy\nAD-009\twhy\n");
        write("tests/vectors/open.tsv", "id\treason\nAD-001\t\n");
        let faults = check(folder.path()).unwrap();
        let starts: Vec<&str> = faults.iter().map(|fault| fault.split(';').next().unwrap()).collect();
        let expect = [
            "AD-002: no test bears it",
            "ST-001: a test bears it",
            "AD-009: no such row in `rows.tsv`",
            "AD-001: give the reason",
        ];
        assert_eq!(starts, expect);
    }
}
