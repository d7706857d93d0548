//! Pending migrations -> the tables that lose rows or values, by their names before the migrations.

use std::collections::BTreeMap;

use modelshift_schema::error::StateError;
use modelshift_schema::name::{AppLabel, FieldName, MigrationId, ModelKey, TableName};
use modelshift_schema::operation::Operation;
use modelshift_schema::state::ProjectState;
use modelshift_schema::table::Table;

use crate::error::{Error, ErrorKind};
use crate::planner::route::PendingMigration;
use crate::planner::{Move, moves};

/// Rows or values that would be lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The migration.
    pub migration: MigrationId,
    /// The description of the operation, such as "removes field `rating` from `Author`".
    pub what: String,
    /// The table, by its name now.
    pub table: TableName,
    /// How many rows it has now.
    pub rows: i64,
}

/// A destructive operation, whose table may be empty.
#[derive(Debug)]
pub(crate) struct DestructiveChange {
    pub(crate) migration: MigrationId,
    pub(crate) what: String,
    pub(crate) table: TableName,
}

/// Returns the destructive operations of pending migrations.
///
/// # Errors
/// [`ErrorKind::Plan`].
pub(crate) fn destructive_changes(all_pending: &[PendingMigration]) -> Result<Vec<DestructiveChange>, Error> {
    let mut destructive_changes = Vec::new();
    // The current names of tables, by their names after the operations so far.
    let mut former: BTreeMap<TableName, TableName> = BTreeMap::new();
    for pending in all_pending {
        let app = &pending.migration.id.app;
        let moves = moves(&pending.migration, pending.direction, &pending.before).map_err(ErrorKind::Plan)?;
        for Move { operation, before, after, .. } in moves {
            let behaviour = operation.behaviour();
            let renamed = operation.behaviour().lineage(app).model;
            if let Some((old, new)) = renamed
                && let Ok(old) = before.table(&old)
                && let Ok(new) = after.table(&new)
            {
                let now = former.remove(&old.name).unwrap_or(old.name);
                former.insert(new.name, now);
            }
            if loses(&operation, &before, app)
                && let Some(model) = operation.behaviour().models().0
                && let Ok(table) = lost_table(&before, &ModelKey::new(app, model), &operation)
            {
                destructive_changes.push(DestructiveChange {
                    migration: pending.migration.id.clone(),
                    what: behaviour.describe(),
                    table: former.get(&table.name).cloned().unwrap_or(table.name),
                });
            }
        }
    }
    Ok(destructive_changes)
}

/// Returns whether an operation loses values. The values of a generated column are computed from others.
fn loses(operation: &Operation, before: &ProjectState, app: &AppLabel) -> bool {
    if let Operation::RemoveField(remove) = operation {
        return !is_generated(before, &ModelKey::new(app, &remove.model), &remove.field);
    }
    if let Operation::AlterField(alter) = operation {
        return alter.field.generated.is_some()
            && !is_generated(before, &ModelKey::new(app, &alter.model), &alter.field.name);
    }
    operation.behaviour().is_destructive()
}

fn is_generated(state: &ProjectState, model: &ModelKey, field: &FieldName) -> bool {
    state.field(model, field).is_ok_and(|field| field.generated.is_some())
}

/// Returns the table that loses rows or values: the table of the model, or the join table of a removed field.
fn lost_table(before: &ProjectState, key: &ModelKey, operation: &Operation) -> Result<Table, StateError> {
    if let Operation::RemoveField(remove) = operation
        && let Some((_, join)) =
            before.join_tables(key)?.into_iter().find(|(field, _)| *field == remove.field)
    {
        return Ok(join);
    }
    before.table(key)
}
