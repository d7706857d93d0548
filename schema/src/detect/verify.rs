//! Taking the operations through the state that they were found for: what is written is known to lead to the models,
//! and no table or column is in the way of another on the way there.

use std::collections::BTreeSet;

use super::Context;
use super::project::table_given_up;
use crate::error::{DetectError, FirstEdit};
use crate::model::Model;
use crate::model::field::Field;
use crate::model::naming;
use crate::name::{ColumnName, FieldName, ModelKey, ModelName, TableName};
use crate::operation::Operation;
use crate::operation::footprint::Part;
use crate::state::ProjectState;

/// Applies the operations, and compares what comes of it with what is wanted.
///
/// # Errors
/// [`DetectError::InTheWay`], [`DetectError::NotConverged`].
pub(super) fn verify(
    context: &Context<'_>,
    mut state: ProjectState,
    operations: &[Operation],
) -> Result<(), DetectError> {
    let astray = |model: Option<&ModelKey>| DetectError::NotConverged {
        app: context.app.clone(),
        model: model.cloned(),
    };
    let mut tables: BTreeSet<TableName> = state.models().flat_map(|(key, model)| names(key, model)).collect();
    for operation in operations {
        let (before, after) = operation.behaviour().models();
        let key = |name: &ModelName| ModelKey::new(context.app, name);
        let of_model = |state: &ProjectState, name| {
            let key = key(name);
            state.model(&key).map(|model| names(&key, model)).unwrap_or_default()
        };
        for table in before.into_iter().flat_map(|name| of_model(&state, name)) {
            tables.remove(&table);
        }
        operation.behaviour().apply(context.app, &mut state).map_err(|_| astray(before.map(key).as_ref()))?;
        if let Some(name) = after {
            let in_the_way = |first| DetectError::InTheWay { model: key(name), first };
            if let Some(taken) =
                of_model(&state, name).into_iter().find(|table| !tables.insert(table.clone()))
            {
                return Err(in_the_way(table_given_up(context.recorded, &taken)));
            }
            if let Some(taken) = column_twice(&state, &key(name), &changed_fields(context, operation)) {
                return Err(in_the_way(column_given_up(context.recorded, &key(name), &taken)));
            }
        }
    }
    for (key, model) in context.models() {
        if !state.model(key).is_ok_and(|reached| reached.is_equivalent_to(model, context.app)) {
            return Err(astray(Some(key)));
        }
    }
    let left = state.models().find(|(key, _)| key.app == *context.app && !context.target.contains(key));
    left.map_or(Ok(()), |(key, _)| Err(astray(Some(key))))
}

/// Returns the names of all tables of a model.
fn names(key: &ModelKey, model: &Model) -> Vec<TableName> {
    let joins = model.join_table_names(key).map(|(_, table)| table);
    [model.table_name(&key.app)].into_iter().chain(joins).collect()
}

/// The fields of a model that may have got another column.
enum Changed {
    All,
    Some(Vec<FieldName>),
}

/// Returns the fields of its model whose columns an operation may change.
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

/// Returns a column that two fields of a model have, one of which was changed.
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

/// Returns the edit by which a field gives up its column.
fn column_given_up(recorded: &ProjectState, key: &ModelKey, column: &ColumnName) -> Option<FirstEdit> {
    let mut fields = recorded.model(key).ok()?.fields.iter();
    let field = fields.find(|field| field.has_column() && field.column_name() == *column)?;
    let (model, field) = (key.clone(), field.name.clone());
    Some(FirstEdit::Column { model, field, column: naming::column_aside(column) })
}
