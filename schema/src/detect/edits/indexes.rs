//! Indexes that are removed, added, or renamed.

use super::differences::Differences;
use crate::detect::order::{Fact, PlannedOperation};
use crate::detect::requirements::raw_text::all_fields_ready;
use crate::detect::requirements::{fields_ready, name_free};
use crate::detect::{Context, Findings, Pair};
use crate::model::Model;
use crate::model::index::Index;
use crate::name::{ModelKey, ObjectName};
use crate::operation::{AddIndex, Operation, RemoveIndex, RenameIndex};
use crate::state::ProjectState;

/// Plans the removal of indexes.
pub(in crate::detect) fn removed(
    context: &Context<'_>,
    state: &ProjectState,
    unrenamed: &ProjectState,
    found: &mut Findings,
) {
    for pair in context.pairs(state) {
        let Ok(before) = unrenamed.model(pair.key) else { continue };
        for position in Differences::of_indexes(&pair.with_columns_of_after(), pair.after).removed {
            // It is removed before fields are renamed and columns change, by its name at that point.
            if let Some(name) = before.indexes[position].name.clone() {
                let free = Fact::NameFree(pair.key.app.clone(), name.clone());
                let removed = Fact::IndexRemoved(pair.key.clone(), name.clone());
                let remove = RemoveIndex { model: pair.key.name.clone(), name };
                let remove = PlannedOperation::new(Operation::RemoveIndex(remove));
                found.planned.push(remove.provides(free).provides(removed));
            }
        }
    }
}

/// When an index gets its new name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::detect) enum Phase {
    /// Before fields change, since the index of another field may need the old name.
    BeforeFields,
    /// After fields change, if the new name is taken until then, or is derived from columns that have other names until
    /// then. The old name may have followed a column by then.
    AfterFields,
}

/// Plans renames of indexes in this phase.
pub(in crate::detect) fn renamed(
    context: &Context<'_>,
    state: &ProjectState,
    found: &mut Findings,
    phase: Phase,
) {
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
            let mut planned = PlannedOperation::new(Operation::RenameIndex(rename)).provides(free);
            if phase == Phase::AfterFields {
                planned = planned.requires(fields_ready(pair.key, old.field_names()));
            }
            found.planned.push(planned);
        }
    }
}

/// Returns whether an index or constraint can have its new name only after fields have changed.
pub(in crate::detect) fn is_late(
    state: &ProjectState,
    pair: &Pair<'_>,
    settled: &Model,
    name: &ObjectName,
) -> bool {
    is_taken(state, pair.key, name)
        || (!std::ptr::eq(settled, pair.before) && is_derived(pair.key, pair.after, name))
}

/// Returns whether an index or constraint has a derived name.
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

/// Plans new indexes.
pub(in crate::detect) fn added(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    for pair in context.pairs(state) {
        for index in Differences::of_indexes(&pair.with_columns_of_after(), pair.after).added {
            found.planned.push(planned(context, pair.key, index));
        }
    }
}

/// Plans an index after its fields.
pub(in crate::detect) fn planned(context: &Context<'_>, key: &ModelKey, index: &Index) -> PlannedOperation {
    let add = AddIndex { model: key.name.clone(), index: index.clone() };
    PlannedOperation::new(Operation::AddIndex(add))
        .requires(fields_ready(key, index.field_names()))
        .prefers(all_fields_ready(context, key, index.expressions()))
        .requires(name_free(key, index.name.as_ref()))
}
