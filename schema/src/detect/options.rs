//! What models are told beside their fields.

use super::order::Planned;
use super::{Found, Sight};
use crate::model::Model;
use crate::operation::alter_model_options::Management;
use crate::operation::{AlterModelOptions, Operation};
use crate::state::ProjectState;

/// Finds models whose comment is another, or whose table is made by something else from now on, or no longer.
pub(super) fn altered(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    let told = |model: &Model| (model.managed, model.comment.clone());
    for pair in sight.pairs(state).filter(|pair| told(pair.before) != told(pair.after)) {
        let managed = match (pair.before.managed, pair.after.managed) {
            (true, true) => Management::Managed,
            (false, true) => Management::Made,
            (_, false) => Management::Left,
        };
        let comment = pair.after.comment.clone();
        let alter = AlterModelOptions { model: pair.key.name.clone(), comment, managed };
        found.planned.push(Planned::new(Operation::AlterModelOptions(alter)));
    }
}
