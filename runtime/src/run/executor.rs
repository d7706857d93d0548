//! Runs the plan of one migration, and records it in the same transaction; the only place that sends DDL.
//!
//! Order: the prologue, BEGIN IMMEDIATE, the history (read under the lock: another process may have been here), the
//! actions, the checks, the record, COMMIT, and the epilogue whatever happened. A migration that is not one transaction
//! runs stage by stage instead ([`stages`]).

pub(crate) mod records;
mod stages;
mod waiting;

use std::collections::BTreeSet;

use modelshift_schema::name::MigrationId;

use crate::error::{Error, ErrorKind, Kept};
use crate::plan::statement::Statement;
use crate::plan::{Action, Check, Direction};
use crate::run::history::Ledger;
use crate::run::job::{Job, Outcome};
use crate::run::report::{Event, Observer};
use crate::run::rewritten::Replacement;
use crate::run::{history_table, journal};
use crate::session::error::SessionError;
use crate::session::{Refusal, Session, Stop, Work};

use self::waiting::{Patience, Wait};

/// Runs one migration; after an error nothing of it is left, or of one that is not done at once its first stages.
///
/// # Errors
/// [`ErrorKind::Statement`], [`ErrorKind::Refused`], [`ErrorKind::Locked`], [`ErrorKind::Moved`], and what a database
/// says that cannot be opened or written.
pub(crate) async fn execute<S: Session>(
    session: &mut S,
    turn: &Job<'_>,
    observer: &mut Observer,
    warnings: &mut Vec<String>,
) -> Result<Outcome, Error> {
    session.open_to_write().await?;
    let run = Run { turn, kept: Kept::Nothing };
    observer.tell(Event::Begins(turn.plan));
    let outcome = match run.outside(session, &turn.plan.prologue).await {
        Ok(()) if turn.plan.stages.is_empty() && turn.leg.partial.is_none() => {
            run.transact(session, observer, warnings).await
        }
        Ok(()) => stages::go(&run, session, observer, warnings).await,
        Err(error) => Err(error),
    };
    let restored = run.outside(session, &turn.plan.epilogue).await;
    let outcome = outcome.and_then(|outcome| restored.map(|()| outcome));
    match outcome {
        Ok(Outcome::Done) => observer.tell(Event::Done(turn.plan)),
        Ok(Outcome::ByOther) => observer.tell(Event::DoneByOther(turn.plan)),
        Err(_) => session.discard(),
    }
    outcome
}

#[derive(Clone, Copy)]
struct Run<'a> {
    turn: &'a Job<'a>,
    /// What of the migration stays if it goes wrong here.
    kept: Kept,
}

impl Run<'_> {
    async fn outside(&self, session: &mut impl Session, statements: &[Statement]) -> Result<(), Error> {
        for statement in statements {
            self.send(session, statement).await?;
        }
        Ok(())
    }

    async fn transact(
        &self,
        session: &mut impl Session,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
    ) -> Result<Outcome, Error> {
        let mut patience = Patience::new(session.database().waits());
        loop {
            if let Some(outcome) = self.try_transact(session, observer, warnings).await? {
                return Ok(outcome);
            }
            if self.wait(session, &mut patience).await? == Wait::DoneByOther {
                return Ok(Outcome::ByOther);
            }
        }
    }

    /// Runs the migration in a transaction; nothing where another process holds the write lock.
    async fn try_transact(
        &self,
        session: &mut impl Session,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Outcome>, Error> {
        if !try_begin(session).await? {
            return Ok(None);
        }
        match self.inside(session, observer, warnings).await {
            Ok(Outcome::Done) => {
                observer.tell(Event::Commits(self.turn.plan));
                commit(session).await?;
                Ok(Some(Outcome::Done))
            }
            outcome @ (Ok(Outcome::ByOther) | Err(_)) => {
                session.rollback().await;
                outcome.map(Some)
            }
        }
    }

    async fn inside(
        &self,
        session: &mut impl Session,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
    ) -> Result<Outcome, Error> {
        if self.is_done_by_other(session).await? {
            return Ok(Outcome::ByOther);
        }
        let plan = self.turn.plan;
        self.act(session, observer, warnings, Work { actions: &plan.actions, checks: &plan.checks }).await?;
        self.record(session).await?;
        Ok(Outcome::Done)
    }

    async fn is_done_by_other(&self, session: &mut impl Session) -> Result<bool, Error> {
        history_table::create(session).await?;
        let ledger = journal::read_inside(session).await?;
        self.is_done(&ledger, session)
    }

    /// Does what belongs together, and checks that everything is as sound as it was.
    async fn act(
        &self,
        session: &mut impl Session,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
        work: Work<'_>,
    ) -> Result<(), Error> {
        let snapshot = session.snapshot(work).await.map_err(|stop| self.stopped(session, stop))?;
        for action in work.actions {
            match action {
                Action::Execute(statement) => self.tell_and_send(session, observer, statement).await?,
                Action::ExecuteIf { probe, statement } => {
                    if self.returns_a_row(session, probe).await? {
                        self.tell_and_send(session, observer, statement).await?;
                    }
                }
                Action::Require(check) => {
                    observer.tell(Event::Statement { migration: &self.turn.plan.id, statement: check });
                    self.require(session, check).await?;
                }
                Action::AddColumn { .. }
                | Action::KeepObjects { .. }
                | Action::CopyTable(_)
                | Action::RestoreObjects { .. } => {
                    let statements = session.prepare(action).await;
                    for statement in statements.map_err(|stop| self.stopped(session, stop))? {
                        self.tell_and_send(session, observer, &statement).await?;
                    }
                }
            }
        }
        for check in work.checks {
            match check {
                // The session compares the violations with those from before.
                Check::ForeignKeys(_) => {}
                Check::Query(query) => self.require(session, query).await?,
            }
        }
        let found = session.compare(&snapshot, work).await.map_err(|stop| self.stopped(session, stop))?;
        for warning in found {
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
        Ok(())
    }

    async fn tell_and_send(
        &self,
        session: &mut impl Session,
        observer: &mut Observer,
        statement: &Statement,
    ) -> Result<(), Error> {
        observer.tell(Event::Statement { migration: &self.turn.plan.id, statement });
        self.send(session, statement).await
    }

    async fn returns_a_row(&self, session: &mut impl Session, query: &Statement) -> Result<bool, Error> {
        let found = session.rows(&query.sql).await;
        found
            .map(|rows| !rows.is_empty())
            .map_err(|error| self.error(session, "looking at what is there", error))
    }

    /// Writes into the history what is applied, or removes from it what is reverted.
    async fn record(&self, session: &mut impl Session) -> Result<(), Error> {
        let Job { leg, plan, records, .. } = self.turn;
        if let Some(Replacement { struck, taken }) = records {
            for id in struck {
                history_table::delete(session, id).await?;
            }
            for migration in taken {
                history_table::insert(session, migration).await?;
            }
            return Ok(());
        }
        match plan.direction {
            Direction::Forward => {
                // What was reverted as a whole, and is applied again, has its row still where it has no stages.
                if leg.partial.is_some() {
                    history_table::delete(session, &plan.id).await?;
                }
                history_table::insert(session, &leg.migration).await?;
            }
            Direction::Backward => {
                for id in std::iter::once(&plan.id).chain(&leg.replaced) {
                    history_table::delete(session, id).await?;
                }
            }
        }
        if !journal::is_noted(session).await? {
            return Ok(());
        }
        let partials = journal::read_inside(session).await?.partials();
        let is_open = |id: &MigrationId| *id != plan.id && partials.contains_key(id);
        journal::keep(session, is_open).await
    }

    /// Returns whether another process did the migration; the history must otherwise be as it was when the plan was made.
    fn is_done(&self, ledger: &Ledger, session: &impl Session) -> Result<bool, Error> {
        let Job { leg, plan, expected, .. } = self.turn;
        let history = &ledger.history;
        let apps: BTreeSet<_> = expected.iter().map(|id| &id.app).chain([&plan.id.app]).collect();
        let mut held: BTreeSet<_> = history.ids().into_iter().filter(|id| apps.contains(&id.app)).collect();
        if ledger.partials().contains_key(&plan.id) {
            let mut expected = BTreeSet::clone(expected);
            expected.remove(&plan.id);
            held.remove(&plan.id);
            return if held == expected { Ok(false) } else { Err(self.moved(session)) };
        }
        let is_there = held.contains(&plan.id)
            || (plan.direction == Direction::Backward && leg.replaced.iter().any(|id| held.contains(id)));
        let moved = || Err(self.moved(session));
        if self.turn.records.is_some() {
            return if held == **expected { Ok(false) } else { moved() };
        }
        match plan.direction {
            Direction::Forward if is_there => {
                let same = history.get(&plan.id).is_some_and(|record| record.migration == leg.migration);
                if same && held.is_superset(expected) { Ok(true) } else { moved() }
            }
            Direction::Backward if !is_there => {
                if held.is_subset(expected) {
                    Ok(true)
                } else {
                    moved()
                }
            }
            Direction::Forward | Direction::Backward => {
                if held == **expected {
                    Ok(false)
                } else {
                    moved()
                }
            }
        }
    }

    /// Returns the error of a history that another process has changed.
    fn moved(&self, session: &impl Session) -> Error {
        let (database, migration) = (session.database().as_str().to_owned(), self.turn.plan.id.clone());
        ErrorKind::Moved { database, migration }.into()
    }

    /// Asks for what must not be there.
    async fn require(&self, session: &mut impl Session, check: &Statement) -> Result<(), Error> {
        if !self.returns_a_row(session, check).await? {
            return Ok(());
        }
        let remedy =
            format!("correct those rows first, in a `RunSql` before; they are found by: {}", check.sql);
        Err(self.refused(&check.why, &remedy))
    }

    async fn send(&self, session: &mut impl Session, statement: &Statement) -> Result<(), Error> {
        let sent = session.execute(&statement.sql).await;
        sent.map_err(|error| {
            session.database().known(error).unwrap_or_else(|message| {
                ErrorKind::Statement {
                    migration: self.turn.plan.id.clone(),
                    why: statement.why.clone(),
                    kept: self.kept,
                    sql: statement.sql.clone(),
                    source: message.into(),
                }
                .into()
            })
        })
    }

    fn error(&self, session: &impl Session, doing: &str, error: SessionError) -> Error {
        session.database().error(&format!("migration `{}`: {doing}", self.turn.plan.id), error)
    }

    fn stopped(&self, session: &impl Session, stop: Stop) -> Error {
        match stop {
            Stop::Failed { doing, error } => self.error(session, doing, error),
            Stop::Refused(Refusal { what, remedy }) => self.refused(&what, &remedy),
        }
    }

    fn refused(&self, what: &str, remedy: &str) -> Error {
        let migration = self.turn.plan.id.clone();
        let (what, remedy) = (what.to_owned(), remedy.to_owned());
        ErrorKind::Refused { migration, what, kept: self.kept, remedy }.into()
    }
}

async fn try_begin(session: &mut impl Session) -> Result<bool, Error> {
    let begun = session.try_begin().await;
    begun.map_err(|error| session.database().error("taking the write lock", error))
}

async fn commit(session: &mut impl Session) -> Result<(), Error> {
    let committed = session.commit().await;
    committed.map_err(|error| session.database().error("committing", error))
}
