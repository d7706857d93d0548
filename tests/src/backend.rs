//! The databases on which tests run.

use std::io;
use std::sync::Arc;

use modelshift::dialect::{Capabilities, Dialect, Product, Server as Identity};

use crate::servers::{self, Server};

/// A database on which tests run: SQLite, or a version of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// SQLite, which is part of the tests.
    Sqlite,
    /// The PostgreSQL of this Debian.
    Postgres,
    /// PostgreSQL 18.
    Postgres18,
    /// The MariaDB of this Debian.
    Mariadb,
    /// MariaDB 11.
    Mariadb11,
    /// MySQL 9.
    Mysql9,
}

/// A backend that is ready for a test; its server runs as long as this exists.
#[derive(Debug)]
pub struct Ready {
    _server: Option<Arc<Server>>,
}

/// Makes a test of each backend in a module with the name of an async function, which is called with the backend.
#[macro_export]
macro_rules! on_every_backend {
    ($(#[$attribute:meta])* $run:ident) => {
        $crate::on_backends!($(#[$attribute])* $run:
            sqlite Sqlite, postgres Postgres, postgres_18 Postgres18, mariadb Mariadb, mariadb_11 Mariadb11,
            mysql_9 Mysql9
        );
    };
}

/// Makes a test of each backend that has a server; see [`on_every_backend`].
#[macro_export]
macro_rules! on_every_server {
    ($(#[$attribute:meta])* $run:ident) => {
        $crate::on_backends!($(#[$attribute])* $run:
            postgres Postgres, postgres_18 Postgres18, mariadb Mariadb, mariadb_11 Mariadb11, mysql_9 Mysql9
        );
    };
}

/// Makes a test of each of these backends; see [`on_every_backend`].
#[macro_export]
macro_rules! on_backends {
    ($(#[$attribute:meta])* $run:ident: $($name:ident $backend:ident),+) => {
        $(#[$attribute])*
        mod $run {
            use $crate::backend::Backend;

            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $name() {
                    if let Some(_ready) = Backend::$backend.ready() {
                        super::$run(Backend::$backend).await;
                    }
                }
            )+
        }
    };
}

/// Returns the backend of the quick selection.
impl From<Dialect> for Backend {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Sqlite => Self::Sqlite,
            Dialect::Postgres => Self::Postgres,
            Dialect::Mysql => Self::Mariadb,
        }
    }
}

impl Backend {
    /// Returns the dialect.
    pub fn dialect(self) -> Dialect {
        match self {
            Self::Sqlite => Dialect::Sqlite,
            Self::Postgres | Self::Postgres18 => Dialect::Postgres,
            Self::Mariadb | Self::Mariadb11 | Self::Mysql9 => Dialect::Mysql,
        }
    }

    /// Returns its features.
    pub fn capabilities(self) -> Capabilities {
        let (product, version) = match self {
            Self::Sqlite => (Product::Sqlite, (3, 46, 0)),
            Self::Postgres => (Product::Postgres, (15, 0, 0)),
            Self::Postgres18 => (Product::Postgres, (18, 0, 0)),
            Self::Mariadb => (Product::Mariadb, (10, 11, 0)),
            Self::Mariadb11 => (Product::Mariadb, (11, 8, 0)),
            Self::Mysql9 => (Product::Mysql, (9, 7, 0)),
        };
        Capabilities::of(&Identity { product, version })
    }

    /// Returns whether tests run on it: on one of each dialect, and on all where `MODELSHIFT_SERVERS=all` is set.
    ///
    /// # Panics
    /// If the variable has another value.
    pub fn is_selected(self) -> bool {
        let is_quick = Self::from(self.dialect()) == self;
        match std::env::var("MODELSHIFT_SERVERS").as_deref() {
            Err(_) | Ok("quick") => is_quick,
            Ok("all") => true,
            Ok(other) => panic!("`MODELSHIFT_SERVERS` is `quick` or `all`, and not `{other}`"),
        }
    }

    /// Returns what a test holds while it runs on the backend; `None`, and says so, if the test is to be skipped.
    ///
    /// # Panics
    /// If the server does not start, or is missing and `MODELSHIFT_REQUIRE_SERVERS=1` is set.
    #[expect(clippy::print_stderr, reason = "what is skipped is said")]
    pub fn ready(self) -> Option<Ready> {
        if !self.is_selected() {
            eprintln!("skipped: `MODELSHIFT_SERVERS=all` runs this test on {self:?}");
            return None;
        }
        let is_required = std::env::var("MODELSHIFT_REQUIRE_SERVERS").is_ok_and(|value| value == "1");
        match self.server() {
            Ok(server) => Some(Ready { _server: server }),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !is_required => {
                eprintln!("skipped: {error}");
                None
            }
            Err(error) => panic!("{self:?}: {error}"),
        }
    }

    /// Returns this process's server, and starts it where none runs; `None` for SQLite.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] where it is missing, or it does not start.
    pub fn server(self) -> io::Result<Option<Arc<Server>>> {
        servers::shared(self)
    }

    /// Returns the address of a database, as `DATABASE_URL` has it; empty for SQLite.
    pub fn address(self, server: &Server, database: &str) -> String {
        let socket = server.socket().display();
        match self.dialect() {
            Dialect::Sqlite => String::new(),
            Dialect::Postgres => format!("postgres://postgres@localhost/{database}?host={socket}"),
            Dialect::Mysql => format!("mysql://root@localhost/{database}?socket={socket}&charset=utf8mb4"),
        }
    }
}
