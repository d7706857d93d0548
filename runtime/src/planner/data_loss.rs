//! Legs of a way -> the tables that lose rows or values on it, by the names that they bear before it.

use std::collections::BTreeMap;

use modelshift_schema::error::StateError;
use modelshift_schema::name::{AppLabel, FieldName, MigrationId, ModelKey, ModelName, TableName};
use modelshift_schema::operation::Operation;
use modelshift_schema::state::ProjectState;
use modelshift_schema::table::Table;

use crate::error::{Error, ErrorKind};
use crate::planner::route::PendingMigration;
use crate::planner::{Move, moves};

/// Rows or values that would be gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The migration.
    pub migration: MigrationId,
    /// What it does, such as "removes field `rating` from `Author`".
    pub what: String,
    /// The table, by its name now.
    pub table: TableName,
    /// How many rows it has now.
    pub rows: i64,
}

/// A destructive operation, before anybody has looked for rows.
#[derive(Debug)]
pub(crate) struct DestructiveChange {
    pub(crate) migration: MigrationId,
    pub(crate) what: String,
    pub(crate) table: TableName,
}

/// Finds the destructive operations on a way; tables that the way itself makes hold nothing yet.
///
/// # Errors
/// [`ErrorKind::Plan`].
pub(crate) fn threats(legs: &[PendingMigration]) -> Result<Vec<DestructiveChange>, Error> {
    let mut threats = Vec::new();
    // Tables by the names that they bear at this point, with those that they bear now.
    let mut former: BTreeMap<TableName, TableName> = BTreeMap::new();
    for leg in legs {
        let app = &leg.migration.id.app;
        let moves = moves(&leg.migration, leg.direction, &leg.before).map_err(ErrorKind::Plan)?;
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
                threats.push(DestructiveChange {
                    migration: leg.migration.id.clone(),
                    what: behaviour.describe(),
                    table: former.get(&table.name).cloned().unwrap_or(table.name),
                });
            }
        }
    }
    Ok(threats)
}

/// Returns whether values go that are nowhere else: those of a generated column are reckoned from others.
fn loses(operation: &Operation, before: &ProjectState, app: &AppLabel) -> bool {
    let is_generated = |model: &ModelName, field: &FieldName| {
        before.field(&ModelKey::new(app, model), field).is_ok_and(|field| field.generated.is_some())
    };
    if let Operation::RemoveField(remove) = operation {
        return !is_generated(&remove.model, &remove.field);
    }
    if let Operation::AlterField(alter) = operation {
        return alter.field.generated.is_some() && !is_generated(&alter.model, &alter.field.name);
    }
    operation.behaviour().is_destructive()
}

/// Returns the table that loses something: the model's, or the join table of the field that goes.
fn lost_table(before: &ProjectState, key: &ModelKey, operation: &Operation) -> Result<Table, StateError> {
    if let Operation::RemoveField(remove) = operation
        && let Some((_, join)) =
            before.join_tables(key)?.into_iter().find(|(field, _)| *field == remove.field)
    {
        return Ok(join);
    }
    before.table(key)
}
