//! The connection to a database of any dialect that this version runs on.

use std::path::Path;
use std::time::Duration;

use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::TableName;
use modelshift_schema::state::ProjectState;

use crate::dialect::Dialect;
#[cfg(feature = "sqlite")]
use crate::dialect::sqlite::connection::Session;
use crate::dialect::sqlite::integrity::rows_of;
use crate::dialect::sqlite::introspect::introspect;
use crate::error::{Error, ErrorKind};
use crate::plan::Plan;
use crate::run::drift::fresh_rendering;
#[cfg(feature = "sqlite")]
use crate::run::executor::records;
use crate::run::executor::records::Rows;
use crate::run::history::Ledger;
use crate::run::job::{Outcome, Turn};
use crate::run::journal;
use crate::run::repair::Repair;
use crate::run::report::Observer;
use crate::session::live_schema::LiveSchema;
use crate::url::DatabaseUrl;

/// The connection to a database; each variant is a dialect that this version runs on.
#[derive(Debug)]
pub(crate) enum Connection {
    /// SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(Box<Session>),
}

impl Connection {
    /// Opens a database.
    ///
    /// # Errors
    /// [`ErrorKind::NotYet`], [`ErrorKind::NoFeature`], and whatever keeps a database from being opened.
    pub(crate) async fn open(url: &DatabaseUrl) -> Result<Self, Error> {
        match url.dialect() {
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => Ok(Self::Sqlite(Box::new(Session::open(url).await?))),
            #[cfg(not(feature = "sqlite"))]
            Dialect::Sqlite => Err(ErrorKind::NoFeature {
                url: url.to_string(),
                dialect: Dialect::Sqlite.to_string(),
                feature: "sqlite".to_owned(),
            }
            .into()),
            dialect @ (Dialect::Postgres | Dialect::Mysql) => {
                Err(ErrorKind::NotYet { url: url.to_string(), dialect: dialect.to_string() }.into())
            }
        }
    }

    /// Gives the dialect.
    pub(crate) fn dialect(&self) -> Dialect {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// Gives the name of the database for a person.
    pub(crate) fn database(&self) -> &str {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref session) => session.database().as_str(),
        }
    }

    /// Returns the file of the database; none where it is in memory.
    pub(crate) fn file(&self) -> Option<&Path> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref session) => session.file(),
        }
    }

    /// Sets how long to wait for another process.
    pub(crate) fn set_wait(&mut self, wait: Duration) {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref mut session) => session.set_wait(wait),
        }
    }

    /// Reads what the database records; it is empty where there is no database yet.
    ///
    /// # Errors
    /// [`ErrorKind::History`], [`ErrorKind::Locked`].
    pub(crate) async fn ledger(&mut self) -> Result<Ledger, Error> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref mut session) => {
                let database = session.database().clone();
                match session.reading().await? {
                    Some(connection) => journal::read_ledger(connection, &database).await,
                    None => Ok(Ledger::default()),
                }
            }
        }
    }

    /// Looks through a plan for what would go wrong half-way.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`].
    pub(crate) fn check(&self, plan: &Plan) -> Result<(), Error> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => crate::dialect::sqlite::transaction_control::check(plan),
        }
    }

    /// Runs one migration; after an error nothing of it is left.
    ///
    /// # Errors
    /// As the executor says.
    pub(crate) async fn execute(
        &mut self,
        turn: &Turn<'_>,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
    ) -> Result<Outcome, Error> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref mut session) => {
                crate::run::executor::execute(session, turn, observer, warnings).await
            }
        }
    }

    /// Records migrations that replace others, where all of those are recorded.
    ///
    /// # Errors
    /// [`ErrorKind::Locked`], and what a database says that cannot be written.
    pub(crate) async fn record(&mut self, migrations: &[Migration]) -> Result<(), Error> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref mut session) => {
                records::write(session, Rows::Replacing(migrations)).await.map(|_| ())
            }
        }
    }

    /// Writes rows of the history that are missing or were changed.
    ///
    /// # Errors
    /// [`ErrorKind::Locked`], and what a database says that cannot be written.
    pub(crate) async fn repair(&mut self, graph: &Graph) -> Result<Vec<Repair>, Error> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref mut session) => records::write(session, Rows::Repairing(graph)).await,
        }
    }

    /// Counts the rows of a table; none where there is no such table.
    ///
    /// # Errors
    /// [`ErrorKind::Locked`], and whatever keeps a database from being read.
    pub(crate) async fn rows(&mut self, table: &TableName) -> Result<Option<i64>, Error> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref mut session) => {
                let database = session.database().clone();
                let Some(connection) = session.reading().await? else { return Ok(None) };
                let counted = rows_of(connection, table.as_str()).await;
                counted.map_err(|error| database.trouble("counting rows", error))
            }
        }
    }

    /// Tells what the database holds.
    ///
    /// # Errors
    /// [`ErrorKind::Locked`], and whatever keeps a database from being read.
    pub(crate) async fn introspect(&mut self) -> Result<LiveSchema, Error> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref mut session) => {
                let database = session.database().clone();
                let Some(connection) = session.reading().await? else { return Ok(LiveSchema::default()) };
                let read = introspect(connection).await;
                read.map_err(|error| database.trouble("reading what it holds", error))
            }
        }
    }

    /// Tells what a fresh database of a state would hold.
    ///
    /// # Errors
    /// Whatever keeps the state from being rendered.
    pub(crate) async fn fresh(&self, state: &ProjectState) -> Result<LiveSchema, Error> {
        match *self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(ref session) => {
                let rendering = fresh_rendering(state, Dialect::Sqlite)?;
                crate::run::executor::fresh(&rendering, session.database()).await
            }
        }
    }

    /// Closes the connection, and waits until it is closed.
    pub(crate) async fn close(self) {
        match self {
            #[cfg(feature = "sqlite")]
            Self::Sqlite(session) => session.close().await,
        }
    }
}
