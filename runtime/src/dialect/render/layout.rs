//! The text of a statement -> the same text with line breaks, for people. It is never sent.

use super::script::pieces;
use crate::dialect::Dialect;

const INDENT: &str = "\n    ";

/// Returns CREATE TABLE with a line for each column and constraint.
///
/// Only spaces outside of strings, quoted names and comments are added and removed.
pub(crate) fn with_lines(dialect: Dialect, sql: &str) -> String {
    let mut text = String::with_capacity(sql.len() + 64);
    let mut depth = 0_usize;
    let mut is_done = false;
    // Spaces that are written if no line break takes their place.
    let mut spaces = 0_usize;
    let mut is_at_break = false;
    for piece in pieces(dialect, sql) {
        if piece == " " {
            spaces += usize::from(!is_at_break);
            continue;
        }
        let is_break = !is_done && depth == 1 && (piece == "," || piece == ")");
        if !is_break {
            text.extend(std::iter::repeat_n(' ', spaces));
        }
        spaces = 0;
        is_at_break = false;
        match piece {
            "(" => {
                text.push_str(piece);
                depth += 1;
                if depth == 1 && !is_done {
                    text.push_str(INDENT);
                    is_at_break = true;
                }
            }
            ")" => {
                text.push_str(if is_break { "\n)" } else { piece });
                is_done |= is_break;
                depth = depth.saturating_sub(1);
            }
            "," if is_break => {
                text.push(',');
                text.push_str(INDENT);
                is_at_break = true;
            }
            _ => text.push_str(piece),
        }
    }
    text.extend(std::iter::repeat_n(' ', spaces));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_column_and_constraint_has_a_line() {
        let sql = "CREATE TABLE \"a (b, c)\" ( \"d\" numeric(4, 2) DEFAULT '(x, y)' , CONSTRAINT \"e\" UNIQUE (\"d\", \"f\"), \"f\" text ) COMMENT ', )'";
        assert_eq!(
            with_lines(Dialect::Postgres, sql),
            "CREATE TABLE \"a (b, c)\" (\n    \"d\" numeric(4, 2) DEFAULT '(x, y)',\n    CONSTRAINT \"e\" UNIQUE (\"d\", \"f\"),\n    \"f\" text\n) COMMENT ', )'"
        );
    }

    #[test]
    fn comments_and_quoted_texts_are_kept() {
        for (dialect, inside) in [
            (Dialect::Postgres, "CHECK (a > 0 -- , positive ,\n)"),
            (Dialect::Postgres, "CHECK (a <> $$ , ( $$ AND b <> E'\\', (')"),
            (Dialect::Mysql, "CHECK (`a,  (` <> '\\', (  ' # , (\n)"),
            (Dialect::Sqlite, "CHECK ([a,  (] <> '  , (' /* , (  */)"),
        ] {
            let shown = with_lines(dialect, &format!("CREATE TABLE t ( a int, {inside} )"));
            assert_eq!(shown, format!("CREATE TABLE t (\n    a int,\n    {inside}\n)"), "{dialect}");
        }
    }
}
