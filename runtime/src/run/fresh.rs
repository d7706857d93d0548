//! A state of all models -> the statements that create its tables in an empty database.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::{SchemaName, TableName};
use modelshift_schema::state::ProjectState;
use modelshift_schema::step::{Change, Step};
use modelshift_schema::steps::{Lineage, steps};
use modelshift_schema::table::Table;

use crate::dialect::{Capabilities, Dialect, PlannedStep, Rendering, render};
use crate::error::{Error, ErrorKind};

/// A new database, which is removed when its tables were read.
#[derive(Debug)]
pub(crate) struct Fresh {
    /// The statements that create it.
    pub(crate) rendering: Rendering,
    /// The schemas of its tables, each with the one that it replaces: the real ones have tables already.
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "only PostgreSQL has them"))]
    pub(crate) schemas: BTreeMap<SchemaName, SchemaName>,
}

impl Fresh {
    /// Returns the new database for a state.
    ///
    /// # Errors
    /// As [`fresh_rendering`].
    pub(crate) fn of(
        state: &ProjectState,
        dialect: Dialect,
        capabilities: &Capabilities,
    ) -> Result<Self, Error> {
        let mut schemas = BTreeMap::new();
        let mut renamed = state.clone();
        for (number, schema) in state.schemas().into_iter().enumerate() {
            let scratch = SchemaName::new(format!("modelshift_scratch_{}_{number}", std::process::id()));
            renamed.rename_schema(&schema, &scratch);
            schemas.insert(scratch, schema);
        }
        let is_renamed = dialect == Dialect::Postgres;
        let rendering = fresh_rendering(if is_renamed { &renamed } else { state }, dialect, capabilities)?;
        Ok(Self { rendering, schemas })
    }
}

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

/// Returns the schemas that migrations put tables into.
pub(crate) fn schemas<'a>(migrations: impl IntoIterator<Item = &'a Migration>) -> BTreeSet<SchemaName> {
    let operations = migrations.into_iter().flat_map(|migration| &migration.operations);
    operations.flat_map(|operation| operation.behaviour().schemas()).cloned().collect()
}

/// Returns the tables of a state.
///
/// # Errors
/// As [`fresh_rendering`].
pub(crate) fn tables(state: &ProjectState) -> Result<Vec<Arc<Table>>, Error> {
    let all = steps(&ProjectState::default(), state, &Lineage::default())
        .map_err(|error| ErrorKind::Unrenderable { what: error.to_string() })?;
    Ok(all
        .into_iter()
        .filter_map(|step| if let Step::CreateTable { after } = step { Some(after) } else { None })
        .collect())
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
