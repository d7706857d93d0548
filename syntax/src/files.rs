//! Formats of files that are neither models nor migrations: answers, findings, and source that is edited in place.

pub mod answers;
pub mod findings;
pub mod source_edits;
