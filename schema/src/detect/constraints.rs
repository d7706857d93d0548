//! Constraints that went, came, or bear another name; one that changes in anything else goes and comes.

use super::differences::Differences;
use super::fields::let_go;
use super::indexes::{Moment, fields_are_there, is_late, name_is_free};
use super::order::{Fact, Planned};
use super::{Found, Sight};
use crate::constraint::Constraint;
use crate::name::ModelKey;
use crate::operation::{AddConstraint, Operation, RemoveConstraint, RenameConstraint};
use crate::state::ProjectState;

/// Finds constraints that went.
pub(super) fn removed(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    for pair in sight.pairs(state) {
        let settled = pair.with_columns_of_after();
        for position in Differences::between(&settled.constraints, &pair.after.constraints).removed {
            // It goes before columns change, by the name that it has then.
            if let Some(name) = pair.before.constraints[position].name().cloned() {
                let remove = RemoveConstraint { model: pair.key.name.clone(), name };
                let fields = pair.before.constraints[position].held_apart().iter();
                let needs =
                    fields.flat_map(|field| let_go(sight, state, pair.key, field)).collect::<Vec<_>>();
                found.planned.push(Planned::new(Operation::RemoveConstraint(remove)).needs(needs));
            }
        }
    }
}

/// Finds constraints that bear another name, and get it at this moment.
pub(super) fn renamed(sight: &Sight<'_>, state: &ProjectState, found: &mut Found, moment: Moment) {
    for pair in sight.pairs(state) {
        let settled = pair.with_columns_of_after();
        for (position, new) in Differences::between(&settled.constraints, &pair.after.constraints).renamed {
            let Some(after) = new.name().cloned() else { continue };
            let is_late = is_late(state, &pair, &settled, &after);
            let (is_now, old) = match moment {
                Moment::BeforeFields => (!is_late, &pair.before.constraints[position]),
                Moment::AfterFields => (is_late, &settled.constraints[position]),
            };
            let Some(before) = old.name().cloned().filter(|_| is_now) else { continue };
            let free = Fact::NameFree(pair.key.clone(), before.clone());
            let rename = RenameConstraint { model: pair.key.name.clone(), before, after };
            let mut planned = Planned::new(Operation::RenameConstraint(rename)).gives(free);
            if moment == Moment::AfterFields {
                planned = planned.needs(fields_are_there(pair.key, old.field_names()));
            }
            found.planned.push(planned);
        }
    }
}

/// Finds constraints that came.
pub(super) fn added(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    for pair in sight.pairs(state) {
        let settled = pair.with_columns_of_after();
        let new = Differences::between(&settled.constraints, &pair.after.constraints).added;
        found.planned.extend(new.into_iter().map(|constraint| planned(pair.key, constraint)));
    }
}

/// Plans a constraint for when its fields are there.
pub(super) fn planned(key: &ModelKey, constraint: &Constraint) -> Planned {
    let add = AddConstraint { model: key.name.clone(), constraint: constraint.clone() };
    let needs = fields_are_there(key, constraint.field_names());
    let planned = Planned::new(Operation::AddConstraint(add)).needs(needs);
    let planned = planned.needs(name_is_free(key, constraint.name()));
    match constraint.name() {
        Some(name) => planned.gives(Fact::ConstraintMade(key.clone(), name.clone())),
        None => planned,
    }
}
