//! Settings during a migration on SQLite.

use crate::dialect::Rendering;
use crate::plan::Check;
use crate::plan::statement::{RawReason, Statement};

/// Disables the enforcement of foreign keys during a migration that drops or rebuilds a table, and checks all foreign keys
/// before the commit.
///
/// While foreign keys are enforced, DROP TABLE deletes the rows that refer to the table, and a rebuild drops a table. The
/// setting has no effect inside a transaction.
pub(super) fn without_references(rendering: &mut Rendering) {
    let why = "drops or rebuilds a table without touching rows that refer to it";
    rendering.prologue.push(Statement::raw(RawReason::Setting, "PRAGMA foreign_keys = OFF", why));
    let why = "a row refers to a row that is not there";
    rendering.checks.push(Check::ForeignKeys(Statement::raw(
        RawReason::Catalog,
        "PRAGMA foreign_key_check",
        why,
    )));
    let why = "enforces references again";
    rendering.epilogue.push(Statement::raw(RawReason::Setting, "PRAGMA foreign_keys = ON", why));
}
