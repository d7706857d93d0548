//! Runs the plan of one migration, and records it in the same transaction; the only place that sends DDL.
//!
//! Order: the prologue, BEGIN IMMEDIATE, the history (read under the lock: another process may have been here), the
//! actions, the checks, the record, COMMIT, and the epilogue whatever happened. A migration that is not one transaction
//! runs stage by stage instead ([`stages`]).

mod data_link;
pub(crate) mod file_load;
mod function;
pub(crate) mod new_database;
pub(crate) mod records;
pub(crate) mod rehearsal;
mod stages;
pub(crate) mod together;
mod waiting;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use modelshift_schema::name::MigrationId;

use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind, Kept};
use crate::plan::statement::Statement;
use crate::plan::{Action, Check, DataCall, Direction};
use crate::run::history::Ledger;
use crate::run::job::{Job, Outcome};
use crate::run::report::{Event, Observer};
use crate::run::rewritten::Replacement;
use crate::run::{history_table, journal};
use crate::session::error::SessionError;
use crate::session::{Refusal, Session, Stop, Work};

use self::data_link::DataLink;
use self::waiting::{Patience, Wait, is_locked};

/// Runs one migration; after an error nothing of it is left, or of one that is not done at once its first stages.
///
/// # Errors
/// [`ErrorKind::Statement`], [`ErrorKind::Refused`], [`ErrorKind::Locked`], [`ErrorKind::Moved`], and what a database
/// says that cannot be opened or written.
pub(crate) async fn execute<S: Session>(
    session: &mut S,
    job: &Job<'_>,
    observer: &mut Observer,
    warnings: &mut Vec<String>,
) -> Result<Outcome, Error> {
    session.open_to_write().await?;
    let run = Run { job, kept: Kept::Nothing, begin: Instant::now() };
    observer.tell(Event::Begins(job.plan));
    let outcome = match run.outside(session, &job.plan.prologue).await {
        Ok(()) if job.plan.stages.is_empty() && job.pending.partial.is_none() => {
            run.transact(session, observer, warnings).await
        }
        Ok(()) => stages::go(&run, session, observer, warnings).await,
        Err(error) => Err(error),
    };
    let restored = run.outside(session, &job.plan.epilogue).await;
    let outcome = outcome.and_then(|outcome| restored.map(|()| outcome));
    match outcome {
        Ok(Outcome::Done) => observer.tell(Event::Done(job.plan)),
        Ok(Outcome::ByOther) => observer.tell(Event::DoneByOther(job.plan)),
        Err(_) => session.discard(),
    }
    outcome
}

#[derive(Clone, Copy)]
struct Run<'a> {
    job: &'a Job<'a>,
    /// What of the migration stays if it goes wrong here.
    kept: Kept,
    begin: Instant,
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
            match self.try_transact(session, observer, warnings).await {
                Ok(Some(outcome)) => return Ok(outcome),
                Ok(None) => {}
                Err(error) if is_locked(&error) => patience.back_off().await,
                Err(error) => return Err(error),
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
                observer.tell(Event::Commits(self.job.plan));
                commit(session).await.map(|()| Some(Outcome::Done))
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
        if !self.job.follows {
            history_table::create(session).await?;
        }
        let (names, is_noted) = history_table::names(session).await?;
        let is_expected = !is_noted && self.is_as_expected(&names);
        if !is_expected && self.is_done(&journal::read_inside(session).await?, session)? {
            return Ok(Outcome::ByOther);
        }
        let plan = self.job.plan;
        self.act(session, observer, warnings, Work { actions: &plan.actions, checks: &plan.checks }).await?;
        self.record(session, is_noted).await?;
        Ok(Outcome::Done)
    }

    /// Returns whether the history has the names that it had when the plan was made, so that its rows need not be read: in a
    /// long run, reading all rows for each migration would take longer and longer.
    fn is_as_expected(&self, names: &[String]) -> bool {
        let Job { plan, expected, .. } = self.job;
        let apps: BTreeSet<_> = expected.iter().map(|id| &id.app).chain([&plan.id.app]).collect();
        let held: Result<Vec<MigrationId>, _> = names.iter().map(|name| name.parse()).collect();
        let Ok(held) = held else { return false };
        let held: Vec<MigrationId> = held.into_iter().filter(|id| apps.contains(&id.app)).collect();
        let is_to_do = expected.contains(&plan.id) == (plan.direction == Direction::Backward);
        (is_to_do || self.job.records.is_some())
            && held.len() == expected.len()
            && held.iter().all(|id| expected.contains(id))
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
                    observer.tell(Event::Statement { migration: &self.job.plan.id, statement: check });
                    self.require(session, check).await?;
                }
                Action::RunRust(call) => self.run_function(session, observer, call).await?,
                Action::LoadData(load) => self.load_file(session, observer, load).await?,
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

    async fn run_function(
        &self,
        session: &mut impl Session,
        observer: &mut Observer,
        call: &DataCall,
    ) -> Result<(), Error> {
        let id = &self.job.plan.id;
        observer.tell(Event::Function { migration: id, function: &call.function });
        let function = self.job.program.function(id, &call.function).ok_or_else(|| no_function(id, call))?;
        let is_atomic = self.job.pending.migration.atomic;
        let begin = Instant::now();
        let link = DataLink::new(session, observer, self.job.plan, call, is_atomic);
        let error = match function::call(link, function).await {
            Ok(rows) => {
                let (migration, function, took) = (id, call.function.as_str(), begin.elapsed());
                observer.tell(Event::FunctionDone { migration, function, rows, took });
                return Ok(());
            }
            Err(error) => error,
        };
        // The whole is tried again, as after a statement that met a lock.
        if error.is_locked {
            return Err(session.database().locked());
        }
        let (migration, function, message) = (id.clone(), call.function.clone(), error.to_string());
        Err(ErrorKind::Function { migration, function, message, kept: self.kept }.into())
    }

    async fn tell_and_send(
        &self,
        session: &mut impl Session,
        observer: &mut Observer,
        statement: &Statement,
    ) -> Result<(), Error> {
        let migration = &self.job.plan.id;
        observer.tell(Event::Statement { migration, statement });
        let begin = Instant::now();
        let rows = self.send(session, statement).await?;
        let rows = written(session.dialect(), &statement.sql, rows);
        observer.tell(Event::StatementDone { migration, statement, rows, took: begin.elapsed() });
        Ok(())
    }

    /// Returns whether a query returns a row. The rows themselves stay in the database: there may be many, and their keys
    /// may be bytes.
    async fn returns_a_row(&self, session: &mut impl Session, query: &Statement) -> Result<bool, Error> {
        let rows = session.rows(&format!("SELECT EXISTS ({}) AS found", query.sql)).await;
        rows.map(|rows| rows.first().is_some_and(|row| row.is_true("found")))
            .map_err(|error| self.error(session, "looking at what is there", error))
    }

    /// Writes into the history what is applied, or removes from it what is reverted.
    ///
    /// `is_noted` says whether there is a table of progress.
    async fn record(&self, session: &mut impl Session, is_noted: bool) -> Result<(), Error> {
        let Job { pending, plan, records, .. } = self.job;
        match (records, plan.direction) {
            (Some(Replacement { removed, added }), _) => {
                for id in removed {
                    history_table::delete(session, id).await?;
                }
                for migration in added {
                    history_table::insert(session, migration, self.took()).await?;
                }
            }
            (None, Direction::Forward) => {
                // What was reverted as a whole, and is applied again, has its row still where it has no stages.
                if pending.partial.is_some() {
                    history_table::delete(session, &plan.id).await?;
                }
                history_table::insert(session, &pending.migration, self.took()).await?;
            }
            (None, Direction::Backward) => {
                for id in std::iter::once(&plan.id).chain(&pending.replaced) {
                    history_table::delete(session, id).await?;
                }
            }
        }
        if !is_noted {
            return Ok(());
        }
        journal::close(session, &plan.id).await
    }

    /// Returns how long the migration took; `None` if it was recorded and did not run.
    fn took(&self) -> Option<Duration> {
        (!self.job.plan.faked).then(|| self.begin.elapsed())
    }

    /// Returns whether another process did the migration; the history must otherwise be as it was when the plan was made.
    fn is_done(&self, ledger: &Ledger, session: &impl Session) -> Result<bool, Error> {
        let Job { pending, plan, expected, .. } = self.job;
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
            || (plan.direction == Direction::Backward && pending.replaced.iter().any(|id| held.contains(id)));
        let moved = || Err(self.moved(session));
        if self.job.records.is_some() {
            return if held == **expected { Ok(false) } else { moved() };
        }
        match plan.direction {
            Direction::Forward if is_there => {
                let same = history.get(&plan.id).is_some_and(|record| record.migration == pending.migration);
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
        let (database, migration) = (session.database().as_str().to_owned(), self.job.plan.id.clone());
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

    /// Runs a statement; returns how many rows the database says that it changed.
    async fn send(&self, session: &mut impl Session, statement: &Statement) -> Result<u64, Error> {
        let sent = session.affect(&statement.sql).await;
        sent.map_err(|error| {
            session.database().known(error).unwrap_or_else(|message| {
                ErrorKind::Statement {
                    migration: self.job.plan.id.clone(),
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
        session.database().error(&format!("migration `{}`: {doing}", self.job.plan.id), error)
    }

    fn stopped(&self, session: &impl Session, stop: Stop) -> Error {
        match stop {
            Stop::Failed { doing, error } => self.error(session, doing, error),
            Stop::Refused(Refusal { what, remedy }) => self.refused(&what, &remedy),
        }
    }

    fn refused(&self, what: &str, remedy: &str) -> Error {
        let migration = self.job.plan.id.clone();
        let (what, remedy) = (what.to_owned(), remedy.to_owned());
        ErrorKind::Refused { migration, what, kept: self.kept, remedy }.into()
    }
}

/// Returns how many rows a statement wrote, by what the database says of it: SQLite repeats the number of an earlier statement
/// for one that writes none, and MySQL counts the rows of a table that it copies.
fn written(dialect: Dialect, sql: &str, rows: u64) -> Option<u64> {
    let word = sql.split_whitespace().next().unwrap_or_default().to_ascii_uppercase();
    let writes = ["INSERT", "UPDATE", "DELETE", "REPLACE"].contains(&word.as_str());
    let copies = dialect == Dialect::Mysql && word == "ALTER" && rows > 0;
    (writes || copies).then_some(rows)
}

/// Returns the error of a function that the program does not have.
pub(crate) fn no_function(id: &MigrationId, call: &DataCall) -> Error {
    let (migration, what) =
        (id.clone(), format!("this program has no function `{}` of this migration", call.function));
    let remedy = "run the version of the program that has it".to_owned();
    ErrorKind::Refused { migration, what, kept: Kept::Nothing, remedy }.into()
}

async fn try_begin(session: &mut impl Session) -> Result<bool, Error> {
    let result = session.try_begin().await;
    result.map_err(|error| session.database().error("taking the write lock", error))
}

async fn commit(session: &mut impl Session) -> Result<(), Error> {
    let Err(error) = session.commit().await else { return Ok(()) };
    session.rollback().await;
    Err(session.database().error("committing", error))
}
