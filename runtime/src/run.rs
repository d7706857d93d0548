//! Runs plans on a database, and records what was applied.

pub(crate) mod checksum;
pub mod drift;
pub(crate) mod edits;
pub(crate) mod executor;
pub(crate) mod fake;
pub(crate) mod fresh;
pub(crate) mod history;
pub(crate) mod history_table;
pub(crate) mod interrupted;
pub(crate) mod job;
pub(crate) mod journal;
pub(crate) mod notes;
pub(crate) mod open;
pub(crate) mod own_tables;
pub(crate) mod partial;
pub(crate) mod prepare;
pub mod repair;
pub mod report;
pub mod rewritten;
pub mod status;
