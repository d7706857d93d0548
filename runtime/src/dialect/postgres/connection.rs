//! The connection to a PostgreSQL database, its lock and its transactions.
//!
//! A migration is one transaction. The lock is an advisory lock, which the server releases when the connection ends. It is
//! polled: a session that waits for it inside the server could block other statements.

mod pins;
mod pooler;

use std::any::Any;
use std::collections::BTreeSet;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use modelshift_schema::name::{SchemaName, TableName};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Column, ConnectOptions, Connection, Row};

use self::pins::Former;
use super::error::session_error;
use super::{introspect, quoted};
use crate::dialect::{Capabilities, Dialect, Product};
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

/// The key of the advisory lock. A lock applies to one database, and each schema of it has a history of its own.
const LOCK: &str = "hashtextextended('modelshift:' || current_schema(), 0)";

/// How long to wait before the lock is requested again.
const GLANCE: Duration = Duration::from_millis(50);

/// The connection, and the options to open it again.
#[derive(Debug)]
pub(crate) struct PostgresSession {
    name: DatabaseName,
    /// The options to open it again; `None` for a connection of the application.
    options: Option<PgConnectOptions>,
    capabilities: Capabilities,
    connection: Option<PgConnection>,
    /// Whether a transaction is open.
    in_transaction: bool,
    /// Whether the session-level lock is held.
    is_locked: bool,
    /// The process of the server that serves the connection.
    process: Option<String>,
    /// The settings that the connection had, which it gets back.
    former: Option<Former>,
}

impl PostgresSession {
    /// Connects to the database, and reads its version.
    ///
    /// # Errors
    /// If the URL is invalid, the database cannot be opened, or its version is not supported.
    pub(crate) async fn open(url: &DatabaseUrl) -> Result<Self, Error> {
        let options = PgConnectOptions::from_str(url.secret()).map_err(|error| url.invalid(&error))?;
        Self::open_with(options, url.to_string()).await
    }

    /// Connects to the database of a pool, with a connection of its own.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub(crate) async fn open_like(options: PgConnectOptions) -> Result<Self, Error> {
        let database = options.get_database().unwrap_or_else(|| options.get_username());
        let name = format!("postgres://{}:{}/{database}", options.get_host(), options.get_port());
        Self::open_with(options, name).await
    }

    async fn open_with(options: PgConnectOptions, name: String) -> Result<Self, Error> {
        let mut session = Self::new(name);
        session.options = Some(options.disable_statement_logging());
        session.begin().await
    }

    /// Takes a connection of the application.
    ///
    /// # Errors
    /// If a transaction is open on it, or the version of the server is not supported.
    pub(crate) async fn take(connection: PgConnection) -> Result<Self, Error> {
        let mut session = Self::new("postgres".to_owned());
        session.connection = Some(connection);
        let named = session.rows("SELECT current_database()").await;
        let named = named.map_err(|error| session.name.error("reading its name", error))?;
        let name = named.first().and_then(TextRow::first).unwrap_or_default();
        session.name = DatabaseName::new(format!("postgres:///{name}"));
        if session.execute("SAVEPOINT modelshift_open").await.is_ok() {
            let remedy = "commit it or roll it back first, since each migration is a transaction of its own";
            return Err(session.name.open_error("a transaction is open on the connection", remedy));
        }
        session.begin().await
    }

    /// Returns the connection of the application, with the settings that it had.
    ///
    /// # Errors
    /// If it was closed, or the settings cannot be set.
    pub(crate) async fn into_connection(mut self) -> Result<PgConnection, Error> {
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
            capabilities: Capabilities::default_for(Dialect::Postgres),
            connection: None,
            in_transaction: false,
            is_locked: false,
            process: None,
            former: None,
        }
    }

    async fn begin(mut self) -> Result<Self, Error> {
        let session = &mut self;
        session.prepare_connection().await?;
        let version = session.rows("SHOW server_version").await;
        let version = version.map_err(|error| session.name.error("reading its version", error))?;
        let reported = version.first().and_then(TextRow::first).unwrap_or_default().to_owned();
        session.capabilities = session.name.capabilities(Product::Postgres, &reported)?;
        Ok(self)
    }

    fn connection(&mut self) -> Answer<&mut PgConnection> {
        self.connection.as_mut().ok_or_else(|| SessionError::Reported("the connection is closed".to_owned()))
    }

    /// Opens the connection if it is closed, and ends the transaction and the lock of an interrupted run.
    async fn prepare_connection(&mut self) -> Result<(), Error> {
        if std::mem::take(&mut self.in_transaction) && self.execute("ROLLBACK").await.is_err() {
            self.discard();
        }
        if std::mem::take(&mut self.is_locked) {
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
            pins::pin(self).await?;
            let process = self.rows(&format!("SELECT {}", pooler::PROCESS)).await;
            let process = process.map_err(|error| self.name.error("setting up the connection", error))?;
            self.process = process.first().and_then(TextRow::first).map(str::to_owned);
            if let (Some(options), Some(process)) = (&self.options, &self.process)
                && pooler::is_shared(options, process).await
            {
                return Err(self.name.error("connecting", pooler::refused()));
            }
        }
        Ok(())
    }

    async fn is_true(&mut self, query: &str) -> Answer<bool> {
        let rows = self.rows(query).await?;
        Ok(rows.first().and_then(TextRow::first) == Some("t"))
    }

    async fn scratch_inside(&mut self, fresh: &Fresh) -> Answer<LiveSchema> {
        let found =
            self.rows("SELECT current_setting('search_path') AS path, pg_backend_pid()::text AS pid").await?;
        let found = found.into_iter().next().unwrap_or_default();
        let schema = format!("modelshift_scratch_{}", found.text("pid"));
        let mut real_names = Vec::new();
        for (scratch, real) in &fresh.schemas {
            let spelled = self.rows(&format!("SELECT quote_ident({})", quoted(real.as_str()))).await?;
            real_names.push((scratch, first_column(&spelled).concat(), real));
        }
        let mut path = vec![schema.clone()];
        for place in found.text("path").split(", ").filter(|place| !place.is_empty()) {
            let scratch = real_names.iter().find(|(_, spelled, _)| spelled == place);
            path.push(scratch.map_or_else(|| place.to_owned(), |(scratch, ..)| scratch.to_string()));
        }
        self.execute(&format!("CREATE SCHEMA {schema}")).await?;
        for scratch in fresh.schemas.keys() {
            self.execute(&format!("CREATE SCHEMA {scratch}")).await?;
        }
        self.execute(&format!("SET LOCAL search_path = {}", path.join(", "))).await?;
        for statement in fresh.rendering.actions.iter().flat_map(Action::statements) {
            self.execute(&statement.sql).await?;
        }
        let mut live = introspect::introspect(self, &fresh.schemas.keys().cloned().collect()).await?;
        for (scratch, spelled, real) in real_names {
            live = live.with_schema(scratch.as_str(), &spelled, real.as_str());
        }
        Ok(live)
    }
}

impl Session for PostgresSession {
    type Snapshot = ();

    fn dialect(&self) -> Dialect {
        Dialect::Postgres
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
        self.prepare_connection().await
    }

    fn discard(&mut self) {
        // A connection of the application cannot be opened again; the transaction ends at the next use.
        if self.options.is_none() {
            return;
        }
        self.connection = None;
        self.in_transaction = false;
        self.is_locked = false;
    }

    async fn close(mut self) {
        // A pooler may give the connection to somebody else.
        let _ = self.execute("RESET ALL").await;
        if let Some(connection) = self.connection.take() {
            // No transaction is open, so that an error loses nothing.
            let _ = connection.close().await;
        }
    }

    async fn try_begin(&mut self) -> Answer<bool> {
        self.in_transaction = true;
        // In a snapshot from before the lock, what its last holder recorded would be missing.
        self.execute("BEGIN ISOLATION LEVEL READ COMMITTED").await?;
        let query = format!(
            "SELECT pg_try_advisory_xact_lock({LOCK}), set_config('lock_timeout', \
             coalesce(nullif(current_setting('lock_timeout'), '0'), '{}ms'), true), {} AS process",
            self.name.waits_once().as_millis(),
            pooler::PROCESS
        );
        let rows = self.rows(&query).await?;
        let row = rows.first().cloned().unwrap_or_default();
        if row.get("process") != self.process.as_deref() {
            self.rollback().await;
            return Err(pooler::refused());
        }
        if row.first() == Some("t") {
            return Ok(true);
        }
        self.rollback().await;
        tokio::time::sleep(GLANCE).await;
        Ok(false)
    }

    async fn begin_to_read(&mut self) -> Answer<()> {
        self.in_transaction = true;
        self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await
    }

    async fn commit(&mut self) -> Answer<()> {
        self.execute("COMMIT").await?;
        self.in_transaction = false;
        Ok(())
    }

    async fn rollback(&mut self) {
        self.in_transaction = false;
        if self.execute("ROLLBACK").await.is_err() {
            self.discard();
        }
    }

    async fn try_lock(&mut self) -> Answer<bool> {
        self.is_locked = self.is_true(&format!("SELECT pg_try_advisory_lock({LOCK})")).await?;
        Ok(self.is_locked)
    }

    async fn unlock(&mut self) {
        self.is_locked = false;
        if self.execute(&format!("SELECT pg_advisory_unlock({LOCK})")).await.is_err() {
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
        // It is no error that the process is gone already.
        let end = format!("SELECT pg_terminate_backend({process})");
        let ended = sqlx::raw_sql(AssertSqlSafe(end)).execute(&mut other).await;
        ended.map_err(session_error)?;
        // The server has rolled back and released the locks when the process is gone.
        let alive = format!("SELECT pid FROM pg_stat_activity WHERE pid = {process}");
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
        let table = regclass(table);
        let query = format!(
            "SELECT attname FROM pg_attribute WHERE attrelid = {table} AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
        );
        Ok(first_column(&self.rows(&query).await?))
    }

    async fn triggers(&mut self, table: &str) -> Answer<Vec<String>> {
        let table = regclass(&table.into());
        let query = format!(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = {table} AND NOT tgisinternal ORDER BY tgname"
        );
        Ok(first_column(&self.rows(&query).await?))
    }

    async fn introspect(&mut self, schemas: &BTreeSet<SchemaName>) -> Answer<LiveSchema> {
        introspect::introspect(self, schemas).await
    }

    #[cfg(feature = "inspect")]
    async fn details(
        &mut self,
        schemas: &BTreeSet<SchemaName>,
    ) -> Answer<Vec<crate::session::details::TableDetails>> {
        introspect::details::details(self, schemas).await
    }

    async fn introspect_named(&mut self, texts: &[&str]) -> Answer<LiveSchema> {
        let all = self.rows("SELECT nspname FROM pg_namespace WHERE nspname <> current_schema()").await?;
        let is_named = |schema: &SchemaName| {
            let start = format!("\"{}\".", schema.as_str().replace('"', "\"\""));
            texts.iter().any(|text| text.contains(&start))
        };
        let named = first_column(&all).into_iter().map(SchemaName::new).filter(is_named).collect();
        self.introspect(&named).await
    }

    async fn scratch(&mut self, fresh: &Fresh) -> Answer<LiveSchema> {
        self.in_transaction = true;
        self.execute("BEGIN").await?;
        let found = self.scratch_inside(fresh).await;
        self.rollback().await;
        found
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

/// Writes the expression for the table of this name in its schema or the search path; it is NULL if it does not exist.
fn regclass(table: &TableName) -> String {
    let names = table.schema().map(SchemaName::as_str).into_iter().chain([table.as_str()]);
    let names: Vec<String> = names.map(|name| format!("\"{}\"", name.replace('"', "\"\""))).collect();
    format!("to_regclass({})", quoted(&names.join(".")))
}

fn first_column(rows: &[TextRow]) -> Vec<String> {
    rows.iter().filter_map(TextRow::first).map(str::to_owned).collect()
}

fn text_row(row: &PgRow, names: &mut Names) -> Answer<TextRow> {
    let mut values = Vec::with_capacity(row.len());
    for column in row.columns() {
        let value = row.try_get_unchecked::<Option<String>, _>(column.ordinal()).map_err(session_error)?;
        values.push(value);
    }
    Ok(TextRow::new(names.of(row.columns().iter().map(Column::name)), values))
}
