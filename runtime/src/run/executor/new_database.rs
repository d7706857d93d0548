//! The first migrations of a new database: one transaction with all tables and all rows of the history.

use std::collections::BTreeSet;
use std::time::Instant;

use super::{Run, commit, try_begin};
use crate::error::{Error, Kept};
use crate::model::embedded::Migrations;
use crate::plan::Action;
use crate::plan::statement::Statement;
use crate::run::job::Job;
use crate::run::prepare::new_database::NewDatabase;
use crate::run::report::{Event, Observer};
use crate::run::{history_table, journal};
use crate::session::{Session, Work};

/// Runs the plan, and records each of its migrations; returns false if the database is not new, or another process holds
/// the lock. After an error nothing is left.
///
/// # Errors
/// As [`super::execute`].
pub(crate) async fn execute<S: Session>(
    session: &mut S,
    new: &NewDatabase<'_>,
    observer: &mut Observer,
    warnings: &mut Vec<String>,
) -> Result<bool, Error> {
    let Some(pending) = new.all_pending.last() else { return Ok(false) };
    session.open_to_write().await?;
    let plan = &new.plan;
    // No function of a program is in such a plan.
    let (expected, program) = (BTreeSet::new(), Migrations::default());
    let job = Job { pending, plan, expected: &expected, follows: false, records: None, program: &program };
    let run = Run { job: &job, kept: Kept::Nothing, begin: Instant::now() };
    let outcome = match run.outside(session, &plan.prologue).await {
        Ok(()) => transact(&run, session, new, observer, warnings).await,
        Err(error) => Err(error),
    };
    let restored = run.outside(session, &plan.epilogue).await;
    let outcome = outcome.and_then(|outcome| restored.map(|()| outcome));
    if outcome.is_err() {
        session.discard();
    }
    outcome
}

async fn transact(
    run: &Run<'_>,
    session: &mut impl Session,
    new: &NewDatabase<'_>,
    observer: &mut Observer,
    warnings: &mut Vec<String>,
) -> Result<bool, Error> {
    if !try_begin(session).await? {
        return Ok(false);
    }
    match inside(run, session, new, observer, warnings).await {
        Ok(true) => {
            observer.tell(Event::Commits(&new.plan));
            commit(session).await.map(|()| true)
        }
        outcome @ (Ok(false) | Err(_)) => {
            session.rollback().await;
            outcome
        }
    }
}

async fn inside(
    run: &Run<'_>,
    session: &mut impl Session,
    new: &NewDatabase<'_>,
    observer: &mut Observer,
    warnings: &mut Vec<String>,
) -> Result<bool, Error> {
    history_table::create(session).await?;
    let ledger = journal::read_inside(session).await?;
    if ledger.history.records().next().is_some() || !ledger.progress.is_empty() {
        return Ok(false);
    }
    let plan = &new.plan;
    let work = Work { actions: &plan.actions, checks: &plan.checks };
    let rest = run_many(run, session, observer, work.actions).await?;
    run.act(session, observer, warnings, Work { actions: rest, ..work }).await?;
    // How long each of them would have taken is unknown: each has the same part of the time.
    let count = u32::try_from(new.all_pending.len()).unwrap_or(u32::MAX);
    let took = run.begin.elapsed() / count.max(1);
    let migrations = new.all_pending.iter().map(|pending| &pending.migration);
    history_table::insert_first(session, migrations, took).await?;
    Ok(true)
}

/// Sends the first statements, many in one text, and returns the actions after them: thousands of statements need not wait
/// for an answer to each, since whatever is wrong with one of them, all run again one by one.
async fn run_many<'a>(
    run: &Run<'_>,
    session: &mut impl Session,
    observer: &mut Observer,
    actions: &'a [Action],
) -> Result<&'a [Action], Error> {
    const MANY: usize = 100;
    let plain =
        |action: &'a Action| if let Action::Execute(statement) = action { Some(statement) } else { None };
    let statements: Vec<&Statement> = actions.iter().map_while(plain).collect();
    for statements in statements.chunks(MANY) {
        let (migration, begin) = (&run.job.plan.id, Instant::now());
        for statement in statements {
            observer.tell(Event::Statement { migration, statement });
        }
        let texts: Vec<&str> = statements.iter().map(|statement| statement.sql.as_str()).collect();
        let sent = session.execute(&texts.join(";\n")).await;
        sent.map_err(|error| run.error(session, "creating the tables", error))?;
        let took = begin.elapsed() / u32::try_from(statements.len()).unwrap_or(1);
        for statement in statements {
            observer.tell(Event::StatementDone { migration, statement, rows: None, took });
        }
    }
    Ok(&actions[statements.len()..])
}
