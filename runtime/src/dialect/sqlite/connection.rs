//! The connection to a SQLite database, and its settings.
//!
//! The connection is never one of the application. A missing file is created by the first run that writes, and never by
//! a run that only reads.

mod file;
mod open;
mod stage_lock;

use std::any::Any;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use modelshift_schema::name::{SchemaName, TableName};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteRow};
use sqlx::{AssertSqlSafe, Column, ConnectOptions, Connection, Row};

use super::error::session_error;
use super::integrity::snapshot::{self, Snapshot};
use super::introspect;
use super::rebuild::prepare::{self, AllSaved};

use self::file::OpenedFile;
use self::stage_lock::StageLock;
use crate::dialect::{Capabilities, Dialect, Product};
use crate::error::{Error, ErrorKind};
use crate::plan::Action;
use crate::plan::statement::Statement;
use crate::run::fresh::Fresh;
use crate::session::error::SessionError;
use crate::session::live_schema::LiveSchema;
use crate::session::name::DatabaseName;
use crate::session::row::{Names, TextRow};
use crate::session::{Session, Stop, Work};

type Answer<T> = Result<T, SessionError>;

/// How long SQLite itself waits for the write lock, before the progress of other processes is checked.
const GLANCE: Duration = Duration::from_millis(100);

/// What may be done with a file.
#[derive(Clone, Copy, Debug)]
struct Access {
    /// True if a missing file can be created.
    may_create: bool,
    /// True if the file is only read.
    read_only: bool,
}

/// The connection, and the options to open it again.
#[derive(Debug)]
pub(crate) struct SqliteSession {
    name: DatabaseName,
    options: SqliteConnectOptions,
    /// The file; `None` for a database in memory.
    file: Option<PathBuf>,
    access: Access,
    capabilities: Capabilities,
    connection: Option<SqliteConnection>,
    /// The file that was opened.
    opened: Option<OpenedFile>,
    /// Whether a transaction is open.
    in_transaction: bool,
    /// Whether the settings are those of modelshift: nothing was run since that may have changed them.
    is_set: bool,
    /// The lock of a migration that is not one transaction.
    stage_lock: Option<StageLock>,
    /// The objects of the tables that are being rebuilt.
    saved: AllSaved,
    /// The statement that sets back a connection of the application; `None` if the connection is not one.
    restore: Option<String>,
}

impl SqliteSession {
    /// Returns the connection of the driver.
    ///
    /// # Errors
    /// [`ErrorKind::Open`], [`ErrorKind::ReadOnly`], [`ErrorKind::Locked`].
    pub(crate) async fn into_connection(mut self) -> Result<SqliteConnection, Error> {
        self.open_to_write().await?;
        if let Some(restore) = self.restore.take() {
            let restored = self.execute(&restore).await;
            restored.map_err(|error| self.name.error("setting back the connection", error))?;
        }
        self.connection.take().ok_or_else(|| self.name.open_error("it was closed", "connect again"))
    }

    /// Returns the open connection.
    ///
    /// # Errors
    /// If it was closed.
    fn connection(&mut self) -> Answer<&mut SqliteConnection> {
        opened(&mut self.connection)
    }

    /// Opens the connection if it is closed, and resets its state and settings, whatever an earlier run left behind.
    async fn prepare_connection(&mut self) -> Result<(), Error> {
        let is_new = self.connection.is_none();
        let connection = match &mut self.connection {
            Some(connection) => connection,
            closed @ None => {
                let opened = self.options.connect().await;
                closed.insert(opened.map_err(|error| self.name.error("opening it", session_error(error)))?)
            }
        };
        if std::mem::take(&mut self.in_transaction) {
            // A run was interrupted. SQLite may have rolled back by itself.
            let _ = sqlx::raw_sql("ROLLBACK").execute(&mut *connection).await;
            self.is_set = false;
        }
        self.saved.clear();
        if self.is_set && !is_new {
            return Ok(());
        }
        let settings = format!(
            "PRAGMA busy_timeout = {}; PRAGMA foreign_keys = ON; PRAGMA legacy_alter_table = OFF; \
             SELECT count(*) FROM sqlite_schema",
            milliseconds(self.name.waits())
        );
        let set = sqlx::raw_sql(AssertSqlSafe(settings)).execute(&mut *connection).await;
        set.map_err(|error| self.name.error("reading it", session_error(error)))?;
        self.is_set = true;
        if is_new {
            self.probe_version().await?;
        }
        if self.opened.is_none() {
            self.opened = self.file.as_deref().map(OpenedFile::at);
        }
        Ok(())
    }

    /// Checks that the file is a database. A locked database is checked when it is used.
    async fn probe(&mut self) -> Result<(), Error> {
        let waits = self.name.set_waits(Duration::ZERO);
        let probed = self.open_to_read().await;
        self.name.set_waits(waits);
        match probed {
            Err(error) if !matches!(error.kind(), ErrorKind::Locked { .. }) => Err(error),
            Err(_) | Ok(_) => Ok(()),
        }
    }

    /// Reads the version of the SQLite library, and sets the capabilities.
    async fn probe_version(&mut self) -> Result<(), Error> {
        let found = self.rows("SELECT sqlite_version()").await;
        let found = found.map_err(|error| self.name.error("reading its version", error))?;
        let reported = found.first().and_then(TextRow::first).unwrap_or_default();
        self.capabilities = self.name.capabilities(Product::Sqlite, reported)?;
        Ok(())
    }

    fn check_writable(&self) -> Result<(), Error> {
        let is_marked = self
            .file
            .as_ref()
            .is_some_and(|path| path.metadata().is_ok_and(|data| data.permissions().readonly()));
        if is_marked {
            return Err(self.name.read_only("the file is marked so; change its permissions (`chmod u+w`)"));
        }
        if self.access.read_only {
            return Err(self.name.read_only("leave `mode=ro` out of the address"));
        }
        Ok(())
    }

    /// Checks that the file is still the one that was opened.
    fn check_file(&self) -> Answer<()> {
        match &self.opened {
            Some(file) if !file.is_there() => Err(SessionError::Replaced),
            Some(_) | None => Ok(()),
        }
    }

    /// Runs a text that leaves the settings as they are, as [`Session::execute`] does.
    async fn execute_own(&mut self, sql: &str) -> Answer<()> {
        let sent = sqlx::raw_sql(AssertSqlSafe(sql)).execute(self.connection()?).await;
        sent.map(|_| ()).map_err(session_error)
    }

    async fn set_timeout(&mut self, wait: Duration) -> Answer<()> {
        self.execute_own(&format!("PRAGMA busy_timeout = {}", milliseconds(wait))).await
    }
}

impl Session for SqliteSession {
    type Snapshot = Snapshot;

    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn database(&self) -> &DatabaseName {
        &self.name
    }

    fn set_wait(&mut self, wait: Duration) {
        self.is_set = false;
        self.name.set_waits(wait);
    }

    fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Opens the file again if it was replaced.
    async fn open_to_read(&mut self) -> Result<bool, Error> {
        if self.check_file().is_err() {
            self.discard();
        }
        if self.connection.is_none() && self.file.as_ref().is_some_and(|path| !path.exists()) {
            return Ok(false);
        }
        self.prepare_connection().await.map(|()| true)
    }

    async fn open_to_write(&mut self) -> Result<(), Error> {
        self.check_file().map_err(|error| self.name.error("opening it", error))?;
        self.check_place()?;
        self.check_writable()?;
        self.prepare_connection().await
    }

    fn discard(&mut self) {
        if self.file.is_some() && self.restore.is_none() {
            self.connection = None;
            self.opened = None;
            self.in_transaction = false;
            self.is_set = false;
        }
    }

    async fn close(mut self) {
        if let Some(connection) = self.connection.take() {
            // No transaction is open, so that an error loses nothing.
            let _ = connection.close().await;
        }
    }

    async fn try_begin(&mut self) -> Answer<bool> {
        let waits = self.name.waits();
        // One text, since each is a message to the thread of the driver.
        let begin = format!(
            "PRAGMA busy_timeout = {}; BEGIN IMMEDIATE; PRAGMA busy_timeout = {}",
            milliseconds(GLANCE.min(waits)),
            milliseconds(waits)
        );
        self.in_transaction = true;
        if let Err(error) = self.execute_own(&begin).await {
            self.in_transaction = false;
            self.set_timeout(waits).await?;
            return if error == SessionError::Locked { Ok(false) } else { Err(error) };
        }
        Ok(true)
    }

    async fn begin_to_read(&mut self) -> Answer<()> {
        self.in_transaction = true;
        self.execute("BEGIN").await
    }

    /// Commits, unless the open file was replaced by another one.
    async fn commit(&mut self) -> Answer<()> {
        self.check_file()?;
        self.execute("COMMIT").await?;
        self.in_transaction = false;
        self.check_file()
    }

    async fn rollback(&mut self) {
        self.in_transaction = false;
        // After some errors SQLite has already rolled back; then this fails.
        let _ = self.execute("ROLLBACK").await;
    }

    async fn try_lock(&mut self) -> Answer<bool> {
        // No other process can open a database in memory.
        let Some(file) = &self.opened else { return Ok(true) };
        let acquired = StageLock::try_acquire(file.path());
        self.stage_lock = acquired.map_err(|error| SessionError::reported(&error))?;
        Ok(self.stage_lock.is_some())
    }

    async fn unlock(&mut self) {
        self.stage_lock = None;
    }

    async fn affect(&mut self, sql: &str) -> Answer<u64> {
        self.is_set &= !may_set(sql);
        let connection = self.connection()?;
        let sent = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await;
        sent.map(|done| done.rows_affected()).map_err(session_error)
    }

    fn driver(&mut self) -> Answer<&mut (dyn Any + Send)> {
        self.is_set = false;
        Ok(self.connection()?)
    }

    async fn abort(&mut self) -> Answer<()> {
        // The library stops with the process, and the next connection rolls back what was not committed.
        self.stage_lock = None;
        self.discard();
        Ok(())
    }

    async fn rows(&mut self, sql: &str) -> Answer<Vec<TextRow>> {
        self.is_set &= !may_set(sql);
        let connection = self.connection()?;
        let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(connection).await.map_err(session_error)?;
        let mut names = Names::default();
        rows.iter().map(|row| text_row(row, &mut names)).collect()
    }

    async fn rows_after(&mut self, sql: &str, query: &str) -> Answer<Vec<TextRow>> {
        self.rows(&format!("{sql};\n{query}")).await
    }

    async fn columns(&mut self, table: &TableName) -> Answer<Vec<String>> {
        let select = "SELECT name FROM pragma_table_info(?)";
        sqlx::query_scalar(select)
            .bind(table.as_str())
            .fetch_all(self.connection()?)
            .await
            .map_err(session_error)
    }

    async fn triggers(&mut self, table: &str) -> Answer<Vec<String>> {
        let select = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND lower(tbl_name) = lower(?1) \
            UNION SELECT name FROM sqlite_temp_schema WHERE type = 'trigger' AND lower(tbl_name) = lower(?1)";
        sqlx::query_scalar(select).bind(table).fetch_all(self.connection()?).await.map_err(session_error)
    }

    async fn introspect(&mut self, _schemas: &BTreeSet<SchemaName>) -> Answer<LiveSchema> {
        introspect::introspect(self.connection()?).await.map_err(session_error)
    }

    #[cfg(feature = "inspect")]
    async fn details(
        &mut self,
        _schemas: &BTreeSet<SchemaName>,
    ) -> Answer<Vec<crate::session::details::TableDetails>> {
        introspect::details::details(self).await
    }

    async fn introspect_named(&mut self, _texts: &[&str]) -> Answer<LiveSchema> {
        self.introspect(&BTreeSet::new()).await
    }

    async fn scratch(&mut self, fresh: &Fresh) -> Answer<LiveSchema> {
        let options = SqliteConnectOptions::new().in_memory(true).disable_statement_logging();
        let mut connection = options.connect().await.map_err(session_error)?;
        for statement in fresh.rendering.actions.iter().flat_map(Action::statements) {
            let sent = sqlx::raw_sql(AssertSqlSafe(statement.sql.as_str())).execute(&mut connection).await;
            sent.map_err(session_error)?;
        }
        introspect::introspect(&mut connection).await.map_err(session_error)
    }

    async fn snapshot(&mut self, work: Work<'_>) -> Result<Snapshot, Stop> {
        let connection = self.connection().map_err(Stop::while_("reading views and triggers"))?;
        snapshot::snapshot(connection, work).await
    }

    async fn compare(&mut self, before: &Snapshot, work: Work<'_>) -> Result<Vec<String>, Stop> {
        let connection = self.connection().map_err(Stop::while_("reading views and triggers"))?;
        snapshot::compare(connection, before, work).await
    }

    async fn prepare(&mut self, action: &Action) -> Result<Vec<Statement>, Stop> {
        let connection = opened(&mut self.connection).map_err(Stop::while_("reading a table"))?;
        prepare::prepare(connection, &mut self.saved, action).await
    }
}

fn opened(connection: &mut Option<SqliteConnection>) -> Answer<&mut SqliteConnection> {
    connection.as_mut().ok_or_else(|| SessionError::Reported("the connection is closed".to_owned()))
}

/// Returns whether a text may change settings: also migrations do, and so may their own SQL and functions.
fn may_set(sql: &str) -> bool {
    sql.to_ascii_uppercase().contains("PRAGMA")
}

fn text_row(row: &SqliteRow, names: &mut Names) -> Answer<TextRow> {
    let mut values = Vec::with_capacity(row.len());
    for column in row.columns() {
        let value = row.try_get_unchecked::<Option<String>, _>(column.ordinal()).map_err(session_error)?;
        values.push(value);
    }
    Ok(TextRow::new(names.of(row.columns().iter().map(Column::name)), values))
}

/// Returns a timeout for SQLite, which reads a larger number as 0.
fn milliseconds(wait: Duration) -> i32 {
    i32::try_from(wait.as_millis()).unwrap_or(i32::MAX)
}
