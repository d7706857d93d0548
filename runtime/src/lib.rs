//! Django's migrations for Rust: models in, numbered migrations out, databases in step.
//!
//! Structs with [`#[derive(Model)]`](macro@Model) are compared by the build script (`modelshift_build::run()`) with the
//! migrations that are there, and the next migration is written as a Rust module ([`migration!`], [`migrations!`]). This
//! crate turns migrations into SQL and brings a database in step with them.
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
//! - `postgres`, `mysql`: for later; their SQL is rendered today (`testing::sql`, `sqlmigrate`).
//! - `manage`: the commands of a project's `manage` binary (`manage::main`).
//! - `render`: plans and SQL in every dialect, without a driver.
//!
//! # How a database is kept safe
//! A migration and its record in the table `modelshift_history` are one transaction, taken with the write lock, and the
//! history is read again under it: whoever else migrates, each migration is applied once, and after a crash a plain
//! re-run ends in the same place. The whole plan exists before the first statement. What a migration would break
//! (references, views, triggers, rows of a table that is rebuilt) is refused, and then nothing of it is kept.

#![forbid(unsafe_code)]
#![cfg_attr(
    all(feature = "database", not(feature = "sqlite")),
    allow(
        unused,
        reason = "what runs migrations is not reached without a database that this version runs on"
    )
)]

#[cfg(feature = "database")]
mod checksum;
pub mod choices;
#[cfg(feature = "database")]
mod connection;
#[cfg(feature = "database")]
mod course;
#[cfg(feature = "render")]
pub mod dialect;
#[cfg(feature = "database")]
pub mod drift;
#[cfg(feature = "database")]
pub mod error;
#[cfg(feature = "sqlite")]
mod executor;
#[cfg(feature = "database")]
mod history;
#[cfg(feature = "database")]
pub mod live;
#[cfg(feature = "database")]
pub mod loss;
#[cfg(feature = "manage")]
pub mod manage;
mod many_to_many;
#[cfg(feature = "database")]
mod migrator;
mod model;
#[cfg(feature = "database")]
mod notes;
#[cfg(feature = "database")]
mod partial;
#[cfg(feature = "render")]
pub mod plan;
#[cfg(feature = "render")]
pub mod planner;
mod relation;
#[cfg(feature = "database")]
pub mod repair;
#[cfg(feature = "database")]
pub mod report;
#[cfg(feature = "database")]
pub mod rewritten;
#[cfg(feature = "database")]
mod route;
pub mod shared;
#[cfg(feature = "render")]
pub mod statement;
#[cfg(feature = "database")]
pub mod status;
mod stored;
#[cfg(feature = "database")]
pub mod target;
#[cfg(feature = "render")]
pub mod testing;
#[cfg(feature = "database")]
mod turn;
#[cfg(feature = "database")]
pub mod url;

/// The sqlx that the derives implement the traits of.
#[cfg(feature = "database")]
#[doc(hidden)]
pub use sqlx as __sqlx;

pub use modelshift_macros::{Choices, Model, migration, migrations};

pub use self::choices::{Choices, UnknownChoice};

#[cfg(feature = "render")]
pub use self::dialect::Dialect;
#[cfg(feature = "database")]
pub use self::error::Error;
pub use self::many_to_many::ManyToMany;
#[cfg(feature = "database")]
pub use self::migrator::Migrator;
pub use self::model::Model;
pub use self::relation::{ForeignKey, OneToOne};
#[cfg(feature = "database")]
pub use self::report::Report;
pub use self::shared::Abstract;
pub use self::stored::{Migrations, StoredError, StoredMigration};
#[cfg(feature = "database")]
pub use self::target::Target;
