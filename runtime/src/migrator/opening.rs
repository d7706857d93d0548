//! How a migrator gets its connection, and what becomes of it.

use super::Migrator;
use super::hooks::Hooks;
#[cfg(any(
    all(feature = "sqlite", feature = "postgres"),
    all(feature = "sqlite", feature = "mysql"),
    all(feature = "postgres", feature = "mysql")
))]
use crate::dialect::Dialect;
use crate::dialect::{OpenConnection, PoolOptions};
use crate::error::Error;
use crate::model::embedded::Migrations;
use crate::run::open::Connection;
use crate::run::prepare::Source;
use crate::run::report::Observer;
use crate::url::DatabaseUrl;

impl Migrator {
    /// Connects to a database by its URL: `sqlite://path`, `sqlite::memory:`, the plain path of a file,
    /// `postgres://user@host/name` or `mysql://user@host/name`.
    ///
    /// A missing file is created when a migration is applied.
    ///
    /// # Errors
    /// [`Url`](crate::error::ErrorKind::Url), [`NoFeature`](crate::error::ErrorKind::NoFeature),
    /// [`Open`](crate::error::ErrorKind::Open), [`Locked`](crate::error::ErrorKind::Locked).
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let url: DatabaseUrl = url.parse()?;
        Ok(Self::of(Connection::open(&url).await?))
    }

    /// Connects to the database of a pool of sqlx, by the pool's own options, with a connection of its own.
    ///
    /// Works in tests with `#[sqlx::test(migrations = false)]` as well:
    ///
    /// ```no_run
    /// # #[cfg(feature = "sqlite")]
    /// # async fn run(migrations: modelshift::Migrations, pool: sqlx::SqlitePool) -> Result<(), modelshift::Error> {
    /// use modelshift::Migrator;
    ///
    /// Migrator::for_pool(&pool).await?.with(migrations).migrate().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Self::connect`]. A database in memory that only one connection can see is refused.
    pub async fn for_pool(pool: impl Into<PoolOptions>) -> Result<Self, Error> {
        Ok(Self::of(Connection::open_like(pool.into()).await?))
    }

    /// Takes an open connection of sqlx, or one of a pool, which then leaves the pool.
    ///
    /// Use it for a database that only this connection can see, and in tests with `#[sqlx::test(migrations = false)]`.
    /// `into_sqlite`, `into_postgres` and `into_mysql` return it, with the settings that it had.
    ///
    /// ```no_run
    /// # #[cfg(feature = "sqlite")]
    /// # async fn run(migrations: modelshift::Migrations, connection: sqlx::SqliteConnection) -> Result<(), modelshift::Error> {
    /// use modelshift::Migrator;
    ///
    /// let mut migrator = Migrator::for_connection(connection).await?.with(migrations);
    /// migrator.migrate().await?;
    /// let connection = migrator.into_sqlite().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Self::connect`]. On PostgreSQL, a connection with an open transaction is refused; MySQL commits it.
    pub async fn for_connection(connection: impl Into<OpenConnection>) -> Result<Self, Error> {
        Ok(Self::of(Connection::take(connection.into()).await?))
    }

    fn of(connection: Connection) -> Self {
        let (migrations, source, observer) = (Migrations::default(), Source::Program, Observer::none());
        Self {
            connection,
            migrations,
            source,
            observer,
            hooks: Hooks::default(),
            together: false,
            one_by_one: false,
        }
    }

    /// Closes the connection, and waits until it is closed; dropping a migrator closes it later.
    pub async fn close(self) {
        self.connection.close().await;
    }

    /// Returns the connection. Use it for a database in memory, which no other connection can open.
    ///
    /// # Errors
    /// If it cannot be opened, or the database is not SQLite.
    #[cfg(feature = "sqlite")]
    pub async fn into_sqlite(self) -> Result<sqlx::SqliteConnection, Error> {
        match self.connection {
            Connection::Sqlite(session) => session.into_connection().await,
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => Err(not_of(Dialect::Postgres, Dialect::Sqlite)),
            #[cfg(feature = "mysql")]
            Connection::Mysql(_) => Err(not_of(Dialect::Mysql, Dialect::Sqlite)),
        }
    }

    /// Returns the connection.
    ///
    /// # Errors
    /// If it cannot be opened, or the database is not PostgreSQL.
    #[cfg(feature = "postgres")]
    pub async fn into_postgres(self) -> Result<sqlx::PgConnection, Error> {
        match self.connection {
            Connection::Postgres(session) => session.into_connection().await,
            #[cfg(feature = "sqlite")]
            Connection::Sqlite(_) => Err(not_of(Dialect::Sqlite, Dialect::Postgres)),
            #[cfg(feature = "mysql")]
            Connection::Mysql(_) => Err(not_of(Dialect::Mysql, Dialect::Postgres)),
        }
    }

    /// Returns the connection.
    ///
    /// # Errors
    /// If it cannot be opened, or the database is not MySQL or MariaDB.
    #[cfg(feature = "mysql")]
    pub async fn into_mysql(self) -> Result<sqlx::MySqlConnection, Error> {
        match self.connection {
            Connection::Mysql(session) => session.into_connection().await,
            #[cfg(feature = "sqlite")]
            Connection::Sqlite(_) => Err(not_of(Dialect::Sqlite, Dialect::Mysql)),
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => Err(not_of(Dialect::Postgres, Dialect::Mysql)),
        }
    }
}

/// Returns the error for a request for the connection of another database.
#[cfg(any(
    all(feature = "sqlite", feature = "postgres"),
    all(feature = "sqlite", feature = "mysql"),
    all(feature = "postgres", feature = "mysql")
))]
fn not_of(is: Dialect, wanted: Dialect) -> Error {
    let remedy = "call the method of its database".to_owned();
    crate::error::ErrorKind::Open { database: is.to_string(), why: format!("it is not {wanted}"), remedy }
        .into()
}
