//! Statements that begin or end a transaction, and statements that cannot run in one.

use crate::dialect::Dialect;
use crate::dialect::render::statements::statements;
use crate::plan::Action;

const CONTROL: [&str; 6] = ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT"];

/// Returns the first statement that begins or ends a transaction. Savepoints are allowed. Such a statement would separate
/// a migration from its record in the history.
#[cfg(feature = "database")]
pub(in crate::dialect) fn transaction_word(sql: &str) -> Option<&'static str> {
    statements(Dialect::Postgres, sql).iter().find_map(|words| control(words))
}

fn control(words: &[String]) -> Option<&'static str> {
    let first = words.first()?;
    let word = CONTROL.into_iter().find(|word| first == word)?;
    let is_savepoint = word == "ROLLBACK" && words.iter().any(|word| word == "TO");
    (!is_savepoint).then_some(word)
}

/// Returns the stages of one operation that is not part of one transaction: how many actions each has, and whether it is
/// a transaction.
///
/// Every text of a `RunSql` is a stage; anything else is one with all that belongs to it.
pub(in crate::dialect) fn stages(actions: &[Action], is_sql: bool) -> Vec<(usize, bool)> {
    if is_sql {
        return actions.iter().map(|action| (1, !is_outside(action))).collect();
    }
    if actions.is_empty() {
        return Vec::new();
    }
    vec![(actions.len(), !actions.iter().any(is_outside))]
}

/// Returns whether an action has a statement that cannot be in a transaction.
fn is_outside(action: &Action) -> bool {
    action.statements().iter().any(|statement| {
        statements(Dialect::Postgres, &statement.sql).iter().any(|words| {
            control(words).is_some()
                || words.iter().any(|word| word == "CONCURRENTLY")
                || words.first().is_some_and(|word| word == "VACUUM" || word == "CALL")
                || ["DATABASE", "TABLESPACE", "SYSTEM", "SUBSCRIPTION"]
                    .iter()
                    .any(|word| words.get(1).is_some_and(|second| second == word))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::statement::{RawReason, Statement};

    #[test]
    fn only_what_ends_the_transaction_is_found() {
        for (sql, word) in [
            ("UPDATE a SET b = 'x; COMMIT'; -- ; COMMIT\n DELETE FROM c", None),
            ("UPDATE a SET b = E'it\\'s; COMMIT;'; DELETE FROM c", None),
            ("DO $$ BEGIN DELETE FROM a; END; $$; SELECT 1", None),
            ("CREATE FUNCTION f() RETURNS int AS $f$ BEGIN; COMMIT; END $f$ LANGUAGE plpgsql", None),
            ("SELECT $1; commit", Some("COMMIT")),
            ("SAVEPOINT x; ROLLBACK TO x; RELEASE x", None),
            ("/* ; COMMIT */ START TRANSACTION", Some("START")),
            ("DELETE FROM \"a;COMMIT\"; ABORT", Some("ABORT")),
        ] {
            assert_eq!(transaction_word(sql), word, "{sql}");
        }
    }

    #[test]
    fn what_cannot_be_in_a_transaction_is_a_stage_outside_of_one() {
        let actions: Vec<Action> = ["VACUUM a", "UPDATE a SET b = 1", "REINDEX INDEX CONCURRENTLY i"]
            .into_iter()
            .map(|sql| Action::Execute(Statement::raw(RawReason::Author, sql, "")))
            .collect();
        assert_eq!(stages(&actions, true), [(1, false), (1, true), (1, false)]);
        assert_eq!(stages(&actions[1..2], false), [(1, true)]);
        assert_eq!(stages(&actions, false), [(3, false)]);
        assert_eq!(stages(&[], false), []);
    }
}
