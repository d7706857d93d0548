//! Fixtures: rows of models in files, in the formats of Django.
//!
//! [`Migrator::dump`](crate::Migrator::dump) writes them, and [`Migrator::load`](crate::Migrator::load) loads them. Both
//! see the models as the migrations that are applied made them.

pub(crate) mod dump;
pub(crate) mod empty;
mod error;
pub(crate) mod find;
mod format;
mod given;
pub(crate) mod load;
mod natural;
pub(crate) mod packing;
mod selection;
pub(crate) mod shape;
mod surroundings;
mod written;

pub use self::dump::Dump;
pub use self::format::Format;
pub use self::load::{Load, Loaded};
