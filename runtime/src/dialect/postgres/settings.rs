//! What is set around a migration on PostgreSQL.

use crate::dialect::Rendering;

/// Nothing: every literal, name and moment that we write means the same in every session.
pub(in crate::dialect) fn around() -> Rendering {
    Rendering::default()
}
