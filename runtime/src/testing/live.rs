//! A live database for tests of plans, through the sessions and the executor of `migrate`.

use crate::dialect::Capabilities;
use crate::error::Error;
use crate::plan::MigrationPlan;
use crate::run::open::Connection;

/// A connection to a database, with the session and the executor of a migration.
#[derive(Debug)]
pub struct Live(Connection);

impl Live {
    /// Connects to a database by its address.
    ///
    /// # Errors
    /// If the address is invalid, or the database cannot be opened.
    pub async fn connect(url: &str) -> Result<Self, Error> {
        Connection::open(&url.parse()?).await.map(Self)
    }

    /// Returns the features of the database.
    pub fn capabilities(&self) -> &Capabilities {
        self.0.capabilities()
    }

    /// Runs a text as it is.
    ///
    /// # Errors
    /// If the database reports an error.
    pub async fn execute(&mut self, sql: &str) -> Result<(), Error> {
        self.0.execute_text(sql).await
    }

    /// Returns the rows of a query, with each value as text; `None` is NULL.
    ///
    /// # Errors
    /// If the database reports an error.
    pub async fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, Error> {
        self.0.rows_of_text(sql).await
    }

    /// Runs the statements of a plan in the transactions that `migrate` runs them in, and records nothing.
    ///
    /// # Errors
    /// As `migrate`.
    pub async fn run(&mut self, plan: &MigrationPlan) -> Result<(), Error> {
        self.0.rehearse(plan).await
    }

    /// Closes the connection, and waits until it is closed.
    pub async fn close(self) {
        self.0.close().await;
    }
}
