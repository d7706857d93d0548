//! Indexes that went, came, or bear another name.

use super::differences::Differences;
use super::order::{Fact, PlannedOperation};
use super::raw_sql::all_fields_ready;
use super::{Context, Findings, Pair};
use crate::model::Model;
use crate::model::index::Index;
use crate::name::{FieldName, ModelKey, ObjectName};
use crate::operation::{AddIndex, Operation, RemoveIndex, RenameIndex};
use crate::state::ProjectState;

/// Finds indexes that went.
pub(super) fn removed(
    context: &Context<'_>,
    state: &ProjectState,
    unrenamed: &ProjectState,
    found: &mut Findings,
) {
    for pair in context.pairs(state) {
        let Ok(before) = unrenamed.model(pair.key) else { continue };
        for position in Differences::of_indexes(&pair.with_columns_of_after(), pair.after).removed {
            // It goes before fields are renamed and columns change, by the name that it has then.
            if let Some(name) = before.indexes[position].name.clone() {
                let free = Fact::NameFree(pair.key.app.clone(), name.clone());
                let remove = RemoveIndex { model: pair.key.name.clone(), name };
                found.planned.push(PlannedOperation::new(Operation::RemoveIndex(remove)).gives(free));
            }
        }
    }
}

/// When an index gets its new name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// Before fields change, since its old name may be wanted for the index of a field.
    BeforeFields,
    /// After fields change, where its new name is taken until then, or comes of columns that have another name until
    /// then; its old one may have followed a column by then.
    AfterFields,
}

/// Finds indexes that bear another name, and get it at this phase.
pub(super) fn renamed(context: &Context<'_>, state: &ProjectState, found: &mut Findings, phase: Phase) {
    for pair in context.pairs(state) {
        let settled = pair.with_columns_of_after();
        for (position, new) in Differences::of_indexes(&settled, pair.after).renamed {
            let Some(after) = new.name.clone() else { continue };
            let is_late = is_late(state, &pair, &settled, &after);
            let (is_now, old) = match phase {
                Phase::BeforeFields => (!is_late, &pair.before.indexes[position]),
                Phase::AfterFields => (is_late, &settled.indexes[position]),
            };
            let Some(before) = old.name.clone().filter(|_| is_now) else { continue };
            let free = Fact::NameFree(pair.key.app.clone(), before.clone());
            let rename = RenameIndex { model: pair.key.name.clone(), before, after };
            let mut planned = PlannedOperation::new(Operation::RenameIndex(rename)).gives(free);
            if phase == Phase::AfterFields {
                planned = planned.needs(fields_are_there(pair.key, old.field_names()));
            }
            found.planned.push(planned);
        }
    }
}

/// Returns whether an index or constraint can have its new name only after fields have changed.
pub(super) fn is_late(state: &ProjectState, pair: &Pair<'_>, settled: &Model, name: &ObjectName) -> bool {
    is_taken(state, pair.key, name)
        || (!std::ptr::eq(settled, pair.before) && is_derived(pair.key, pair.after, name))
}

/// Returns whether an index or constraint has the name that nobody chose.
fn is_derived(key: &ModelKey, model: &Model, name: &ObjectName) -> bool {
    let bare = model.clone().without_derived_names(&key.app);
    let mut indexes = model.indexes.iter().zip(&bare.indexes);
    let mut constraints = model.constraints.iter().zip(&bare.constraints);
    indexes.any(|(index, bare)| index.name.as_ref() == Some(name) && bare.name.is_none())
        || constraints.any(|(constraint, bare)| constraint.name() == Some(name) && bare.name().is_none())
}

/// Returns whether the table has an index or a constraint of that name before anything changes.
fn is_taken(state: &ProjectState, key: &ModelKey, name: &ObjectName) -> bool {
    state.table(key).is_ok_and(|table| {
        table.indexes.iter().any(|it| it.name == *name)
            || table.uniques.iter().any(|it| it.name == *name)
            || table.checks.iter().any(|it| it.name == *name)
    })
}

/// Finds indexes that came.
pub(super) fn added(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    for pair in context.pairs(state) {
        for index in Differences::of_indexes(&pair.with_columns_of_after(), pair.after).added {
            found.planned.push(planned(context, pair.key, index));
        }
    }
}

/// Plans an index for when its fields are there.
pub(super) fn planned(context: &Context<'_>, key: &ModelKey, index: &Index) -> PlannedOperation {
    let add = AddIndex { model: key.name.clone(), index: index.clone() };
    PlannedOperation::new(Operation::AddIndex(add))
        .needs(fields_are_there(key, index.field_names()))
        .wishes(all_fields_ready(context, key, index.expressions()))
        .needs(name_is_free(key, index.name.as_ref()))
}

/// Says that a name is free.
pub(super) fn name_is_free(key: &ModelKey, name: Option<&ObjectName>) -> Option<Fact> {
    name.map(|name| Fact::NameFree(key.app.clone(), name.clone()))
}

/// Says that fields are there, as they are to be.
pub(super) fn fields_are_there(key: &ModelKey, names: Vec<&str>) -> impl Iterator<Item = Fact> {
    names
        .into_iter()
        .map(FieldName::new)
        .flat_map(|name| [Fact::FieldMade(key.clone(), name.clone()), Fact::FieldAltered(key.clone(), name)])
}
