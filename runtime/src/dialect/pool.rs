//! Pools of the application, with what their database is opened, and connections of the application.

#[cfg(feature = "mysql")]
use sqlx::mysql::{MySql, MySqlConnectOptions, MySqlConnection, MySqlPool};
use sqlx::pool::PoolConnection;
#[cfg(feature = "postgres")]
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPool, Postgres};
#[cfg(feature = "sqlite")]
use sqlx::sqlite::{Sqlite, SqliteConnectOptions, SqliteConnection, SqlitePool};

/// The options of a pool of connections: address, password, TLS, and the rest.
///
/// Made from a reference to `sqlx::SqlitePool`, `sqlx::PgPool` or `sqlx::MySqlPool`, or from the options of a connection.
#[derive(Clone, Debug)]
pub struct PoolOptions(pub(crate) Options);

/// The options of the driver of a dialect.
#[derive(Clone, Debug)]
pub(crate) enum Options {
    /// SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(SqliteConnectOptions),
    /// PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(PgConnectOptions),
    /// MySQL or MariaDB.
    #[cfg(feature = "mysql")]
    Mysql(MySqlConnectOptions),
}

#[cfg(feature = "sqlite")]
impl From<SqliteConnectOptions> for PoolOptions {
    fn from(options: SqliteConnectOptions) -> Self {
        Self(Options::Sqlite(options))
    }
}

#[cfg(feature = "sqlite")]
impl From<&SqlitePool> for PoolOptions {
    fn from(pool: &SqlitePool) -> Self {
        Self(Options::Sqlite(pool.connect_options().as_ref().clone()))
    }
}

#[cfg(feature = "postgres")]
impl From<PgConnectOptions> for PoolOptions {
    fn from(options: PgConnectOptions) -> Self {
        Self(Options::Postgres(options))
    }
}

#[cfg(feature = "postgres")]
impl From<&PgPool> for PoolOptions {
    fn from(pool: &PgPool) -> Self {
        Self(Options::Postgres(pool.connect_options().as_ref().clone()))
    }
}

#[cfg(feature = "mysql")]
impl From<MySqlConnectOptions> for PoolOptions {
    fn from(options: MySqlConnectOptions) -> Self {
        Self(Options::Mysql(options))
    }
}

#[cfg(feature = "mysql")]
impl From<&MySqlPool> for PoolOptions {
    fn from(pool: &MySqlPool) -> Self {
        Self(Options::Mysql(pool.connect_options().as_ref().clone()))
    }
}

/// An open connection of the application.
///
/// Made from a `sqlx::SqliteConnection`, `sqlx::PgConnection` or `sqlx::MySqlConnection`, or from a connection of a pool, which
/// then leaves the pool.
#[derive(Debug)]
pub struct OpenConnection(pub(crate) Opened);

/// An open connection of the driver of a dialect.
#[derive(Debug)]
pub(crate) enum Opened {
    /// SQLite.
    #[cfg(feature = "sqlite")]
    Sqlite(Box<SqliteConnection>),
    /// PostgreSQL.
    #[cfg(feature = "postgres")]
    Postgres(Box<PgConnection>),
    /// MySQL or MariaDB.
    #[cfg(feature = "mysql")]
    Mysql(Box<MySqlConnection>),
}

#[cfg(feature = "sqlite")]
impl From<SqliteConnection> for OpenConnection {
    fn from(connection: SqliteConnection) -> Self {
        Self(Opened::Sqlite(Box::new(connection)))
    }
}

#[cfg(feature = "sqlite")]
impl From<PoolConnection<Sqlite>> for OpenConnection {
    fn from(connection: PoolConnection<Sqlite>) -> Self {
        connection.detach().into()
    }
}

#[cfg(feature = "postgres")]
impl From<PgConnection> for OpenConnection {
    fn from(connection: PgConnection) -> Self {
        Self(Opened::Postgres(Box::new(connection)))
    }
}

#[cfg(feature = "postgres")]
impl From<PoolConnection<Postgres>> for OpenConnection {
    fn from(connection: PoolConnection<Postgres>) -> Self {
        connection.detach().into()
    }
}

#[cfg(feature = "mysql")]
impl From<MySqlConnection> for OpenConnection {
    fn from(connection: MySqlConnection) -> Self {
        Self(Opened::Mysql(Box::new(connection)))
    }
}

#[cfg(feature = "mysql")]
impl From<PoolConnection<MySql>> for OpenConnection {
    fn from(connection: PoolConnection<MySql>) -> Self {
        connection.detach().into()
    }
}
