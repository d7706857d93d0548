//! A database of its own for a test, reached by its address as a user's program reaches it.

use std::io;
use std::sync::Arc;

use modelshift::Dialect;
use tempfile::TempDir;

use crate::backend::Backend;
use crate::database::{Database, Rejected};
use crate::servers::{Server, folder};

/// A database that nobody else uses, empty at first.
#[derive(Debug)]
pub struct Place {
    backend: Backend,
    name: String,
    folder: TempDir,
    server: Option<Arc<Server>>,
}

impl Place {
    /// Creates a database on the server of this process.
    ///
    /// # Errors
    /// If the server is missing, does not start, or refuses the database.
    pub async fn new(backend: impl Into<Backend>) -> io::Result<Self> {
        let backend = backend.into();
        Self::on(backend, backend.server()?).await
    }

    /// Creates a database on a server of a backend.
    ///
    /// # Errors
    /// If the server refuses the database.
    pub async fn on(backend: Backend, server: Option<Arc<Server>>) -> io::Result<Self> {
        let name = match &server {
            Some(server) => Database::create(backend, server).await?,
            None => String::new(),
        };
        Ok(Self { backend, name, folder: folder("place")?, server })
    }

    /// Returns the dialect.
    pub fn dialect(&self) -> Dialect {
        self.backend.dialect()
    }

    /// Returns the server; `None` for SQLite.
    pub fn server(&self) -> Option<&Server> {
        self.server.as_deref()
    }

    /// Returns the name of the database on its server.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the address, as `DATABASE_URL` has it.
    pub fn address(&self) -> String {
        match &self.server {
            Some(server) => self.backend.address(server, &self.name),
            None => format!("sqlite://{}/blog.sqlite3", self.folder.path().display()),
        }
    }

    /// Connects to the database as another program would.
    ///
    /// # Errors
    /// If the connection fails.
    pub async fn connect(&self) -> io::Result<Database> {
        Database::at(self.backend, &self.address(), self.server.clone()).await
    }

    /// Runs a text as another program would.
    ///
    /// # Errors
    /// If the database refuses it.
    pub async fn execute(&self, sql: &str) -> Result<(), Rejected> {
        let connected = self.connect().await;
        connected.map_err(|error| Rejected::new(sql, error.to_string()))?.execute(sql).await
    }

    /// Returns the rows of a query: their columns as text, joined by ` | `.
    ///
    /// # Errors
    /// If the database refuses it, or a column is no text.
    pub async fn rows(&self, sql: &str) -> Result<Vec<String>, Rejected> {
        let connected = self.connect().await;
        connected.map_err(|error| Rejected::new(sql, error.to_string()))?.rows(sql).await
    }
}
