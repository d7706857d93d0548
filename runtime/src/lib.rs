//! Django's migrations for Rust: models in, numbered migrations out, databases in step.

#![forbid(unsafe_code)]

mod column;
#[cfg(feature = "render")]
pub mod dialect;
mod model;
#[cfg(feature = "render")]
pub mod plan;
#[cfg(feature = "render")]
pub mod planner;
mod relation;
#[cfg(feature = "render")]
pub mod statement;
mod stored;
#[cfg(feature = "render")]
pub mod testing;

pub use modelshift_macros::{Model, migration, migrations};

pub use self::column::Column;
#[cfg(feature = "render")]
pub use self::dialect::Dialect;
pub use self::model::Model;
pub use self::relation::ForeignKey;
pub use self::stored::{Migrations, StoredError, StoredMigration};
