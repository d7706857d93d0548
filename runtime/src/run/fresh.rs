//! A state of all models -> the statements that create its tables in an empty database.

use std::collections::BTreeSet;
use std::sync::Arc;

use modelshift_schema::name::TableName;
use modelshift_schema::state::ProjectState;
use modelshift_schema::step::{Change, Step};
use modelshift_schema::steps::{Lineage, steps};
use modelshift_schema::table::Table;

use crate::dialect::{Capabilities, Dialect, PlannedStep, Rendering, render};
use crate::error::{Error, ErrorKind};

/// Returns the statements that create the tables of a state in an empty database.
///
/// # Errors
/// If the state cannot be rendered, which its own migrations could not have been either.
pub(crate) fn fresh_rendering(
    state: &ProjectState,
    dialect: Dialect,
    capabilities: &Capabilities,
) -> Result<Rendering, Error> {
    let all = steps(&ProjectState::default(), state, &Lineage::default())
        .map_err(|error| ErrorKind::Unrenderable { what: error.to_string() })?;
    let ordered = match dialect {
        // A reference may name a table that is created later.
        Dialect::Sqlite => all,
        Dialect::Postgres | Dialect::Mysql => by_references(all),
    };
    let planned = ordered.into_iter().map(|step| PlannedStep { operation: 0, why: String::new(), step });
    render(dialect, capabilities, &planned.collect::<Vec<_>>(), true)
        .map_err(|(_, error)| ErrorKind::Unrenderable { what: error.to_string() }.into())
}

/// Orders steps so that each table is created after those that it refers to. References in a circle are added when all
/// tables are there.
fn by_references(all: Vec<Step>) -> Vec<Step> {
    let mut tables = Vec::new();
    let mut before = Vec::new();
    let mut after = Vec::new();
    for step in all {
        if let Step::CreateTable { after } = step {
            tables.push(after);
        } else if tables.is_empty() {
            before.push(step);
        } else {
            after.push(step);
        }
    }
    let mut created = BTreeSet::new();
    let mut late = Vec::new();
    while !tables.is_empty() {
        let next = tables.iter().position(|table| missing(table, &created).is_empty()).unwrap_or_default();
        let table = tables.remove(next);
        let missing = missing(&table, &created);
        created.insert(table.name.clone());
        if missing.is_empty() {
            before.push(Step::CreateTable { after: table });
            continue;
        }
        let mut without = Table::clone(&table);
        without.references.retain(|reference| !missing.contains(&reference.target));
        before.push(Step::CreateTable { after: Arc::new(without.clone()) });
        late.extend(added(without, &table));
    }
    before.extend(late);
    before.extend(after);
    before
}

/// Returns the tables that a table refers to and that are not created yet, without itself.
fn missing(table: &Table, created: &BTreeSet<TableName>) -> BTreeSet<TableName> {
    let targets = table.references.iter().map(|reference| &reference.target);
    targets.filter(|target| **target != table.name && !created.contains(*target)).cloned().collect()
}

/// Returns the steps that add the references which a table lacks, one after the other.
fn added(without: Table, table: &Table) -> Vec<Step> {
    let mut now = Arc::new(without);
    let mut steps = Vec::new();
    for reference in &table.references {
        if now.references.iter().any(|it| it.name == reference.name) {
            continue;
        }
        let mut next = Table::clone(&now);
        next.references.push(reference.clone());
        let after = Arc::new(next);
        let change = Change::AddForeignKey { name: reference.name.clone() };
        steps.push(Step::AlterTable { before: now, after: Arc::clone(&after), change });
        now = after;
    }
    steps
}
