//! A literal and the type of its column -> a value that every dialect can write.
//!
//! An invalid literal is reported here, before any statement runs.

use modelshift_schema::canonical;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Literal;
use modelshift_schema::native_type::NativeType;
use modelshift_schema::type_family::TypeFamily;

use crate::dialect::Unsupported;

/// The use of a literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It is assigned to a column.
    Value,
    /// It is an operand of a comparison or a computation.
    Operand,
}

/// A value that every dialect can write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// True or false.
    Bool(bool),
    /// Digits with an optional sign, point and exponent. Safe to write without quotes.
    Number(String),
    /// The digits of a decimal that is assigned to a column.
    Decimal(String),
    /// Text without a NUL.
    Text(&'a str),
    /// The canonical text of a value.
    Canonical(String),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A date and a time in UTC, as `2020-01-31 12:00:00.5`.
    Timestamp(String),
    /// A UUID.
    Uuid([u8; 16]),
}

/// Returns the value of a literal.
///
/// # Errors
/// If the literal is not a value of the type.
pub(crate) fn value<'a>(
    literal: &'a Literal,
    holds: Option<&ColumnType>,
    place: Place,
) -> Result<Value<'a>, Unsupported> {
    let Some(holds) = holds else { return untyped(literal) };
    if let ColumnType::Choices(choices) = holds {
        let is_unknown = place == Place::Value && !choices.has_value(literal);
        return if is_unknown { Err(unfit(literal, holds)) } else { untyped(literal) };
    }
    let fitting = match holds.family() {
        TypeFamily::Bool => bool_value(literal),
        TypeFamily::Integer => integer(literal, holds.integer_range().unwrap_or_default(), place),
        TypeFamily::Float => float(literal, *holds == ColumnType::F32, place),
        TypeFamily::Decimal => decimal(literal, holds.digits().unwrap_or_default(), place),
        TypeFamily::Native if *holds == ColumnType::Native(NativeType::Inet) => {
            read(literal, canonical::network).map(Value::Canonical)
        }
        TypeFamily::Text | TypeFamily::Enum | TypeFamily::Array | TypeFamily::Native => {
            text(literal).map(Value::Text)
        }
        TypeFamily::Bytes => {
            let most = holds.max_length().map_or(usize::MAX, |most| most as usize);
            bytes(literal).filter(|it| it.len() <= most).map(Value::Bytes)
        }
        TypeFamily::Date => read(literal, canonical::date).map(Value::Canonical),
        TypeFamily::Time => read(literal, canonical::time).map(Value::Canonical),
        TypeFamily::DateTime => read(literal, canonical::date_time).map(Value::Canonical),
        TypeFamily::Timestamp => read(literal, canonical::timestamp).map(Value::Timestamp),
        TypeFamily::Uuid => uuid(literal).map(Value::Uuid),
        TypeFamily::Json => read(literal, canonical::json).map(Value::Canonical),
    };
    fitting.ok_or_else(|| unfit(literal, holds))
}

fn untyped(literal: &Literal) -> Result<Value<'_>, Unsupported> {
    let value = match literal {
        Literal::Bool(flag) => Some(Value::Bool(*flag)),
        Literal::Int(_) | Literal::Float(_) => number(literal).map(Value::Number),
        Literal::Text(_) => text(literal).map(Value::Text),
        Literal::Bytes(bytes) => Some(Value::Bytes(bytes)),
    };
    value.ok_or_else(|| {
        let what = format!("{} cannot be written in SQL", spelled(literal));
        Unsupported::new(what, "write a finite number, or text without a NUL character")
    })
}

fn unfit(literal: &Literal, holds: &ColumnType) -> Unsupported {
    let what = format!("{} does not fit its column", spelled(literal));
    Unsupported::new(what, format!("write {}", example(holds)))
}

/// Writes a literal as in Rust source.
fn spelled(literal: &Literal) -> String {
    match literal {
        Literal::Bool(flag) => format!("`{flag}`"),
        Literal::Int(value) => format!("`{value}`"),
        Literal::Float(digits) => format!("`{digits}`"),
        Literal::Text(text) => format!("`{text:?}`"),
        Literal::Bytes(bytes) => format!("`b\"{}\"`", bytes.escape_ascii()),
    }
}

fn example(holds: &ColumnType) -> &'static str {
    match holds.family() {
        _ if holds.choices().is_some() => "a value of the enum",
        TypeFamily::Bool => "`true` or `false`",
        TypeFamily::Integer => "an integer in the range of the type",
        TypeFamily::Float => "a finite number",
        TypeFamily::Decimal => "a number, such as `1.50`",
        TypeFamily::Text | TypeFamily::Enum => "text without a NUL character",
        TypeFamily::Bytes => "bytes, such as `b\"\"`, no more than `max_length`",
        TypeFamily::Date => "text such as \"2020-01-31\"",
        TypeFamily::Time => "text such as \"12:30:00\"",
        TypeFamily::DateTime => "text such as \"2020-01-31 12:30:00\"",
        TypeFamily::Timestamp => "a timestamp with its zone, such as \"2020-01-31 12:30:00+00:00\"",
        TypeFamily::Uuid => "text such as \"67e55044-10b1-426f-9247-bb680e5fe0c8\"",
        TypeFamily::Json => "text that is JSON, such as \"{}\"",
        TypeFamily::Array => "a list as PostgreSQL writes it, as text such as \"{1, 2}\"",
        TypeFamily::Native => "text without a NUL character, as PostgreSQL writes the value",
    }
}

fn bool_value(literal: &Literal) -> Option<Value<'_>> {
    match literal {
        Literal::Bool(flag) => Some(Value::Bool(*flag)),
        Literal::Int(_) | Literal::Float(_) | Literal::Text(_) | Literal::Bytes(_) => None,
    }
}

fn integer(literal: &Literal, (smallest, largest): (i128, i128), place: Place) -> Option<Value<'_>> {
    match (literal, place) {
        (Literal::Int(value), Place::Value) if (smallest..=largest).contains(value) => {
            Some(Value::Number(value.to_string()))
        }
        (Literal::Int(_) | Literal::Float(_), Place::Operand) => number(literal).map(Value::Number),
        (Literal::Int(_) | Literal::Float(_), Place::Value)
        | (Literal::Bool(_) | Literal::Text(_) | Literal::Bytes(_), _) => None,
    }
}

/// Returns the digits of a number; `None` for other literals. Only characters of numbers are written into a statement.
fn number(literal: &Literal) -> Option<String> {
    match literal {
        Literal::Int(value) => Some(value.to_string()),
        Literal::Float(text) => finite(text),
        Literal::Bool(_) | Literal::Text(_) | Literal::Bytes(_) => None,
    }
}

fn finite(text: &str) -> Option<String> {
    let digits = text.replace('_', "");
    let is_plain = digits.chars().all(|it| it.is_ascii_digit() || matches!(it, '.' | 'e' | 'E' | '+' | '-'));
    (is_plain && digits.parse::<f64>().is_ok_and(f64::is_finite)).then_some(digits)
}

fn float(literal: &Literal, is_single: bool, place: Place) -> Option<Value<'_>> {
    let digits = number(literal)?;
    let fits = place == Place::Operand || canonical::float(&digits, is_single).is_ok();
    fits.then_some(Value::Number(digits))
}

fn decimal(literal: &Literal, (precision, scale): (u32, u32), place: Place) -> Option<Value<'_>> {
    let digits = match literal {
        Literal::Int(_) | Literal::Float(_) => number(literal),
        Literal::Text(text) => finite(text),
        Literal::Bool(_) | Literal::Bytes(_) => None,
    }?;
    match place {
        Place::Value => canonical::decimal(&digits, precision, scale).ok().map(Value::Decimal),
        Place::Operand => Some(Value::Number(digits)),
    }
}

/// Returns the canonical text of a value that is written as text.
fn read(literal: &Literal, read: impl Fn(&str) -> Result<String, String>) -> Option<String> {
    text(literal).and_then(|text| read(text).ok())
}

fn text(literal: &Literal) -> Option<&str> {
    match literal {
        // PostgreSQL cannot hold a NUL in text, and SQLite ends a statement there.
        Literal::Text(text) => (!text.contains('\0')).then_some(text),
        Literal::Bool(_) | Literal::Int(_) | Literal::Float(_) | Literal::Bytes(_) => None,
    }
}

fn bytes(literal: &Literal) -> Option<&[u8]> {
    match literal {
        Literal::Bytes(bytes) => Some(bytes),
        Literal::Bool(_) | Literal::Int(_) | Literal::Float(_) | Literal::Text(_) => None,
    }
}

fn uuid(literal: &Literal) -> Option<[u8; 16]> {
    match literal {
        Literal::Text(text) => canonical::uuid(text).ok(),
        Literal::Bytes(bytes) => bytes.as_slice().try_into().ok(),
        Literal::Bool(_) | Literal::Int(_) | Literal::Float(_) => None,
    }
}

/// Writes bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(literal: &Literal, holds: &ColumnType) -> Option<Value<'static>> {
        let literal: &'static Literal = Box::leak(Box::new(literal.clone()));
        value(literal, Some(holds), Place::Value).ok()
    }

    #[test]
    fn literals_that_do_not_fit_their_column_are_refused() {
        let text = |text: &str| Literal::Text(text.to_owned());
        for (literal, holds) in [
            (Literal::Int(128), ColumnType::I8),
            (Literal::Int(-1), ColumnType::U64),
            (Literal::Int(1), ColumnType::Bool),
            (text("a\0b"), ColumnType::Text),
            (text("{"), ColumnType::Json),
            (text("67e55044"), ColumnType::Uuid),
            (text("+7e55044-10b1-426f-9247-bb680e5fe0c8"), ColumnType::Uuid),
            (text("2020-01-31 12:00:00"), ColumnType::DateTimeTz),
            (text("2020-02-30"), ColumnType::Date),
            (text("24:00:00"), ColumnType::Time),
            (text("2020-01-31 12:00:00.1234567"), ColumnType::DateTime),
            (text("[1e400]"), ColumnType::Json),
            (text("10.0.0.256"), ColumnType::Native(NativeType::Inet)),
            (Literal::Float("3.5e38".to_owned()), ColumnType::F32),
            (Literal::Float("0.125".to_owned()), ColumnType::Decimal { precision: 4, scale: 2 }),
            (Literal::Float("inf".to_owned()), ColumnType::F64),
            (Literal::Float("1); DROP TABLE x; --".to_owned()), ColumnType::F64),
        ] {
            assert_eq!(of(&literal, &holds), None, "{literal:?} for {holds:?}");
        }
    }

    #[test]
    fn a_timestamp_is_written_in_one_way() {
        for timestamp in ["2020-01-31T12:00:00Z", "2020-01-31 12:00:00 UTC", "2020-01-31 14:30:00+02:30"] {
            let literal = Literal::Text(timestamp.to_owned());
            let value = of(&literal, &ColumnType::DateTimeTz);
            assert_eq!(value, Some(Value::Timestamp("2020-01-31 12:00:00".to_owned())));
        }
    }

    #[test]
    fn one_value_is_written_in_one_way() {
        let written = |text: &str, holds: &ColumnType| of(&Literal::Text(text.to_owned()), holds);
        let canonical = |text: &str| Some(Value::Canonical(text.to_owned()));
        for text in ["2020-01-31T12:00:00.5", "2020-01-31 12:00:00.500000000"] {
            assert_eq!(written(text, &ColumnType::DateTime), canonical("2020-01-31 12:00:00.500"));
        }
        assert_eq!(written("12:00:00.000", &ColumnType::Time), canonical("12:00:00"));
        assert_eq!(written("{ \"a\" : 1 }", &ColumnType::Json), canonical("{\"a\":1}"));
        assert_eq!(written("2001:DB8::1", &ColumnType::Native(NativeType::Inet)), canonical("2001:db8::1"));
        let decimal = ColumnType::Decimal { precision: 6, scale: 2 };
        for literal in [Literal::Int(5), Literal::Float("5.0".to_owned()), Literal::Text("0.5e1".to_owned())]
        {
            assert_eq!(of(&literal, &decimal), Some(Value::Decimal("5.00".to_owned())), "{literal:?}");
        }
    }

    #[test]
    fn the_neutral_value_of_every_type_fits_it() {
        for holds in ColumnType::samples() {
            let modelshift_schema::expr::Expr::Literal(literal) = holds.neutral_value() else { panic!() };
            assert!(of(&literal, &holds).is_some(), "{holds:?}");
        }
    }
}
