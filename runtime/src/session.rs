//! The interface to a live database, without types of a driver.
//!
//! Each dialect implements it in `connection` of its folder. The executor, the history and the journal are written once,
//! with plain SQL and rows of text.

#[cfg(feature = "inspect")]
pub(crate) mod details;
pub(crate) mod error;
pub mod live_schema;
pub(crate) mod name;
pub(crate) mod row;

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use std::any::Any;
use std::collections::BTreeSet;
use std::future::Future;
use std::path::Path;
use std::time::Duration;

use modelshift_schema::name::{SchemaName, TableName};

#[cfg(feature = "inspect")]
use self::details::TableDetails;
use self::error::SessionError;
use self::live_schema::LiveSchema;
use self::name::DatabaseName;
use self::row::TextRow;
use crate::dialect::{Capabilities, Dialect};
use crate::error::Error;
use crate::plan::statement::Statement;
use crate::plan::{Action, Check};
use crate::run::fresh::Fresh;

/// The actions of a migration or a stage, and its checks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work<'a> {
    /// The actions.
    pub(crate) actions: &'a [Action],
    /// The checks afterwards.
    pub(crate) checks: &'a [Check],
}

/// Why a migration is refused; the fields are those of [`crate::error::ErrorKind::Refused`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What would be broken.
    pub(crate) what: String,
    /// What to do.
    pub(crate) remedy: String,
}

/// Why a migration stops.
#[derive(Debug)]
#[cfg_attr(not(feature = "sqlite"), expect(dead_code, reason = "only SQLite refuses migrations here"))]
pub(crate) enum Stop {
    /// The database reported an error while this was done.
    Failed {
        /// What was being done, such as "reading a table".
        doing: &'static str,
        /// The error.
        error: SessionError,
    },
    /// The migration is refused.
    Refused(Refusal),
}

#[cfg(feature = "sqlite")]
impl Stop {
    /// Returns a function that adds what was being done to an error.
    pub(crate) fn while_(doing: &'static str) -> impl FnOnce(SessionError) -> Self {
        move |error| Self::Failed { doing, error }
    }
}

/// The one connection to a database.
pub(crate) trait Session: Send + Sync + Sized {
    /// What was broken before a migration.
    type Snapshot: Send + Sync;

    /// Returns the dialect.
    fn dialect(&self) -> Dialect;

    /// Returns the features of the database.
    fn capabilities(&self) -> &Capabilities;

    /// Returns the name of the database, and how long to wait for it.
    fn database(&self) -> &DatabaseName;

    /// Sets how long to wait for another process.
    fn set_wait(&mut self, wait: Duration);

    /// Returns the file of the database; `None` if it is not a file.
    fn file(&self) -> Option<&Path>;

    /// Prepares the connection for reading, whatever an earlier run left behind; returns false if the database does not exist yet.
    ///
    /// # Errors
    /// If the database cannot be opened.
    fn open_to_read(&mut self) -> impl Future<Output = Result<bool, Error>> + Send;

    /// Prepares the connection for writing; creates the database if it is a missing file.
    ///
    /// # Errors
    /// If the database cannot be opened or written.
    fn open_to_write(&mut self) -> impl Future<Output = Result<(), Error>> + Send;

    /// Closes the connection after an error that may have left it in an unknown state; the next use opens it again.
    fn discard(&mut self);

    /// Closes the connection, and waits until it is closed.
    fn close(self) -> impl Future<Output = ()> + Send;

    /// Takes the lock of migrations and begins a transaction; returns false if another process holds the lock.
    ///
    /// # Errors
    /// If the database reports an error.
    fn try_begin(&mut self) -> impl Future<Output = Result<bool, SessionError>> + Send;

    /// Begins a transaction in which all reads see the same data.
    ///
    /// # Errors
    /// If the database reports an error.
    fn begin_to_read(&mut self) -> impl Future<Output = Result<(), SessionError>> + Send;

    /// Commits the transaction, and releases its lock.
    ///
    /// # Errors
    /// If the database reports an error.
    fn commit(&mut self) -> impl Future<Output = Result<(), SessionError>> + Send;

    /// Rolls the transaction back, unless the database has done so, and releases its lock.
    fn rollback(&mut self) -> impl Future<Output = ()> + Send;

    /// Takes the lock of a migration that is not one transaction; returns false if another process holds it.
    ///
    /// # Errors
    /// If the lock cannot be taken for another reason.
    fn try_lock(&mut self) -> impl Future<Output = Result<bool, SessionError>> + Send;

    /// Releases that lock.
    fn unlock(&mut self) -> impl Future<Output = ()> + Send;

    /// Runs a text as it is, and returns how many rows the database says that it changed.
    ///
    /// # Errors
    /// If the database reports an error.
    fn affect(&mut self, sql: &str) -> impl Future<Output = Result<u64, SessionError>> + Send;

    /// Runs a text as it is.
    ///
    /// # Errors
    /// If the database reports an error.
    fn execute(&mut self, sql: &str) -> impl Future<Output = Result<(), SessionError>> + Send {
        async move { self.affect(sql).await.map(|_| ()) }
    }

    /// Returns the open connection of the driver. Its settings may be others afterwards.
    ///
    /// # Errors
    /// If it is closed.
    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    fn driver(&mut self) -> Result<&mut (dyn Any + Send), SessionError>;

    /// Ends the session on the server, whatever statement runs in it, and closes the connection; the next use opens it again.
    ///
    /// # Errors
    /// If the server cannot be told.
    fn abort(&mut self) -> impl Future<Output = Result<(), SessionError>> + Send;

    /// Returns the rows of a query.
    ///
    /// # Errors
    /// If the database reports an error.
    fn rows(&mut self, sql: &str) -> impl Future<Output = Result<Vec<TextRow>, SessionError>> + Send;

    /// Runs a text as it is, and returns the rows of a query after it.
    ///
    /// # Errors
    /// If the database reports an error.
    fn rows_after(
        &mut self,
        sql: &str,
        query: &str,
    ) -> impl Future<Output = Result<Vec<TextRow>, SessionError>> + Send {
        async move {
            self.execute(sql).await?;
            self.rows(query).await
        }
    }

    /// Returns the names of a table's columns; empty if the table does not exist.
    ///
    /// # Errors
    /// If the database reports an error.
    fn columns(
        &mut self,
        table: &TableName,
    ) -> impl Future<Output = Result<Vec<String>, SessionError>> + Send;

    /// Returns the names of the triggers on a table.
    ///
    /// # Errors
    /// If the database reports an error.
    fn triggers(&mut self, table: &str) -> impl Future<Output = Result<Vec<String>, SessionError>> + Send;

    /// Returns the schema of the database. Tables in these other schemas of PostgreSQL are listed as `audit.entry`.
    ///
    /// # Errors
    /// If the database reports an error.
    fn introspect(
        &mut self,
        schemas: &BTreeSet<SchemaName>,
    ) -> impl Future<Output = Result<LiveSchema, SessionError>> + Send;

    /// Returns the tables and views of some schemas in their parts, by name; those of the first schema of the search path if
    /// there are no names.
    ///
    /// # Errors
    /// If the database reports an error.
    #[cfg(feature = "inspect")]
    fn details(
        &mut self,
        schemas: &BTreeSet<SchemaName>,
    ) -> impl Future<Output = Result<Vec<TableDetails>, SessionError>> + Send;

    /// Returns the schema of the database with the tables that these texts name, at least; all tables if they name none.
    ///
    /// # Errors
    /// If the database reports an error.
    fn introspect_named(
        &mut self,
        texts: &[&str],
    ) -> impl Future<Output = Result<LiveSchema, SessionError>> + Send;

    /// Returns the schema that statements create in an empty database, which is then removed.
    ///
    /// # Errors
    /// If the database reports an error.
    fn scratch(&mut self, fresh: &Fresh) -> impl Future<Output = Result<LiveSchema, SessionError>> + Send;

    /// Returns what is broken now.
    ///
    /// # Errors
    /// If the database reports an error.
    fn snapshot(&mut self, work: Work<'_>) -> impl Future<Output = Result<Self::Snapshot, Stop>> + Send;

    /// Compares what is broken now with what was broken before; returns warnings about the latter.
    ///
    /// # Errors
    /// If more is broken now, or the database reports an error.
    fn compare(
        &mut self,
        before: &Self::Snapshot,
        work: Work<'_>,
    ) -> impl Future<Output = Result<Vec<String>, Stop>> + Send;

    /// Prepares the live table for an action, and returns the statements to run. Must be called for actions that are more
    /// than a statement.
    ///
    /// # Errors
    /// If the live table does not allow the action, or the database reports an error.
    fn prepare(&mut self, action: &Action) -> impl Future<Output = Result<Vec<Statement>, Stop>> + Send;
}
