//! Django's migrations for Rust: models in, numbered migrations out, databases in step.

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
mod column;
#[cfg(feature = "database")]
mod connection;
#[cfg(feature = "render")]
pub mod dialect;
#[cfg(feature = "database")]
pub mod drift;
#[cfg(feature = "database")]
pub mod error;
#[cfg(feature = "sqlite")]
mod executor;
#[cfg(feature = "database")]
pub mod history;
#[cfg(feature = "database")]
pub mod live;
#[cfg(feature = "database")]
pub mod loss;
#[cfg(feature = "manage")]
pub mod manage;
#[cfg(feature = "database")]
mod migrator;
mod model;
#[cfg(feature = "render")]
pub mod plan;
#[cfg(feature = "render")]
pub mod planner;
mod relation;
#[cfg(feature = "database")]
pub mod report;
#[cfg(feature = "database")]
mod route;
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

pub use modelshift_macros::{Model, migration, migrations};

pub use self::column::Column;
#[cfg(feature = "render")]
pub use self::dialect::Dialect;
#[cfg(feature = "database")]
pub use self::error::Error;
#[cfg(feature = "database")]
pub use self::migrator::Migrator;
pub use self::model::Model;
pub use self::relation::ForeignKey;
#[cfg(feature = "database")]
pub use self::report::Report;
pub use self::stored::{Migrations, StoredError, StoredMigration};
#[cfg(feature = "database")]
pub use self::target::Target;
