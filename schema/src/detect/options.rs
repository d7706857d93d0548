//! What models are told beside their fields.

use super::order::Planned;
use super::{Found, Sight};
use crate::operation::{AlterModelOptions, Operation};
use crate::state::ProjectState;

/// Finds models whose comment is another.
pub(super) fn altered(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    for pair in sight.pairs(state).filter(|pair| pair.before.comment != pair.after.comment) {
        let alter = AlterModelOptions { model: pair.key.name.clone(), comment: pair.after.comment.clone() };
        found.planned.push(Planned::new(Operation::AlterModelOptions(alter)));
    }
}
