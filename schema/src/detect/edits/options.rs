//! Options of models: comments, options of SQLite, the order of primary keys, natural keys, and whether migrations manage the
//! table.

use crate::detect::order::{Fact, PlannedOperation};
use crate::detect::requirements::field_ready;
use crate::detect::{Context, Findings, Pair};
use crate::model::Model;
use crate::name::{FieldName, ModelKey};
use crate::operation::alter_model_options::Management;
use crate::operation::{AlterModelOptions, AlterNaturalKey, AlterPrimaryKey, Operation};
use crate::state::ProjectState;

/// Plans changes of the order of primary keys, after fields have joined or left them.
pub(in crate::detect) fn key_ordered(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    for pair in context.pairs(state).filter(|pair| !follows_from_fields(pair)) {
        let requires = key_settled(&pair);
        let (model, order) = (pair.key.name.clone(), pair.after.key_order.clone());
        let alter = Operation::AlterPrimaryKey(AlterPrimaryKey { model, order });
        found.planned.push(PlannedOperation::new(alter).requires(requires));
    }
}

/// Plans changes of natural keys, after the fields that they name are there under their names. A natural key with a field that
/// is removed is removed before.
pub(in crate::detect) fn natural_keys(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    for pair in context.pairs(state) {
        let released = pair.dropped().iter().any(|field| pair.before.natural_key.contains(&field.name));
        if !released && pair.before.natural_key == pair.after.natural_key {
            continue;
        }
        let wanted = &pair.after.natural_key;
        if released {
            let is_there = wanted.iter().all(|name| is_there_before(context, &pair, name));
            let first = if is_there { wanted.clone() } else { Vec::new() };
            let planned = PlannedOperation::new(natural_key(&pair, first));
            found.planned.push(planned.provides(Fact::NaturalKeyReleased(pair.key.clone())));
            if is_there {
                continue;
            }
        }
        let requires = settled(pair.key, pair.before.natural_key.iter().chain(wanted));
        found.planned.push(PlannedOperation::new(natural_key(&pair, wanted.clone())).requires(requires));
    }
}

/// Returns whether a field stays under its name, and no field of the model has another name.
fn is_there_before(context: &Context<'_>, pair: &Pair<'_>, name: &FieldName) -> bool {
    let is_renamed = context
        .wanted
        .get(pair.key)
        .is_some_and(|source| source.hints.fields.values().any(|hints| hints.renamed_from.is_some()));
    !is_renamed && pair.after.field(name).is_some_and(|field| pair.counterpart(field).is_some())
}

fn natural_key(pair: &Pair<'_>, fields: Vec<FieldName>) -> Operation {
    Operation::AlterNaturalKey(AlterNaturalKey { model: pair.key.name.clone(), fields })
}

/// Returns what holds once each field has joined or left the key.
fn key_settled(pair: &Pair<'_>) -> Vec<Fact> {
    let key = pair.before.primary_key().chain(pair.after.primary_key());
    settled(pair.key, key.map(|field| &field.name))
}

/// Returns what holds once fields have their final names and types, or are gone.
fn settled<'a>(key: &ModelKey, fields: impl Iterator<Item = &'a FieldName>) -> Vec<Fact> {
    let mut facts = Vec::new();
    for field in fields {
        facts.push(Fact::FieldRenamed(key.clone(), field.clone()));
        facts.extend(field_ready(key, field));
        facts.push(Fact::FieldRemoved(key.clone(), field.clone()));
    }
    facts
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

/// Plans changes of comments and of options of SQLite, and of models whose table migrations stop to manage: such a table stays as it is, whatever
/// else changes in the model.
pub(in crate::detect) fn first(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    altered(context, state, found, |before, after| {
        before.managed && !after.managed
            || before.managed == after.managed
                && (before.comment != after.comment || before.sqlite != after.sqlite)
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
        let sqlite = (pair.before.sqlite != pair.after.sqlite).then_some(pair.after.sqlite);
        let alter = AlterModelOptions { model: pair.key.name.clone(), comment, managed, sqlite };
        // SQLite counts no keys of such a table, so that its key is settled before.
        let has_settled_key = !pair.before.sqlite.without_rowid && pair.after.sqlite.without_rowid;
        let requires = if has_settled_key { key_settled(&pair) } else { Vec::new() };
        found.planned.push(PlannedOperation::new(Operation::AlterModelOptions(alter)).requires(requires));
    }
}
