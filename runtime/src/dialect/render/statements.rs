//! SQL text of a person -> the words of each statement in it, as far as the runner must know what a text does.

use super::script::quoted;
use crate::dialect::Dialect;

/// Returns the words of each statement in capitals, without texts, names between quotes and comments.
pub(crate) fn statements(dialect: Dialect, sql: &str) -> Vec<Vec<String>> {
    let bare = without_quoted(dialect, sql);
    let mut found: Vec<Vec<String>> = Vec::new();
    // Whether the last statement has a body, in which semicolons stand.
    let mut is_open = false;
    for piece in bare.split(';') {
        let words: Vec<String> =
            piece.split(|it: char| !is_word(it)).filter(|it| !it.is_empty()).map(str::to_uppercase).collect();
        match found.last_mut().filter(|_| is_open) {
            Some(last) => {
                is_open = words.first().is_none_or(|word| word != "END");
                last.extend(words);
            }
            None if words.is_empty() => {}
            None => {
                is_open = has_open_body(&words);
                found.push(words);
            }
        }
    }
    found
}

/// Returns whether a statement has a body that ends with `END` behind a later semicolon.
fn has_open_body(words: &[String]) -> bool {
    let is_routine = words
        .iter()
        .take(8)
        .any(|word| ["TRIGGER", "PROCEDURE", "FUNCTION", "EVENT"].contains(&word.as_str()));
    words.first().is_some_and(|word| word == "CREATE")
        && is_routine
        && words.iter().any(|word| word == "BEGIN")
        && words.last().is_some_and(|word| word != "END")
}

fn is_word(it: char) -> bool {
    it.is_alphanumeric() || it == '_' || it == '$'
}

fn without_quoted(dialect: Dialect, sql: &str) -> String {
    let mut kept = String::with_capacity(sql.len());
    let mut rest = sql;
    let mut before = None;
    while let Some(first) = rest.chars().next() {
        let length = quoted(dialect, rest, before);
        if length > 0 {
            kept.push(' ');
            before = rest[..length].chars().last();
            rest = &rest[length..];
        } else {
            kept.push(first);
            before = Some(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_words(dialect: Dialect, sql: &str) -> Vec<String> {
        statements(dialect, sql).into_iter().map(|words| words[0].clone()).collect()
    }

    #[test]
    fn statements_are_told_apart_by_what_stands_outside_of_quotes() {
        let both = "UPDATE a SET b = 'x; y' -- ; z\n; ; /* ; */ delete FROM c";
        for dialect in Dialect::ALL {
            assert_eq!(first_words(dialect, both), ["UPDATE", "DELETE"]);
        }
        let body = "DO $$ BEGIN DELETE FROM a; END; $$; SELECT 1";
        assert_eq!(first_words(Dialect::Postgres, body), ["DO", "SELECT"]);
        let atomic = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 1";
        assert_eq!(first_words(Dialect::Postgres, atomic), ["CREATE", "SELECT"]);
        let trigger =
            "CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW BEGIN DELETE FROM b; DELETE FROM c; END";
        assert_eq!(first_words(Dialect::Mysql, trigger), ["CREATE"]);
        assert_eq!(first_words(Dialect::Mysql, "UPDATE a SET b = '\\'; x'"), ["UPDATE"]);
    }
}
