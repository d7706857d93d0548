//! Settings during a migration on PostgreSQL.

use crate::dialect::Rendering;

/// Returns no statements: settings of a session do not affect the literals, names and timestamps of a migration.
pub(in crate::dialect) fn around() -> Rendering {
    Rendering::default()
}
