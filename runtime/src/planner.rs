//! One migration and the state before it -> [`MigrationPlan`].

#[cfg(feature = "database")]
pub mod data_loss;
pub mod impact;
#[cfg(feature = "database")]
pub(crate) mod route;
#[cfg(feature = "database")]
pub mod target;

use modelshift_schema::error::StateError;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::operation::Operation;
use modelshift_schema::state::ProjectState;
use modelshift_schema::step::Step;

use crate::dialect::{self, Capabilities, Dialect, PlannedStep, Rendering, Unsupported};
use crate::plan::{Direction, MigrationPlan, PlannedOperation, Stage};

/// A migration that cannot be planned; nothing of it has run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("migration `{migration}`, operation {} ({describe})", .operation + 1)]
pub struct PlanError {
    /// The migration.
    pub migration: MigrationId,
    /// The position of the operation, from 0; the message counts from 1.
    pub operation: usize,
    /// The description of the operation.
    pub describe: String,
    /// What is wrong.
    #[source]
    pub fault: PlanFault,
}

/// What is wrong with an operation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanFault {
    /// It does not fit the state.
    #[error(transparent)]
    State(#[from] StateError),
    /// The database does not support it.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
}

/// Plans one migration.
///
/// `before` is the state before the migration is applied, for both directions: backwards, the plan leads to it.
///
/// # Errors
/// If an operation does not fit the state, cannot be reverted, or is not supported by the database.
pub fn plan_migration(
    migration: &Migration,
    direction: Direction,
    before: &ProjectState,
    dialect: Dialect,
    capabilities: &Capabilities,
) -> Result<MigrationPlan, PlanError> {
    let moves = moves(migration, direction, before)?;
    let transactional = capabilities.transactional_ddl && migration.atomic;
    let mut plan = MigrationPlan {
        id: migration.id.clone(),
        direction,
        operations: moves.iter().map(planned_operation).collect(),
        prologue: Vec::new(),
        actions: Vec::new(),
        checks: Vec::new(),
        epilogue: Vec::new(),
        transactional,
        stages: Vec::new(),
        done: 0,
        faked: false,
    };
    let mut taken = Vec::new();
    for it in &moves {
        taken.push((it.position, planned_steps(migration, it)?));
    }
    if transactional {
        let steps: Vec<PlannedStep> = taken.into_iter().flat_map(|(_, steps)| steps).collect();
        let rendering = dialect::render(dialect, capabilities, &steps, migration.atomic);
        append(&mut plan, rendering.map_err(|(position, error)| failed(migration, position, error.into()))?);
        return Ok(plan);
    }
    let first = taken.first().map_or(0, |(_, steps)| steps.len());
    let all: Vec<PlannedStep> = taken.iter().flat_map(|(_, steps)| steps.clone()).collect();
    let early = dialect::before_anything(dialect, capabilities, first, &all);
    let mut early = early.map_err(|(position, error)| failed(migration, position, error.into()))?;
    for (position, steps) in taken {
        let is_sql = steps.iter().all(|it| matches!(it.step, Step::RunSql(_)));
        let is_function = steps.iter().any(|it| matches!(it.step, Step::RunRust { .. }));
        // A file is loaded as a whole or not at all, also where the migration is not one transaction.
        let is_file = steps.iter().any(|it| matches!(it.step, Step::LoadData { .. }));
        let rendering = dialect::render(dialect, capabilities, &steps, migration.atomic);
        let mut rendering =
            rendering.map_err(|(position, error)| failed(migration, position, error.into()))?;
        let mut stages = if is_function || is_file {
            vec![(rendering.actions.len(), migration.atomic || is_file)]
        } else {
            dialect::stages(dialect, &rendering.actions, is_sql)
        };
        // The queries before the migration are part of the first stage, so that they do not change the numbers of stages.
        if let Some((actions, _)) = stages.first_mut() {
            *actions += early.len();
            rendering.actions.splice(0..0, std::mem::take(&mut early));
        }
        add_stages(&mut plan, position, &stages, &rendering);
        append(&mut plan, rendering);
    }
    Ok(plan)
}

fn planned_operation(it: &Move) -> PlannedOperation {
    let behaviour = it.operation.behaviour();
    PlannedOperation { describe: behaviour.describe(), destructive: behaviour.is_destructive() }
}

fn planned_steps(migration: &Migration, it: &Move) -> Result<Vec<PlannedStep>, PlanError> {
    let behaviour = it.operation.behaviour();
    let why = behaviour.describe();
    let steps = behaviour.steps(&migration.id.app, &it.before, &it.after);
    let steps = steps.map_err(|error| failed(migration, it.position, error.into()))?;
    let steps = steps.into_iter();
    Ok(steps.map(|step| PlannedStep { operation: it.position, why: why.clone(), step }).collect())
}

/// Appends a rendering to a plan. Repeated settings are added once.
fn append(plan: &mut MigrationPlan, rendering: Rendering) {
    plan.actions.extend(rendering.actions);
    plan.checks.extend(rendering.checks);
    for (all, more) in [(&mut plan.prologue, rendering.prologue), (&mut plan.epilogue, rendering.epilogue)] {
        for statement in more {
            if !all.contains(&statement) {
                all.push(statement);
            }
        }
    }
}

/// Adds the stages of an operation, whose rendering is appended next. Its checks belong to the last stage.
fn add_stages(plan: &mut MigrationPlan, operation: usize, stages: &[(usize, bool)], rendering: &Rendering) {
    let mut start = plan.actions.len();
    for (position, (actions, transactional)) in stages.iter().enumerate() {
        let part = plan.stages.iter().filter(|stage| stage.operation == operation).count();
        let checks = plan.checks.len()..plan.checks.len();
        let checks = if position + 1 == stages.len() {
            checks.start..checks.end + rendering.checks.len()
        } else {
            checks
        };
        let (actions, transactional) = (start..start + actions, *transactional);
        start = actions.end;
        plan.stages.push(Stage { operation, part, transactional, actions, checks });
    }
}

/// One operation in the direction in which it runs, with the states before and after it.
#[derive(Debug)]
pub(crate) struct Move {
    /// The position in the migration, from 0.
    pub(crate) position: usize,
    /// The operation; when reverting, the inverse of the operation of the migration.
    pub(crate) operation: Operation,
    /// The state before it.
    pub(crate) before: ProjectState,
    /// The state after it.
    pub(crate) after: ProjectState,
}

/// Returns the operations of a migration in the order in which they run.
///
/// # Errors
/// If an operation does not fit the state, or cannot be reverted.
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
        let taken = take(&migration.id.app, position, operation, &mut state, &mut moves);
        taken.map_err(|error| failed(migration, position, error.into()))?;
    }
    Ok(moves)
}

/// Applies an operation to the state, and adds the operations that change the database.
fn take(
    app: &AppLabel,
    position: usize,
    operation: &Operation,
    state: &mut ProjectState,
    moves: &mut Vec<Move>,
) -> Result<(), StateError> {
    let before = state.clone();
    operation.behaviour().apply(app, state)?;
    let Operation::SeparateDatabaseAndState(separate) = operation else {
        moves.push(Move { position, operation: operation.clone(), before, after: state.clone() });
        return Ok(());
    };
    // The database operations start from the state before the operation.
    let mut track = before;
    separate.database.iter().try_for_each(|inside| take(app, position, inside, &mut track, moves))
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
