//! The connection to a database of any dialect. Only here the dialects are distinguished.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{SchemaName, TableName};
use modelshift_schema::state::ProjectState;

#[cfg(feature = "mysql")]
use crate::dialect::MysqlSession;
#[cfg(feature = "postgres")]
use crate::dialect::PostgresSession;
#[cfg(feature = "sqlite")]
use crate::dialect::SqliteSession;
use crate::dialect::pool::{OpenConnection, Opened, Options, PoolOptions};
use crate::dialect::{Capabilities, Dialect, with_spelling};
use crate::error::{Error, ErrorKind};
#[cfg(feature = "fixtures")]
use crate::fixtures::load::{self, Load, Source};
#[cfg(feature = "fixtures")]
use crate::fixtures::shape::Shapes;
#[cfg(feature = "fixtures")]
use crate::fixtures::{Dump, Loaded, dump, empty};
use crate::model::embedded::Migrations;
use crate::plan::MigrationPlan;
use crate::run::executor::records::{self, Rows};
use crate::run::executor::rehearsal;
use crate::run::executor::together::{self, Batch};
use crate::run::fresh::Fresh;
use crate::run::history::Ledger;
use crate::run::job::{Job, Outcome};
use crate::run::prepare::new_database::NewDatabase;
use crate::run::repair::{Known, Repair};
use crate::run::report::Observer;
use crate::run::{executor, journal};
use crate::session::Session;
#[cfg(feature = "inspect")]
use crate::session::details::TableDetails;
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

    /// Opens the database of a pool, with a connection of its own.
    ///
    /// # Errors
    /// If the database cannot be opened.
    pub(crate) async fn open_like(pool: PoolOptions) -> Result<Self, Error> {
        match pool.0 {
            #[cfg(feature = "sqlite")]
            Options::Sqlite(options) => Ok(Self::Sqlite(Box::new(SqliteSession::open_like(options).await?))),
            #[cfg(feature = "postgres")]
            Options::Postgres(options) => {
                Ok(Self::Postgres(Box::new(PostgresSession::open_like(options).await?)))
            }
            #[cfg(feature = "mysql")]
            Options::Mysql(options) => Ok(Self::Mysql(Box::new(MysqlSession::open_like(options).await?))),
        }
    }

    /// Takes a connection of the application.
    ///
    /// # Errors
    /// If a transaction is open on it, or the database cannot be used.
    pub(crate) async fn take(connection: OpenConnection) -> Result<Self, Error> {
        match connection.0 {
            #[cfg(feature = "sqlite")]
            Opened::Sqlite(opened) => Ok(Self::Sqlite(Box::new(SqliteSession::take(*opened).await?))),
            #[cfg(feature = "postgres")]
            Opened::Postgres(opened) => Ok(Self::Postgres(Box::new(PostgresSession::take(*opened).await?))),
            #[cfg(feature = "mysql")]
            Opened::Mysql(opened) => Ok(Self::Mysql(Box::new(MysqlSession::take(*opened).await?))),
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
        job: &Job<'_>,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
    ) -> Result<Outcome, Error> {
        with_session!(self, session => executor::execute(session.as_mut(), job, observer, warnings).await)
    }

    /// Runs migrations in one transaction. After an error nothing of them is left.
    ///
    /// # Errors
    /// As the executor reports.
    pub(crate) async fn execute_together(
        &mut self,
        batch: Batch<'_>,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
    ) -> Result<Vec<Outcome>, Error> {
        with_session!(self, session => together::execute(session.as_mut(), batch, observer, warnings).await)
    }

    /// Ends the session on the server, whatever runs in it.
    ///
    /// # Errors
    /// If the server cannot be told.
    pub(crate) async fn abort(&mut self) -> Result<(), Error> {
        with_session!(self, session => {
            let aborted = session.abort().await;
            aborted.map_err(|error| session.database().error("ending the session", error))
        })
    }

    /// Removes rows of migrations that others replace, if those are still recorded.
    ///
    /// # Errors
    /// `ErrorKind::Locked`, and if the history cannot be written.
    pub(crate) async fn prune(&mut self, known: &Known<'_>) -> Result<Vec<Repair>, Error> {
        with_session!(self, session => records::write(session.as_mut(), Rows::Pruning(known)).await)
    }

    /// Runs the first migrations of a new database as one plan; returns false if it is not new, or is locked.
    ///
    /// # Errors
    /// As the executor reports.
    pub(crate) async fn execute_first(
        &mut self,
        new: &NewDatabase<'_>,
        observer: &mut Observer,
        warnings: &mut Vec<String>,
    ) -> Result<bool, Error> {
        with_session!(self, session => {
            executor::new_database::execute(session.as_mut(), new, observer, warnings).await
        })
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

    /// Runs a plan without the history.
    ///
    /// # Errors
    /// As the executor reports.
    pub(crate) async fn rehearse(&mut self, plan: &MigrationPlan, program: &Migrations) -> Result<(), Error> {
        with_session!(self, session => rehearsal::rehearse(session.as_mut(), plan, program).await)
    }

    /// Runs a text as it is.
    ///
    /// # Errors
    /// If the database reports an error.
    pub(crate) async fn execute_text(&mut self, sql: &str) -> Result<(), Error> {
        with_session!(self, session => execute_text(session.as_mut(), sql).await)
    }

    /// Returns the rows of a query, with each value as text.
    ///
    /// # Errors
    /// If the database reports an error.
    pub(crate) async fn rows_of_text(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, Error> {
        with_session!(self, session => rows_of_text(session.as_mut(), sql).await)
    }

    /// Returns the schema of the database.
    ///
    /// # Errors
    /// `ErrorKind::Locked`, and if the database cannot be read.
    pub(crate) async fn introspect(&mut self, schemas: &BTreeSet<SchemaName>) -> Result<LiveSchema, Error> {
        with_session!(self, session => introspect(session.as_mut(), schemas).await)
    }

    /// Returns the tables and views of some schemas in their parts, by name; those of the first schema if there are no names.
    ///
    /// # Errors
    /// `ErrorKind::Locked`, and if the database cannot be read.
    #[cfg(feature = "inspect")]
    pub(crate) async fn details(
        &mut self,
        schemas: &BTreeSet<SchemaName>,
    ) -> Result<Vec<TableDetails>, Error> {
        with_session!(self, session => details(session.as_mut(), schemas).await)
    }

    /// Returns the schema of a new database for a state.
    ///
    /// # Errors
    /// If the state cannot be rendered, or a new database cannot be made.
    pub(crate) async fn fresh(&mut self, state: &ProjectState) -> Result<LiveSchema, Error> {
        let made = with_session!(self, session => fresh(session.as_mut(), state).await)?;
        made.map_err(|error| with_session!(self, session => session.database().error(MAKING, error)))
    }

    /// Returns the schema that a state has in a new database; an error of the session if this role may not make one.
    ///
    /// # Errors
    /// As [`Self::fresh`], for any other reason.
    pub(crate) async fn fresh_if_allowed(
        &mut self,
        state: &ProjectState,
    ) -> Result<Result<LiveSchema, SessionError>, Error> {
        let made = with_session!(self, session => fresh(session.as_mut(), state).await)?;
        match made {
            // The connection is open, so that only the right to create can be missing.
            Err(SessionError::Denied(_) | SessionError::ReadOnly { .. } | SessionError::Open { .. }) => {
                Ok(made)
            }
            Err(
                SessionError::Locked
                | SessionError::Replaced
                | SessionError::NoTable(_)
                | SessionError::Reported(_),
            )
            | Ok(_) => {
                let made = made
                    .map_err(|error| with_session!(self, session => session.database().error(MAKING, error)));
                made.map(Ok)
            }
        }
    }

    /// Writes rows as a fixture; returns their number.
    ///
    /// # Errors
    /// As [`dump::dump`].
    #[cfg(feature = "fixtures")]
    pub(crate) async fn dump(
        &mut self,
        shapes: &Shapes,
        wanted: &Dump,
        (file, out): (&str, &mut (dyn std::io::Write + Send)),
    ) -> Result<u64, Error> {
        with_session!(self, session => dump::dump(session.as_mut(), shapes, wanted, file, out).await)
    }

    /// Writes rows as a script of SQL; returns the number of the rows of models.
    ///
    /// # Errors
    /// As [`dump::script::dump`].
    #[cfg(feature = "fixtures")]
    pub(crate) async fn dump_sql(
        &mut self,
        shapes: &Shapes,
        wanted: &Dump,
        (file, out): (&str, &mut (dyn std::io::Write + Send)),
    ) -> Result<u64, Error> {
        with_session!(self, session => dump::script::dump(session.as_mut(), shapes, wanted, file, out).await)
    }

    /// Loads fixtures.
    ///
    /// # Errors
    /// As [`load::load`].
    #[cfg(feature = "fixtures")]
    pub(crate) async fn load(
        &mut self,
        shapes: &Shapes,
        sources: Vec<Source>,
        wanted: &Load,
    ) -> Result<Loaded, Error> {
        with_session!(self, session => load::load(session.as_mut(), shapes, sources, wanted).await)
    }

    /// Removes all rows of the tables of models; returns the number of tables.
    ///
    /// # Errors
    /// As [`empty::empty`].
    #[cfg(feature = "fixtures")]
    pub(crate) async fn empty(&mut self, shapes: &Shapes) -> Result<usize, Error> {
        with_session!(self, session => empty::empty(session.as_mut(), shapes).await)
    }

    /// Closes the connection, and waits until it is closed.
    pub(crate) async fn close(self) {
        with_session!(self, session => session.close().await);
    }
}

async fn ledger(session: &mut impl Session) -> Result<Ledger, Error> {
    const TRIES: usize = 10;
    for _ in 1..TRIES {
        match read_ledger(session).await {
            // Another process has just created a table, or holds a lock for a moment.
            Err(error) if matches!(error.kind(), ErrorKind::Locked { .. }) && session.file().is_none() => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            read => return read,
        }
    }
    read_ledger(session).await
}

async fn read_ledger(session: &mut impl Session) -> Result<Ledger, Error> {
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
    if session.columns(table).await?.is_empty() {
        return Ok(None);
    }
    let table = with_spelling(session.dialect(), session.capabilities(), |it| it.table(table));
    let table = table.map_err(|error| SessionError::reported(&error))?;
    let rows = session.rows(&format!("SELECT count(*) FROM {table}")).await?;
    Ok(rows.first().and_then(TextRow::first).and_then(|count| count.parse().ok()))
}

async fn execute_text(session: &mut impl Session, sql: &str) -> Result<(), Error> {
    session.open_to_write().await?;
    session.execute(sql).await.map_err(|error| session.database().error("running a text", error))
}

async fn rows_of_text(session: &mut impl Session, sql: &str) -> Result<Vec<Vec<Option<String>>>, Error> {
    session.open_to_read().await?;
    let rows = session.rows(sql).await;
    let rows = rows.map_err(|error| session.database().error("reading rows", error))?;
    Ok(rows.into_iter().map(TextRow::into_values).collect())
}

async fn introspect(session: &mut impl Session, schemas: &BTreeSet<SchemaName>) -> Result<LiveSchema, Error> {
    if !session.open_to_read().await? {
        return Ok(LiveSchema::default());
    }
    let read = session.introspect(schemas).await;
    read.map_err(|error| session.database().error("reading what it holds", error))
}

#[cfg(feature = "inspect")]
async fn details(
    session: &mut impl Session,
    schemas: &BTreeSet<SchemaName>,
) -> Result<Vec<TableDetails>, Error> {
    if !session.open_to_read().await? {
        return Ok(Vec::new());
    }
    let read = session.details(schemas).await;
    read.map_err(|error| session.database().error("reading its tables", error))
}

/// What a comparison does first.
const MAKING: &str = "making a new database to compare with";

async fn fresh(
    session: &mut impl Session,
    state: &ProjectState,
) -> Result<Result<LiveSchema, SessionError>, Error> {
    let fresh = Fresh::of(state, session.dialect(), session.capabilities())?;
    Ok(session.scratch(&fresh).await)
}
