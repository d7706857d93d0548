//! Operations -> fewer operations that lead to the same state. Each operation is asked whether it can be merged with a later
//! one.
//!
//! As in Django, an operation can be merged with a later one if it can move right past all operations between, or if the
//! later one can move left. Raw SQL blocks every move. A value for existing rows is never lost.

mod last_changes;

use std::borrow::Cow;

use crate::model::constraint::Constraint;
use crate::model::field::Field;
use crate::model::references::Link;
use crate::name::{AppLabel, ModelKey, ModelName};
use crate::operation::footprint::{Footprint, Resource};
use crate::operation::{AddConstraint, AlterConstraint, DeleteModel, Operation, RenameModel};

use self::last_changes::LastChanges;

/// Returns a list that leads from the same state to the same state (see [`ProjectState::is_equivalent_to`]), and has at most as
/// many operations.
///
/// [`ProjectState::is_equivalent_to`]: crate::state::ProjectState::is_equivalent_to
pub fn optimize(app: &AppLabel, operations: Vec<Operation>) -> Vec<Operation> {
    let kept = operations.into_iter().filter(|operation| !operation.behaviour().is_elidable());
    let mut list: Vec<Entry> = kept.map(|operation| Entry::new(app, operation)).collect();
    while pass(app, &mut list) {}
    list.into_iter().map(|entry| entry.operation).collect()
}

/// Returns whether an operation and a later one lead to the same state in either order, references of a model to itself aside.
pub(crate) fn may_change_places(app: &AppLabel, operation: &Operation, later: &Operation) -> bool {
    // The detector knows which of a model's references lead to itself.
    commute_between_models(app, &Entry::new(app, operation.clone()), &Entry::new(app, later.clone()))
}

/// An operation with its footprint.
struct Entry {
    operation: Operation,
    footprint: Footprint,
}

impl Entry {
    fn new(app: &AppLabel, operation: Operation) -> Self {
        let footprint = operation.behaviour().footprint(app);
        Self { operation, footprint }
    }
}

/// Optimizes the list once, and returns whether anything changed.
fn pass(app: &AppLabel, list: &mut Vec<Entry>) -> bool {
    let mut changed = false;
    // Positions only decrease while operations are merged, and a merged operation changes no more than the two did, so that
    // these positions are never too small.
    let ends = LastChanges::of(list);
    let mut position = 0;
    while position < list.len() {
        if merge_with_later(app, list, position, &ends) {
            changed = true;
        } else {
            position += 1;
        }
    }
    changed
}

/// Returns the models that an operation changes: two if one becomes the other.
fn models(operation: &Operation) -> impl Iterator<Item = &ModelName> {
    let (before, after) = operation.behaviour().models();
    before.into_iter().chain(after.filter(|after| Some(*after) != before))
}

/// Returns whether an operation blocks the other in Django, since it refers to the changed model: a removed model may have
/// referred to anything, and a reference to a primary key may refer to any field.
fn refers(app: &AppLabel, entry: &Entry, other: &Operation) -> bool {
    if matches!(entry.operation, Operation::DeleteModel(_)) {
        return true;
    }
    let is_new = matches!(entry.operation, Operation::CreateModel(_));
    let Some(model) = other.behaviour().model() else { return false };
    if let (false, [field]) = (is_new, other.behaviour().fields()) {
        let key = ModelKey::new(app, model);
        let relations = entry.operation.behaviour().fields().iter().filter_map(Field::relation);
        let mut named = relations.filter(|relation| relation.to == key).map(|relation| &relation.to_field);
        return named.any(|named| named.as_ref().is_none_or(|named| *named == field.name));
    }
    entry.footprint.reads.contains(&Resource::Presence(model.clone()))
}

/// Merges the operation at the position with the first later one that it can be merged with, and returns whether there is
/// one.
fn merge_with_later(app: &AppLabel, list: &mut Vec<Entry>, position: usize, ends: &LastChanges) -> bool {
    let end = ends.end(position, &list[position]).min(list.len() - 1);
    let mut passes = true;
    // Django moves an operation past references to its model only if there is no other way.
    let mut passes_freely = true;
    for later in position + 1..=end {
        if let Some(merged) = merge(app, &list[position].operation, &list[later].operation) {
            let between = &list[position + 1..later];
            let place = if passes_freely {
                later
            } else if between.iter().all(|it| commute(app, it, &list[later])) {
                position
            } else if passes {
                later
            } else if let Some(retargeted) = after_rename(app, between, &list[later]) {
                list.splice(position + 1..later, retargeted);
                position
            } else {
                return false;
            };
            replace(app, list, (position, later), place, merged);
            return true;
        }
        passes = passes && commute(app, &list[position], &list[later]);
        passes_freely = passes_freely && passes && !refers(app, &list[later], &list[position].operation);
        if !passes && list[later].footprint.is_everything() {
            return false;
        }
    }
    false
}

/// Returns the operations before the rename of a model as they are after it: references refer to the new name. None if one
/// of the operations does more with the model than refer to it.
fn after_rename(app: &AppLabel, between: &[Entry], rename: &Entry) -> Option<Vec<Entry>> {
    let Operation::RenameModel(RenameModel { before, after, .. }) = &rename.operation else { return None };
    let (before, after) = (ModelKey::new(app, before), ModelKey::new(app, after));
    // As if the model belonged to another app, so that references to it conflict with nothing.
    let apart = ModelKey::new("", before.name.clone());
    let mut retargeted = Vec::new();
    for entry in between {
        if !commute(app, &with_target(app, entry, &before, &apart), rename) {
            return None;
        }
        retargeted.push(with_target(app, entry, &before, &after));
    }
    Some(retargeted)
}

/// Returns an operation with its references to one model changed to another.
fn with_target(app: &AppLabel, entry: &Entry, before: &ModelKey, after: &ModelKey) -> Entry {
    let mut operation = entry.operation.clone();
    for target in operation.behaviour_mut().targets_mut() {
        if target == before {
            target.clone_from(after);
        }
    }
    Entry::new(app, operation)
}

/// Returns whether an operation and a later one lead to the same state in either order.
fn commute(app: &AppLabel, entry: &Entry, later: &Entry) -> bool {
    commute_between_models(app, entry, later)
        && !may_wait_for_the_own_reference(app, &entry.operation, &later.operation)
}

/// Returns whether they do so if neither is about a reference of a model to itself.
fn commute_between_models(app: &AppLabel, entry: &Entry, later: &Entry) -> bool {
    let (operation, next) = (&entry.operation, &later.operation);
    !conflict(entry, later)
        && !may_wait_for_the_key(app, operation, later)
        && !may_wait_for_the_table(operation, next)
        && !may_wait_for_the_column(operation, next)
        && !may_wait_for_the_reference(operation, next)
        && !waits_for_the_uniqueness(app, operation, next)
}

/// Returns whether an operation and the next one touch the same. An operation that releases a removed model could as well come
/// before the removal, and an operation that takes a name has it before another releases it.
fn conflict(entry: &Entry, later: &Entry) -> bool {
    let (mut first, mut second) = (Cow::Borrowed(&entry.footprint), Cow::Borrowed(&later.footprint));
    let [is_removal, is_later_removal] =
        [entry, later].map(|it| matches!(it.operation, Operation::DeleteModel(_)));
    if is_removal && !is_later_removal {
        first.to_mut().writes.retain(|part| *part != Resource::References);
    }
    if is_later_removal {
        second.to_mut().reads.retain(|part| *part != Resource::Names);
    }
    first.conflict_with(&second)
}

/// Returns whether an operation may add a field to a primary key, or remove one, to which the next one refers, possibly by the
/// names of the other fields: the operation does not contain the recorded field.
fn may_wait_for_the_key(app: &AppLabel, operation: &Operation, later: &Entry) -> bool {
    let may_change = matches!(operation, Operation::AlterField(_) | Operation::RemoveField(_));
    let Some(model) = operation.behaviour().model().filter(|_| may_change) else { return false };
    let key = ModelKey::new(app, model);
    let of_later = || models(&later.operation);
    let refers = later.operation.behaviour().fields().iter().any(|field| {
        field.refers_to(&key) || of_later().any(|own| field.holds_keys_of(&ModelKey::new(app, own), &key))
    });
    let reads_key = later.footprint.reads.contains(&Resource::Key(model.clone()));
    refers || (reads_key && of_later().any(|own| own != model))
}

/// Returns whether an operation may release the name of a table, of a model or of a field, that the next one takes: the
/// operation does not contain the recorded name.
fn may_wait_for_the_table(operation: &Operation, next: &Operation) -> bool {
    let takes = matches!(
        next,
        Operation::CreateModel(_)
            | Operation::RenameModel(_)
            | Operation::MoveModel(_)
            | Operation::AlterModelTable(_)
            | Operation::RenameField(_)
    );
    let releases = matches!(
        operation,
        Operation::DeleteModel(_)
            | Operation::AlterModelTable(_)
            | Operation::RemoveField(_)
            | Operation::RenameField(_)
    ) || matches!(operation, Operation::AlterField(_)) && has_join_table(operation);
    (takes || has_join_table(next)) && releases && operation.behaviour().models() != next.behaviour().models()
}

fn has_join_table(operation: &Operation) -> bool {
    operation.behaviour().fields().iter().any(|field| field.join().is_some())
}

/// Returns whether an operation may release the name of a column that is chosen for a field of the next one: the operation does
/// not contain the recorded name.
fn may_wait_for_the_column(operation: &Operation, next: &Operation) -> bool {
    let (own, next) = (operation.behaviour(), next.behaviour());
    let releases =
        matches!(operation, Operation::AlterField(_) | Operation::RemoveField(_) | Operation::RenameField(_));
    releases && own.model() == next.model() && next.fields().iter().any(|field| field.column.is_some())
}

/// Returns whether an operation may remove a reference to what the next one removes: the operation does not contain the fields
/// of the reference.
fn may_wait_for_the_reference(operation: &Operation, next: &Operation) -> bool {
    let removes_reference = matches!(
        operation,
        Operation::RemoveField(_) | Operation::RemoveConstraint(_) | Operation::AlterField(_)
    );
    let removes_target = if let Operation::AlterField(next) = next {
        !next.field.unique && !next.field.primary_key
    } else {
        matches!(next, Operation::RemoveField(_) | Operation::RemoveConstraint(_))
    };
    removes_reference && removes_target && operation.behaviour().model() != next.behaviour().model()
}

/// Returns whether an operation may remove a reference of a model to itself, before the next one removes what it refers to.
fn may_wait_for_the_own_reference(app: &AppLabel, operation: &Operation, next: &Operation) -> bool {
    let is_own = operation.behaviour().model() == next.behaviour().model();
    let removes_target = matches!(next, Operation::RemoveField(_) | Operation::RemoveConstraint(_));
    let removes_reference = if let Operation::AlterField(alter) = operation {
        alter.field.refers_to(&ModelKey::new(app, &alter.model))
    } else {
        matches!(operation, Operation::RemoveField(_) | Operation::RemoveConstraint(_))
    };
    is_own && removes_target && removes_reference
}

/// Returns whether an operation makes fields unique together to which the next one refers by their names.
fn waits_for_the_uniqueness(app: &AppLabel, operation: &Operation, next: &Operation) -> bool {
    let (Operation::AddConstraint(AddConstraint { model, constraint })
    | Operation::AlterConstraint(AlterConstraint { model, constraint })) = operation
    else {
        return false;
    };
    let (key, unique) = (ModelKey::new(app, model), constraint.unique_fields());
    let constraints = if let Operation::CreateModel(create) = next {
        create.model.constraints.as_slice()
    } else if let Operation::AddConstraint(AddConstraint { constraint, .. })
    | Operation::AlterConstraint(AlterConstraint { constraint, .. }) = next
    {
        std::slice::from_ref(constraint)
    } else {
        &[]
    };
    let rules = constraints.iter().filter_map(Constraint::reference).map(Link::Rule);
    let mut links = next.behaviour().fields().iter().map(Link::Field).chain(rules);
    !unique.is_empty()
        && links.any(|link| {
            let named = link.named();
            link.target() == Some(&key)
                && named.len() == unique.len()
                && named.iter().all(|name| unique.contains(name))
        })
}

/// Puts the result of a merge in the place of one of two operations, and removes the other.
fn replace(
    app: &AppLabel,
    list: &mut Vec<Entry>,
    (position, later): (usize, usize),
    place: usize,
    merged: Vec<Operation>,
) {
    let merged = merged.into_iter().map(|operation| Entry::new(app, operation));
    // The later position first, so that the earlier one stays valid.
    if place == later {
        list.splice(later..=later, merged);
        list.remove(position);
    } else {
        list.remove(later);
        list.splice(position..=position, merged);
    }
}

/// Returns the merge of two adjacent operations, if there is one.
fn merge(app: &AppLabel, operation: &Operation, next: &Operation) -> Option<Vec<Operation>> {
    // A change inside a model that is removed is not needed.
    if let (Some(model), Operation::DeleteModel(DeleteModel { model: gone })) =
        (operation.behaviour().model(), next)
        && model == gone
    {
        return Some(vec![next.clone()]);
    }
    operation.behaviour().merge(app, next)
}

#[cfg(test)]
mod tests;
