//! Formats of files that are neither models nor migrations: answers and findings.

pub mod answers;
pub mod findings;
