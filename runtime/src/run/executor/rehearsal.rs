//! A plan without the history, for tests of plans: the same statements, in the same transactions, as the executor runs them.

use std::collections::BTreeSet;
use std::time::Instant;

use modelshift_schema::migration::Migration;
use modelshift_schema::state::ProjectState;

use super::stages::part;
use super::waiting::Patience;
use super::{Run, commit, try_begin};
use crate::error::{Error, Kept};
use crate::model::embedded::Migrations;
use crate::plan::{MigrationPlan, Stage};
use crate::planner::route::PendingMigration;
use crate::run::job::Job;
use crate::run::report::Observer;
use crate::session::{Session, Work};

/// Runs a plan, and records nothing. After an error, the stages before it are kept, and the connection stays open, since
/// tests run many plans that are refused.
///
/// # Errors
/// As [`super::execute`].
pub(crate) async fn rehearse(
    session: &mut impl Session,
    plan: &MigrationPlan,
    program: &Migrations,
) -> Result<(), Error> {
    session.open_to_write().await?;
    let pending = PendingMigration {
        migration: Migration::new(plan.id.clone(), Vec::new(), Vec::new()),
        direction: plan.direction,
        before: ProjectState::default(),
        replaced: Vec::new(),
        partial: None,
    };
    let job =
        Job { pending: &pending, plan, expected: &BTreeSet::new(), follows: false, records: None, program };
    let run = Run { job: &job, kept: Kept::Nothing, begin: Instant::now() };
    let done = match run.outside(session, &plan.prologue).await {
        Ok(()) => all_stages(&run, session).await,
        Err(error) => Err(error),
    };
    let restored = run.outside(session, &plan.epilogue).await;
    done.and(restored)
}

async fn all_stages(run: &Run<'_>, session: &mut impl Session) -> Result<(), Error> {
    let plan = run.job.plan;
    let whole = [Stage {
        operation: 0,
        part: 0,
        transactional: plan.transactional,
        actions: 0..plan.actions.len(),
        checks: 0..plan.checks.len(),
    }];
    for stage in if plan.stages.is_empty() { &whole[..] } else { &plan.stages } {
        one_stage(run, session, stage).await?;
    }
    Ok(())
}

async fn one_stage(run: &Run<'_>, session: &mut impl Session, stage: &Stage) -> Result<(), Error> {
    let plan = run.job.plan;
    let work =
        Work { actions: part(&plan.actions, &stage.actions), checks: part(&plan.checks, &stage.checks) };
    if !stage.transactional {
        return run.act(session, &mut Observer::none(), &mut Vec::new(), work).await;
    }
    let mut patience = Patience::new(session.database().waits());
    while !try_begin(session).await? {
        if !patience.goes_on(None) {
            return Err(session.database().locked());
        }
    }
    match run.act(session, &mut Observer::none(), &mut Vec::new(), work).await {
        Ok(()) => commit(session).await,
        Err(error) => {
            session.rollback().await;
            Err(error)
        }
    }
}
