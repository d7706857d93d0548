//! Options of models: comments, the order of primary keys, natural keys, and whether migrations manage the table.

use crate::detect::order::{Fact, PlannedOperation};
use crate::detect::requirements::field_ready;
use crate::detect::{Context, Findings, Pair};
use crate::model::Model;
use crate::operation::alter_model_options::Management;
use crate::operation::{AlterModelOptions, AlterNaturalKey, AlterPrimaryKey, Operation};
use crate::state::ProjectState;

/// Plans changes of the order of primary keys, after fields have joined or left them.
pub(in crate::detect) fn key_ordered(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    for pair in context.pairs(state).filter(|pair| !follows_from_fields(pair)) {
        let mut requires = Vec::new();
        for field in pair.before.primary_key().chain(pair.after.primary_key()) {
            requires.push(Fact::FieldRenamed(pair.key.clone(), field.name.clone()));
            requires.extend(field_ready(pair.key, &field.name));
            requires.push(Fact::FieldRemoved(pair.key.clone(), field.name.clone()));
        }
        let (model, order) = (pair.key.name.clone(), pair.after.key_order.clone());
        let alter = Operation::AlterPrimaryKey(AlterPrimaryKey { model, order });
        found.planned.push(PlannedOperation::new(alter).requires(requires));
    }
}

/// Plans changes of natural keys, after the fields that they name are there under their names.
pub(in crate::detect) fn natural_keys(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    let altered = |pair: &Pair<'_>| pair.before.natural_key != pair.after.natural_key;
    for pair in context.pairs(state).filter(altered) {
        let mut requires = Vec::new();
        for field in pair.before.natural_key.iter().chain(&pair.after.natural_key) {
            requires.push(Fact::FieldRenamed(pair.key.clone(), field.clone()));
            requires.extend(field_ready(pair.key, field));
            requires.push(Fact::FieldRemoved(pair.key.clone(), field.clone()));
        }
        let (model, fields) = (pair.key.name.clone(), pair.after.natural_key.clone());
        let alter = Operation::AlterNaturalKey(AlterNaturalKey { model, fields });
        found.planned.push(PlannedOperation::new(alter).requires(requires));
    }
}

/// Returns whether the changes of fields alone lead to the wanted order.
fn follows_from_fields(pair: &Pair<'_>) -> bool {
    let mut model = pair.before.clone();
    model.fields.retain(|field| pair.after.field(&field.name).is_some());
    for field in &mut model.fields {
        field.primary_key = pair.after.field(&field.name).is_some_and(|after| after.primary_key);
    }
    let new: Vec<_> = pair.added().filter(|field| field.primary_key).cloned().collect();
    // The order in which several fields are added is decided later.
    if new.len() > 1 && !pair.after.key_order.is_empty() {
        return false;
    }
    model.fields.extend(new);
    model.update_key_order();
    model.orders_key_as(pair.after)
}

/// Plans changes of comments, and of models whose table migrations stop to manage: such a table stays as it is, whatever
/// else changes in the model.
pub(in crate::detect) fn first(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    altered(context, state, found, |before, after| {
        before.managed && !after.managed || before.managed == after.managed && before.comment != after.comment
    });
}

/// Plans changes of models whose table migrations start to manage: it is created in its final form.
pub(in crate::detect) fn last(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    altered(context, state, found, |before, after| !before.managed && after.managed);
}

fn altered(
    context: &Context<'_>,
    state: &ProjectState,
    found: &mut Findings,
    is_altered: impl Fn(&Model, &Model) -> bool,
) {
    for pair in context.pairs(state).filter(|pair| is_altered(pair.before, pair.after)) {
        let managed = match (pair.before.managed, pair.after.managed) {
            (true, true) => Management::Managed,
            (false, true) => Management::Made,
            (_, false) => Management::Left,
        };
        let comment = pair.after.comment.clone();
        let alter = AlterModelOptions { model: pair.key.name.clone(), comment, managed };
        found.planned.push(PlannedOperation::new(Operation::AlterModelOptions(alter)));
    }
}
