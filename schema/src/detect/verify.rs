//! Applies the operations to the state for which they were found: what is written is known to lead to the models, and no
//! table or column name is taken twice on the way.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::Context;
use super::names::tables;
use super::project::edit_for_table;
use crate::detect::error::{DetectError, FirstEdit};
use crate::model::Model;
use crate::model::field::Field;
use crate::model::naming;
use crate::model::references::Link;
use crate::name::{AppLabel, ColumnName, FieldName, ModelKey, TableName};
use crate::operation::Operation;
use crate::operation::footprint::Resource;
use crate::state::ProjectState;
use crate::step::translation::translations;

/// Applies the operations, and compares the result with the wanted models.
///
/// # Errors
/// Returns [`DetectError::InTheWay`] or [`DetectError::NotConverged`].
pub(super) fn verify(
    context: &Context<'_>,
    mut state: ProjectState,
    operations: &[Operation],
) -> Result<(), DetectError> {
    leave_out_references_to_come(context, &mut state);
    let mut names: BTreeSet<TableName> = state.models().flat_map(|(key, model)| tables(key, model)).collect();
    for operation in operations {
        let (before, after) = operation.behaviour().models();
        let before = before.map(|name| ModelKey::new(context.app, name));
        for table in before.iter().flat_map(|key| tables_of(&state, key)) {
            names.remove(&table);
        }
        let earlier = is_altered_reference(operation).then(|| state.clone());
        operation
            .behaviour()
            .apply(context.app, &mut state)
            .map_err(|_| not_converged(context, before.as_ref()))?;
        if let Some(earlier) = earlier {
            check_translations(context, operation, &earlier, &state)?;
        }
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

/// Leaves out the references of other apps to fields of this app that are only in their final form: these come afterwards.
fn leave_out_references_to_come(context: &Context<'_>, state: &mut ProjectState) {
    let mut changed = Vec::new();
    for (key, model) in state.models().filter(|(key, _)| key.app != *context.app) {
        // A model that moves to the app is in its recorded form.
        let Ok(after) = context.target.model(key) else { continue };
        let before = context.after_renames.model(key).ok().map(AsRef::as_ref);
        let to_come: BTreeSet<&str> =
            after.links().filter(|link| is_to_come(context.app, before, *link)).map(Link::name).collect();
        if to_come.is_empty() {
            continue;
        }
        let mut model = Model::clone(model);
        model
            .constraints
            .retain(|it| !it.reference().is_some_and(|rule| to_come.contains(Link::Rule(rule).name())));
        for field in model.fields.iter_mut().filter(|field| to_come.contains(field.name.as_str())) {
            if let Some(relation) = field.relation_mut() {
                relation.to_field = None;
            }
        }
        changed.push((key.clone(), Arc::new(model)));
    }
    for (key, model) in changed {
        state.put(&key, &model);
    }
}

/// Returns whether a reference by fields of the app is one that the model before does not have.
fn is_to_come(app: &AppLabel, before: Option<&Model>, link: Link<'_>) -> bool {
    if link.named().is_empty() || !leads_to_app(link, app) {
        return false;
    }
    let mut same = before.into_iter().flat_map(Model::links);
    !same.any(|before| {
        before.target() == link.target()
            && before.named() == link.named()
            && match (before, link) {
                (Link::Field(before), Link::Field(after)) => before.name == after.name,
                (Link::Rule(before), Link::Rule(after)) => before.fields == after.fields,
                (Link::Field(_), Link::Rule(_)) | (Link::Rule(_), Link::Field(_)) => false,
            }
    })
}

fn leads_to_app(link: Link<'_>, app: &AppLabel) -> bool {
    link.target().is_some_and(|to| to.app == *app)
}

fn is_altered_reference(operation: &Operation) -> bool {
    matches!(operation, Operation::AlterField(alter) if alter.field.relation().is_some())
}

/// Checks that no other reference holds the values of a reference that is translated.
fn check_translations(
    context: &Context<'_>,
    operation: &Operation,
    before: &ProjectState,
    after: &ProjectState,
) -> Result<(), DetectError> {
    let Some(model) = operation.behaviour().model() else { return Ok(()) };
    let key = ModelKey::new(context.app, model);
    if !after.model(&key).is_ok_and(|model| model.managed) {
        return Ok(());
    }
    let lineage = operation.behaviour().lineage(context.app);
    let found = translations((before, &key), (after, &key), &lineage);
    found.map(|_| ()).map_err(|source| DetectError::Model { model: key, source })
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
    for part in operation.behaviour().footprint(context.app).writes {
        match part {
            Resource::Everything | Resource::Model(_) | Resource::Fields(_) => return Changed::All,
            Resource::Field(_, field) => fields.push(field),
            Resource::Presence(_)
            | Resource::Key(_)
            | Resource::Options(_)
            | Resource::Objects(_)
            | Resource::Object(..)
            | Resource::Name(_)
            | Resource::Names
            | Resource::References => {}
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
