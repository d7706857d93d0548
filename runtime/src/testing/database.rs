//! A migrated database for each test.
//!
//! The migrations run once for each state of the history, and what they made is copied: a file on SQLite, a template
//! database on PostgreSQL, the definitions and rows of a database on MySQL. The user of a copy holds a lock, which ends
//! with the process; a copy whose lock is free was left behind, and the next process removes it.

#[cfg(feature = "sqlite")]
mod file;
#[cfg(feature = "mysql")]
mod mysql;
mod names;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(any(feature = "postgres", feature = "mysql"))]
mod server;

use std::fmt;

use modelshift_schema::graph::Graph;

use self::names::Names;
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};
use crate::migrator::Migrator;
use crate::model::embedded::Migrations;
use crate::url::DatabaseUrl;

/// The variable with the address of the database.
const VARIABLE: &str = "DATABASE_URL";

/// A database that one test has for itself; dropping it removes it.
///
/// On a server, end the transactions of the test before, so that the server can remove the database at once; otherwise a
/// later test program does.
pub struct TestDatabase {
    url: DatabaseUrl,
    handle: Handle,
}

/// What removes the database when it is dropped.
#[derive(Debug)]
enum Handle {
    #[cfg(feature = "sqlite")]
    File(file::CopiedFile),
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    OnServer(server::Lease),
}

impl TestDatabase {
    /// Returns the address of the database, for a pool of sqlx. It contains the password of `DATABASE_URL`.
    pub fn url(&self) -> &str {
        self.url.secret()
    }

    /// Returns the dialect of the database.
    pub fn dialect(&self) -> Dialect {
        self.url.dialect()
    }

    /// Removes the database. Dropping it does the same, and hides an error.
    ///
    /// # Errors
    /// If the server does not remove it; then a later test program does.
    pub async fn close(self) -> Result<(), Error> {
        match self.handle {
            #[cfg(feature = "sqlite")]
            Handle::File(copied) => {
                drop(copied);
                Ok(())
            }
            #[cfg(any(feature = "postgres", feature = "mysql"))]
            Handle::OnServer(lease) => lease.remove().await,
        }
    }
}

impl fmt::Debug for TestDatabase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestDatabase").field("url", &self.url).finish_non_exhaustive()
    }
}

/// Returns a new database in which all migrations are applied, for one test.
///
/// `DATABASE_URL` in the environment says where: on the server that it names, or in a file for SQLite, which is also used
/// without the variable. The database of the address itself is never changed: what is made has a name that begins with
/// `modelshift_test_`, and only such databases are removed. Tests and test programs can run at the same time.
///
/// ```no_run
/// # #[cfg(feature = "sqlite")]
/// # async fn test(migrations: modelshift::Migrations) -> Result<(), Box<dyn std::error::Error>> {
/// let database = modelshift::testing::database(migrations).await?;
/// let pool = sqlx::SqlitePool::connect(database.url()).await?;
/// // … the test …
/// pool.close().await;
/// database.close().await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`Migrator::migrate`], and if the server does not allow to create databases.
pub async fn database(migrations: Migrations) -> Result<TestDatabase, Error> {
    let address = match std::env::var(VARIABLE) {
        Ok(address) if !address.is_empty() => address,
        Ok(_) | Err(_) => crate::url::DEFAULT_URL.to_owned(),
    };
    database_at(&address, migrations).await
}

/// Returns a new database in which all migrations are applied, as [`database`] does, where an address says. Of an address
/// of SQLite, only the dialect is used.
///
/// # Errors
/// As [`database`].
pub async fn database_at(address: &str, migrations: Migrations) -> Result<TestDatabase, Error> {
    let url: DatabaseUrl = address.parse()?;
    // A database of a test is no reason for the build step to keep a draft as it is.
    let migrations = migrations.of_no_checkout();
    let names = Names::of(&migrations, url.dialect())?;
    match url.dialect() {
        #[cfg(feature = "sqlite")]
        Dialect::Sqlite => {
            let (copy, url) = file::copy(&migrations, &names).await?;
            Ok(TestDatabase { url, handle: Handle::File(copy) })
        }
        #[cfg(feature = "postgres")]
        Dialect::Postgres => {
            let lease = postgres::copy(&url, &migrations, &names).await?;
            Ok(TestDatabase { url: url.with_database(lease.name()), handle: Handle::OnServer(lease) })
        }
        #[cfg(feature = "mysql")]
        Dialect::Mysql => {
            let lease = mysql::copy(&url, &migrations, &names).await?;
            Ok(TestDatabase { url: url.with_database(lease.name()), handle: Handle::OnServer(lease) })
        }
        #[cfg(not(all(feature = "sqlite", feature = "postgres", feature = "mysql")))]
        dialect => Err(ErrorKind::NoFeature {
            url: url.to_string(),
            dialect: dialect.to_string(),
            feature: dialect.name().to_owned(),
        }
        .into()),
    }
}

/// Applies all migrations to the database of an address, and closes the connection.
async fn migrate(url: &DatabaseUrl, migrations: &Migrations) -> Result<(), Error> {
    let mut migrator = Migrator::connect(url.secret()).await?.with(migrations.clone());
    let migrated = migrator.migrate().await;
    migrator.close().await;
    migrated.map(|_| ())
}

/// Returns the migrations in the order in which a new database gets them.
fn graph(migrations: &Migrations) -> Result<Graph, Error> {
    let loaded = migrations.load().map_err(ErrorKind::Stored)?;
    Graph::for_database(loaded, &std::collections::BTreeSet::new())
        .map_err(|errors| ErrorKind::Graph(errors).into())
}
