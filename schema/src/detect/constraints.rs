//! Constraints that went or came; one that changes in anything, its name included, goes and comes.

use super::indexes::{fields_are_there, name_is_free};
use super::order::Planned;
use super::{Found, Sight};
use crate::constraint::Constraint;
use crate::name::ModelKey;
use crate::operation::{AddConstraint, Operation, RemoveConstraint};
use crate::state::ProjectState;

/// Finds constraints that went.
pub(super) fn removed(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    for pair in sight.pairs(state) {
        let settled = pair.with_columns_of_after();
        let both = pair.before.constraints.iter().zip(&settled.constraints);
        let gone = both.filter(|(_, settled)| !pair.after.constraints.contains(settled));
        // It goes before columns change, by the name that it has then.
        for name in gone.filter_map(|(before, _)| before.name()) {
            let remove = RemoveConstraint { model: pair.key.name.clone(), name: name.clone() };
            found.planned.push(Planned::new(Operation::RemoveConstraint(remove)));
        }
    }
}

/// Finds constraints that came.
pub(super) fn added(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    for pair in sight.pairs(state) {
        let settled = pair.with_columns_of_after();
        let new = pair.after.constraints.iter().filter(|it| !settled.constraints.contains(it));
        found.planned.extend(new.map(|constraint| planned(pair.key, constraint)));
    }
}

/// Plans a constraint for when its fields are there.
pub(super) fn planned(key: &ModelKey, constraint: &Constraint) -> Planned {
    let add = AddConstraint { model: key.name.clone(), constraint: constraint.clone() };
    let needs = fields_are_there(key, constraint.field_names());
    Planned::new(Operation::AddConstraint(add)).needs(needs).needs(name_is_free(key, constraint.name()))
}
