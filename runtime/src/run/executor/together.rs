//! All migrations of a run in one transaction.

use std::collections::BTreeSet;
use std::time::Instant;

use modelshift_schema::name::MigrationId;

use super::waiting::{Patience, is_locked, look};
use super::{Run, commit, try_begin};
use crate::dialect::Dialect;
use crate::error::{Error, Kept};
use crate::model::embedded::Migrations;
use crate::plan::MigrationPlan;
use crate::plan::statement::Statement;
use crate::planner::route::PendingMigration;
use crate::run::job::{Job, Outcome};
use crate::run::report::{Event, Observer};
use crate::session::Session;
use crate::session::row::TextRow;

/// What is run, with the migrations that the history must contain before each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batch<'a> {
    pub(crate) all_pending: &'a [PendingMigration],
    pub(crate) plans: &'a [MigrationPlan],
    pub(crate) expected: &'a [BTreeSet<MigrationId>],
    /// The program, which has the functions of migrations.
    pub(crate) program: &'a Migrations,
}

impl<'a> Batch<'a> {
    fn jobs(self) -> impl Iterator<Item = Job<'a>> {
        let all = self.all_pending.iter().zip(self.plans).zip(self.expected);
        let program = self.program;
        all.enumerate().map(move |(position, ((pending, plan), expected))| Job {
            pending,
            plan,
            expected,
            program,
            follows: position > 0,
            records: None,
        })
    }
}

/// Runs migrations, each of which can be one transaction, in one; after an error nothing of any of them is left.
///
/// # Errors
/// As [`super::execute`].
pub(crate) async fn execute<S: Session>(
    session: &mut S,
    batch: Batch<'_>,
    observer: &mut Observer,
    warnings: &mut Vec<String>,
) -> Result<Vec<Outcome>, Error> {
    session.open_to_write().await?;
    let outcome = match around(session, batch, |plan| &plan.prologue).await {
        Ok(()) => transact(session, batch, observer, warnings).await,
        Err(error) => Err(error),
    };
    let restored = around(session, batch, |plan| &plan.epilogue).await;
    let outcomes = outcome.and_then(|outcomes| restored.map(|()| outcomes));
    match &outcomes {
        Ok(outcomes) => {
            for (plan, outcome) in batch.plans.iter().zip(outcomes) {
                match outcome {
                    Outcome::Done => observer.tell(Event::Done(plan)),
                    Outcome::ByOther => observer.tell(Event::DoneByOther(plan)),
                }
            }
        }
        Err(_) => session.discard(),
    }
    outcomes
}

/// Sends the statements outside of the transaction, each once.
async fn around<S: Session>(
    session: &mut S,
    batch: Batch<'_>,
    statements: impl Fn(&MigrationPlan) -> &Vec<Statement> + Send + Sync,
) -> Result<(), Error> {
    let mut sent = BTreeSet::new();
    for job in batch.jobs() {
        let run = Run { job: &job, kept: Kept::NothingOfRun, begin: Instant::now() };
        for statement in statements(job.plan) {
            if sent.insert(statement.sql.clone()) {
                run.send(session, statement).await?;
            }
        }
    }
    Ok(())
}

async fn transact<S: Session>(
    session: &mut S,
    batch: Batch<'_>,
    observer: &mut Observer,
    warnings: &mut Vec<String>,
) -> Result<Vec<Outcome>, Error> {
    let mut patience = Patience::new(session.database().waits());
    loop {
        match try_transact(session, batch, observer, warnings).await {
            Ok(Some(outcomes)) => return Ok(outcomes),
            Ok(None) => {}
            Err(error) if is_locked(&error) => patience.back_off().await,
            Err(error) => return Err(error),
        }
        let seen = look(session).await?;
        if !patience.goes_on(seen) {
            return Err(session.database().locked());
        }
    }
}

/// Runs all of it in a transaction; nothing where another process holds the write lock.
async fn try_transact<S: Session>(
    session: &mut S,
    batch: Batch<'_>,
    observer: &mut Observer,
    warnings: &mut Vec<String>,
) -> Result<Option<Vec<Outcome>>, Error> {
    if !try_begin(session).await? {
        return Ok(None);
    }
    match inside(session, batch, observer, warnings).await {
        Ok(outcomes) => commit(session).await.map(|()| Some(outcomes)),
        Err(error) => {
            session.rollback().await;
            Err(error)
        }
    }
}

async fn inside<S: Session>(
    session: &mut S,
    batch: Batch<'_>,
    observer: &mut Observer,
    warnings: &mut Vec<String>,
) -> Result<Vec<Outcome>, Error> {
    let mut outcomes = Vec::new();
    for job in batch.jobs() {
        let run = Run { job: &job, kept: Kept::NothingOfRun, begin: Instant::now() };
        observer.tell(Event::Begins(job.plan));
        if !outcomes.is_empty() {
            check_deferred(session, &run).await?;
        }
        let outcome = run.inside(session, observer, warnings).await?;
        if outcome == Outcome::Done {
            observer.tell(Event::Commits(job.plan));
        }
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

/// The constraints of PostgreSQL that are checked at the end of a transaction, as words of `SET CONSTRAINTS`.
const DEFERRED: &str = "SELECT string_agg(DISTINCT format('%I.%I', nspname, conname), ', ') FROM pg_constraint \
    JOIN pg_namespace ON pg_namespace.oid = connamespace WHERE condeferred AND NOT EXISTS (SELECT FROM pg_constraint AS other \
    WHERE other.conname = pg_constraint.conname AND other.connamespace = pg_constraint.connamespace AND NOT other.condeferrable)";

/// Checks the constraints that PostgreSQL would have checked at the end of the migration before, since it refuses to alter a
/// table with pending checks.
///
/// # Errors
/// If a row breaks one.
pub(super) async fn check_deferred(session: &mut impl Session, run: &Run<'_>) -> Result<(), Error> {
    if session.dialect() != Dialect::Postgres {
        return Ok(());
    }
    let checked = async {
        session.execute("SET CONSTRAINTS ALL IMMEDIATE").await?;
        let names = session.rows(DEFERRED).await?;
        match names.first().and_then(TextRow::first) {
            Some(names) => session.execute(&format!("SET CONSTRAINTS {names} DEFERRED")).await,
            None => Ok(()),
        }
    };
    let checked = checked.await;
    checked.map_err(|error| run.error(session, "checking deferred constraints", error))
}
