//! Finds statements that would end the transaction of a migration, so that the migration and its record in the history
//! would no longer be atomic.

use super::lexer::{Token, tokens};

/// Returns the first statement that begins or ends a transaction. Savepoints are allowed.
#[cfg(any(feature = "database", test))]
pub(crate) fn transaction_word(sql: &str) -> Option<&'static str> {
    first_word(sql, &["BEGIN", "COMMIT", "END", "ROLLBACK"])
}

/// Returns whether a text begins or ends a transaction, or contains statements that cannot run in one.
pub(super) fn leaves_transaction(sql: &str) -> bool {
    first_word(sql, &["BEGIN", "COMMIT", "END", "ROLLBACK", "VACUUM", "PRAGMA", "ATTACH", "DETACH"]).is_some()
}

/// Returns the first statement that begins with one of the words.
pub(in crate::dialect) fn first_word(sql: &str, words: &[&'static str]) -> Option<&'static str> {
    let all = tokens(sql);
    let mut statement: &[Token] = &all;
    while !statement.is_empty() {
        let first = &statement[0];
        let word = words.iter().copied().find(|word| first.is(word));
        let length = length(statement);
        if let Some(word) = word
            && !(word == "ROLLBACK" && statement[..length].iter().any(|token| token.is("TO")))
        {
            return Some(word);
        }
        statement = &statement[length..];
    }
    None
}

/// Returns the number of tokens of a statement, including its semicolon. The body of a trigger is part of the statement.
fn length(statement: &[Token]) -> usize {
    let head = statement.iter().take(4).any(|token| token.is("TRIGGER"));
    let is_trigger = statement[0].is("CREATE") && head;
    let mut open = 0_usize;
    for (position, token) in statement.iter().enumerate() {
        if is_trigger && (token.is("BEGIN") || token.is("CASE")) {
            open += 1;
        } else if is_trigger && token.is("END") {
            open = open.saturating_sub(1);
        } else if *token == Token::Sign(';') && open == 0 {
            return position + 1;
        }
    }
    statement.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_statements_that_end_the_transaction_are_found() {
        for (sql, word) in [
            ("UPDATE a SET b = 'x; COMMIT'; -- COMMIT\n DELETE FROM c", None),
            ("UPDATE a SET b = 1;; commit; BEGIN", Some("COMMIT")),
            ("/* x */ begin immediate", Some("BEGIN")),
            ("SAVEPOINT x; ROLLBACK TO x; RELEASE x", None),
            ("ROLLBACK", Some("ROLLBACK")),
            (
                "CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN UPDATE a SET b = CASE WHEN 1 THEN 2 END; DELETE FROM \
                 c; END; END TRANSACTION",
                Some("END"),
            ),
            ("CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM c; END", None),
        ] {
            assert_eq!(transaction_word(sql), word, "{sql}");
        }
    }
}
