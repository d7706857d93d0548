//! Defaults as databases write them -> expressions; what is not understood stays SQL.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constant;
use modelshift_schema::expr::{Expr, Function, Literal};
use modelshift_schema::type_family::TypeFamily;

/// Returns a default; `None` for NULL, which is the default of every column.
pub(super) fn default(text: &str, column_type: &ColumnType) -> Option<Expr> {
    let bare = without_casts(text.trim());
    if bare.eq_ignore_ascii_case("null") {
        return None;
    }
    let read = read(bare, column_type).filter(|expr| constant::fits(expr, column_type).is_ok());
    Some(read.unwrap_or_else(|| Expr::Raw(text.trim().to_owned())))
}

fn read(text: &str, column_type: &ColumnType) -> Option<Expr> {
    if let Some(content) = quoted(text) {
        return Some(of_text(content, column_type));
    }
    let number = text.strip_prefix('-').unwrap_or(text);
    let is_number = number.starts_with(|it: char| it.is_ascii_digit())
        && number.chars().all(|it| it.is_ascii_digit() || it == '.');
    if is_number {
        return number_of(text, column_type);
    }
    match text.to_ascii_lowercase().as_str() {
        "true" => Some(Expr::Literal(Literal::Bool(true))),
        "false" => Some(Expr::Literal(Literal::Bool(false))),
        "now()" => Some(Expr::Call { function: Function::Now, arguments: Vec::new() }),
        "gen_random_uuid()" => Some(Expr::Call { function: Function::RandomUuid, arguments: Vec::new() }),
        _ => None,
    }
}

/// MySQL writes numbers between quotes.
fn of_text(content: String, column_type: &ColumnType) -> Expr {
    let is_number = column_type.choices().is_none()
        && matches!(
            column_type.family(),
            TypeFamily::Bool | TypeFamily::Integer | TypeFamily::Float | TypeFamily::Decimal
        );
    let number = if is_number { number_of(&content, column_type) } else { None };
    number.unwrap_or(Expr::Literal(Literal::Text(content)))
}

fn number_of(text: &str, column_type: &ColumnType) -> Option<Expr> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let literal = match (column_type, digits) {
        (ColumnType::Bool, "0") => Literal::Bool(false),
        (ColumnType::Bool, "1") => Literal::Bool(true),
        _ if digits.contains('.') => Literal::Float(digits.to_owned()),
        _ => Literal::Int(digits.parse().ok()?),
    };
    let literal = Expr::Literal(literal);
    Some(if negative { Expr::Neg(Box::new(literal)) } else { literal })
}

/// Returns the content of a text between single quotes; `None` if the text is anything else.
fn quoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('\'')?.strip_suffix('\'')?;
    let content = inner.replace("''", "\u{0}");
    let is_plain = !content.contains('\'') && !content.contains('\\');
    is_plain.then(|| content.replace('\u{0}', "'"))
}

/// Takes off the casts that PostgreSQL writes behind constants: `'draft'::character varying`.
fn without_casts(text: &str) -> &str {
    let is_type = |it: char| it.is_alphanumeric() || " _\"().,[]".contains(it);
    match text.rsplit_once("::") {
        Some((value, cast)) if cast.chars().all(is_type) && !value.is_empty() => {
            let bare = value.strip_prefix('(').and_then(|it| it.strip_suffix(')')).unwrap_or(value);
            if quoted(bare).is_some() || bare.eq_ignore_ascii_case("null") || is_numeral(bare) {
                bare
            } else {
                text
            }
        }
        Some(_) | None => text,
    }
}

fn is_numeral(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.chars().all(|it| it.is_ascii_digit() || it == '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_read() {
        let varchar = ColumnType::Varchar { max_length: 20 };
        let raw = |text: &str| Some(Expr::Raw(text.to_owned()));
        let minus = |number: i128| Some(Expr::Neg(Box::new(Expr::int(number))));
        for (text, column_type, expected) in [
            ("NULL", varchar.clone(), None),
            ("NULL::character varying", varchar.clone(), None),
            ("'draft'::character varying", varchar.clone(), Some(Expr::text("draft"))),
            ("'it''s'", varchar.clone(), Some(Expr::text("it's"))),
            ("'a' || 'b'", varchar.clone(), raw("'a' || 'b'")),
            ("'12'", ColumnType::I32, Some(Expr::int(12))),
            ("'-1'::integer", ColumnType::I32, minus(1)),
            ("(-1)", ColumnType::I32, raw("(-1)")),
            ("1", ColumnType::Bool, Some(Expr::Literal(Literal::Bool(true)))),
            ("4.99", ColumnType::F64, Some(Expr::Literal(Literal::Float("4.99".into())))),
            ("300", ColumnType::I8, raw("300")),
            ("CURRENT_TIMESTAMP", ColumnType::DateTime, raw("CURRENT_TIMESTAMP")),
            ("nextval('s'::regclass)", ColumnType::I32, raw("nextval('s'::regclass)")),
        ] {
            assert_eq!(default(text, &column_type), expected, "{text}");
        }
    }
}
