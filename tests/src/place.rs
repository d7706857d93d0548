//! A database of its own for a test, reached by its address as a user's program reaches it.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use modelshift::Dialect;
use tempfile::TempDir;

use crate::database::{Database, Rejected};
use crate::servers::{self, Server};

/// A database that nobody else uses, empty at first.
#[derive(Debug)]
pub struct Place {
    dialect: Dialect,
    name: String,
    folder: TempDir,
    server: Option<Arc<Server>>,
}

impl Place {
    /// Creates a database.
    ///
    /// # Errors
    /// If the server is not installed, does not start, or refuses the database.
    pub async fn new(dialect: Dialect) -> io::Result<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("place_{}_{number}", std::process::id());
        let server = match dialect {
            Dialect::Sqlite => None,
            Dialect::Postgres => Some(servers::postgres()?),
            Dialect::Mysql => Some(servers::mariadb()?),
        };
        if server.is_some() {
            let mut database = Database::fresh(dialect).await?;
            let created = database.execute(&format!("CREATE DATABASE {name}")).await;
            created.map_err(|rejected| io::Error::other(rejected.reason))?;
        }
        Ok(Self { dialect, name, folder: tempfile::tempdir()?, server })
    }

    /// Returns the dialect.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Returns the address, as `DATABASE_URL` has it.
    pub fn address(&self) -> String {
        let socket = self.server.as_ref().map_or_else(|| Path::new(""), |server| server.socket()).display();
        match self.dialect {
            Dialect::Sqlite => format!("sqlite://{}/blog.sqlite3", self.folder.path().display()),
            Dialect::Postgres => format!("postgres://postgres@localhost/{}?host={socket}", self.name),
            Dialect::Mysql => format!("mysql://root@localhost/{}?socket={socket}", self.name),
        }
    }

    /// Connects to the database as another program would.
    ///
    /// # Errors
    /// If the connection fails.
    pub async fn connect(&self) -> io::Result<Database> {
        Database::at(self.dialect, &self.address(), self.server.clone()).await
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
