//! Django's migrations for Rust: from models to numbered migrations to databases that are up to date.
//!
//! Structs with [`#[derive(Model)]`](macro@Model) are compared by the build script (`modelshift_build::run()`) with the
//! migrations that are there, and the next migration is written as a Rust module ([`migration!`], [`migrations!`]). This
//! crate turns migrations into SQL and applies them to databases.
//!
//! ```no_run
//! # #[cfg(feature = "sqlite")]
//! # async fn run(migrations: modelshift::Migrations) -> Result<(), modelshift::Error> {
//! use modelshift::Migrator;
//!
//! let report = Migrator::connect("sqlite://db.sqlite3").await?.with(migrations).migrate().await?;
//! println!("{report}");
//! # Ok(())
//! # }
//! ```
//!
//! # Features
//! Without any, the crate declares models and compiles no database driver.
//! - `sqlite`: runs migrations on SQLite.
//! - `postgres`, `mysql`: run migrations on PostgreSQL, MySQL and MariaDB.
//! - `manage`: the commands of a project's `manage` binary (`manage::main`).
//! - `inspect`: models from the tables of a database (`inspectdb`). It brings a parser of Rust along, so keep it out of
//!   programs for production.
//! - `render`: plans and SQL in every dialect, without a driver.
//!
//! # How a database is kept safe
//! On SQLite and PostgreSQL, a migration and its record in the table `modelshift_history` are one transaction. MySQL and
//! MariaDB commit each DDL statement, so that the progress is recorded after each statement. The history is read again
//! under a lock. So each migration is applied once, even if several processes migrate, and after a crash a second run
//! completes the work. The plan is complete before the first statement runs. A migration that would break something
//! (references, views, triggers, rows of a table that is rebuilt) is refused and rolled back.

#![forbid(unsafe_code)]

#[cfg(all(feature = "database", not(any(feature = "sqlite", feature = "postgres", feature = "mysql"))))]
compile_error!(
    "modelshift: the features `manage` and `database` need a database; add `sqlite`, `postgres` or `mysql`"
);

pub mod data;
#[cfg(feature = "render")]
pub mod dialect;
#[cfg(feature = "database")]
pub mod error;
#[cfg(feature = "manage")]
mod export;
#[cfg(feature = "fixtures")]
pub mod fixtures;
#[cfg(feature = "database")]
pub mod fleet;
#[cfg(feature = "inspect")]
pub mod inspect;
#[cfg(feature = "manage")]
pub mod manage;
#[cfg(feature = "database")]
mod migrator;
mod model;
#[cfg(feature = "manage")]
mod picture;
#[cfg(feature = "render")]
pub mod plan;
#[cfg(feature = "render")]
pub mod planner;
#[cfg(feature = "manage")]
mod review;
#[cfg(feature = "database")]
pub mod run;
#[cfg(feature = "database")]
pub mod session;
#[cfg(feature = "render")]
pub mod testing;
#[cfg(feature = "database")]
pub mod url;

pub use self::model::abstract_struct as shared;
pub use self::model::choices;
#[doc(hidden)]
pub use self::model::row;
#[cfg(feature = "render")]
pub use self::plan::statement;
#[cfg(feature = "database")]
pub use self::planner::data_loss as loss;
#[cfg(feature = "database")]
pub use self::planner::target;
#[cfg(feature = "database")]
pub use self::run::drift;
#[cfg(feature = "database")]
pub use self::run::repair;
#[cfg(feature = "database")]
pub use self::run::report;
#[cfg(feature = "database")]
pub use self::run::rewritten;
#[cfg(feature = "database")]
pub use self::run::status;
#[cfg(feature = "database")]
pub use self::session::live_schema as live;

/// The sea-query of the statements in a plan.
#[cfg(feature = "render")]
pub use sea_query;

/// The sqlx that the derives implement the traits of.
#[cfg(feature = "database")]
#[doc(hidden)]
pub use sqlx as __sqlx;

pub use modelshift_macros::{Choices, Model, migration, migrations};

pub use self::model::choices::{Choices, UnknownChoice};

#[cfg(feature = "render")]
pub use self::dialect::Dialect;
#[cfg(feature = "database")]
pub use self::error::Error;
#[cfg(feature = "database")]
pub use self::migrator::Migrator;
pub use self::model::Model;
pub use self::model::abstract_struct::Abstract;
pub use self::model::embedded::{DataFile, EmbeddedError, EmbeddedMigration, Migrations};
pub use self::model::many_to_many::ManyToMany;
pub use self::model::relation::{ForeignKey, OneToOne};
#[cfg(feature = "database")]
pub use self::planner::target::Target;
#[cfg(feature = "database")]
pub use self::run::report::Report;
