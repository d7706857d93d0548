//! The connection to a MySQL or MariaDB database, its lock and its transactions.
//!
//! The server commits before and after each DDL statement, so that the progress of a migration is recorded after each
//! statement. The lock is a named lock of the server, which the server releases when the connection ends.

mod pins;

use std::any::Any;
use std::collections::BTreeSet;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use modelshift_schema::name::{SchemaName, TableName};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlRow};
use sqlx::{AssertSqlSafe, Column, ConnectOptions, Connection, Row};

use self::pins::Former;
use super::error::session_error;
use super::{introspect, quoted};
use crate::dialect::{Capabilities, Dialect, Product, Rendering};
use crate::error::Error;
use crate::plan::Action;
use crate::plan::statement::Statement;
use crate::run::fresh::Fresh;
use crate::session::error::SessionError;
use crate::session::live_schema::LiveSchema;
use crate::session::name::DatabaseName;
use crate::session::row::{Names, TextRow};
use crate::session::{Session, Stop, Work};
use crate::url::DatabaseUrl;

type Answer<T> = Result<T, SessionError>;

/// The name of the lock, with at most 64 characters. Names of locks apply to the whole server, so that it contains the
/// database. MySQL 9.6 and newer have no `sha1`.
const LOCK: &str = "concat('modelshift:', left(sha2(database(), 256), 40))";

/// How long to wait before the lock is requested again.
const GLANCE: Duration = Duration::from_millis(50);

/// The connection, and the options to open it again.
#[derive(Debug)]
pub(crate) struct MysqlSession {
    name: DatabaseName,
    /// The options to open it again; `None` for a connection of the application.
    options: Option<MySqlConnectOptions>,
    capabilities: Capabilities,
    connection: Option<MySqlConnection>,
    /// Whether a transaction is open.
    in_transaction: bool,
    /// How often the lock is held: by the transaction, and by the migration.
    locks: usize,
    /// The number of the connection on the server.
    process: Option<String>,
    /// The settings that the connection had, which it gets back.
    former: Option<Former>,
}

impl MysqlSession {
    /// Connects to the database, and reads its version.
    ///
    /// # Errors
    /// If the URL is invalid, the database cannot be opened, or its version is not supported.
    pub(crate) async fn open(url: &DatabaseUrl) -> Result<Self, Error> {
        let options = MySqlConnectOptions::from_str(url.secret()).map_err(|error| url.invalid(&error))?;
        Self::open_with(options, url.to_string()).await
    }

    /// Connects to the database of a pool, with a connection of its own.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(crate) async fn open_like(options: MySqlConnectOptions) -> Result<Self, Error> {
        let database = options.get_database().unwrap_or_default();
        let name = format!("mysql://{}:{}/{database}", options.get_host(), options.get_port());
        Self::open_with(options, name).await
    }

    async fn open_with(options: MySqlConnectOptions, name: String) -> Result<Self, Error> {
        let mut session = Self::new(name);
        session.options = Some(options.disable_statement_logging());
        session.begin().await
    }

    /// Takes a connection of the application. A transaction that is open on it is committed by the first migration.
    ///
    /// # Errors
    /// If it names no database, or the version of the server is not supported.
    pub(crate) async fn take(connection: MySqlConnection) -> Result<Self, Error> {
        let mut session = Self::new("mysql".to_owned());
        session.connection = Some(connection);
        let named = session.rows("SELECT database()").await;
        let named = named.map_err(|error| session.name.error("reading its name", error))?;
        let name = named.first().and_then(TextRow::first).unwrap_or_default();
        session.name = DatabaseName::new(format!("mysql:///{name}"));
        session.begin().await
    }

    /// Returns the connection of the application, with the settings that it had.
    ///
    /// # Errors
    /// If it was closed, or the settings cannot be set.
    pub(crate) async fn into_connection(mut self) -> Result<MySqlConnection, Error> {
        self.prepare_connection().await?;
        if let Some(former) = self.former.take() {
            let restored = pins::restore(&mut self, &former).await;
            restored.map_err(|error| self.name.error("setting back the connection", error))?;
        }
        self.connection.take().ok_or_else(|| self.name.open_error("it was closed", "connect again"))
    }

    fn new(name: String) -> Self {
        Self {
            name: DatabaseName::new(name),
            options: None,
            capabilities: Capabilities::default_for(Dialect::Mysql),
            connection: None,
            in_transaction: false,
            locks: 0,
            process: None,
            former: None,
        }
    }

    async fn begin(mut self) -> Result<Self, Error> {
        let session = &mut self;
        session.prepare_connection().await?;
        let found = session.rows("SELECT version() AS version, database() AS name").await;
        let found = found.map_err(|error| session.name.error("reading its version", error))?;
        let found = found.into_iter().next().unwrap_or_default();
        session.capabilities = session.name.capabilities(Product::Mysql, &found.text("version"))?;
        if found.get("name").is_none() {
            let remedy = "write it at the end, such as `mysql://user@host/name`";
            return Err(session.name.open_error("the address names no database", remedy));
        }
        Ok(self)
    }

    fn connection(&mut self) -> Answer<&mut MySqlConnection> {
        self.connection.as_mut().ok_or_else(|| SessionError::Reported("the connection is closed".to_owned()))
    }

    /// Opens the connection if it is closed, and ends the transaction and the lock of an interrupted run.
    async fn prepare_connection(&mut self) -> Result<(), Error> {
        if self.in_transaction {
            self.rollback().await;
        }
        while self.locks > 0 {
            self.unlock().await;
        }
        if self.connection.is_none() {
            let Some(options) = &self.options else {
                return Err(self.name.open_error("it was closed", "connect again"));
            };
            let opened = options.connect().await;
            self.connection =
                Some(opened.map_err(|error| self.name.error("connecting", session_error(error)))?);
            self.former = None;
        }
        if self.former.is_none() {
            // Its own connection ends with its settings.
            let former = if self.options.is_some() { Ok(Former::new()) } else { pins::former(self).await };
            self.former = Some(former.map_err(|error| self.name.error("setting up the connection", error))?);
            let pinned = pins::pin(self).await;
            pinned.map_err(|error| self.name.error("setting up the connection", error))?;
            let process = self.rows("SELECT connection_id()").await;
            let process = process.map_err(|error| self.name.error("setting up the connection", error))?;
            self.process = process.first().and_then(TextRow::first).map(str::to_owned);
        }
        Ok(())
    }

    async fn try_acquire(&mut self) -> Answer<bool> {
        let rows = self.rows(&format!("SELECT get_lock({LOCK}, 0)")).await?;
        match rows.first().and_then(TextRow::first) {
            Some("1") => {
                self.locks += 1;
                Ok(true)
            }
            Some(_) => Ok(false),
            None => Err(SessionError::Reported("the server returned no lock (`get_lock`)".to_owned())),
        }
    }

    async fn scratch_inside(&mut self, rendering: &Rendering) -> Answer<LiveSchema> {
        for statement in &rendering.prologue {
            self.execute(&statement.sql).await?;
        }
        for statement in rendering.actions.iter().flat_map(Action::statements) {
            self.execute(&statement.sql).await?;
        }
        let found = introspect::introspect(self, &[]).await;
        for statement in &rendering.epilogue {
            self.execute(&statement.sql).await?;
        }
        found
    }
}

impl Session for MysqlSession {
    type Snapshot = ();

    fn dialect(&self) -> Dialect {
        Dialect::Mysql
    }

    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    fn database(&self) -> &DatabaseName {
        &self.name
    }

    fn set_wait(&mut self, wait: Duration) {
        self.name.set_waits(wait);
    }

    fn file(&self) -> Option<&Path> {
        None
    }

    async fn open_to_read(&mut self) -> Result<bool, Error> {
        self.prepare_connection().await.map(|()| true)
    }

    async fn open_to_write(&mut self) -> Result<(), Error> {
        self.prepare_connection().await?;
        let wait = self.name.waits_once();
        let limited = pins::limit_waits(self, wait).await;
        limited.map_err(|error| self.name.error("setting up the connection", error))
    }

    fn discard(&mut self) {
        // A connection of the application cannot be opened again; transaction and lock end at the next use.
        if self.options.is_none() {
            return;
        }
        self.connection = None;
        self.in_transaction = false;
        self.locks = 0;
    }

    async fn close(mut self) {
        if let Some(connection) = self.connection.take() {
            // No transaction is open, so that an error loses nothing.
            let _ = connection.close().await;
        }
    }

    async fn try_begin(&mut self) -> Answer<bool> {
        if !self.try_acquire().await? {
            tokio::time::sleep(GLANCE).await;
            return Ok(false);
        }
        self.in_transaction = true;
        self.execute("START TRANSACTION").await?;
        Ok(true)
    }

    async fn begin_to_read(&mut self) -> Answer<()> {
        // Reading does not need the lock.
        self.execute("START TRANSACTION READ ONLY").await
    }

    async fn commit(&mut self) -> Answer<()> {
        self.execute("COMMIT").await?;
        self.in_transaction = false;
        self.unlock().await;
        Ok(())
    }

    async fn rollback(&mut self) {
        if self.execute("ROLLBACK").await.is_err() {
            self.discard();
        }
        if std::mem::take(&mut self.in_transaction) {
            self.unlock().await;
        }
    }

    async fn try_lock(&mut self) -> Answer<bool> {
        self.try_acquire().await
    }

    async fn unlock(&mut self) {
        self.locks = self.locks.saturating_sub(1);
        if self.connection.is_some() && self.rows(&format!("SELECT release_lock({LOCK})")).await.is_err() {
            self.discard();
        }
    }

    async fn affect(&mut self, sql: &str) -> Answer<u64> {
        let connection = self.connection()?;
        let sent = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await;
        sent.map(|done| done.rows_affected()).map_err(session_error)
    }

    fn driver(&mut self) -> Answer<&mut (dyn Any + Send)> {
        Ok(self.connection()?)
    }

    async fn abort(&mut self) -> Answer<()> {
        const TRIES: usize = 100;
        self.discard();
        let (Some(process), Some(options)) = (self.process.take(), &self.options) else { return Ok(()) };
        let mut other = options.connect().await.map_err(session_error)?;
        // The session may have ended by itself.
        let _ = sqlx::raw_sql(AssertSqlSafe(format!("KILL {process}"))).execute(&mut other).await;
        // What the server has begun it may have to undo first.
        let alive = format!("SELECT id FROM information_schema.processlist WHERE id = {process}");
        for _ in 0..TRIES {
            let found = sqlx::raw_sql(AssertSqlSafe(alive.as_str())).fetch_optional(&mut other).await;
            if found.map_err(session_error)?.is_none() {
                break;
            }
            tokio::time::sleep(GLANCE).await;
        }
        let _ = other.close().await;
        Ok(())
    }

    async fn rows(&mut self, sql: &str) -> Answer<Vec<TextRow>> {
        let connection = self.connection()?;
        let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(connection).await.map_err(session_error)?;
        let mut names = Names::default();
        rows.iter().map(|row| text_row(row, &mut names)).collect()
    }

    async fn columns(&mut self, table: &TableName) -> Answer<Vec<String>> {
        let query = format!(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = database() AND table_name = {} \
             ORDER BY ordinal_position",
            quoted(table.as_str())
        );
        Ok(first_column(&self.rows(&query).await?))
    }

    async fn triggers(&mut self, table: &str) -> Answer<Vec<String>> {
        let query = format!(
            "SELECT trigger_name FROM information_schema.triggers WHERE event_object_schema = database() \
             AND event_object_table = {} ORDER BY trigger_name",
            quoted(table)
        );
        Ok(first_column(&self.rows(&query).await?))
    }

    async fn introspect(&mut self, _schemas: &BTreeSet<SchemaName>) -> Answer<LiveSchema> {
        introspect::introspect(self, &[]).await
    }

    async fn introspect_named(&mut self, texts: &[&str]) -> Answer<LiveSchema> {
        introspect::introspect(self, texts).await
    }

    #[cfg(feature = "inspect")]
    async fn details(
        &mut self,
        _schemas: &BTreeSet<SchemaName>,
    ) -> Answer<Vec<crate::session::details::TableDetails>> {
        introspect::details::details(self).await
    }

    async fn scratch(&mut self, fresh: &Fresh) -> Answer<LiveSchema> {
        let found = self
            .rows(
                "SELECT database() AS name, connection_id() AS number, @@character_set_database AS characters, \
                 @@collation_database AS collation",
            )
            .await?;
        let found = found.into_iter().next().unwrap_or_default();
        let scratch = format!("modelshift_scratch_{}", found.text("number"));
        let (characters, collation) = (found.text("characters"), found.text("collation"));
        self.execute(&format!("CREATE DATABASE {scratch} CHARACTER SET {characters} COLLATE {collation}"))
            .await?;
        let made = match self.execute(&format!("USE {scratch}")).await {
            Ok(()) => self.scratch_inside(&fresh.rendering).await,
            Err(error) => Err(error),
        };
        let back = format!("`{}`", found.text("name").replace('`', "``"));
        self.execute(&format!("DROP DATABASE {scratch}")).await?;
        self.execute(&format!("USE {back}")).await?;
        made
    }

    async fn snapshot(&mut self, _work: Work<'_>) -> Result<(), Stop> {
        Ok(())
    }

    async fn compare(&mut self, _before: &(), _work: Work<'_>) -> Result<Vec<String>, Stop> {
        Ok(Vec::new())
    }

    async fn prepare(&mut self, action: &Action) -> Result<Vec<Statement>, Stop> {
        Ok(action.statements().into_iter().cloned().collect())
    }
}

fn first_column(rows: &[TextRow]) -> Vec<String> {
    rows.iter().filter_map(TextRow::first).map(str::to_owned).collect()
}

fn text_row(row: &MySqlRow, names: &mut Names) -> Answer<TextRow> {
    let mut values = Vec::with_capacity(row.len());
    for column in row.columns() {
        // Some columns of system tables are declared as bytes.
        let value = row.try_get_unchecked::<Option<Vec<u8>>, _>(column.ordinal()).map_err(session_error)?;
        let value = value.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        values.push(value);
    }
    Ok(TextRow::new(names.of(row.columns().iter().map(Column::name)), values))
}
