//! Constraints that went or came; one that changes in anything, its name included, goes and comes.

use super::indexes::fields_are_there;
use super::order::Planned;
use super::{Found, Sight};
use crate::constraint::Constraint;
use crate::name::ModelKey;
use crate::operation::{AddConstraint, Operation, RemoveConstraint};
use crate::state::ProjectState;

/// Finds constraints that went.
pub(super) fn removed(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    for pair in sight.pairs(state) {
        let gone = pair.before.constraints.iter().filter(|it| !pair.after.constraints.contains(it));
        for name in gone.filter_map(Constraint::name) {
            let remove = RemoveConstraint { model: pair.key.name.clone(), name: name.clone() };
            found.planned.push(Planned::new(Operation::RemoveConstraint(remove)));
        }
    }
}

/// Finds constraints that came.
pub(super) fn added(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    for pair in sight.pairs(state) {
        let new = pair.after.constraints.iter().filter(|it| !pair.before.constraints.contains(it));
        found.planned.extend(new.map(|constraint| planned(pair.key, constraint)));
    }
}

/// Plans a constraint for when its fields are there.
pub(super) fn planned(key: &ModelKey, constraint: &Constraint) -> Planned {
    let add = AddConstraint { model: key.name.clone(), constraint: constraint.clone() };
    let needs = fields_are_there(key, constraint.field_names());
    Planned::new(Operation::AddConstraint(add)).needs(needs)
}
