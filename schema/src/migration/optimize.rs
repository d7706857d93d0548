//! Operations -> fewer operations that lead to the same state, asking each operation what it and a later one come to.
//!
//! As in Django, an operation meets a later one where all between let it pass to the right, or let the later one pass
//! to the left. What cannot be looked into (SQL) lets nothing pass. A value for rows that exist is never lost.

mod last_changes;

use std::borrow::Cow;

use crate::model::field::Field;
use crate::name::{AppLabel, ModelKey, ModelName};
use crate::operation::footprint::{Footprint, Part};
use crate::operation::{DeleteModel, Operation, RenameModel};

use self::last_changes::LastChanges;

/// Returns a list that leads from the same state to the same state (see [`ProjectState::is_equivalent_to`]) and is no longer.
///
/// [`ProjectState::is_equivalent_to`]: crate::state::ProjectState::is_equivalent_to
pub fn optimize(app: &AppLabel, operations: Vec<Operation>) -> Vec<Operation> {
    let kept = operations.into_iter().filter(|operation| !operation.behaviour().is_elidable());
    let mut list: Vec<Entry> = kept.map(|operation| Entry::new(app, operation)).collect();
    while pass(app, &mut list) {}
    list.into_iter().map(|entry| entry.operation).collect()
}

/// Returns whether an operation and one behind it lead to the same in either order.
pub(crate) fn may_change_places(app: &AppLabel, operation: &Operation, later: &Operation) -> bool {
    let entry = |operation: &Operation| Entry::new(app, operation.clone());
    commute(app, &entry(operation), &entry(later))
}

/// An operation with what it touches.
struct Entry {
    operation: Operation,
    touches: Footprint,
}

impl Entry {
    fn new(app: &AppLabel, operation: Operation) -> Self {
        let touches = operation.behaviour().touches(app);
        Self { operation, touches }
    }
}

/// Goes through the list once; tells whether anything changed.
fn pass(app: &AppLabel, list: &mut Vec<Entry>) -> bool {
    let mut changed = false;
    // Positions only sink while operations meet, and what two come to changes no more than the two did, so that these are
    // never too small.
    let ends = LastChanges::of(list);
    let mut position = 0;
    while position < list.len() {
        if meet_a_later_one(app, list, position, &ends) {
            changed = true;
        } else {
            position += 1;
        }
    }
    changed
}

/// Returns the models that an operation is about: two where one becomes the other.
fn models(operation: &Operation) -> impl Iterator<Item = &ModelName> {
    let (before, after) = operation.behaviour().models();
    before.into_iter().chain(after.filter(|after| Some(*after) != before))
}

/// Returns whether an operation is in the other's way in Django, as it refers to what that is about: a model that goes may
/// have referred to anything, and a reference to a key to any field.
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
    entry.touches.needs.contains(&Part::Presence(model.clone()))
}

/// Joins the operation at the position with the first later one that it can meet; tells whether there is one.
fn meet_a_later_one(app: &AppLabel, list: &mut Vec<Entry>, position: usize, ends: &LastChanges) -> bool {
    let end = ends.end(position, &list[position]).min(list.len() - 1);
    let mut passes = true;
    // Django moves an operation behind what refers to its model only where nothing else is left.
    let mut passes_freely = true;
    for later in position + 1..=end {
        if let Some(joined) = join(app, &list[position].operation, &list[later].operation) {
            let between = &list[position + 1..later];
            let place = if passes_freely {
                later
            } else if between.iter().all(|it| commute(app, it, &list[later])) {
                position
            } else if passes {
                later
            } else if let Some(aimed) = aimed_anew(app, between, &list[later]) {
                list.splice(position + 1..later, aimed);
                position
            } else {
                return false;
            };
            replace(app, list, (position, later), place, joined);
            return true;
        }
        passes = passes && commute(app, &list[position], &list[later]);
        passes_freely = passes_freely && passes && !refers(app, &list[later], &list[position].operation);
        if !passes && list[later].touches.is_everything() {
            return false;
        }
    }
    false
}

/// Returns what stands before the renaming of a model as it stands behind it: references lead to the new name. None where
/// one of the operations has more to do with the model than to refer to it.
fn aimed_anew(app: &AppLabel, between: &[Entry], rename: &Entry) -> Option<Vec<Entry>> {
    let Operation::RenameModel(RenameModel { before, after }) = &rename.operation else { return None };
    let before = ModelKey::new(app, before);
    let aimed = |entry: &Entry, to: &ModelKey| {
        let mut operation = entry.operation.clone();
        let targets = operation.behaviour_mut().targets_mut();
        targets.into_iter().filter(|target| **target == before).for_each(|target| *target = to.clone());
        Entry::new(app, operation)
    };
    // As if the model were another app's, so that references to it are in nobody's way.
    let apart = ModelKey::new("", before.name.clone());
    let is_free = |entry: &&Entry| commute(app, &aimed(entry, &apart), rename);
    let after = ModelKey::new(app, after);
    between.iter().map(|entry| Some(entry).filter(is_free).map(|entry| aimed(entry, &after))).collect()
}

/// Returns whether an operation and a later one lead to the same in either order.
fn commute(app: &AppLabel, entry: &Entry, later: &Entry) -> bool {
    let (operation, next) = (&entry.operation, &later.operation);
    !conflict(entry, later)
        && !may_wait_for_the_key(app, operation, later)
        && !may_wait_for_the_table(operation, next)
        && !may_wait_for_the_column(operation, next)
        && !may_wait_to_be_let_go(operation, next)
}

/// Returns whether an operation and the next one touch the same. What lets go of a model that is gone already may as well
/// have done so before, and what takes a name has it before another gives it up.
fn conflict(entry: &Entry, later: &Entry) -> bool {
    let is_deletion = |it: &Entry| matches!(it.operation, Operation::DeleteModel(_));
    let (mut first, mut second) = (Cow::Borrowed(&entry.touches), Cow::Borrowed(&later.touches));
    if is_deletion(entry) && !is_deletion(later) {
        first.to_mut().changes.retain(|part| *part != Part::References);
    }
    if is_deletion(later) {
        second.to_mut().needs.retain(|part| *part != Part::Names);
    }
    first.conflict_with(&second)
}

/// Returns whether an operation may put a field into a primary key, or take one out, that the next one refers to, be it
/// by the names of the other fields: what a field was before is not said.
fn may_wait_for_the_key(app: &AppLabel, operation: &Operation, later: &Entry) -> bool {
    let may_change = matches!(operation, Operation::AlterField(_) | Operation::RemoveField(_));
    let Some(model) = operation.behaviour().model().filter(|_| may_change) else { return false };
    let key = ModelKey::new(app, model);
    let next = || models(&later.operation);
    let holds_keys = |field: &Field| next().any(|own| field.holds_keys_of(&ModelKey::new(app, own), &key));
    let refers = |field: &Field| field.refers_to(&key) || holds_keys(field);
    let leans = || next().any(|own| own != model) && later.touches.needs.contains(&Part::Key(model.clone()));
    later.operation.behaviour().fields().iter().any(refers) || leans()
}

/// Returns whether an operation may give up the name of a table, be it of a model or of a field, that the next one takes:
/// what it was is not said.
fn may_wait_for_the_table(operation: &Operation, next: &Operation) -> bool {
    let joins = |it: &Operation| it.behaviour().fields().iter().any(|field| field.join().is_some());
    let takes = matches!(
        next,
        Operation::CreateModel(_)
            | Operation::RenameModel(_)
            | Operation::MoveModel(_)
            | Operation::AlterModelTable(_)
            | Operation::RenameField(_)
    );
    let gives_up = matches!(
        operation,
        Operation::DeleteModel(_)
            | Operation::AlterModelTable(_)
            | Operation::RemoveField(_)
            | Operation::RenameField(_)
    ) || matches!(operation, Operation::AlterField(_)) && joins(operation);
    (takes || joins(next)) && gives_up && operation.behaviour().models() != next.behaviour().models()
}

/// Returns whether an operation may give up the name of a column that was chosen for a field of the next one: what it was is
/// not said.
fn may_wait_for_the_column(operation: &Operation, next: &Operation) -> bool {
    let (own, next) = (operation.behaviour(), next.behaviour());
    let gives_up =
        matches!(operation, Operation::AlterField(_) | Operation::RemoveField(_) | Operation::RenameField(_));
    gives_up && own.model() == next.model() && next.fields().iter().any(|field| field.column.is_some())
}

/// Returns whether an operation may let go of what the next one takes away: which fields a reference was about is not
/// said.
fn may_wait_to_be_let_go(operation: &Operation, next: &Operation) -> bool {
    let lets_go = matches!(
        operation,
        Operation::RemoveField(_) | Operation::RemoveConstraint(_) | Operation::AlterField(_)
    );
    let takes_away = if let Operation::AlterField(next) = next {
        !next.field.unique && !next.field.primary_key
    } else {
        matches!(next, Operation::RemoveField(_) | Operation::RemoveConstraint(_))
    };
    lets_go && takes_away && operation.behaviour().model() != next.behaviour().model()
}

/// Puts what two operations come to in the place of one of them, and takes the other out.
fn replace(
    app: &AppLabel,
    list: &mut Vec<Entry>,
    (position, later): (usize, usize),
    place: usize,
    joined: Vec<Operation>,
) {
    let joined = joined.into_iter().map(|operation| Entry::new(app, operation));
    // The later position first, so that the earlier one still means what it meant.
    if place == later {
        list.splice(later..=later, joined);
        list.remove(position);
    } else {
        list.remove(later);
        list.splice(position..=position, joined);
    }
}

/// Returns what two operations come to that follow each other, where that is less.
fn join(app: &AppLabel, operation: &Operation, next: &Operation) -> Option<Vec<Operation>> {
    // What is done inside a model that goes need not be done.
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
