//! Finds what would end the transaction of a migration: its record would then be written without it, or the reverse.

use crate::dialect::sqlite::transaction_control::first_word;

const WORDS: [&str; 6] = ["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT"];

/// Returns the first word that begins or ends a transaction; savepoints may come and go.
pub(crate) fn transaction_word(sql: &str) -> Option<&'static str> {
    first_word(&without_bodies(sql), &WORDS)
}

/// Returns the text with an empty string in the place of each text between dollar signs and of each `E'…'`, in which a
/// backslash may stand before a quote.
fn without_bodies(sql: &str) -> String {
    let mut kept = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '$' => dollar_quoted(rest),
            'e' | 'E' if !kept.ends_with(is_word) => escaped(&rest[1..]).map(|length| length + 1),
            '\'' | '"' => Some(quoted(rest, first)),
            '-' if rest.starts_with("--") => Some(rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => Some(rest.find("*/").map_or(rest.len(), |end| end + 2)),
            _ => None,
        };
        if let Some(length) = taken {
            kept.push_str(if first == '-' || first == '/' { " " } else { "''" });
            rest = &rest[length..];
        } else {
            kept.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    kept
}

fn is_word(it: char) -> bool {
    it.is_alphanumeric() || it == '_'
}

/// Returns the length of a text between dollar signs that begins here, such as `$$ … $$` or `$body$ … $body$`.
fn dollar_quoted(text: &str) -> Option<usize> {
    let tag = text[1..].find('$').map(|end| &text[..end + 2])?;
    let name = &tag[1..tag.len() - 1];
    if !name.chars().all(is_word) || name.starts_with(|it: char| it.is_ascii_digit()) {
        return None;
    }
    let body = text[tag.len()..].find(tag)?;
    Some(tag.len() + body + tag.len())
}

/// Returns the length of a text between apostrophes in which a backslash escapes, if one begins here.
fn escaped(text: &str) -> Option<usize> {
    let mut characters = text.char_indices();
    if characters.next()?.1 != '\'' {
        return None;
    }
    while let Some((position, character)) = characters.next() {
        match character {
            '\\' => {
                characters.next();
            }
            '\'' => return Some(position + 1),
            _ => {}
        }
    }
    Some(text.len())
}

/// Returns the length of a text between quotes that begins here.
fn quoted(text: &str, quote: char) -> usize {
    text[1..].find(quote).map_or(text.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
