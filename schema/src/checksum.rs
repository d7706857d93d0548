//! The checksum that identifies the operations of a migration.
//!
//! It is computed from their canonical JSON, so the layout of a file does not matter.

use crate::hash::fingerprint;
use crate::operation::Operation;

/// Returns the canonical text of operations, as the history table stores it.
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
