//! A fresh, empty database of any dialect, on which plans are run for real.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use modelshift::dialect::Dialect;
use modelshift::plan::{Action, Check, MigrationPlan};
use modelshift::statement::Statement;
use modelshift_schema::native_type::NativeType;
use sqlx::mysql::MySqlConnectOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, PgConnection, Row, SqliteConnection};

use crate::servers::{self, Server};

/// A text that a database refused.
#[derive(Debug)]
pub struct Rejected {
    /// The text.
    pub sql: String,
    /// What the database said.
    pub reason: String,
    /// Whether it is a check of a plan that found something.
    pub by_check: bool,
}

impl Rejected {
    /// Joins a text and what the database said of it, with the code that it gave.
    fn by(sql: &str, error: &sqlx::Error) -> Self {
        let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
        Self::new(sql, format!("{error} ({})", code.unwrap_or_default()))
    }

    /// Joins a text and what the database said.
    pub fn new(sql: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { sql: sql.into(), reason: reason.into(), by_check: false }
    }
}

/// A fresh, empty database.
#[derive(Debug)]
pub struct Database {
    connection: Driver,
    _server: Option<Arc<Server>>,
}

#[derive(Debug)]
enum Driver {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
    Mysql(MySqlConnection),
}

fn other(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}

impl Database {
    /// Returns a database that nobody else uses: SQLite in memory, PostgreSQL, or MariaDB for MySQL.
    ///
    /// # Errors
    /// Where the server is not installed or does not start.
    pub async fn fresh(dialect: Dialect) -> io::Result<Self> {
        match dialect {
            Dialect::Sqlite => {
                let options = SqliteConnectOptions::new().filename(":memory:").foreign_keys(true);
                let connection = SqliteConnection::connect_with(&options).await.map_err(other)?;
                Ok(Self { connection: Driver::Sqlite(connection), _server: None })
            }
            Dialect::Postgres => {
                let server = servers::postgres()?;
                let options = PgConnectOptions::new_without_pgpass()
                    .host(&server.socket().display().to_string())
                    .port(5432)
                    .username("postgres")
                    .database("postgres");
                let connection = patiently(|| PgConnection::connect_with(&options)).await?;
                let connection = Driver::Postgres(connection);
                Ok(Self { connection, _server: Some(server) })
            }
            Dialect::Mysql => {
                let server = servers::mariadb()?;
                let options =
                    MySqlConnectOptions::new().socket(server.socket()).username("root").charset("utf8mb4");
                let connection = patiently(|| MySqlConnection::connect_with(&options)).await?;
                let connection = Driver::Mysql(connection);
                Ok(Self { connection, _server: Some(server) })
            }
        }
    }

    /// Connects to a database by its address.
    ///
    /// # Errors
    /// If the connection fails.
    pub async fn at(dialect: Dialect, address: &str, server: Option<Arc<Server>>) -> io::Result<Self> {
        let connection = match dialect {
            Dialect::Sqlite => Driver::Sqlite(SqliteConnection::connect(address).await.map_err(other)?),
            Dialect::Postgres => Driver::Postgres(PgConnection::connect(address).await.map_err(other)?),
            Dialect::Mysql => Driver::Mysql(MySqlConnection::connect(address).await.map_err(other)?),
        };
        Ok(Self { connection, _server: server })
    }

    /// Returns a database that has the extensions whose types columns can have, where there are such.
    ///
    /// # Errors
    /// As [`Self::fresh`], or where an extension is not installed.
    pub async fn with_extensions(dialect: Dialect) -> io::Result<Self> {
        let mut database = Self::fresh(dialect).await?;
        if dialect != Dialect::Postgres {
            return Ok(database);
        }
        let extensions: BTreeSet<&str> = NativeType::all().filter_map(NativeType::extension).collect();
        for extension in extensions {
            // Another test may make it at the same moment.
            let create = format!(
                "DO $$ BEGIN CREATE EXTENSION IF NOT EXISTS {extension} WITH SCHEMA pg_catalog; \
                 EXCEPTION WHEN unique_violation THEN NULL; END $$"
            );
            database.execute(&create).await.map_err(|refused| other(refused.reason))?;
        }
        Ok(database)
    }

    /// Turns to an empty room of the given name: a schema or a database of the server, a new file of SQLite.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn enter(&mut self, room: &str) -> Result<(), Rejected> {
        let texts = match &mut self.connection {
            Driver::Sqlite(connection) => {
                let options = SqliteConnectOptions::new().filename(":memory:").foreign_keys(true);
                let fresh = SqliteConnection::connect_with(&options).await;
                *connection = fresh.map_err(|error| Rejected::new("", error.to_string()))?;
                return Ok(());
            }
            Driver::Postgres(_) => [
                format!("DROP SCHEMA IF EXISTS {room} CASCADE"),
                format!("CREATE SCHEMA {room}"),
                format!("SET search_path = {room}"),
            ],
            Driver::Mysql(_) => [
                format!("DROP DATABASE IF EXISTS {room}"),
                format!("CREATE DATABASE {room} CHARACTER SET utf8mb4"),
                format!("USE {room}"),
            ],
        };
        for text in texts {
            self.execute(&text).await?;
        }
        Ok(())
    }

    /// Runs one text.
    ///
    /// # Errors
    /// Where the database refuses it.
    pub async fn execute(&mut self, sql: &str) -> Result<(), Rejected> {
        let text = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let done = match &mut self.connection {
            Driver::Sqlite(connection) => text.execute(connection).await.map(drop),
            Driver::Postgres(connection) => text.execute(connection).await.map(drop),
            Driver::Mysql(connection) => text.execute(connection).await.map(drop),
        };
        done.map_err(|error| Rejected::by(sql, &error))
    }

    /// Returns the rows of a query: their columns as text, joined by ` | `.
    ///
    /// # Errors
    /// Where the database refuses it, or a column is no text.
    pub async fn rows(&mut self, sql: &str) -> Result<Vec<String>, Rejected> {
        let text = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let rows = match &mut self.connection {
            Driver::Sqlite(connection) => text.fetch_all(connection).await.and_then(|rows| joined(&rows)),
            Driver::Postgres(connection) => text.fetch_all(connection).await.and_then(|rows| joined(&rows)),
            Driver::Mysql(connection) => text.fetch_all(connection).await.and_then(|rows| joined(&rows)),
        };
        rows.map_err(|error| Rejected::by(sql, &error))
    }

    /// Runs a plan as the executor does.
    ///
    /// # Errors
    /// The first text that the database refuses, or a check that gives a row.
    pub async fn run(&mut self, plan: &MigrationPlan) -> Result<(), Rejected> {
        for statement in &plan.prologue {
            self.execute(&statement.sql).await?;
        }
        let done = if plan.stages.is_empty() {
            self.run_together(plan.transactional, &plan.actions, &plan.checks).await
        } else {
            self.run_stages(plan).await
        };
        for statement in &plan.epilogue {
            self.execute(&statement.sql).await?;
        }
        done
    }

    async fn require(&mut self, check: &Statement) -> Result<(), Rejected> {
        match self.rows(&check.sql).await?.into_iter().next() {
            Some(row) => Err(Rejected {
                sql: check.sql.clone(),
                reason: format!("{}: {row}", check.why),
                by_check: true,
            }),
            None => Ok(()),
        }
    }

    async fn run_stages(&mut self, plan: &MigrationPlan) -> Result<(), Rejected> {
        for stage in &plan.stages {
            let (actions, checks) =
                (&plan.actions[stage.actions.clone()], &plan.checks[stage.checks.clone()]);
            self.run_together(stage.transactional, actions, checks).await?;
        }
        Ok(())
    }

    async fn run_together(
        &mut self,
        transactional: bool,
        actions: &[Action],
        checks: &[Check],
    ) -> Result<(), Rejected> {
        if transactional {
            self.execute("BEGIN").await?;
        }
        let done = self.run_inside(actions, checks).await;
        if transactional {
            self.execute(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).await?;
        }
        done
    }

    async fn run_inside(&mut self, actions: &[Action], checks: &[Check]) -> Result<(), Rejected> {
        let mut kept = Vec::new();
        for action in actions {
            match action {
                Action::Execute(statement) | Action::AddColumn { statement, .. } => {
                    self.execute(&statement.sql).await?;
                }
                Action::ExecuteIf { probe, statement } => {
                    if !self.rows(&probe.sql).await?.is_empty() {
                        self.execute(&statement.sql).await?;
                    }
                }
                Action::Require(check) => self.require(check).await?,
                Action::KeepObjects { table } => {
                    let those = format!(
                        "FROM sqlite_schema WHERE tbl_name = '{}' AND type IN ('trigger', 'index') AND sql IS NOT NULL \
                         ORDER BY rowid",
                        table.as_str().replace('\'', "''")
                    );
                    let names = self.rows(&format!("SELECT name {those}")).await?;
                    let texts = self.rows(&format!("SELECT sql {those}")).await?;
                    kept = names.into_iter().zip(texts).collect::<Vec<_>>();
                }
                Action::CopyTable(copy) => {
                    for statement in copy.statements() {
                        self.execute(&statement.sql).await?;
                    }
                }
                Action::RestoreObjects { .. } => {
                    for (name, sql) in std::mem::take(&mut kept) {
                        let name = name.replace('\'', "''");
                        let there = format!("SELECT name FROM sqlite_schema WHERE name = '{name}'");
                        if self.rows(&there).await?.is_empty() {
                            self.execute(&sql).await?;
                        }
                    }
                }
            }
        }
        for check in checks {
            self.require(check.statement()).await?;
        }
        Ok(())
    }
}

async fn patiently<T, F, R>(mut connect: F) -> io::Result<T>
where
    F: FnMut() -> R,
    R: Future<Output = sqlx::Result<T>>,
{
    let mut rest = 200;
    loop {
        match connect().await {
            Ok(connection) => return Ok(connection),
            Err(error) if rest == 0 => return Err(other(error)),
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
        rest -= 1;
    }
}

/// Reads each column as the text that the server sent, whatever its type.
fn joined<R: Row>(rows: &[R]) -> sqlx::Result<Vec<String>>
where
    usize: sqlx::ColumnIndex<R>,
    for<'a> Option<String>: sqlx::Decode<'a, R::Database>,
{
    let column = |row: &R, index: usize| {
        let text: Option<String> = row.try_get_unchecked(index)?;
        Ok(text.unwrap_or_else(|| "NULL".to_owned()))
    };
    let row = |row: &R| {
        let columns: sqlx::Result<Vec<String>> = (0..row.len()).map(|index| column(row, index)).collect();
        Ok(columns?.join(" | "))
    };
    rows.iter().map(row).collect()
}
