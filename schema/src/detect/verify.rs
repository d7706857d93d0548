//! Taking the operations through the state that they were found for: what is written is known to lead to the models,
//! and no table or column is in the way of another on the way there.

use std::collections::BTreeSet;

use super::Sight;
use crate::error::DetectError;
use crate::field::Field;
use crate::model::Model;
use crate::name::{ModelKey, ModelName, TableName};
use crate::operation::Operation;
use crate::state::ProjectState;

/// Applies the operations, and compares what comes of it with what is wanted.
///
/// # Errors
/// [`DetectError::InTheWay`], [`DetectError::Astray`].
pub(super) fn verify(
    sight: &Sight<'_>,
    mut state: ProjectState,
    operations: &[Operation],
) -> Result<(), DetectError> {
    let astray =
        |model: Option<&ModelKey>| DetectError::Astray { app: sight.app.clone(), model: model.cloned() };
    let mut tables: BTreeSet<TableName> = state.models().flat_map(|(key, model)| names(key, model)).collect();
    for operation in operations {
        let (before, after) = operation.behaviour().models();
        let key = |name: &ModelName| ModelKey::new(sight.app, name);
        let of_model = |state: &ProjectState, name| {
            let key = key(name);
            state.model(&key).map(|model| names(&key, model)).unwrap_or_default()
        };
        for table in before.into_iter().flat_map(|name| of_model(&state, name)) {
            tables.remove(&table);
        }
        operation.behaviour().apply(sight.app, &mut state).map_err(|_| astray(before.map(key).as_ref()))?;
        if let Some(name) = after {
            let own = of_model(&state, name);
            let is_free = !own.is_empty() && own.into_iter().all(|table| tables.insert(table));
            if !is_free || has_column_twice(&state, &key(name)) {
                return Err(DetectError::InTheWay { model: key(name) });
            }
        }
    }
    for (key, model) in sight.models() {
        if !state.model(key).is_ok_and(|reached| reached.agrees_with(model, sight.app)) {
            return Err(astray(Some(key)));
        }
    }
    let left = state.models().find(|(key, _)| key.app == *sight.app && !sight.target.contains(key));
    left.map_or(Ok(()), |(key, _)| Err(astray(Some(key))))
}

/// Gives the names of all tables of a model.
fn names(key: &ModelKey, model: &Model) -> Vec<TableName> {
    let joins = model.join_table_names(key).map(|(_, table)| table);
    [model.table_name(&key.app)].into_iter().chain(joins).collect()
}

fn has_column_twice(state: &ProjectState, key: &ModelKey) -> bool {
    let Ok(model) = state.model(key) else { return true };
    let fields = || model.fields.iter().filter(|field| field.has_column());
    let columns: BTreeSet<_> = fields().map(Field::column_name).collect();
    columns.len() != fields().count()
}
