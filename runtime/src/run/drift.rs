//! The schema that the migrations create, and the live schema -> their differences.
//!
//! Objects outside of models (other tables, triggers, added indexes) are not differences: every migration keeps them.

use std::collections::BTreeMap;

use modelshift_schema::name::MigrationId;
use modelshift_schema::table::Table;

use crate::run::status::PartialMigration;
use crate::session::live_schema::{LiveIndex, LiveSchema, LiveTable};

/// The result of checking a database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// True if no migration was applied to the database, and it has no other tables.
    pub is_fresh: bool,
    /// The migrations of the program that are not applied.
    pub unapplied: Vec<MigrationId>,
    /// The migrations that are partially applied.
    pub partial: Vec<PartialMigration>,
    /// The differences between the database and its migrations, one sentence each.
    pub drift: Vec<String>,
    /// What was not compared, and why: without the right to make a new database, only tables and columns are compared.
    pub not_compared: Option<String>,
}

impl Findings {
    /// Returns whether the database is up to date.
    pub fn is_empty(&self) -> bool {
        self.unapplied.is_empty() && self.partial.is_empty() && self.drift.is_empty()
    }
}

/// Returns the differences between the expected and the live schema.
pub(crate) fn drift(wanted: &LiveSchema, live: &LiveSchema) -> Vec<String> {
    let mut found = Vec::new();
    for (name, wanted) in &wanted.tables {
        match live.tables.get(name) {
            Some(live) => compare_tables(name, wanted, live, &mut found),
            None => found.push(format!("table `{name}` is missing")),
        }
    }
    found
}

/// Returns the differences between an expected and a live table.
#[cfg(feature = "inspect")]
pub(crate) fn table_drift(name: &str, wanted: &LiveTable, live: &LiveTable) -> Vec<String> {
    let mut found = Vec::new();
    compare_tables(name, wanted, live, &mut found);
    found
}

/// Returns the tables and columns that are missing or that no migration made, without a new database to compare with.
pub(crate) fn drift_of_names<'a>(
    wanted: impl IntoIterator<Item = &'a Table>,
    live: &LiveSchema,
) -> Vec<String> {
    let mut found = Vec::new();
    for table in wanted {
        let name = &table.name.to_string();
        let Some(live) = live.tables.get(name) else {
            found.push(format!("table `{name}` is missing"));
            continue;
        };
        let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        for column in columns.iter().filter(|column| !live.columns.contains_key(**column)) {
            found.push(format!("table `{name}` has no column `{column}`"));
        }
        for column in live.columns.keys().filter(|column| !columns.contains(&column.as_str())) {
            found.push(format!("table `{name}` has a column `{column}` that no migration made"));
        }
    }
    found
}

fn compare_tables(name: &str, wanted: &LiveTable, live: &LiveTable, found: &mut Vec<String>) {
    compare_parts(name, "column", &wanted.columns, &live.columns, found);
    for column in live.columns.keys().filter(|column| !wanted.columns.contains_key(*column)) {
        found.push(format!("table `{name}` has a column `{column}` that no migration made"));
    }
    compare_parts(name, "index", &wanted.indexes, &with_names(&wanted.indexes, &live.indexes), found);
    let live_checks = with_names(&wanted.checks, &live.checks);
    compare_parts(name, "check", &wanted.checks, &live_checks, found);
    for check in live_checks.keys().filter(|check| !wanted.checks.contains_key(*check)) {
        found.push(format!("table `{name}` has a check `{check}` that no migration made"));
    }
    for reference in wanted.references.difference(&live.references) {
        let (columns, target) = (reference.columns.join(", "), &reference.target);
        found.push(format!("table `{name}`: `{columns}` does not refer to `{target}` as it should"));
    }
    for reference in live.references.difference(&wanted.references) {
        let (columns, target) = (reference.columns.join(", "), &reference.target);
        found.push(format!("table `{name}`: `{columns}` refers to `{target}`, which no migration made so"));
    }
    if wanted.primary_key != live.primary_key || wanted.automatic != live.automatic {
        found.push(format!("table `{name}` has another primary key than it should"));
    }
    if wanted.options != live.options {
        found.push(format!(
            "table `{name}` is declared `{}`, and should be `{}`",
            live.options, wanted.options
        ));
    }
}

/// Sets the names of wanted objects on live ones without a name that are the same: SQLite lists a unique rule and a check
/// without a name by what they say.
fn with_names<T: PartialEq + Clone + Nameless>(
    wanted: &BTreeMap<String, T>,
    live: &BTreeMap<String, T>,
) -> BTreeMap<String, T> {
    let mut named = live.clone();
    for (name, wanted) in wanted.iter().filter(|(name, _)| !live.contains_key(*name)) {
        let label = wanted.label();
        if live.get(&label).is_some_and(|live| live == wanted)
            && let Some(same) = named.remove(&label)
        {
            named.insert(name.clone(), same);
        }
    }
    named
}

/// What an object without a name is listed by.
trait Nameless {
    fn label(&self) -> String;
}

impl Nameless for LiveIndex {
    fn label(&self) -> String {
        format!("unique ({})", self.parts.join(", "))
    }
}

impl Nameless for String {
    fn label(&self) -> String {
        self.clone()
    }
}

fn compare_parts<T: PartialEq + std::fmt::Display>(
    table: &str,
    kind: &str,
    wanted: &BTreeMap<String, T>,
    live: &BTreeMap<String, T>,
    found: &mut Vec<String>,
) {
    for (name, wanted) in wanted {
        match live.get(name) {
            Some(live) if live == wanted => {}
            Some(live) => {
                found.push(format!("table `{table}`: {kind} `{name}` is `{live}`, and should be `{wanted}`"));
            }
            None => found.push(format!("table `{table}`: {kind} `{name}` is missing")),
        }
    }
}
