//! Runs the plan of one migration, and records it in the same transaction; the only place that sends DDL.
//!
//! Order: the prologue, BEGIN IMMEDIATE, the history (read under the lock: another process may have been here), the
//! actions, the checks, the record, COMMIT, and the epilogue whatever happened. A migration that is not one transaction
//! runs stage by stage instead ([`stages`]).

mod guard;
pub(crate) mod records;
mod stages;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::name::{MigrationId, TableName};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Sqlite, Transaction};

use crate::dialect::Rendering;
use crate::dialect::sqlite::carry;
use crate::dialect::sqlite::connection::{DatabaseName, Session, plain, try_begin};
use crate::dialect::sqlite::file::OpenedFile;
use crate::dialect::sqlite::integrity;
use crate::dialect::sqlite::integrity::Kept as Objects;
use crate::dialect::sqlite::introspect::introspect;
use crate::dialect::sqlite::statistics;
use crate::dialect::sqlite::strict;
use crate::error::{Error, ErrorKind, Kept};
use crate::plan::statement::Statement;
use crate::plan::{Action, Direction, TableCopy};
use crate::run::history::Ledger;
use crate::run::history_table as rows;
use crate::run::job::{Outcome, Turn};
use crate::run::journal;
use crate::run::report::{Event, Observer};
use crate::run::rewritten::Replacement;
use crate::session::live_schema::LiveSchema;

use self::guard::Guard;
use self::waiting::{Patience, Wait};

/// Runs one migration; after an error nothing of it is left, or of one that is not done at once its first stages.
///
/// # Errors
/// [`ErrorKind::Statement`], [`ErrorKind::Refused`], [`ErrorKind::Locked`], [`ErrorKind::Moved`], and what a database
/// says that cannot be opened or written.
pub(crate) async fn execute(
    session: &mut Session,
    turn: &Turn<'_>,
    observer: &mut Observer,
    warnings: &mut Vec<String>,
) -> Result<Outcome, Error> {
    let database = session.database().clone();
    let (connection, opened) = session.writing().await?;
    let run = Run { database: &database, opened: opened.as_ref(), turn, kept: Kept::Nothing };
    observer.tell(Event::Begins(turn.plan));
    let outcome = match run.outside(connection, &turn.plan.prologue).await {
        Ok(()) if turn.plan.stages.is_empty() && turn.leg.partial.is_none() => {
            run.transact(connection, observer, warnings).await
        }
        Ok(()) => stages::go(&run, connection, observer, warnings).await,
        Err(error) => Err(error),
    };
    let restored = run.outside(connection, &turn.plan.epilogue).await;
    let outcome = outcome.and_then(|outcome| restored.map(|()| outcome));
    match outcome {
        Ok(Outcome::Done) => observer.tell(Event::Done(turn.plan)),
        Ok(Outcome::ByOther) => observer.tell(Event::DoneByOther(turn.plan)),
        Err(_) => session.discard(),
    }
    outcome
}

/// Makes a fresh database in memory as a state wants it, and tells what it holds.
///
/// # Errors
/// [`ErrorKind::Database`]; the statements are those that the migrations have run already.
pub(crate) async fn fresh(rendering: &Rendering, database: &DatabaseName) -> Result<LiveSchema, Error> {
    let trouble = |error| database.trouble("making a fresh database in memory to compare with", error);
    let options = SqliteConnectOptions::new().in_memory(true).disable_statement_logging();
    let mut connection = options.connect().await.map_err(trouble)?;
    for action in &rendering.actions {
        if let Action::Execute(statement) = action {
            let sent = sqlx::raw_sql(AssertSqlSafe(statement.sql.as_str())).execute(&mut connection).await;
            sent.map_err(trouble)?;
        }
    }
    introspect(&mut connection).await.map_err(trouble)
}

#[derive(Clone, Copy)]
struct Run<'a> {
    database: &'a DatabaseName,
    opened: Option<&'a OpenedFile>,
    turn: &'a Turn<'a>,
    /// What of the migration stays if it goes wrong here.
    kept: Kept,
}

impl Run<'_> {
    async fn outside(
        &self,
        connection: &mut SqliteConnection,
        statements: &[Statement],
    ) -> Result<(), Error> {
        for statement in statements {
            self.send(connection, statement).await?;
        }
        Ok(())
    }

    async fn transact(
        &self,
        connection: &mut SqliteConnection,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
    ) -> Result<Outcome, Error> {
        let mut patience = Patience::new(self.database.waits());
        loop {
            if let Some(outcome) = self.try_transact(connection, observer, warnings).await? {
                return Ok(outcome);
            }
            if self.wait(connection, &mut patience).await? == Wait::DoneByOther {
                return Ok(Outcome::ByOther);
            }
        }
    }

    /// Runs the migration in a transaction; nothing where another process holds the write lock.
    async fn try_transact(
        &self,
        connection: &mut SqliteConnection,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Outcome>, Error> {
        let Some(mut transaction) = try_begin(connection, self.database).await? else { return Ok(None) };
        match self.inside(&mut transaction, observer, warnings).await {
            Ok(Outcome::Done) => {
                observer.tell(Event::Commits(self.turn.plan));
                self.commit(transaction).await?;
                Ok(Some(Outcome::Done))
            }
            outcome @ (Ok(Outcome::ByOther) | Err(_)) => {
                // SQLite has rolled back by itself after some errors; then there is nothing left to roll back.
                let _ = transaction.rollback().await;
                outcome.map(Some)
            }
        }
    }

    /// Commits, unless the file that is written to is no longer the one that bears the name of the database.
    async fn commit(&self, transaction: Transaction<'_, Sqlite>) -> Result<(), Error> {
        self.check_file()?;
        let committed = transaction.commit().await;
        committed.map_err(|error| self.database.trouble("committing", error))?;
        self.check_file()
    }

    fn check_file(&self) -> Result<(), Error> {
        self.opened.map_or(Ok(()), |file| self.database.check_file(file))
    }

    async fn inside(
        &self,
        connection: &mut SqliteConnection,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
    ) -> Result<Outcome, Error> {
        if self.is_done_by_other(connection).await? {
            return Ok(Outcome::ByOther);
        }
        let plan = self.turn.plan;
        self.act(connection, observer, warnings, &plan.actions, &plan.checks).await?;
        self.record(connection).await?;
        Ok(Outcome::Done)
    }

    async fn is_done_by_other(&self, connection: &mut SqliteConnection) -> Result<bool, Error> {
        rows::create(connection, self.database).await?;
        let ledger = journal::read_inside(connection, self.database).await?;
        self.is_done(&ledger)
    }

    /// Does what belongs together, and looks whether everything is as sound as it was.
    async fn act(
        &self,
        connection: &mut SqliteConnection,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
        actions: &[Action],
        checks: &[Statement],
    ) -> Result<(), Error> {
        let rebuilds = actions.iter().any(|action| matches!(action, Action::CopyTable(_)));
        let guard = Guard::take(self, connection, checks, rebuilds).await?;
        let mut kept: BTreeMap<&TableName, Objects> = BTreeMap::new();
        for action in actions {
            match action {
                Action::Execute(statement) => self.tell_and_send(connection, observer, statement).await?,
                Action::ExecuteIf { probe, statement } => {
                    if self.gives_a_row(connection, probe).await? {
                        self.tell_and_send(connection, observer, statement).await?;
                    }
                }
                Action::Require(check) => {
                    observer.tell(Event::Statement { migration: &self.turn.plan.id, statement: check });
                    self.require(connection, check).await?;
                }
                Action::AddColumn { table, statement, in_strict } => {
                    let found = integrity::definition(connection, table).await;
                    let found = found.map_err(|error| self.trouble("reading a table", error))?;
                    let is_strict = found.as_deref().is_some_and(strict::is_strict);
                    let statement = if is_strict { in_strict } else { statement };
                    self.tell_and_send(connection, observer, statement).await?;
                }
                Action::KeepObjects { table } => {
                    self.check_references_are_off(connection).await?;
                    let objects = Objects::read(connection, table).await;
                    kept.insert(table, objects.map_err(|error| self.trouble("reading a table", error))?);
                }
                Action::CopyTable(copy) => {
                    for statement in self.carried(connection, copy).await? {
                        self.tell_and_send(connection, observer, &statement).await?;
                    }
                }
                Action::RestoreObjects { table } => {
                    if let Some(kept) = kept.remove(table) {
                        self.restore(connection, table, &kept).await?;
                    }
                }
            }
        }
        guard.compare(self, connection, checks, warnings).await
    }

    /// Compares the live table with what the migrations made, and returns what is run to make it again.
    async fn carried(
        &self,
        connection: &mut SqliteConnection,
        copy: &TableCopy,
    ) -> Result<Vec<Statement>, Error> {
        let found = integrity::definition(connection, &copy.table).await;
        let Some(found) = found.map_err(|error| self.trouble("reading a table", error))? else {
            let what = format!("there is no table `{}`, which the migrations have made", copy.table);
            return Err(self.refused(&what, "restore it, with its rows, and migrate then"));
        };
        carry::carried(&found, copy).map_err(|conflict| self.refused(&conflict.what, &conflict.remedy))
    }

    async fn tell_and_send(
        &self,
        connection: &mut SqliteConnection,
        observer: &mut Observer,
        statement: &Statement,
    ) -> Result<(), Error> {
        observer.tell(Event::Statement { migration: &self.turn.plan.id, statement });
        self.send(connection, statement).await
    }

    async fn gives_a_row(&self, connection: &mut SqliteConnection, query: &Statement) -> Result<bool, Error> {
        let found = sqlx::raw_sql(AssertSqlSafe(query.sql.as_str())).fetch_optional(connection).await;
        found.map(|row| row.is_some()).map_err(|error| self.trouble("looking at what is there", error))
    }

    /// Writes into the history what is applied, or removes from it what is reverted.
    async fn record(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        let Turn { leg, plan, records, .. } = self.turn;
        if let Some(Replacement { struck, taken }) = records {
            for id in struck {
                rows::delete(connection, self.database, id).await?;
            }
            for migration in taken {
                rows::insert(connection, self.database, migration).await?;
            }
            return Ok(());
        }
        match plan.direction {
            Direction::Forward => {
                // What was reverted as a whole, and is applied again, has its row still where it has no stages.
                if leg.partial.is_some() {
                    rows::delete(connection, self.database, &plan.id).await?;
                }
                rows::insert(connection, self.database, &leg.migration).await?;
            }
            Direction::Backward => {
                for id in std::iter::once(&plan.id).chain(&leg.replaced) {
                    rows::delete(connection, self.database, id).await?;
                }
            }
        }
        if !journal::is_noted(connection, self.database).await? {
            return Ok(());
        }
        let partials = journal::read_inside(connection, self.database).await?.partials();
        let is_open = |id: &MigrationId| *id != plan.id && partials.contains_key(id);
        journal::keep(connection, self.database, is_open).await
    }

    /// Returns whether another process did the migration; the history must otherwise be as it was when the plan was made.
    fn is_done(&self, ledger: &Ledger) -> Result<bool, Error> {
        let Turn { leg, plan, expected, .. } = self.turn;
        let history = &ledger.history;
        let apps: BTreeSet<_> = expected.iter().map(|id| &id.app).chain([&plan.id.app]).collect();
        let mut held: BTreeSet<_> = history.ids().into_iter().filter(|id| apps.contains(&id.app)).collect();
        if ledger.partials().contains_key(&plan.id) {
            let mut expected = BTreeSet::clone(expected);
            expected.remove(&plan.id);
            held.remove(&plan.id);
            return if held == expected { Ok(false) } else { Err(self.moved()) };
        }
        let is_there = held.contains(&plan.id)
            || (plan.direction == Direction::Backward && leg.replaced.iter().any(|id| held.contains(id)));
        let moved = || Err(self.moved());
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
    fn moved(&self) -> Error {
        let (database, migration) = (self.database.as_str().to_owned(), self.turn.plan.id.clone());
        ErrorKind::Moved { database, migration }.into()
    }

    /// `PRAGMA foreign_keys` does nothing inside a transaction, and dropping a table with references on deletes the
    /// rows of its children: better to be sure.
    async fn check_references_are_off(&self, connection: &mut SqliteConnection) -> Result<(), Error> {
        let on: Result<i64, _> = sqlx::query_scalar("PRAGMA foreign_keys").fetch_one(connection).await;
        match on {
            Ok(0) => Ok(()),
            Ok(_) => Err(self.refused(
                "a table would be rebuilt while references are enforced, which deletes the rows of its children",
                "this is a fault of modelshift; please report it",
            )),
            Err(error) => Err(self.trouble("reading a setting", error)),
        }
    }

    async fn restore(
        &self,
        connection: &mut SqliteConnection,
        table: &TableName,
        kept: &Objects,
    ) -> Result<(), Error> {
        if let Err((object, error)) = kept.restore(connection).await {
            if let Some(known) = self.database.known_trouble(&error) {
                return Err(known);
            }
            let what = format!("{object} of table `{table}` cannot live on: {}", plain(error));
            return Err(self.refused(&what, "drop or change it before, in a `RunSql` of the same migration"));
        }
        let restored = statistics::restore(connection, table.as_str()).await;
        restored.map_err(|error| self.trouble("writing what ANALYZE found out", error))?;
        let lost = kept.lost_rows(connection, table).await;
        match lost.map_err(|error| self.trouble("counting rows", error))? {
            None => Ok(()),
            Some((before, after)) => Err(self.refused(
                &format!("table `{table}` had {before} rows before it was rebuilt, and {after} afterwards"),
                "this is a fault of modelshift; please report it",
            )),
        }
    }

    /// Asks for what must not be there.
    async fn require(&self, connection: &mut SqliteConnection, check: &Statement) -> Result<(), Error> {
        if !self.gives_a_row(connection, check).await? {
            return Ok(());
        }
        let remedy =
            format!("correct those rows first, in a `RunSql` before; they are found by: {}", check.sql);
        Err(self.refused(&check.why, &remedy))
    }

    async fn send(&self, connection: &mut SqliteConnection, statement: &Statement) -> Result<(), Error> {
        let sent = sqlx::raw_sql(AssertSqlSafe(statement.sql.as_str())).execute(connection).await;
        sent.map(|_| ()).map_err(|error| {
            self.database.known_trouble(&error).unwrap_or_else(|| {
                ErrorKind::Statement {
                    migration: self.turn.plan.id.clone(),
                    why: statement.why.clone(),
                    kept: self.kept,
                    sql: statement.sql.clone(),
                    source: plain(error),
                }
                .into()
            })
        })
    }

    fn trouble(&self, doing: &str, error: sqlx::Error) -> Error {
        self.database.trouble(&format!("migration `{}`: {doing}", self.turn.plan.id), error)
    }

    fn refused(&self, what: &str, remedy: &str) -> Error {
        let migration = self.turn.plan.id.clone();
        let (what, remedy) = (what.to_owned(), remedy.to_owned());
        ErrorKind::Refused { migration, what, kept: self.kept, remedy }.into()
    }
}
