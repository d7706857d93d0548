//! Conditions that PostgreSQL does not write as it reads them.
//!
//! `role IN ('a', 'b')` over a `varchar` is kept as `role::text = ANY (ARRAY['a'::character varying, …]::text[])`, and what
//! that is read as is written in another way again. So a list of values becomes one in the model.

use modelshift_schema::expr::{Expr, Literal};
use modelshift_schema::name::FieldName;

use crate::dialect::Dialect;
use crate::session::details::TableDetails;

/// Returns the condition that a column holds one of some values; `None` if the text is anything else.
pub(super) fn read(
    text: &str,
    dialect: Dialect,
    table: &TableDetails,
    field: &impl Fn(&str) -> FieldName,
) -> Option<Expr> {
    if dialect != Dialect::Postgres {
        return None;
    }
    let (operand, list) = text.split_once(" = ANY (ARRAY[")?;
    let list = list.strip_suffix("]::text[])").or_else(|| list.strip_suffix("])"))?;
    let column = operand.strip_suffix("::text").unwrap_or(operand).trim_matches('"');
    table.columns.iter().find(|it| it.name == column)?;
    let values: Option<Vec<Expr>> = items(list).iter().map(|item| value(item)).collect();
    Some(Expr::InList { operand: Box::new(Expr::name(field(column).as_str())), list: values? })
}

/// Reads a number, or a text with its type.
fn value(item: &str) -> Option<Expr> {
    let item = item.trim();
    if let Ok(number) = item.parse::<i64>() {
        return Some(Expr::int(number));
    }
    let (text, of_type) = item.rsplit_once("::")?;
    let inside = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let is_text = ["text", "character varying"].contains(&of_type);
    let content = inside.replace("''", "\u{0}");
    let is_plain = is_text && !content.contains('\'');
    is_plain.then(|| Expr::Literal(Literal::Text(content.replace('\u{0}', "'"))))
}

/// Splits at the commas outside of texts.
fn items(list: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let (mut start, mut is_text) = (0, false);
    for (position, character) in list.char_indices() {
        match character {
            '\'' => is_text = !is_text,
            ',' if !is_text => {
                items.push(&list[start..position]);
                start = position + 1;
            }
            _ => {}
        }
    }
    items.push(&list[start..]);
    items
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::details::ColumnDetails;

    #[test]
    fn lists_of_values_are_read() {
        let column = ColumnDetails { name: "role".to_owned(), ..ColumnDetails::default() };
        let table = TableDetails { columns: vec![column], ..TableDetails::default() };
        let read = |text: &str| read(text, Dialect::Postgres, &table, &|column| FieldName::new(column));
        let list = |list: Vec<Expr>| Some(Expr::InList { operand: Box::new(Expr::name("role")), list });
        assert_eq!(
            read("role::text = ANY (ARRAY['a, b'::character varying, 'it''s'::character varying]::text[])"),
            list(vec![Expr::text("a, b"), Expr::text("it's")])
        );
        assert_eq!(read("role = ANY (ARRAY['a'::text])"), list(vec![Expr::text("a")]));
        assert_eq!(read("role = ANY (ARRAY[1, 2])"), list(vec![Expr::int(1), Expr::int(2)]));
        for text in [
            "role = ANY (ARRAY['a'::mood])",
            "other = ANY (ARRAY[1])",
            "role > 0",
            "role = ANY (ARRAY[1]) OR a",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
