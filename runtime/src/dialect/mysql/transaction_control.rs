//! What can be rolled back together with the note that it is done: the server commits around everything else.

use crate::dialect::Dialect;
use crate::dialect::render::statements::statements;
use crate::plan::Action;

const OF_ROWS: [&str; 6] = ["UPDATE", "INSERT", "DELETE", "REPLACE", "SELECT", "WITH"];

/// Returns the stages of one operation: each action is one, and a transaction if it changes rows alone.
pub(in crate::dialect) fn stages(actions: &[Action]) -> Vec<(usize, bool)> {
    actions.iter().map(|action| (1, is_of_rows(action))).collect()
}

fn is_of_rows(action: &Action) -> bool {
    action.statements().iter().all(|statement| {
        let all = statements(Dialect::Mysql, &statement.sql);
        all.iter().all(|words| words.first().is_some_and(|word| OF_ROWS.contains(&word.as_str())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::statement::{RawReason, Statement};

    #[test]
    fn a_stage_is_a_transaction_where_it_changes_rows_alone() {
        let actions: Vec<Action> = [
            "UPDATE a SET b = 1; DELETE FROM c",
            "ALTER TABLE a DROP COLUMN b",
            "UPDATE a SET b = 1; DROP TABLE c",
        ]
        .into_iter()
        .map(|sql| Action::Execute(Statement::raw(RawReason::Author, sql, "")))
        .chain([Action::Require(Statement::raw(RawReason::Author, "SELECT 1", ""))])
        .collect();
        assert_eq!(stages(&actions), [(1, true), (1, false), (1, false), (1, true)]);
    }
}
