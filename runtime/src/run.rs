//! Runs plans on a database, and records what was applied.

pub(crate) mod checksum;
pub mod drift;
#[cfg(feature = "sqlite")]
pub(crate) mod executor;
pub(crate) mod history;
#[cfg(feature = "sqlite")]
pub(crate) mod history_table;
pub(crate) mod job;
#[cfg(feature = "sqlite")]
pub(crate) mod journal;
pub(crate) mod notes;
pub(crate) mod open;
pub(crate) mod partial;
pub(crate) mod prepare;
pub mod repair;
pub mod report;
pub mod rewritten;
pub mod status;
