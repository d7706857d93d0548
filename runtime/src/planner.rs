//! One migration and the state before it -> [`MigrationPlan`].

use modelshift_schema::error::StateError;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_schema::operation::Operation;
use modelshift_schema::state::ProjectState;
use modelshift_schema::step::Step;

use crate::dialect::{self, Capabilities, Dialect, PlannedStep, Unsupported};
use crate::plan::{Direction, MigrationPlan, PlannedOperation};

/// A migration that cannot be planned; nothing of it has run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("migration `{migration}`, operation {} ({describe})", .operation + 1)]
pub struct PlanError {
    /// The migration.
    pub migration: MigrationId,
    /// The position of the operation, from 0; the message counts from 1.
    pub operation: usize,
    /// The operation, as it describes itself.
    pub describe: String,
    /// What is wrong.
    #[source]
    pub fault: PlanFault,
}

/// What is wrong with an operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanFault {
    /// It does not fit the state it meets.
    #[error(transparent)]
    State(#[from] StateError),
    /// The database cannot do it.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
}

/// Plans one migration.
///
/// `before` is the state before the migration is applied, for both directions: backwards, the plan leads to it.
///
/// # Errors
/// Where an operation does not fit the state, cannot be taken back, or is nothing that the database can do.
pub fn plan_migration(
    migration: &Migration,
    direction: Direction,
    before: &ProjectState,
    dialect: Dialect,
    capabilities: &Capabilities,
) -> Result<MigrationPlan, PlanError> {
    let mut steps = Vec::new();
    let mut operations = Vec::new();
    for Move { position, operation, before, after } in moves(migration, direction, before)? {
        let behaviour = operation.behaviour();
        let describe = behaviour.describe();
        let taken = behaviour.steps(&migration.id.app, &before, &after);
        let taken = taken.map_err(|error| failed(migration, position, error.into()))?;
        let planned = |step: Step| PlannedStep { operation: position, why: describe.clone(), step };
        steps.extend(taken.into_iter().map(planned));
        operations.push(PlannedOperation { describe, destructive: behaviour.is_destructive() });
    }
    let rendering = dialect::render(dialect, capabilities, &steps)
        .map_err(|(position, error)| failed(migration, position, error.into()))?;
    Ok(MigrationPlan {
        id: migration.id.clone(),
        direction,
        operations,
        prologue: rendering.prologue,
        actions: rendering.actions,
        checks: rendering.checks,
        epilogue: rendering.epilogue,
        transactional: capabilities.transactional_ddl,
    })
}

/// One operation as it is done, and the states on its two sides.
#[derive(Debug)]
pub(crate) struct Move {
    /// The position in the migration, from 0.
    pub(crate) position: usize,
    /// What is done; backwards, the inverse of what the migration says.
    pub(crate) operation: Operation,
    /// The state before it is done.
    pub(crate) before: ProjectState,
    /// The state after it is done.
    pub(crate) after: ProjectState,
}

/// Gives the operations of a migration as they are done, in that order.
///
/// # Errors
/// Where an operation does not fit the state, or cannot be taken back.
pub(crate) fn moves(
    migration: &Migration,
    direction: Direction,
    before: &ProjectState,
) -> Result<Vec<Move>, PlanError> {
    match direction {
        Direction::Forward => forward(migration, before),
        Direction::Backward => backward(migration, before),
    }
}

fn forward(migration: &Migration, before: &ProjectState) -> Result<Vec<Move>, PlanError> {
    let mut state = before.clone();
    let mut moves = Vec::new();
    for (position, operation) in migration.operations.iter().enumerate() {
        let before = state.clone();
        let applied = operation.behaviour().apply(&migration.id.app, &mut state);
        applied.map_err(|error| failed(migration, position, error.into()))?;
        moves.push(Move { position, operation: operation.clone(), before, after: state.clone() });
    }
    Ok(moves)
}

fn backward(migration: &Migration, before: &ProjectState) -> Result<Vec<Move>, PlanError> {
    let mut moves = forward(migration, before)?;
    for it in &mut moves {
        let inverse = it.operation.behaviour().invert(&migration.id.app, &it.before);
        it.operation = inverse.map_err(|error| failed(migration, it.position, error.into()))?;
        std::mem::swap(&mut it.before, &mut it.after);
    }
    moves.reverse();
    Ok(moves)
}

fn failed(migration: &Migration, position: usize, fault: PlanFault) -> PlanError {
    let describe = migration.operations.get(position).map(|operation| operation.behaviour().describe());
    PlanError {
        migration: migration.id.clone(),
        operation: position,
        describe: describe.unwrap_or_default(),
        fault,
    }
}
