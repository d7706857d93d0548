//! A live database, as the runner sees it: what the executor, the history and the journal need, and nothing of a driver.
//!
//! Each dialect that runs has one implementation, in `connection` of its folder. Everything above this file is written
//! once, over plain SQL and rows of text.

pub(crate) mod error;
pub mod live_schema;
pub(crate) mod name;
pub(crate) mod row;

use std::future::Future;
use std::path::Path;
use std::time::Duration;

use self::error::SessionError;
use self::live_schema::LiveSchema;
use self::name::DatabaseName;
use self::row::TextRow;
use crate::dialect::{Capabilities, Dialect, Rendering};
use crate::error::Error;
use crate::plan::statement::Statement;
use crate::plan::{Action, Check};

/// What is around a migration: what is done, and what must be sound afterwards.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Work<'a> {
    /// What is done.
    pub(crate) actions: &'a [Action],
    /// What must hold afterwards.
    pub(crate) checks: &'a [Check],
}

/// Why a migration is not run to its end, in the words of [`crate::error::ErrorKind::Refused`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What would be broken.
    pub(crate) what: String,
    /// What to do.
    pub(crate) remedy: String,
}

/// What went wrong in something that can also be refused.
#[derive(Debug)]
#[cfg_attr(not(feature = "sqlite"), expect(dead_code, reason = "only rebuilds of SQLite stop so"))]
pub(crate) enum Stop {
    /// The database reported an error while this was done.
    Failed {
        /// What was being done, such as "reading a table".
        doing: &'static str,
        /// What went wrong.
        error: SessionError,
    },
    /// It is refused.
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
    /// What was broken before a migration, to compare with.
    type Snapshot: Send + Sync;

    /// Returns the dialect.
    fn dialect(&self) -> Dialect;

    /// Returns what the database can do, as found when it was connected to.
    fn capabilities(&self) -> &Capabilities;

    /// Returns the name of the database, and how long to wait for it.
    fn database(&self) -> &DatabaseName;

    /// Sets how long to wait for another process.
    fn set_wait(&mut self, wait: Duration);

    /// Returns the file of the database; none where it is not one file.
    fn file(&self) -> Option<&Path>;

    /// Prepares the connection for reading, whatever an earlier run left behind; returns false where there is no
    /// database yet.
    ///
    /// # Errors
    /// If the database cannot be opened.
    fn open_to_read(&mut self) -> impl Future<Output = Result<bool, Error>> + Send;

    /// Prepares the connection for writing; creates the database where that is a file.
    ///
    /// # Errors
    /// If the database cannot be opened or written.
    fn open_to_write(&mut self) -> impl Future<Output = Result<(), Error>> + Send;

    /// Closes the connection after an error that may have left it in an unknown state; the next use opens it again.
    fn discard(&mut self);

    /// Closes the connection, and waits until it is closed.
    fn close(self) -> impl Future<Output = ()> + Send;

    /// Takes the lock of migrations and begins a transaction; returns false where another process holds the lock.
    ///
    /// # Errors
    /// If the database reports an error.
    fn try_begin(&mut self) -> impl Future<Output = Result<bool, SessionError>> + Send;

    /// Begins a transaction in which every read sees the same.
    ///
    /// # Errors
    /// If the database reports an error.
    fn begin_to_read(&mut self) -> impl Future<Output = Result<(), SessionError>> + Send;

    /// Commits the transaction, and releases its lock.
    ///
    /// # Errors
    /// If the database reports an error.
    fn commit(&mut self) -> impl Future<Output = Result<(), SessionError>> + Send;

    /// Rolls the transaction back, if the database has not done so by itself, and releases its lock.
    fn rollback(&mut self) -> impl Future<Output = ()> + Send;

    /// Takes the lock that is held over a whole migration that is not one transaction; returns false where another
    /// process holds it.
    ///
    /// # Errors
    /// If the lock cannot be taken for another reason.
    fn try_lock(&mut self) -> impl Future<Output = Result<bool, SessionError>> + Send;

    /// Releases that lock.
    fn unlock(&mut self) -> impl Future<Output = ()> + Send;

    /// Runs a text as it is.
    ///
    /// # Errors
    /// If the database reports an error.
    fn execute(&mut self, sql: &str) -> impl Future<Output = Result<(), SessionError>> + Send;

    /// Returns the rows of a query.
    ///
    /// # Errors
    /// If the database reports an error.
    fn rows(&mut self, sql: &str) -> impl Future<Output = Result<Vec<TextRow>, SessionError>> + Send;

    /// Returns the names of a table's columns; none where there is no such table.
    ///
    /// # Errors
    /// If the database reports an error.
    fn columns(&mut self, table: &str) -> impl Future<Output = Result<Vec<String>, SessionError>> + Send;

    /// Returns the names of the triggers on a table.
    ///
    /// # Errors
    /// If the database reports an error.
    fn triggers(&mut self, table: &str) -> impl Future<Output = Result<Vec<String>, SessionError>> + Send;

    /// Returns what the database holds.
    ///
    /// # Errors
    /// If the database reports an error.
    fn introspect(&mut self) -> impl Future<Output = Result<LiveSchema, SessionError>> + Send;

    /// Returns what an empty database holds after these statements; nothing of it stays.
    ///
    /// # Errors
    /// If the database reports an error.
    fn scratch(
        &mut self,
        rendering: &Rendering,
    ) -> impl Future<Output = Result<LiveSchema, SessionError>> + Send;

    /// Returns what is broken before the work begins.
    ///
    /// # Errors
    /// If the database reports an error.
    fn snapshot(&mut self, work: Work<'_>) -> impl Future<Output = Result<Self::Snapshot, Stop>> + Send;

    /// Compares what is broken now with what was before; returns warnings of what was broken before.
    ///
    /// # Errors
    /// If more is broken now, or the database reports an error.
    fn compare(
        &mut self,
        before: &Self::Snapshot,
        work: Work<'_>,
    ) -> impl Future<Output = Result<Vec<String>, Stop>> + Send;

    /// Does what an action needs of the table that is found, and returns the statements to run for it; to be called for
    /// actions that are more than a statement.
    ///
    /// # Errors
    /// If what is found does not allow the action, or the database reports an error.
    fn prepare(&mut self, action: &Action) -> impl Future<Output = Result<Vec<Statement>, Stop>> + Send;
}
