//! The databases of tests on a server: each has a lock for as long as it is used, on a connection to the database of the
//! address.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::names;
use crate::error::{Error, ErrorKind};
use crate::run::open::Connection;
use crate::url::DatabaseUrl;

/// How long to wait before a lock is tried again.
const GLANCE: Duration = Duration::from_millis(20);

/// The servers on which this process has removed what was left behind.
static CLEANED: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// What servers differ in.
pub(super) trait Server: Copy + Send + Sync + fmt::Debug + 'static {
    /// Returns the query for the name of the database that the connection uses.
    fn own_name(self) -> &'static str;

    /// Returns the statements that keep an idle connection, and its locks. A server that lacks the setting refuses it.
    fn keep_idle(self) -> &'static [&'static str];

    /// Returns the query that tries to take the lock of a name.
    fn lock(self, name: &str) -> String;

    /// Returns the query that releases the lock of a name.
    fn unlock(self, name: &str) -> String;

    /// Returns the query for the names of databases that begin with this, the newest first.
    fn databases(self, beginning: &str) -> String;

    /// Returns the statement that removes a database.
    fn drop(self, name: &str) -> String;
}

/// A connection to the database of the address.
#[derive(Debug)]
pub(super) struct Keeper<S> {
    server: S,
    url: DatabaseUrl,
    connection: Connection,
    /// The part of all names that is computed from the database of the address, on which the locks are held.
    pub(super) scope: String,
}

impl<S: Server> Keeper<S> {
    /// Connects, and removes what ended processes left behind, once in a process.
    ///
    /// # Errors
    /// If the database of the address cannot be opened.
    pub(super) async fn connect(server: S, url: &DatabaseUrl) -> Result<Self, Error> {
        let connection = Connection::open(url).await?;
        let mut keeper = Self { server, url: url.clone(), connection, scope: String::new() };
        for setting in server.keep_idle() {
            // Older servers do not have the setting, nor the limit.
            let _ = keeper.execute(setting).await;
        }
        let own = keeper.values(server.own_name()).await?;
        keeper.scope = names::short(own.first().map_or("", String::as_str), 8);
        let is_first = CLEANED.lock().unwrap_or_else(PoisonError::into_inner).insert(url.secret().to_owned());
        if is_first {
            let left = keeper.values(&server.databases(&names::copies(&keeper.scope))).await?;
            for name in left {
                keeper.remove_unused(&name).await?;
            }
        }
        Ok(keeper)
    }

    /// Runs a text as it is.
    ///
    /// # Errors
    /// If the server reports an error.
    pub(super) async fn execute(&mut self, sql: &str) -> Result<(), Error> {
        let run = self.connection.execute_text(sql).await;
        run.map_err(|error| {
            let (database, doing) = (self.url.to_string(), "making a database for a test".to_owned());
            ErrorKind::Database { database, doing, source: Box::new(error) }.into()
        })
    }

    /// Returns the rows of a query.
    ///
    /// # Errors
    /// If the server reports an error.
    pub(super) async fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, Error> {
        self.connection.rows_of_text(sql).await
    }

    /// Returns the first value of each row of a query.
    ///
    /// # Errors
    /// If the server reports an error.
    pub(super) async fn values(&mut self, sql: &str) -> Result<Vec<String>, Error> {
        let rows = self.rows(sql).await?;
        Ok(rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect())
    }

    /// Takes the lock of a name; returns false if another test holds it.
    ///
    /// # Errors
    /// If the server reports an error.
    pub(super) async fn try_lock(&mut self, name: &str) -> Result<bool, Error> {
        let sql = self.server.lock(name);
        let taken = self.values(&sql).await?;
        Ok(matches!(taken.first().map(String::as_str), Some("t" | "1")))
    }

    /// Waits for the lock of a name.
    ///
    /// # Errors
    /// If the server reports an error.
    pub(super) async fn lock(&mut self, name: &str) -> Result<(), Error> {
        while !self.try_lock(name).await? {
            tokio::time::sleep(GLANCE).await;
        }
        Ok(())
    }

    /// Releases the lock of a name.
    ///
    /// # Errors
    /// If the server reports an error.
    pub(super) async fn unlock(&mut self, name: &str) -> Result<(), Error> {
        let sql = self.server.unlock(name);
        self.values(&sql).await.map(|_| ())
    }

    /// Removes all but the newest databases that begin with this, unless they are used.
    ///
    /// # Errors
    /// If the server reports an error.
    pub(super) async fn keep_newest(&mut self, beginning: &str, kept: usize) -> Result<(), Error> {
        let sql = self.server.databases(beginning);
        for name in self.values(&sql).await?.into_iter().skip(kept) {
            self.remove_unused(&name).await?;
        }
        Ok(())
    }

    async fn remove_unused(&mut self, name: &str) -> Result<(), Error> {
        if self.try_lock(name).await? {
            let sql = self.server.drop(name);
            // Where it is used after all, a later process removes it.
            let _ = self.execute(&sql).await;
            self.unlock(name).await?;
        }
        Ok(())
    }

    /// Returns the same on a new connection, with no lock.
    ///
    /// # Errors
    /// If the database of the address cannot be opened.
    #[cfg(feature = "mysql")]
    pub(super) async fn another(self) -> Result<Self, Error> {
        self.connection.close().await;
        Self::connect(self.server, &self.url).await
    }

    /// Returns a lease of a database whose lock is held.
    pub(super) fn into_lease(self, name: String) -> Lease {
        let Self { server, url, connection, .. } = self;
        Lease { drop: server.drop(&name), name, url, connection: Some(connection) }
    }
}

/// A database that a test uses. Dropping it removes the database.
#[derive(Debug)]
pub(super) struct Lease {
    name: String,
    drop: String,
    url: DatabaseUrl,
    /// Holds the lock.
    connection: Option<Connection>,
}

impl Lease {
    /// Returns the name of the database.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Removes the database.
    ///
    /// # Errors
    /// If the server does not remove it.
    pub(super) async fn remove(mut self) -> Result<(), Error> {
        let Some(mut connection) = self.connection.take() else { return Ok(()) };
        let removed = connection.execute_text(&self.drop).await;
        connection.close().await;
        removed
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(held) = self.connection.take() else { return };
        let (url, drop) = (self.url.clone(), self.drop.clone());
        // The runtime of the test may have ended, and cannot wait in a destructor: another one removes the database. What
        // cannot be removed now is removed by a later process.
        let removing = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let mut connection = Connection::open(&url).await.ok()?;
                let removed = connection.execute_text(&drop).await;
                connection.close().await;
                removed.ok()
            })
        });
        let _ = removing.join();
        std::mem::drop(held);
    }
}
