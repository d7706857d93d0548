//! The connection to a database of any dialect. Only here the dialects are distinguished.

use std::path::Path;
use std::time::Duration;

use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::TableName;
use modelshift_schema::state::ProjectState;

#[cfg(feature = "mysql")]
use crate::dialect::MysqlSession;
#[cfg(feature = "postgres")]
use crate::dialect::PostgresSession;
#[cfg(feature = "sqlite")]
use crate::dialect::SqliteSession;
use crate::dialect::{Capabilities, Dialect, with_spelling};
use crate::error::Error;
#[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
use crate::error::ErrorKind;
use crate::run::executor::records::{self, Rows};
use crate::run::fresh::fresh_rendering;
use crate::run::history::Ledger;
use crate::run::job::{Job, Outcome};
use crate::run::repair::Repair;
use crate::run::report::Observer;
use crate::run::{executor, journal};
use crate::session::Session;
use crate::session::error::SessionError;
use crate::session::live_schema::LiveSchema;
use crate::session::row::TextRow;
use crate::url::DatabaseUrl;

/// The connection to a database.
#[derive(Debug)]
pub(crate) enum Connection {
    /// SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(Box<SqliteSession>),
    /// PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(Box<PostgresSession>),
    /// MySQL or MariaDB.
    #[cfg(feature = "mysql")]
    Mysql(Box<MysqlSession>),
}

/// Does the same with the session of any dialect.
macro_rules! with_session {
    ($connection:expr, $session:ident => $body:expr) => {
        match $connection {
            #[cfg(feature = "sqlite")]
            Connection::Sqlite($session) => $body,
            #[cfg(feature = "postgres")]
            Connection::Postgres($session) => $body,
            #[cfg(feature = "mysql")]
            Connection::Mysql($session) => $body,
        }
    };
}

impl Connection {
    /// Opens a database.
    ///
    /// # Errors
    /// If the feature of the dialect is missing, or the database cannot be opened.
    pub(crate) async fn open(url: &DatabaseUrl) -> Result<Self, Error> {
        match url.dialect() {
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => Ok(Self::Sqlite(Box::new(SqliteSession::open(url).await?))),
            #[cfg(feature = "postgres")]
            Dialect::Postgres => Ok(Self::Postgres(Box::new(PostgresSession::open(url).await?))),
            #[cfg(feature = "mysql")]
            Dialect::Mysql => Ok(Self::Mysql(Box::new(MysqlSession::open(url).await?))),
            #[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
            dialect => Err(ErrorKind::NoFeature {
                url: url.to_string(),
                dialect: dialect.to_string(),
                feature: dialect.name().to_owned(),
            }
            .into()),
        }
    }

    /// Returns the dialect.
    pub(crate) fn dialect(&self) -> Dialect {
        with_session!(self, session => session.dialect())
    }

    /// Returns the features of the database.
    pub(crate) fn capabilities(&self) -> &Capabilities {
        with_session!(self, session => session.capabilities())
    }

    /// Returns the name of the database.
    pub(crate) fn database(&self) -> &str {
        with_session!(self, session => session.database().as_str())
    }

    /// Returns the file of the database; `None` if it is in memory or on a server.
    pub(crate) fn file(&self) -> Option<&Path> {
        with_session!(self, session => session.file())
    }

    /// Sets how long to wait for another process.
    pub(crate) fn set_wait(&mut self, wait: Duration) {
        with_session!(self, session => session.set_wait(wait));
    }

    /// Returns what the database records; empty if the database does not exist.
    ///
    /// # Errors
    /// `ErrorKind::History`, `ErrorKind::Locked`.
    pub(crate) async fn ledger(&mut self) -> Result<Ledger, Error> {
        with_session!(self, session => ledger(session.as_mut()).await)
    }

    /// Runs one migration. After an error it is rolled back; of a migration that is not one transaction, the completed stages
    /// are kept.
    ///
    /// # Errors
    /// As the executor reports.
    pub(crate) async fn execute(
        &mut self,
        turn: &Job<'_>,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
    ) -> Result<Outcome, Error> {
        with_session!(self, session => executor::execute(session.as_mut(), turn, observer, warnings).await)
    }

    /// Records migrations that replace others, if all of those are recorded.
    ///
    /// # Errors
    /// `ErrorKind::Locked`, and if the history cannot be written.
    pub(crate) async fn record(&mut self, migrations: &[Migration]) -> Result<(), Error> {
        let rows = Rows::Replacing(migrations);
        with_session!(self, session => records::write(session.as_mut(), rows).await.map(|_| ()))
    }

    /// Writes rows of the history that are missing or were changed.
    ///
    /// # Errors
    /// `ErrorKind::Locked`, and if the history cannot be written.
    pub(crate) async fn repair(&mut self, graph: &Graph) -> Result<Vec<Repair>, Error> {
        with_session!(self, session => records::write(session.as_mut(), Rows::Repairing(graph)).await)
    }

    /// Returns the number of rows of a table; `None` if the table does not exist.
    ///
    /// # Errors
    /// `ErrorKind::Locked`, and if the database cannot be read.
    pub(crate) async fn rows(&mut self, table: &TableName) -> Result<Option<i64>, Error> {
        with_session!(self, session => rows(session.as_mut(), table).await)
    }

    /// Returns the schema of the database.
    ///
    /// # Errors
    /// `ErrorKind::Locked`, and if the database cannot be read.
    pub(crate) async fn introspect(&mut self) -> Result<LiveSchema, Error> {
        with_session!(self, session => introspect(session.as_mut()).await)
    }

    /// Returns the schema of a new database for a state.
    ///
    /// # Errors
    /// If the state cannot be rendered, or a new database cannot be made.
    pub(crate) async fn fresh(&mut self, state: &ProjectState) -> Result<LiveSchema, Error> {
        with_session!(self, session => fresh(session.as_mut(), state).await)
    }

    /// Closes the connection, and waits until it is closed.
    pub(crate) async fn close(self) {
        with_session!(self, session => session.close().await);
    }
}

async fn ledger(session: &mut impl Session) -> Result<Ledger, Error> {
    if session.open_to_read().await? { journal::read_ledger(session).await } else { Ok(Ledger::default()) }
}

async fn rows(session: &mut impl Session, table: &TableName) -> Result<Option<i64>, Error> {
    if !session.open_to_read().await? {
        return Ok(None);
    }
    let counted = count(session, table).await;
    counted.map_err(|error| session.database().error("counting rows", error))
}

async fn count(session: &mut impl Session, table: &TableName) -> Result<Option<i64>, SessionError> {
    if session.columns(table.as_str()).await?.is_empty() {
        return Ok(None);
    }
    let table = with_spelling(session.dialect(), session.capabilities(), |it| it.identifier(table.as_str()));
    let table = table.map_err(|error| SessionError::reported(&error))?;
    let rows = session.rows(&format!("SELECT count(*) FROM {table}")).await?;
    Ok(rows.first().and_then(TextRow::first).and_then(|count| count.parse().ok()))
}

async fn introspect(session: &mut impl Session) -> Result<LiveSchema, Error> {
    if !session.open_to_read().await? {
        return Ok(LiveSchema::default());
    }
    let read = session.introspect().await;
    read.map_err(|error| session.database().error("reading what it holds", error))
}

async fn fresh(session: &mut impl Session, state: &ProjectState) -> Result<LiveSchema, Error> {
    let rendering = fresh_rendering(state, session.dialect(), session.capabilities())?;
    let made = session.scratch(&rendering).await;
    made.map_err(|error| session.database().error("making a new database to compare with", error))
}
