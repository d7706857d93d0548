//! The SQL of a `RunSql` -> the statements for a database, with all values inserted.

use modelshift_schema::expr::Literal;
use modelshift_schema::sql::{Script, Sql, SqlStatement};

use super::literal::{Place, Value, value};
use crate::dialect::{Dialect, Spelling, Unsupported};
use crate::plan::statement::{RawReason, Written};

/// Returns the statements for a database, without semicolons at their ends; empty if there is nothing to do.
///
/// # Errors
/// If no SQL is given for the database, or the number of values does not match the placeholders.
pub(crate) fn texts(
    dialect: Dialect,
    spelling: &dyn Spelling,
    sql: &Sql,
) -> Result<Vec<String>, Unsupported> {
    let mut texts = Vec::new();
    for statement in script(dialect, sql)?.statements() {
        texts.extend(text(dialect, spelling, statement)?);
    }
    Ok(texts)
}

/// Returns the statements for a database, as [`texts`] does.
///
/// # Errors
/// As [`texts`].
pub(crate) fn written(
    dialect: Dialect,
    spelling: &dyn Spelling,
    sql: &Sql,
) -> Result<Vec<Written>, Unsupported> {
    let texts = texts(dialect, spelling, sql)?.into_iter();
    Ok(texts.map(|sql| Written::raw(RawReason::Author, sql)).collect())
}

fn script(dialect: Dialect, sql: &Sql) -> Result<&Script, Unsupported> {
    let own = match sql {
        Sql::Everywhere(script) => return Ok(script),
        Sql::ByDatabase(own) => own,
    };
    own.get(dialect).ok_or_else(|| {
        let named: Vec<&str> = own.iter().map(|(dialect, _)| dialect.name()).collect();
        let what = format!("this SQL is for {} only, and {dialect} is asked for", named.join(" and "));
        Unsupported::new(
            what,
            format!("add `{dialect} = \"…\"`, or `{dialect} = ()` if there is nothing to do"),
        )
    })
}

/// Returns a statement with all values inserted; none if its text is empty.
///
/// # Errors
/// If the number of values does not match the placeholders.
pub(crate) fn text(
    dialect: Dialect,
    spelling: &dyn Spelling,
    statement: &SqlStatement,
) -> Result<Option<String>, Unsupported> {
    let text = statement.text.trim().trim_end_matches(|it: char| it == ';' || it.is_whitespace());
    if text.is_empty() {
        return Ok(None);
    }
    if statement.parameters.is_empty() {
        return Ok(Some(text.to_owned()));
    }
    bound(dialect, spelling, text, &statement.parameters).map(Some)
}

/// Replaces each `?` outside of strings, names and comments with a value; `??` is a question mark.
fn bound(
    dialect: Dialect,
    spelling: &dyn Spelling,
    text: &str,
    parameters: &[Option<Literal>],
) -> Result<String, Unsupported> {
    let mut out = String::new();
    let mut rest = text;
    let mut places = 0;
    while let Some(character) = rest.chars().next() {
        let before = out.chars().next_back();
        let length = quoted(dialect, rest, before);
        if length > 0 {
            out.push_str(&rest[..length]);
            rest = &rest[length..];
        } else if let Some(behind) = rest.strip_prefix("??") {
            out.push('?');
            rest = behind;
        } else if let Some(behind) = rest.strip_prefix('?') {
            if behind.starts_with(is_word) {
                let what = format!("`{text}` has a `?` with a number or a name");
                return Err(Unsupported::new(
                    what,
                    "write `?` alone, and the values in the order of their places",
                ));
            }
            if before.is_some_and(is_word) {
                out.push(' ');
            }
            if let Some(parameter) = parameters.get(places) {
                out.push_str(&operand(spelling, parameter.as_ref())?);
            }
            places += 1;
            rest = behind;
        } else {
            out.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    if places == parameters.len() {
        return Ok(out);
    }
    let what =
        format!("`{text}` has {places} places for values (`?`), and {} values are given", parameters.len());
    Err(Unsupported::new(what, "give one value for each `?`; write `??` for a question mark that is none"))
}

fn operand(spelling: &dyn Spelling, parameter: Option<&Literal>) -> Result<String, Unsupported> {
    let Some(literal) = parameter else { return Ok("NULL".to_owned()) };
    let value = value(literal, None, Place::Value)?;
    // Two minus signs would begin a comment.
    let is_negative = matches!(&value, Value::Number(digits) if digits.starts_with('-'));
    let written = spelling.literal(&value)?;
    Ok(if is_negative { format!("({written})") } else { written })
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// Returns the length of the quoted string, quoted name or comment that begins here; 0 if none begins.
pub(crate) fn quoted(dialect: Dialect, rest: &str, before: Option<char>) -> usize {
    let (postgres, mysql) = (dialect == Dialect::Postgres, dialect == Dialect::Mysql);
    let first = rest.chars().next().unwrap_or_default();
    match first {
        '\'' => between(rest, '\'', mysql || (postgres && matches!(before, Some('e' | 'E')))),
        '"' => between(rest, '"', mysql),
        '`' if !postgres => between(rest, '`', false),
        '[' if dialect == Dialect::Sqlite => rest.find(']').map_or(rest.len(), |end| end + 1),
        '#' if mysql => line(rest),
        '-' if rest.starts_with("--")
            && (!mysql || rest[2..].chars().next().is_none_or(char::is_whitespace)) =>
        {
            line(rest)
        }
        '/' if rest.starts_with("/*") => block(rest, postgres),
        '$' if postgres && !before.is_some_and(is_word) => dollars(rest),
        _ => 0,
    }
}

/// Returns a text as quoted strings, quoted names, comments, and single characters.
pub(crate) fn pieces(dialect: Dialect, sql: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut rest, mut before) = (sql, None);
    while let Some(character) = rest.chars().next() {
        let length = quoted(dialect, rest, before).max(character.len_utf8());
        let (piece, behind) = rest.split_at(length);
        pieces.push(piece);
        before = piece.chars().next_back();
        rest = behind;
    }
    pieces
}

fn line(rest: &str) -> usize {
    rest.find('\n').map_or(rest.len(), |end| end + 1)
}

/// Returns the length of a quoted text. A doubled quote, or an escaped one if `escapes`, does not end it.
fn between(rest: &str, quote: char, escapes: bool) -> usize {
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((position, character)) = characters.next() {
        if character == '\\' && escapes {
            characters.next();
        } else if character == quote {
            if characters.peek().is_some_and(|(_, next)| *next == quote) {
                characters.next();
            } else {
                return position + quote.len_utf8();
            }
        }
    }
    rest.len()
}

fn block(rest: &str, nests: bool) -> usize {
    let mut depth = 0_usize;
    let mut position = 0;
    while position < rest.len() {
        let here = &rest[position..];
        if here.starts_with("/*") && (nests || depth == 0) {
            depth += 1;
            position += 2;
        } else if here.starts_with("*/") {
            depth = depth.saturating_sub(1);
            position += 2;
            if depth == 0 {
                return position;
            }
        } else {
            position += here.chars().next().map_or(1, char::len_utf8);
        }
    }
    rest.len()
}

/// Returns the length of a dollar-quoted string of PostgreSQL.
fn dollars(rest: &str) -> usize {
    let Some(end) = rest[1..].find('$') else { return 0 };
    let tag = &rest[..end + 2];
    let is_tag = tag[1..=end].chars().all(is_word) && !tag[1..].starts_with(|it: char| it.is_ascii_digit());
    if !is_tag {
        return 0;
    }
    rest[tag.len()..].find(tag).map_or(rest.len(), |close| tag.len() + close + tag.len())
}

#[cfg(test)]
mod tests {
    use modelshift_schema::sql::SqlByDatabase;

    use super::*;
    use crate::dialect::Capabilities;
    use crate::dialect::mysql::Mysql;
    use crate::dialect::postgres::Postgres;
    use crate::dialect::sqlite::Sqlite;

    fn write(
        dialect: Dialect,
        text: &str,
        parameters: &[Option<Literal>],
    ) -> Result<Vec<String>, Unsupported> {
        let statement = SqlStatement { text: text.to_owned(), parameters: parameters.to_vec() };
        let sql = Script::new([statement]).into();
        let capabilities = Capabilities::default_for(Dialect::Mysql);
        match dialect {
            Dialect::Sqlite => texts(dialect, &Sqlite, &sql),
            Dialect::Postgres => texts(dialect, &Postgres, &sql),
            Dialect::Mysql => texts(dialect, &Mysql { capabilities: &capabilities }, &sql),
        }
    }

    fn check(dialect: Dialect, text: &str, expected: &str) {
        assert_eq!(write(dialect, text, &[Some(Literal::Int(7))]).unwrap(), [expected], "{dialect}");
    }

    #[test]
    fn op_125_values_are_written_by_the_one_function_for_literals() {
        let values = [
            Some(Literal::Int(-1)),
            Some(Literal::Text("it's \\ a ?".to_owned())),
            Some(Literal::Bool(true)),
            Some(Literal::Bytes(vec![0, 255])),
            Some(Literal::Float("1.50".to_owned())),
            None,
        ];
        for (dialect, expected) in [
            (Dialect::Sqlite, "SELECT -(-1), 'it''s \\ a ?', 1, X'00FF', 1.50, NULL"),
            (Dialect::Postgres, "SELECT -(-1), E'it''s \\\\ a ?', TRUE, decode('00FF', 'hex'), 1.50, NULL"),
            (
                Dialect::Mysql,
                "SELECT -(-1), CONVERT(X'69742773205C2061203F' USING utf8mb4), TRUE, X'00FF', 1.50, NULL",
            ),
        ] {
            let written = write(dialect, "SELECT -?, ?, ?, ?, ?, ?;", &values).unwrap();
            assert_eq!(written, [expected]);
        }
    }

    #[test]
    fn other_question_marks_are_kept() {
        for dialect in Dialect::ALL {
            check(
                dialect,
                "SELECT '?', '''?', \"a?\" /* ? */ -- ?\n, ?",
                "SELECT '?', '''?', \"a?\" /* ? */ -- ?\n, 7",
            );
            check(dialect, "SELECT 1 LIMIT?", "SELECT 1 LIMIT 7");
        }
        check(Dialect::Sqlite, "SELECT [a?], `b?`, ?, 'a\\', '?'", "SELECT [a?], `b?`, 7, 'a\\', '?'");
        check(Dialect::Mysql, "SELECT `b?`, 'a\\'?', 5--? # ?", "SELECT `b?`, 'a\\'?', 5--7 # ?");
        check(
            Dialect::Postgres,
            "SELECT E'\\'?', $a$ ? $$ ? $a$, /* /* ? */ ? */ a[?], b ?? 'c', d ??| e",
            "SELECT E'\\'?', $a$ ? $$ ? $a$, /* /* ? */ ? */ a[7], b ? 'c', d ?| e",
        );
    }

    #[test]
    fn op_126_each_place_has_one_value() {
        let one = [Some(Literal::Int(1))];
        let error = write(Dialect::Sqlite, "SELECT ?, ?", &one).unwrap_err().to_string();
        assert_eq!(
            error,
            "`SELECT ?, ?` has 2 places for values (`?`), and 1 values are given; give one value for each `?`; write \
             `??` for a question mark that is none"
        );
        assert!(write(Dialect::Postgres, "SELECT ?1", &one).unwrap_err().what.contains("with a number"));
        assert!(write(Dialect::Mysql, "SELECT '?'", &one).unwrap_err().what.contains("has 0 places"));
    }

    #[test]
    fn a_database_without_sql_is_refused() {
        let own = SqlByDatabase::from([Some("SELECT 1".into()), None, Some(Script::default())]);
        let sql = Sql::ByDatabase(own);
        assert_eq!(texts(Dialect::Sqlite, &Sqlite, &sql).unwrap(), ["SELECT 1"]);
        assert_eq!(texts(Dialect::Mysql, &Sqlite, &sql).unwrap(), [""; 0]);
        let error = texts(Dialect::Postgres, &Postgres, &sql).unwrap_err().to_string();
        assert_eq!(
            error,
            "this SQL is for sqlite and mysql only, and postgres is asked for; add `postgres = \"…\"`, or `postgres = \
             ()` if there is nothing to do"
        );
    }
}
