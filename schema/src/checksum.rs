//! The checksum by which the operations of a migration are known again.
//!
//! It is taken over their canonical JSON, so that another layout of a file changes nothing.

use crate::hash::fingerprint;
use crate::operation::Operation;

/// Returns the canonical text of operations, as histories keep it.
///
/// # Errors
/// Where serde fails, which no operation of ours can cause.
pub fn canonical(operations: &[Operation]) -> serde_json::Result<String> {
    serde_json::to_string(operations)
}

/// Returns the checksum of a canonical text.
pub fn checksum(canonical: &str) -> String {
    fingerprint(canonical.as_bytes())
}
