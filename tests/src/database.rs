//! A fresh, empty database of any backend, on which plans are run for real.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::fmt::Write as _;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use modelshift::dialect::{Capabilities, Dialect};
use modelshift::error::ErrorKind;
use modelshift::plan::MigrationPlan;
use modelshift::testing::Live;
use modelshift::{Error, Migrations};
use modelshift_schema::native_type::NativeType;

use crate::backend::Backend;
use crate::servers::Server;

/// What a message has before the query that finds rows.
const FOUND_BY: &str = "they are found by: ";

/// The statements that drop every schema but those of the server itself and `public`.
const DROP_OWN_SCHEMAS: &str = "SELECT format('DROP SCHEMA %I CASCADE', nspname) FROM pg_namespace \
    WHERE nspname NOT LIKE 'pg\\_%' AND nspname NOT IN ('information_schema', 'public')";

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
    /// Joins a text and what the database said.
    pub fn new(sql: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { sql: sql.into(), reason: reason.into(), by_check: false }
    }
}

/// Takes the statement that was refused, and the message with its causes.
impl From<Error> for Rejected {
    fn from(error: Error) -> Self {
        let mut reason = error.to_string();
        let mut cause = error.source();
        while let Some(inner) = cause {
            let _ = write!(reason, ": {inner}");
            cause = inner.source();
        }
        let sql =
            if let ErrorKind::Statement { sql, .. } = error.kind() { sql.clone() } else { String::new() };
        Self { sql, reason, by_check: matches!(error.kind(), ErrorKind::Refused { .. }) }
    }
}

/// A fresh, empty database.
#[derive(Debug)]
pub struct Database {
    backend: Backend,
    live: Live,
    /// Whose functions and files the plans name.
    program: Migrations,
    address: String,
    /// The schema or database that was entered; empty at first.
    room: String,
    server: Option<Arc<Server>>,
}

impl Database {
    /// Returns a database that nobody else uses.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] where the server is missing, or it does not start.
    pub async fn fresh(backend: impl Into<Backend>) -> io::Result<Self> {
        let backend = backend.into();
        match backend.server()? {
            Some(server) => Self::on(backend, server).await,
            None => Self::at(backend, "sqlite::memory:", None).await,
        }
    }

    /// Creates a database on a server of a backend.
    ///
    /// # Errors
    /// If the server refuses it.
    pub async fn on(backend: Backend, server: Arc<Server>) -> io::Result<Self> {
        let name = Self::create(backend, &server).await?;
        Self::at(backend, &backend.address(&server, &name), Some(server)).await
    }

    /// Creates a database on a server of a backend; returns its name.
    ///
    /// # Errors
    /// If the server refuses it.
    pub async fn create(backend: Backend, server: &Server) -> io::Result<String> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("fresh_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let before = match backend.dialect() {
            Dialect::Sqlite | Dialect::Mysql => "mysql",
            Dialect::Postgres => "postgres",
        };
        let mut live = Live::connect(&backend.address(server, before)).await.map_err(other)?;
        live.execute(&format!("CREATE DATABASE {name}")).await.map_err(other)?;
        live.close().await;
        Ok(name)
    }

    /// Connects to a database by its address.
    ///
    /// # Errors
    /// If the connection fails.
    pub async fn at(backend: Backend, address: &str, server: Option<Arc<Server>>) -> io::Result<Self> {
        let live = Live::connect(address).await.map_err(other)?;
        let (program, address, room) = (Migrations::default(), address.to_owned(), String::new());
        Ok(Self { backend, live, program, address, room, server })
    }

    /// Returns the database with the program whose functions and files the plans name, from the next room on.
    #[must_use]
    pub fn with(self, program: Migrations) -> Self {
        Self { program, ..self }
    }

    /// Returns where it is.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Returns the address, as `DATABASE_URL` has it.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns the features of the database.
    pub fn capabilities(&self) -> Capabilities {
        self.live.capabilities().clone()
    }

    /// Returns a database that has the extensions whose types columns can have, where there are such.
    ///
    /// # Errors
    /// As [`Self::fresh`], or where an extension is not installed.
    pub async fn with_extensions(backend: impl Into<Backend>) -> io::Result<Self> {
        let mut database = Self::fresh(backend).await?;
        database.create_extensions().await?;
        Ok(database)
    }

    /// Creates the extensions of PostgreSQL that native types need; other databases have none.
    ///
    /// # Errors
    /// If the server lacks one.
    pub async fn create_extensions(&mut self) -> io::Result<()> {
        if self.backend.dialect() != Dialect::Postgres {
            return Ok(());
        }
        let extensions: BTreeSet<&str> = NativeType::all().filter_map(NativeType::extension).collect();
        for extension in extensions {
            let create = format!("CREATE EXTENSION {extension} WITH SCHEMA pg_catalog CASCADE");
            self.execute(&create).await.map_err(|refused| io::Error::other(refused.reason))?;
        }
        Ok(())
    }

    /// Turns to an empty room of the given name: the one schema of a database, a database of the server, a new file of
    /// SQLite.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn enter(&mut self, room: &str) -> Result<(), Rejected> {
        let texts = match self.backend.dialect() {
            Dialect::Sqlite => Vec::new(),
            Dialect::Postgres => {
                let mut texts = self.rows(DROP_OWN_SCHEMAS).await?;
                texts.push(format!("CREATE SCHEMA {room}"));
                texts
            }
            Dialect::Mysql => vec![
                format!("DROP DATABASE IF EXISTS {room}"),
                format!("CREATE DATABASE {room} CHARACTER SET utf8mb4"),
            ],
        };
        for text in &texts {
            self.execute(text).await?;
        }
        let Some(server) = &self.server else {
            self.live = Live::connect("sqlite::memory:").await?.with(self.program.clone());
            return Ok(());
        };
        if self.room != room {
            let address = match self.backend.dialect() {
                Dialect::Sqlite | Dialect::Mysql => self.backend.address(server, room),
                Dialect::Postgres => {
                    let plain = self.address.split("&options").next().unwrap_or_default();
                    format!("{plain}&options=-c%20search_path%3D{room}")
                }
            };
            let live = Live::connect(&address).await?.with(self.program.clone());
            let before = std::mem::replace(&mut self.live, live);
            before.close().await;
            self.address = address;
            room.clone_into(&mut self.room);
        } else if self.backend.dialect() == Dialect::Mysql {
            self.execute(&format!("USE {room}")).await?;
        }
        Ok(())
    }

    /// Runs one text.
    ///
    /// # Errors
    /// Where the database refuses it.
    pub async fn execute(&mut self, sql: &str) -> Result<(), Rejected> {
        self.live.execute(sql).await.map_err(|error| Rejected { sql: sql.to_owned(), ..error.into() })
    }

    /// Returns the rows of a query: their columns as text, joined by ` | `.
    ///
    /// # Errors
    /// Where the database refuses it.
    pub async fn rows(&mut self, sql: &str) -> Result<Vec<String>, Rejected> {
        let rows = self.live.rows(sql).await;
        let rows = rows.map_err(|error| Rejected { sql: sql.to_owned(), ..error.into() })?;
        let value = |value: Option<String>| value.unwrap_or_else(|| "NULL".to_owned());
        Ok(rows.into_iter().map(|row| row.into_iter().map(value).collect::<Vec<_>>().join(" | ")).collect())
    }

    /// Runs a plan as `migrate` does.
    ///
    /// # Errors
    /// The first text that the database refuses, or a check that finds something, with the first row if it can be read still.
    pub async fn run(&mut self, plan: &MigrationPlan) -> Result<(), Rejected> {
        let Err(error) = self.live.run(plan).await else { return Ok(()) };
        let ErrorKind::Refused { what, remedy, .. } = error.kind() else { return Err(error.into()) };
        let Some((_, query)) = remedy.split_once(FOUND_BY) else { return Err(error.into()) };
        // After a rollback, the query may name what does not exist any more.
        let row = self.rows(query).await.ok().and_then(|rows| rows.into_iter().next());
        let row = row.map(|row| format!(": {row}")).unwrap_or_default();
        Err(Rejected { sql: query.to_owned(), reason: format!("{what}{row}"), by_check: true })
    }
}

fn other(error: impl std::fmt::Display) -> io::Error {
    io::Error::other(error.to_string())
}
