//! What is set around a migration on SQLite.

use crate::dialect::Rendering;
use crate::plan::Check;
use crate::plan::statement::Statement;

/// Switches the enforcement of references off around a migration that drops or rebuilds a table, and looks at every
/// reference before it commits.
///
/// While references are enforced, DROP TABLE deletes what refers to the rows, and a rebuild drops a table. The switch
/// does nothing inside a transaction. Whoever runs the plan restores what was set before.
pub(super) fn without_references(rendering: &mut Rendering) {
    let why = "drops or rebuilds a table without touching rows that refer to it";
    rendering.prologue.push(Statement::new("PRAGMA foreign_keys = OFF", why));
    let why = "a row refers to a row that is not there";
    rendering.checks.push(Check::ForeignKeys(Statement::new("PRAGMA foreign_key_check", why)));
    let why = "enforces references again";
    rendering.epilogue.push(Statement::new("PRAGMA foreign_keys = ON", why));
}
