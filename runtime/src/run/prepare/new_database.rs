//! The first migrations of a database in which nothing is applied, as one plan.
//!
//! The tables are created as they are after these migrations, not as they were in between. Nothing else may have happened
//! in between: SQL, rows, or tables of others.

use std::fmt;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_schema::operation::alter_model_options::Management;
use modelshift_schema::operation::{MoveModel, Operation};
use modelshift_schema::replay::advance;

use crate::dialect::{Capabilities, Dialect};
use crate::error::{Error, ErrorKind};
use crate::plan::{Action, Direction, MigrationPlan};
use crate::planner::plan_migration;
use crate::planner::route::PendingMigration;
use crate::run::fresh::fresh_rendering;
use crate::run::prepare::Prepared;

/// The fewest migrations that are worth a plan of their own, and the fewest actions of a single one.
const FEWEST: usize = 2;
const FEWEST_ACTIONS: usize = 100;

/// The first migrations of a new database, as one plan.
#[derive(Debug)]
pub(crate) struct NewDatabase<'a> {
    /// The migrations.
    pub(crate) all_pending: &'a [PendingMigration],
    /// The one plan; its name is that of the last migration.
    pub(crate) plan: MigrationPlan,
    /// Why the migrations after these run one by one.
    pub(crate) limit: Option<Limit>,
}

/// Why migrations of a new database run one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// The database commits each statement that defines something, so that a run could be interrupted in between.
    Server,
    /// A migration does more than the state of the models says.
    Migration {
        /// The migration.
        id: MigrationId,
        /// What it does.
        what: String,
    },
    /// The tables cannot be created at once.
    Refused(String),
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server => f.write_str("this database commits each statement that defines something"),
            Self::Migration { id, what } => write!(f, "`{id}` {what}"),
            Self::Refused(why) => f.write_str(why),
        }
    }
}

impl<'a> NewDatabase<'a> {
    /// Returns the first migrations as one plan; `None` if the database is not new, or too few are to be applied.
    ///
    /// # Errors
    /// Why the first migrations have to run one by one.
    pub(crate) fn of(
        prepared: &'a Prepared,
        dialect: Dialect,
        capabilities: &Capabilities,
    ) -> Result<Option<Self>, Limit> {
        let Prepared { all_pending, plan, graph, held, recorded, .. } = prepared;
        let is_new = held.whole.is_empty() && held.partial.is_empty() && recorded.is_empty();
        // Who names a target wants to see that place of the history.
        let is_all = all_pending.len() == graph.order().len();
        let actions: usize = plan.migrations.iter().map(|plan| plan.actions.len()).sum();
        let is_worth_it = |count: usize| count >= FEWEST || (count == 1 && actions >= FEWEST_ACTIONS);
        if !is_new || !is_all || !is_worth_it(all_pending.len()) {
            return Ok(None);
        }
        if !capabilities.transactional_ddl {
            return Err(Limit::Server);
        }
        let steps = all_pending.iter().zip(&plan.migrations);
        let stop = steps.enumerate().find_map(|(at, (pending, plan))| Some((at, limit(pending, plan)?)));
        let (count, limit) = stop.map_or((all_pending.len(), None), |(at, limit)| (at, Some(limit)));
        let (count, limit) = without_half_moves(&all_pending[..count]).unwrap_or((count, limit));
        let first = &all_pending[..count];
        match (first.last(), limit) {
            (Some(last), limit) if is_worth_it(count) => {
                let plan = planned(first, last, dialect, capabilities);
                let plan = plan.map_err(|error| Limit::Refused(error.to_string()))?;
                Ok(Some(Self { all_pending: first, plan, limit }))
            }
            (_, Some(limit)) => Err(limit),
            (_, None) => Ok(None),
        }
    }
}

/// Returns why a migration has to run by itself.
fn limit(pending: &PendingMigration, plan: &MigrationPlan) -> Option<Limit> {
    let id = pending.migration.id.clone();
    let what = if plan.faked || pending.direction == Direction::Backward {
        Some("is only recorded".to_owned())
    } else if pending.partial.is_some() || !pending.migration.atomic {
        Some("is not one transaction".to_owned())
    } else {
        let operations = &pending.migration.operations;
        let other = operations.iter().find(|operation| !is_in_state(operation));
        other.map(|operation| operation.behaviour().describe())
    };
    what.map(|what| Limit::Migration { id, what })
}

/// Returns whether the state after an operation has all that it does to a database without rows.
fn is_in_state(operation: &Operation) -> bool {
    match operation {
        Operation::CreateModel(_)
        | Operation::DeleteModel(_)
        | Operation::RenameModel(_)
        | Operation::MoveModel(_)
        | Operation::AlterModelTable(_)
        | Operation::AlterPrimaryKey(_)
        | Operation::AlterNaturalKey(_)
        | Operation::AddField(_)
        | Operation::RemoveField(_)
        | Operation::AlterField(_)
        | Operation::RenameField(_)
        | Operation::AddIndex(_)
        | Operation::RemoveIndex(_)
        | Operation::RenameIndex(_)
        | Operation::AddConstraint(_)
        | Operation::AlterConstraint(_)
        | Operation::RemoveConstraint(_)
        | Operation::RenameConstraint(_)
        // No state has these, but they come before all tables.
        | Operation::CreateExtension(_)
        | Operation::CreateCollation(_) => true,
        Operation::AlterModelOptions(options) => match options.managed {
            Management::Managed | Management::Made | Management::Dropped => true,
            // There, or left there, is a table that the state does not create.
            Management::Adopted | Management::Left => false,
        },
        Operation::RunSql(_)
        | Operation::RunRust(_)
        | Operation::LoadData(_)
        | Operation::SeparateDatabaseAndState(_)
        | Operation::AddIndexConcurrently(_)
        | Operation::RemoveIndexConcurrently(_)
        | Operation::AddConstraintNotValid(_)
        | Operation::ValidateConstraint(_)
        | Operation::RemoveCollation(_)
        | Operation::RemoveExtension(_) => false,
    }
}

/// Returns how many migrations come before the first half of a move whose other half is not among them. Between the halves,
/// the table belongs to no model.
fn without_half_moves(all: &[PendingMigration]) -> Option<(usize, Option<Limit>)> {
    let all_moves: Vec<(usize, &MoveModel)> = all
        .iter()
        .enumerate()
        .flat_map(|(at, pending)| pending.migration.operations.iter().map(move |operation| (at, operation)))
        .filter_map(
            |(at, operation)| {
                if let Operation::MoveModel(moved) = operation { Some((at, moved)) } else { None }
            },
        )
        .collect();
    let (at, moved) = all_moves.iter().find(|(_, moved)| is_half(moved, &all_moves))?;
    let id = all[*at].migration.id.clone();
    let what = Operation::MoveModel(MoveModel::clone(moved)).behaviour().describe();
    Some((*at, Some(Limit::Migration { id, what })))
}

fn is_half(moved: &MoveModel, all: &[(usize, &MoveModel)]) -> bool {
    all.iter().filter(|(_, other)| *other == moved).count() % 2 == 1
}

/// Returns whether an operation comes before all tables.
fn is_early(operation: &Operation) -> bool {
    matches!(operation, Operation::CreateExtension(_) | Operation::CreateCollation(_))
}

/// Returns the one plan: what no state has, and then the tables.
fn planned(
    all: &[PendingMigration],
    last: &PendingMigration,
    dialect: Dialect,
    capabilities: &Capabilities,
) -> Result<MigrationPlan, Error> {
    let mut actions: Vec<Action> = Vec::new();
    for pending in all {
        let early: Vec<Operation> =
            pending.migration.operations.iter().filter(|it| is_early(it)).cloned().collect();
        if !early.is_empty() {
            let migration = Migration::new(pending.migration.id.clone(), Vec::new(), early);
            let plan = plan_migration(&migration, Direction::Forward, &pending.before, dialect, capabilities);
            actions.extend(plan.map_err(ErrorKind::Plan)?.actions);
        }
    }
    let mut state = last.before.clone();
    advance(&mut state, &last.migration).map_err(ErrorKind::Replay)?;
    if !state.schemas().is_empty() {
        let what = "tables in schemas of their own are created one by one".to_owned();
        return Err(ErrorKind::Unrenderable { what }.into());
    }
    let rendering = fresh_rendering(&state, dialect, capabilities)?;
    actions.extend(rendering.actions);
    Ok(MigrationPlan {
        id: last.migration.id.clone(),
        direction: Direction::Forward,
        operations: Vec::new(),
        prologue: rendering.prologue,
        actions,
        checks: rendering.checks,
        epilogue: rendering.epilogue,
        transactional: true,
        stages: Vec::new(),
        done: 0,
        faked: false,
    })
}
