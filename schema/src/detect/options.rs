//! What models are told beside their fields.

use super::order::{Fact, PlannedOperation};
use super::{Context, Findings, Pair};
use crate::model::Model;
use crate::name::FieldName;
use crate::operation::alter_model_options::Management;
use crate::operation::{AlterModelOptions, AlterPrimaryKey, Operation};
use crate::state::ProjectState;

/// Finds primary keys whose fields have another order, once fields that join or leave them have done so.
pub(super) fn key_ordered(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    for pair in context.pairs(state).filter(|pair| !comes_of_itself(pair)) {
        let fact = |name: &FieldName| {
            let (key, name) = (|| pair.key.clone(), || name.clone());
            [
                Fact::FieldRenamed(key(), name()),
                Fact::FieldMade(key(), name()),
                Fact::FieldAltered(key(), name()),
                Fact::FieldGone(key(), name()),
            ]
        };
        let fields = pair.before.primary_key().chain(pair.after.primary_key());
        let needs: Vec<Fact> = fields.flat_map(|field| fact(&field.name)).collect();
        let (model, order) = (pair.key.name.clone(), pair.after.key_order.clone());
        let alter = Operation::AlterPrimaryKey(AlterPrimaryKey { model, order });
        found.planned.push(PlannedOperation::new(alter).needs(needs));
    }
}

/// Returns whether the changes of fields alone lead to the order that is wanted.
fn comes_of_itself(pair: &Pair<'_>) -> bool {
    let mut model = pair.before.clone();
    model.fields.retain(|field| pair.after.field(&field.name).is_some());
    for field in &mut model.fields {
        field.primary_key = pair.after.field(&field.name).is_some_and(|after| after.primary_key);
    }
    let new: Vec<_> = pair.added().filter(|field| field.primary_key).cloned().collect();
    // In which order several come is settled later.
    if new.len() > 1 && !pair.after.key_order.is_empty() {
        return false;
    }
    model.fields.extend(new);
    model.settle_key();
    model.orders_key_as(pair.after)
}

/// Finds models whose comment is another, and models whose table something else makes from now on: it stays as it is,
/// whatever else becomes of the model.
pub(super) fn first(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    altered(context, state, found, |before, after| {
        before.managed && !after.managed || before.managed == after.managed && before.comment != after.comment
    });
}

/// Finds models whose table migrations make from now on: it is made as it is to be.
pub(super) fn last(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
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
