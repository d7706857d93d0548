//! Legs of a way -> the tables that lose rows or values on it, by the names that they bear before it.

use std::collections::BTreeMap;

use modelshift_schema::error::StateError;
use modelshift_schema::name::{MigrationId, ModelKey, TableName};
use modelshift_schema::operation::Operation;
use modelshift_schema::replay::ReplayError;
use modelshift_schema::state::ProjectState;

use crate::error::{Error, ErrorKind};
use crate::plan::Direction;
use crate::route::Leg;

/// Rows or values that would be gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The migration.
    pub migration: MigrationId,
    /// What it does, such as "removes `Author.rating`".
    pub what: String,
    /// The table, by its name now.
    pub table: TableName,
    /// How many rows it has now.
    pub rows: i64,
}

/// A destructive operation, before anybody has looked for rows.
#[derive(Debug)]
pub(crate) struct Threat {
    pub(crate) migration: MigrationId,
    pub(crate) what: String,
    pub(crate) table: TableName,
}

/// Finds the destructive operations on a way; tables that the way itself makes hold nothing yet.
///
/// # Errors
/// [`ErrorKind::Replay`].
pub(crate) fn threats(legs: &[Leg]) -> Result<Vec<Threat>, Error> {
    let mut threats = Vec::new();
    // Tables by the names that they bear at this point, with those that they bear now.
    let mut former: BTreeMap<TableName, TableName> = BTreeMap::new();
    for leg in legs {
        let app = &leg.migration.id.app;
        for (operation, before, after) in performed(leg)? {
            let behaviour = operation.behaviour();
            if let Operation::RenameModel(rename) = &operation
                && let Ok(old) = before.table(&ModelKey::new(app, &rename.before))
                && let Ok(new) = after.table(&ModelKey::new(app, &rename.after))
            {
                let now = former.remove(&old.name).unwrap_or(old.name);
                former.insert(new.name, now);
            }
            if behaviour.is_destructive()
                && let Some(model) = behaviour.model()
                && let Ok(table) = before.table(&ModelKey::new(app, model))
            {
                threats.push(Threat {
                    migration: leg.migration.id.clone(),
                    what: behaviour.describe(),
                    table: former.get(&table.name).cloned().unwrap_or(table.name),
                });
            }
        }
    }
    Ok(threats)
}

/// Gives the operations of a leg as they are done, each with the states before and after it.
fn performed(leg: &Leg) -> Result<Vec<(Operation, ProjectState, ProjectState)>, Error> {
    let Leg { migration, direction, before } = leg;
    let app = &migration.id.app;
    let mut performed = Vec::new();
    let mut state = before.clone();
    for (position, operation) in migration.operations.iter().enumerate() {
        let unfit = |source: StateError| {
            let describe = operation.behaviour().describe();
            ErrorKind::Replay(ReplayError {
                migration: migration.id.clone(),
                operation: position,
                describe,
                source,
            })
        };
        let before = state.clone();
        operation.behaviour().apply(app, &mut state).map_err(unfit)?;
        match direction {
            Direction::Forward => performed.push((operation.clone(), before, state.clone())),
            Direction::Backward => {
                let inverse = operation.behaviour().invert(app, &before).map_err(unfit)?;
                performed.push((inverse, state.clone(), before));
            }
        }
    }
    if *direction == Direction::Backward {
        performed.reverse();
    }
    Ok(performed)
}
