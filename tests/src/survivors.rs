//! The rows of tables that change: what migrations keep, and what a database holds of it.

use std::collections::BTreeMap;

use modelshift_evolution::builds::Tally;
use modelshift_schema::error::StateError;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{ColumnName, TableName};
use modelshift_schema::state::ProjectState;
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::Table;

use crate::database::{Database, Rejected};
use crate::rows;

/// A table that migrations keep.
#[derive(Clone, Debug)]
pub struct Survivor {
    /// Its name before.
    pub before: TableName,
    /// Its name after.
    pub after: TableName,
    /// The columns whose values stay, by their names after and before.
    pub columns: BTreeMap<ColumnName, ColumnName>,
}

/// Returns the tables that migrations keep, each with the columns whose type they keep as well.
///
/// # Errors
/// If an operation does not fit the state.
pub fn survivors(migrations: &[Migration], before: &ProjectState) -> Result<Vec<Survivor>, StateError> {
    let mut state = before.clone();
    let mut tables: BTreeMap<TableName, Survivor> = BTreeMap::new();
    for (key, _) in before.models() {
        for table in before.tables(key)? {
            let columns = table.columns.iter().map(|it| (it.name.clone(), it.name.clone())).collect();
            let name = table.name;
            tables.insert(name.clone(), Survivor { before: name.clone(), after: name, columns });
        }
    }
    for migration in migrations {
        for operation in &migration.operations {
            let mut after = state.clone();
            operation.behaviour().apply(&migration.id.app, &mut after)?;
            let steps = operation.behaviour().steps(&migration.id.app, &state, &after)?;
            // Tables that swap their names do so in one operation at most, over a name that nobody has.
            for step in &steps {
                match step {
                    Step::DropTable { before } => drop(tables.remove(&before.name)),
                    Step::AlterTable { before, after, change } => {
                        let Some(mut survivor) = tables.remove(&before.name) else { continue };
                        survivor.after = after.name.clone();
                        follow(&mut survivor, change);
                        tables.insert(after.name.clone(), survivor);
                    }
                    Step::CreateTable { .. }
                    | Step::RunSql(_)
                    | Step::RunRust { .. }
                    | Step::LoadData { .. }
                    | Step::CreateExtension { .. }
                    | Step::DropExtension { .. }
                    | Step::CreateCollation(_)
                    | Step::DropCollation { .. } => {}
                }
            }
            state = after;
        }
    }
    Ok(tables.into_values().collect())
}

fn follow(survivor: &mut Survivor, change: &Change) {
    if let Change::RenameColumn { before, after } = change {
        if let Some(first) = survivor.columns.remove(before) {
            survivor.columns.insert(after.clone(), first);
        }
    } else if let Change::DropColumn { column } | Change::AlterColumn { column, .. } = change {
        survivor.columns.remove(column);
    }
}

/// Returns how many rows a table has, and how many values each of some columns.
///
/// # Errors
/// If the database refuses the query.
pub async fn held<'a>(
    database: &mut Database,
    table: &TableName,
    columns: impl Iterator<Item = &'a ColumnName>,
) -> Result<String, Rejected> {
    let dialect = database.backend().dialect();
    let counts = columns.map(|it| format!(", ' ', COUNT({})", rows::quoted(dialect, it.as_str())));
    let table = rows::quoted_table(dialect, table);
    let sql = format!("SELECT CONCAT(COUNT(*){}) FROM {table}", counts.collect::<String>());
    Ok(database.rows(&sql).await?.join("; "))
}

/// Gives every empty table up to three rows; those that refer to others may find them at a later try.
///
/// # Errors
/// If the database refuses to count rows.
pub async fn fill(database: &mut Database, state: &ProjectState, tally: &mut Tally) -> Result<(), Rejected> {
    let dialect = database.backend().dialect();
    let tables = state.models().filter_map(|(key, _)| state.tables(key).ok()).flatten();
    let mut empty: Vec<Table> = Vec::new();
    for table in tables {
        if held(database, &table.name, std::iter::empty()).await? == "0" {
            empty.push(table);
        }
    }
    let mut left: Vec<(&Table, u8)> =
        empty.iter().flat_map(|table| (1..=3).map(move |number| (table, number))).collect();
    for _ in 0..3 {
        let mut rest = Vec::new();
        for (table, number) in left {
            if database.execute(&rows::insert(dialect, table, number)).await.is_err() {
                rest.push((table, number));
            } else {
                *tally.entry("rows".to_owned()).or_default() += 1;
            }
        }
        left = rest;
    }
    *tally.entry("rows that do not suit".to_owned()).or_default() += left.len();
    Ok(())
}
