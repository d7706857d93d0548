//! What of an operation is done together where a migration is not atomic.
//!
//! SQLite takes back whatever it defines, so that a stage is a transaction of its own, and nothing of it is half done.
//! Only what cannot be in a transaction, or says itself where one begins and ends, is outside of any.

use super::transaction_control::leaves_transaction;
use crate::plan::Action;

/// Returns the stages of one operation: how many actions each has, and whether it is a transaction.
///
/// Every text of a `RunSql` is a stage; anything else is one with all that belongs to it, such as a rebuild.
pub(in crate::dialect) fn stages(actions: &[Action], is_sql: bool) -> Vec<(usize, bool)> {
    let is_outside = |action: &Action| match action {
        Action::Execute(statement) => is_sql && leaves_transaction(&statement.sql),
        Action::ExecuteIf { .. }
        | Action::Require(_)
        | Action::AddColumn { .. }
        | Action::KeepObjects { .. }
        | Action::CopyTable(_)
        | Action::RestoreObjects { .. } => false,
    };
    if is_sql {
        return actions.iter().map(|action| (1, !is_outside(action))).collect();
    }
    if actions.is_empty() { Vec::new() } else { vec![(actions.len(), true)] }
}
