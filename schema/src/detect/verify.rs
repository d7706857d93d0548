//! Applies the operations to the state for which they were found: what is written is known to lead to the models, and no
//! table or column name is taken twice on the way.

use std::collections::BTreeSet;

use super::Context;
use super::names::tables;
use super::project::edit_for_table;
use crate::detect::error::{DetectError, FirstEdit};
use crate::model::field::Field;
use crate::model::naming;
use crate::name::{ColumnName, FieldName, ModelKey, TableName};
use crate::operation::Operation;
use crate::operation::footprint::Part;
use crate::state::ProjectState;

/// Applies the operations, and compares the result with the wanted models.
///
/// # Errors
/// Returns [`DetectError::InTheWay`] or [`DetectError::NotConverged`].
pub(super) fn verify(
    context: &Context<'_>,
    mut state: ProjectState,
    operations: &[Operation],
) -> Result<(), DetectError> {
    let mut names: BTreeSet<TableName> = state.models().flat_map(|(key, model)| tables(key, model)).collect();
    for operation in operations {
        let (before, after) = operation.behaviour().models();
        let before = before.map(|name| ModelKey::new(context.app, name));
        for table in before.iter().flat_map(|key| tables_of(&state, key)) {
            names.remove(&table);
        }
        operation
            .behaviour()
            .apply(context.app, &mut state)
            .map_err(|_| not_converged(context, before.as_ref()))?;
        if let Some(after) = after {
            let key = ModelKey::new(context.app, after);
            let mut of_model = tables_of(&state, &key).into_iter();
            if let Some(taken) = of_model.find(|table| !names.insert(table.clone())) {
                let first = edit_for_table(context.recorded, &taken);
                return Err(DetectError::InTheWay { model: key, first });
            }
            if let Some(taken) = column_twice(&state, &key, &changed_fields(context, operation)) {
                let first = edit_for_column(context.recorded, &key, &taken);
                return Err(DetectError::InTheWay { model: key, first });
            }
        }
    }
    for (key, model) in context.models() {
        if !state.model(key).is_ok_and(|reached| reached.is_equivalent_to(model, context.app)) {
            return Err(not_converged(context, Some(key)));
        }
    }
    let left = state.models().find(|(key, _)| key.app == *context.app && !context.target.contains(key));
    left.map_or(Ok(()), |(key, _)| Err(not_converged(context, Some(key))))
}

fn not_converged(context: &Context<'_>, model: Option<&ModelKey>) -> DetectError {
    DetectError::NotConverged { app: context.app.clone(), model: model.cloned() }
}

fn tables_of(state: &ProjectState, key: &ModelKey) -> Vec<TableName> {
    state.model(key).map(|model| tables(key, model).collect()).unwrap_or_default()
}

/// The fields of a model that may have another column.
enum Changed {
    All,
    Some(Vec<FieldName>),
}

/// Returns the fields whose columns an operation may change.
fn changed_fields(context: &Context<'_>, operation: &Operation) -> Changed {
    let mut fields = Vec::new();
    for part in operation.behaviour().touches(context.app).changes {
        match part {
            Part::Everything | Part::Model(_) | Part::Fields(_) => return Changed::All,
            Part::Field(_, field) => fields.push(field),
            Part::Presence(_)
            | Part::Key(_)
            | Part::Options(_)
            | Part::Objects(_)
            | Part::Object(..)
            | Part::Name(_)
            | Part::Names
            | Part::References => {}
        }
    }
    Changed::Some(fields)
}

/// Returns a column that two fields of a model have, if an operation changed one of them.
fn column_twice(state: &ProjectState, key: &ModelKey, changed: &Changed) -> Option<ColumnName> {
    let model = state.model(key).ok()?;
    match changed {
        Changed::All => {
            let mut columns = BTreeSet::new();
            let fields = model.fields.iter().filter(|field| field.has_column());
            fields.map(Field::column_name).find(|column| !columns.insert(column.clone()))
        }
        Changed::Some(names) => {
            let fields = names.iter().filter_map(|name| model.field(name)).filter(|field| field.has_column());
            fields
                .map(Field::column_name)
                .find(|column| model.fields.iter().filter(|field| field.is_in_column(column)).count() > 1)
        }
    }
}

/// Returns the edit that releases the column of a field.
fn edit_for_column(recorded: &ProjectState, key: &ModelKey, column: &ColumnName) -> Option<FirstEdit> {
    let mut fields = recorded.model(key).ok()?.fields.iter();
    let field = fields.find(|field| field.has_column() && field.column_name() == *column)?;
    let (model, field) = (key.clone(), field.name.clone());
    Some(FirstEdit::Column { model, field, column: naming::column_aside(column) })
}
