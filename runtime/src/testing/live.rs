//! A live database for tests of plans, through the sessions and the executor of `migrate`.

use crate::dialect::Capabilities;
use crate::error::Error;
use crate::model::embedded::Migrations;
use crate::plan::MigrationPlan;
use crate::run::open::Connection;

/// A connection to a database, with the session and the executor of a migration.
#[derive(Debug)]
pub struct Live {
    connection: Connection,
    program: Migrations,
}

impl Live {
    /// Connects to a database by its address.
    ///
    /// # Errors
    /// If the address is invalid, or the database cannot be opened.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let connection = Connection::open(&url.parse()?).await?;
        Ok(Self { connection, program: Migrations::default() })
    }

    /// Returns the database with the program whose functions and files the plans name.
    #[must_use]
    pub fn with(self, program: Migrations) -> Self {
        Self { program, ..self }
    }

    /// Returns the features of the database.
    pub fn capabilities(&self) -> &Capabilities {
        self.connection.capabilities()
    }

    /// Runs a text as it is.
    ///
    /// # Errors
    /// If the database reports an error.
    pub async fn execute(&mut self, sql: &str) -> Result<(), Error> {
        self.connection.execute_text(sql).await
    }

    /// Returns the rows of a query, with each value as text; `None` is NULL.
    ///
    /// # Errors
    /// If the database reports an error.
    pub async fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, Error> {
        self.connection.rows_of_text(sql).await
    }

    /// Runs the statements of a plan in the transactions that `migrate` runs them in, and records nothing.
    ///
    /// # Errors
    /// As `migrate`.
    pub async fn run(&mut self, plan: &MigrationPlan) -> Result<(), Error> {
        self.connection.rehearse(plan, &self.program).await
    }

    /// Closes the connection, and waits until it is closed.
    pub async fn close(self) {
        self.connection.close().await;
    }
}
