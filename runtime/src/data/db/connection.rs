//! The connection of the driver itself, for what the other functions do not do.

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use super::super::error::{Error, Result};
#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use super::super::request::Request;
use super::Db;
use modelshift_schema::dialect::Dialect;

impl Db<'_> {
    /// Returns the dialect of the database.
    pub fn dialect(&self) -> Dialect {
        self.link.dialect()
    }

    /// Returns the connection of sqlx, in the transaction of the migration or of the batch where there is one.
    ///
    /// The transaction must not be ended on it: the function then fails, and what was committed stays. Rows that are written
    /// on it are not counted.
    ///
    /// # Errors
    /// If the database is not SQLite.
    #[cfg(feature = "sqlite")]
    pub async fn sqlite(&mut self) -> Result<&mut sqlx::SqliteConnection> {
        self.connection(Dialect::Sqlite).await
    }

    /// Returns the connection of sqlx, in the transaction of the migration or of the batch where there is one.
    ///
    /// The transaction must not be ended on it: the function then fails, and what was committed stays. Rows that are written
    /// on it are not counted.
    ///
    /// # Errors
    /// If the database is not PostgreSQL.
    #[cfg(feature = "postgres")]
    pub async fn postgres(&mut self) -> Result<&mut sqlx::PgConnection> {
        self.connection(Dialect::Postgres).await
    }

    /// Returns the connection of sqlx, in the transaction of the migration or of the batch where there is one.
    ///
    /// The transaction must not be ended on it, which a statement that defines something also does: the function then
    /// fails, and what was committed stays. Rows that are written on it are not counted.
    ///
    /// # Errors
    /// If the database is not MySQL or MariaDB.
    #[cfg(feature = "mysql")]
    pub async fn mysql(&mut self) -> Result<&mut sqlx::MySqlConnection> {
        self.connection(Dialect::Mysql).await
    }

    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    async fn connection<C: 'static>(&mut self, wanted: Dialect) -> Result<&mut C> {
        let is = self.dialect();
        if is == wanted {
            self.ask(Request::Lend).await?;
        }
        let found = self.link.driver()?.downcast_mut();
        found.ok_or_else(|| {
            Error::new(format!(
                "there is no connection to {wanted}, since the database is {is}; `dialect` returns which it is"
            ))
        })
    }
}
