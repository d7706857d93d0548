//! A target and the records of a database -> everything that is known before the first statement.
//!
//! No database is accessed here.

pub(crate) mod new_database;

use std::collections::BTreeSet;

use modelshift_schema::graph::Graph;
use modelshift_schema::name::MigrationId;
use modelshift_schema::operation::Operation;

use crate::dialect::{Capabilities, Dialect, transaction_word};
use crate::error::{Error, ErrorKind, Kept};
use crate::plan::{Direction, MigrationPlan, Plan};
use crate::planner::plan_migration;
use crate::planner::route::{PendingMigration, route};
use crate::planner::target::Target;
use crate::run::fake::Faking;
use crate::run::history::{Ledger, Progress};
use crate::run::partial::{Held, check_stages};

/// The source of the operations that are reverted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The migrations of the program.
    Program,
    /// The migrations as the history stores them.
    History,
}

/// Everything that is known before the first statement.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) all_pending: Vec<PendingMigration>,
    pub(crate) plan: Plan,
    /// The graph of migrations for this database.
    pub(crate) graph: Graph,
    /// The migrations that are applied at the start.
    pub(crate) held: Held,
    /// The migrations that the history records at the start, of the affected apps.
    pub(crate) recorded: BTreeSet<MigrationId>,
    /// The source of the migrations.
    pub(crate) source: Source,
}

impl Prepared {
    /// Plans all migrations for a target. Migrations that are faked have no statements, and need none: also what cannot be
    /// reverted can be removed from the history.
    ///
    /// # Errors
    /// If the target does not exist, or a migration cannot be planned.
    pub(crate) fn new(
        graph: Graph,
        held: Held,
        ledger: &Ledger,
        (target, faking, source): (&Target, Faking, Source),
        (dialect, capabilities): (Dialect, &Capabilities),
        database: &str,
    ) -> Result<Self, Error> {
        let apps = graph.apps();
        let recorded = ledger.history.ids().into_iter().filter(|id| apps.contains(&id.app)).collect();
        let all_pending = route(&graph, &held, &target.find(&graph)?)?;
        refuse_to_leave(&graph, &held, &all_pending, database)?;
        let mut plan = Plan::default();
        for pending in &all_pending {
            if matches!(faking, Faking::All | Faking::Compared) {
                if let Some(progress) = &pending.partial {
                    let ways = [Direction::Forward, Direction::Backward];
                    return Err(partially_applied(progress, &graph, &ways, database));
                }
                plan.migrations.push(MigrationPlan::faked(pending.migration.id.clone(), pending.direction));
                continue;
            }
            let planned = |direction, migration| {
                plan_migration(migration, direction, &pending.before, dialect, capabilities)
                    .map_err(ErrorKind::Plan)
            };
            let mut now = planned(pending.direction, &pending.migration)?;
            if let Some(progress) = &pending.partial {
                now.done = done(progress, &now, pending, &graph, database)?;
                if progress.open_parts() > 0
                    && let Some(recorded) = &progress.migration
                {
                    let (then, here) = (
                        planned(progress.direction, recorded)?,
                        planned(progress.direction, &pending.migration)?,
                    );
                    check_stages(progress, recorded, &then, &here)?;
                }
            }
            check_transaction(&now, dialect)?;
            plan.migrations.push(now);
        }
        Ok(Self { all_pending, plan, graph, held, recorded, source })
    }
}

/// Checks that the migrations of a run can be one transaction.
///
/// # Errors
/// [`ErrorKind::NotOneTransaction`].
pub(crate) fn check_one_transaction(prepared: &Prepared, dialect: Dialect) -> Result<(), Error> {
    let remedy = "leave out `--single-transaction` (`Migrator::in_one_transaction`), or migrate up to the migration before \
                  it first";
    let refused = |plan: &MigrationPlan, why: &str| {
        let (migration, why, remedy) = (plan.id.clone(), why.to_owned(), remedy.to_owned());
        Err(ErrorKind::NotOneTransaction { migration, why, remedy }.into())
    };
    let plans = &prepared.plan.migrations;
    if let Some(plan) = plans.iter().find(|plan| !plan.transactional || !plan.stages.is_empty()) {
        return match dialect {
            Dialect::Mysql => {
                refused(plan, "runs on MySQL or MariaDB, which commit each statement that defines something")
            }
            Dialect::Sqlite | Dialect::Postgres => refused(plan, "is not one itself (`atomic = false`)"),
        };
    }
    // The setting that such a statement needs applies to the whole transaction, and SQL relies on references.
    let without_references = plans.iter().find(|plan| !plan.prologue.is_empty());
    let is_sql = |pending: &&PendingMigration| {
        pending.migration.operations.iter().any(|operation| matches!(operation, Operation::RunSql(_)))
    };
    let runs_sql = |plan: &&MigrationPlan| {
        let pending = prepared.all_pending.iter().filter(is_sql);
        plan.prologue.is_empty() && pending.into_iter().any(|pending| pending.migration.id == plan.id)
    };
    match (without_references, plans.iter().find(runs_sql)) {
        (Some(other), Some(plan)) => {
            let why = format!(
                "runs SQL, for which references are enforced, and `{}` rebuilds a table, for which they are not",
                other.id
            );
            refused(plan, &why)
        }
        (None, _) | (Some(_), None) => Ok(()),
    }
}

/// Checks that no statement of a migration ends the transaction that it runs in.
fn check_transaction(plan: &MigrationPlan, dialect: Dialect) -> Result<(), Error> {
    if !plan.transactional {
        return Ok(());
    }
    let Some(word) = plan.statements().find_map(|statement| transaction_word(dialect, &statement.sql)) else {
        return Ok(());
    };
    Err(ErrorKind::Refused {
        migration: plan.id.clone(),
        what: format!("its SQL says `{word}`, and would so leave the transaction that it runs in"),
        kept: Kept::Nothing,
        remedy: "leave that out, since every migration is a transaction of its own; or write `atomic = false;` at its \
                 head"
            .to_owned(),
    }
    .into())
}

/// Returns the number of stages of a plan that are done.
fn done(
    progress: &Progress,
    plan: &MigrationPlan,
    pending: &PendingMigration,
    graph: &Graph,
    database: &str,
) -> Result<usize, Error> {
    let (whole, open) = (progress.whole_operations(), progress.open_parts());
    if progress.migration.is_none() {
        // A row of an older version: only the same migration, in the same direction, is known to continue.
        let last = (progress.operation, progress.part);
        let last = plan.stages.iter().position(|stage| (stage.operation, stage.part) == last);
        return match last {
            Some(last) if pending.direction == progress.direction => Ok(last + 1),
            Some(_) | None => Err(partially_applied(progress, graph, &[progress.direction], database)),
        };
    }
    match pending.direction {
        _ if open > 0 && pending.direction == progress.direction => {
            let before =
                plan.stages.iter().filter(|stage| is_done_before(stage.operation, whole, pending.direction));
            Ok(before.count() + open)
        }
        Direction::Forward if open == 0 => {
            Ok(plan.stages.iter().filter(|stage| stage.operation < whole).count())
        }
        Direction::Backward if open == 0 => Ok(0),
        // What stands of the operation is reverted by the SQL that reverts all of it, which a person can correct.
        Direction::Backward if matches!(pending.migration.operations.last(), Some(Operation::RunSql(_))) => {
            Ok(0)
        }
        Direction::Forward | Direction::Backward => {
            Err(partially_applied(progress, graph, &[progress.direction], database))
        }
    }
}

fn is_done_before(operation: usize, whole: usize, direction: Direction) -> bool {
    match direction {
        Direction::Forward => operation < whole,
        Direction::Backward => operation > whole,
    }
}

/// Refuses a run that leaves a migration partially applied.
fn refuse_to_leave(
    graph: &Graph,
    held: &Held,
    all_pending: &[PendingMigration],
    database: &str,
) -> Result<(), Error> {
    for (id, progress) in &held.partial {
        if graph.get(id).is_some() && !all_pending.iter().any(|pending| pending.migration.id == *id) {
            return Err(partially_applied(
                progress,
                graph,
                &[Direction::Forward, Direction::Backward],
                database,
            ));
        }
    }
    Ok(())
}

fn partially_applied(progress: &Progress, graph: &Graph, ways: &[Direction], database: &str) -> Error {
    let id = &progress.id;
    let parent = graph.parents(id).find(|parent| parent.app == id.app);
    let way = |direction: &Direction| match direction {
        Direction::Forward => format!("`migrate {} {}` applies the rest", id.app, id.name),
        Direction::Backward => {
            let target = parent.map_or("zero", |parent| parent.name.as_str());
            format!("`migrate {} {target}` reverts what is applied", id.app)
        }
    };
    let way_out = ways.iter().map(way).collect::<Vec<_>>().join(", ");
    ErrorKind::PartiallyApplied {
        database: database.to_owned(),
        migration: id.clone(),
        done: progress.done,
        stages: progress.stages,
        way_out,
    }
    .into()
}
