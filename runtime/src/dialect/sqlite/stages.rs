//! The stages of an operation in a migration that is not atomic.
//!
//! SQLite can roll back DDL, so that each stage is a transaction. Only statements that cannot run in a transaction, or
//! that begin or end one, run outside of a transaction.

use super::transaction_control::leaves_transaction;
use crate::plan::Action;

/// Returns the stages of one operation: the number of actions of each, and whether it is a transaction.
///
/// Every statement of a `RunSql` is a stage. Any other operation is one stage.
pub(in crate::dialect) fn stages(actions: &[Action], is_sql: bool) -> Vec<(usize, bool)> {
    if is_sql {
        return actions.iter().map(|action| (1, !is_outside_of_transaction(action))).collect();
    }
    if actions.is_empty() { Vec::new() } else { vec![(actions.len(), true)] }
}

fn is_outside_of_transaction(action: &Action) -> bool {
    match action {
        Action::Execute(statement) => leaves_transaction(&statement.sql),
        Action::ExecuteIf { .. }
        | Action::Require(_)
        | Action::AddColumn { .. }
        | Action::KeepObjects { .. }
        | Action::CopyTable(_)
        | Action::RestoreObjects { .. }
        | Action::RunRust(_)
        | Action::LoadData(_) => false,
    }
}
