//! The kinds of edits, a file for each: each compares two states, and plans operations or asks.

mod backfills;
mod choices;
pub(super) mod constraints;
pub(super) mod deletions;
mod differences;
pub(super) mod fields;
pub(super) mod indexes;
pub(super) mod join_table_rows;
pub(super) mod models;
pub(super) mod moved_fields;
pub(super) mod moves;
pub(super) mod options;
pub(super) mod other_targets;
pub(super) mod raw_sql;
pub(super) mod renames;
