//! Operations inside an operation: a list of them taken as one.

use super::Operation;
use crate::error::StateError;
use crate::model::expr::Expr;
use crate::name::{AppLabel, ModelKey};
use crate::state::ProjectState;

/// Moves the state on by each.
///
/// # Errors
/// As [`Behaviour::apply`](super::Behaviour::apply).
pub(super) fn apply(
    operations: &[Operation],
    app: &AppLabel,
    state: &mut ProjectState,
) -> Result<(), StateError> {
    operations.iter().try_for_each(|operation| state.move_on(app, operation).map(|_| ()))
}

/// Returns the operations that lead back, the last first.
///
/// # Errors
/// As [`Behaviour::invert`](super::Behaviour::invert).
pub(super) fn invert(
    operations: &[Operation],
    app: &AppLabel,
    before: &ProjectState,
) -> Result<Vec<Operation>, StateError> {
    let mut state = before.clone();
    let mut inverses = Vec::new();
    for operation in operations {
        inverses.push(operation.behaviour().invert(app, &state)?);
        operation.behaviour().apply(app, &mut state)?;
    }
    inverses.reverse();
    Ok(inverses)
}

/// Describes what they do, as in "adds field `rating` to `Author`, creates model `Post`".
pub(super) fn describe(operations: &[Operation]) -> String {
    let descriptions: Vec<String> =
        operations.iter().map(|operation| operation.behaviour().describe()).collect();
    descriptions.join(", ")
}

/// Returns every expression that they hold.
pub(super) fn expressions<'a>(operations: impl Iterator<Item = &'a Operation>) -> Vec<&'a Expr> {
    operations.flat_map(|operation| operation.behaviour().expressions()).collect()
}

/// Returns the models to which they make references, to be changed.
pub(super) fn targets_mut<'a>(operations: impl Iterator<Item = &'a mut Operation>) -> Vec<&'a mut ModelKey> {
    operations.flat_map(|operation| operation.behaviour_mut().targets_mut()).collect()
}
