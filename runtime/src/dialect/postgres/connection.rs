//! The connection to a PostgreSQL database, its lock and its transactions.
//!
//! A migration is one transaction. The lock is an advisory lock, which the server releases when the connection ends. It is
//! polled: a session that waits for it inside the server could block other statements.

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Column, ConnectOptions, Connection, Row};

use super::error::session_error;
use super::{introspect, quoted};
use crate::dialect::{Capabilities, Dialect, Product, Rendering};
use crate::error::Error;
use crate::plan::Action;
use crate::plan::statement::Statement;
use crate::session::error::SessionError;
use crate::session::live_schema::LiveSchema;
use crate::session::name::DatabaseName;
use crate::session::row::TextRow;
use crate::session::{Session, Stop, Work};
use crate::url::DatabaseUrl;

type Answer<T> = Result<T, SessionError>;

/// The key of the advisory lock: the letters `modelshi` as a number. The lock applies to one database.
const LOCK: i64 = 0x6d6f_6465_6c73_6869;

/// How long to wait before the lock is requested again.
const GLANCE: Duration = Duration::from_millis(50);

/// The connection, and the options to open it again.
#[derive(Debug)]
pub(crate) struct PostgresSession {
    name: DatabaseName,
    options: PgConnectOptions,
    capabilities: Capabilities,
    connection: Option<PgConnection>,
    /// Whether a transaction is open.
    in_transaction: bool,
    /// Whether the session-level lock is held.
    is_locked: bool,
}

impl PostgresSession {
    /// Connects to the database, and reads its version.
    ///
    /// # Errors
    /// If the URL is invalid, the database cannot be opened, or its version is not supported.
    pub(crate) async fn open(url: &DatabaseUrl) -> Result<Self, Error> {
        let options = PgConnectOptions::from_str(url.secret()).map_err(|error| url.invalid(&error))?;
        let mut session = Self {
            name: DatabaseName::new(url.to_string()),
            options: options.disable_statement_logging(),
            capabilities: Capabilities::default_for(Dialect::Postgres),
            connection: None,
            in_transaction: false,
            is_locked: false,
        };
        session.prepare_connection().await?;
        let version = session.rows("SHOW server_version").await;
        let version = version.map_err(|error| session.name.error("reading its version", error))?;
        let reported = version.first().and_then(TextRow::first).unwrap_or_default().to_owned();
        session.capabilities = session.name.capabilities(Product::Postgres, &reported)?;
        Ok(session)
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
            let opened = self.options.connect().await;
            self.connection =
                Some(opened.map_err(|error| self.name.error("connecting", session_error(error)))?);
            let set = self.execute("SET client_min_messages = warning").await;
            set.map_err(|error| self.name.error("connecting", error))?;
        }
        Ok(())
    }

    async fn is_true(&mut self, query: &str) -> Answer<bool> {
        let rows = self.rows(query).await?;
        Ok(rows.first().and_then(TextRow::first) == Some("t"))
    }

    async fn scratch_inside(&mut self, rendering: &Rendering) -> Answer<LiveSchema> {
        let path = self.rows("SELECT current_setting('search_path'), pg_backend_pid()::text AS pid").await?;
        let row = path.first().cloned().unwrap_or_default();
        let schema = format!("modelshift_scratch_{}", row.text("pid"));
        let path = row.first().filter(|path| !path.is_empty()).map(|path| format!(", {path}"));
        self.execute(&format!("CREATE SCHEMA {schema}")).await?;
        self.execute(&format!("SET LOCAL search_path = {schema}{}", path.unwrap_or_default())).await?;
        for statement in rendering.actions.iter().flat_map(Action::statements) {
            self.execute(&statement.sql).await?;
        }
        introspect::introspect(self).await
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
        self.connection = None;
        self.in_transaction = false;
        self.is_locked = false;
    }

    async fn close(mut self) {
        if let Some(connection) = self.connection.take() {
            // No transaction is open, so that an error loses nothing.
            let _ = connection.close().await;
        }
    }

    async fn try_begin(&mut self) -> Answer<bool> {
        self.in_transaction = true;
        self.execute("BEGIN").await?;
        if self.is_true(&format!("SELECT pg_try_advisory_xact_lock({LOCK})")).await? {
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

    async fn execute(&mut self, sql: &str) -> Answer<()> {
        let connection = self.connection()?;
        let sent = sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await;
        sent.map(|_| ()).map_err(session_error)
    }

    async fn rows(&mut self, sql: &str) -> Answer<Vec<TextRow>> {
        let connection = self.connection()?;
        let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(connection).await.map_err(session_error)?;
        rows.iter().map(text_row).collect()
    }

    async fn columns(&mut self, table: &str) -> Answer<Vec<String>> {
        let table = regclass(table);
        let query = format!(
            "SELECT attname FROM pg_attribute WHERE attrelid = {table} AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
        );
        Ok(first_column(&self.rows(&query).await?))
    }

    async fn triggers(&mut self, table: &str) -> Answer<Vec<String>> {
        let table = regclass(table);
        let query = format!(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = {table} AND NOT tgisinternal ORDER BY tgname"
        );
        Ok(first_column(&self.rows(&query).await?))
    }

    async fn introspect(&mut self) -> Answer<LiveSchema> {
        introspect::introspect(self).await
    }

    async fn scratch(&mut self, rendering: &Rendering) -> Answer<LiveSchema> {
        self.in_transaction = true;
        self.execute("BEGIN").await?;
        let found = self.scratch_inside(rendering).await;
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

/// Writes the expression for the table of this name in the search path; it is NULL if the table does not exist.
fn regclass(table: &str) -> String {
    let name = format!("\"{}\"", table.replace('"', "\"\""));
    format!("to_regclass({})", quoted(&name))
}

fn first_column(rows: &[TextRow]) -> Vec<String> {
    rows.iter().filter_map(TextRow::first).map(str::to_owned).collect()
}

fn text_row(row: &PgRow) -> Answer<TextRow> {
    let mut cells = Vec::new();
    for column in row.columns() {
        let value = row.try_get_unchecked::<Option<String>, _>(column.ordinal()).map_err(session_error)?;
        cells.push((column.name().to_owned(), value));
    }
    Ok(TextRow::new(cells))
}
