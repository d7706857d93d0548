//! A literal of the source and the type it is for -> a value that every dialect can write, or a reason why not.
//!
//! What is wrong with a literal is found here, before anything runs, and not by a server half-way.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Literal;

use super::Unsupported;
use super::moment::in_utc;

/// Where a literal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It becomes the value of a column.
    Value,
    /// It is compared or reckoned with.
    Operand,
}

/// A value that every dialect can write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value<'a> {
    /// True or false.
    Bool(bool),
    /// Digits, perhaps a sign, a point and an exponent; safe to write as it is.
    Number(String),
    /// The digits of an exact number, as the value of a column.
    Decimal(String),
    /// Text without a NUL.
    Text(&'a str),
    /// Bytes.
    Bytes(&'a [u8]),
    /// A date, a time, or both without a zone, as text.
    Temporal(String),
    /// A date and a time in UTC, as `2020-01-31 12:00:00.5`.
    Moment(String),
    /// A UUID.
    Uuid([u8; 16]),
    /// A JSON document, as text.
    Json(&'a str),
}

/// Gives the value that a literal stands for.
///
/// # Errors
/// Where it cannot be a value of the type.
pub(crate) fn value<'a>(
    literal: &'a Literal,
    holds: Option<&ColumnType>,
    place: Place,
) -> Result<Value<'a>, Unsupported> {
    let Some(holds) = holds else { return untyped(literal) };
    let fitting = match holds {
        ColumnType::Bool => bool_value(literal),
        ColumnType::I8 => integer(literal, i8::MIN, i8::MAX, place),
        ColumnType::I16 => integer(literal, i16::MIN, i16::MAX, place),
        ColumnType::I32 => integer(literal, i32::MIN, i32::MAX, place),
        // A database without unsigned types holds them in signed ones, so that the largest is the signed largest.
        ColumnType::I64 => integer(literal, i64::MIN, i64::MAX, place),
        ColumnType::U8 => integer(literal, u8::MIN, u8::MAX, place),
        ColumnType::U16 => integer(literal, u16::MIN, u16::MAX, place),
        ColumnType::U32 => integer(literal, u32::MIN, u32::MAX, place),
        ColumnType::U64 => integer(literal, 0, i64::MAX, place),
        ColumnType::F32 | ColumnType::F64 => number(literal).map(Value::Number),
        ColumnType::Decimal { .. } => decimal(literal, place),
        ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Array(_) | ColumnType::Native(_) => {
            text(literal).map(Value::Text)
        }
        ColumnType::Bytes => bytes(literal).map(Value::Bytes),
        ColumnType::Date | ColumnType::Time | ColumnType::DateTime => {
            text(literal).map(|text| Value::Temporal(text.to_owned()))
        }
        ColumnType::DateTimeTz => text(literal).and_then(in_utc).map(Value::Moment),
        ColumnType::Uuid => uuid(literal).map(Value::Uuid),
        ColumnType::Json => text(literal).filter(|text| is_json(text)).map(Value::Json),
        ColumnType::Choices(choices) if place == Place::Value && !choices.has_value(literal) => None,
        ColumnType::Choices(_) => return untyped(literal),
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

/// Writes a literal as Rust has it.
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
    match holds {
        ColumnType::Bool => "`true` or `false`",
        ColumnType::I8
        | ColumnType::I16
        | ColumnType::I32
        | ColumnType::I64
        | ColumnType::U8
        | ColumnType::U16
        | ColumnType::U32
        | ColumnType::U64 => "an integer in the range of the type",
        ColumnType::F32 | ColumnType::F64 => "a finite number",
        ColumnType::Decimal { .. } => "a number, such as `1.50`",
        ColumnType::Text | ColumnType::Varchar { .. } => "text without a NUL character",
        ColumnType::Bytes => "bytes, such as `b\"\"`",
        ColumnType::Date => "text such as \"2020-01-31\"",
        ColumnType::Time => "text such as \"12:30:00\"",
        ColumnType::DateTime => "text such as \"2020-01-31 12:30:00\"",
        ColumnType::DateTimeTz => "a moment with its zone, such as \"2020-01-31 12:30:00+00:00\"",
        ColumnType::Uuid => "text such as \"67e55044-10b1-426f-9247-bb680e5fe0c8\"",
        ColumnType::Json => "text that is JSON, such as \"{}\"",
        ColumnType::Choices(_) => "a value of the enum",
        ColumnType::Array(_) => "a list as PostgreSQL writes it, as text such as \"{1, 2}\"",
        ColumnType::Native(_) => "text without a NUL character, as PostgreSQL writes the value",
    }
}

fn bool_value(literal: &Literal) -> Option<Value<'_>> {
    match literal {
        Literal::Bool(flag) => Some(Value::Bool(*flag)),
        Literal::Int(_) | Literal::Float(_) | Literal::Text(_) | Literal::Bytes(_) => None,
    }
}

fn integer(
    literal: &Literal,
    smallest: impl Into<i128>,
    largest: impl Into<i128>,
    place: Place,
) -> Option<Value<'_>> {
    let range = smallest.into()..=largest.into();
    match (literal, place) {
        (Literal::Int(value), Place::Value) if range.contains(value) => {
            Some(Value::Number(value.to_string()))
        }
        (Literal::Int(_) | Literal::Float(_), Place::Operand) => number(literal).map(Value::Number),
        (Literal::Int(_) | Literal::Float(_), Place::Value)
        | (Literal::Bool(_) | Literal::Text(_) | Literal::Bytes(_), _) => None,
    }
}

/// Gives the digits of a number; only characters that are part of one go into a statement.
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

fn decimal(literal: &Literal, place: Place) -> Option<Value<'_>> {
    let digits = match literal {
        Literal::Int(_) | Literal::Float(_) => number(literal),
        Literal::Text(text) => finite(text),
        Literal::Bool(_) | Literal::Bytes(_) => None,
    };
    digits.map(|digits| match place {
        Place::Value => Value::Decimal(digits),
        Place::Operand => Value::Number(digits),
    })
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
        Literal::Text(text) => {
            let digits: Vec<u8> = text.bytes().filter(|it| *it != b'-').collect();
            let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
            let bytes: Option<Vec<u8>> = digits.chunks(2).map(pair).collect();
            // A sign before a digit reads as a number, so that what is no digit is looked for by itself.
            let is_hex = digits.iter().all(u8::is_ascii_hexdigit);
            bytes.filter(|_| is_hex && digits.len() == 32)?.try_into().ok()
        }
        Literal::Bytes(bytes) => bytes.as_slice().try_into().ok(),
        Literal::Bool(_) | Literal::Int(_) | Literal::Float(_) => None,
    }
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Writes bytes as pairs of digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().concat()
}

/// Writes a UUID with its dashes.
pub(crate) fn hyphenated(uuid: [u8; 16]) -> String {
    let digits = hex(&uuid).to_lowercase();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!("{}-{}-{}-{}-{}", part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(literal: &Literal, holds: &ColumnType) -> Option<Value<'static>> {
        let literal: &'static Literal = Box::leak(Box::new(literal.clone()));
        value(literal, Some(holds), Place::Value).ok()
    }

    #[test]
    fn what_does_not_fit_its_column_is_refused() {
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
            (Literal::Float("inf".to_owned()), ColumnType::F64),
            (Literal::Float("1); DROP TABLE x; --".to_owned()), ColumnType::F64),
        ] {
            assert_eq!(of(&literal, &holds), None, "{literal:?} for {holds:?}");
        }
    }

    #[test]
    fn a_moment_is_written_in_one_way() {
        for moment in ["2020-01-31T12:00:00Z", "2020-01-31 12:00:00 UTC", "2020-01-31 14:30:00+02:30"] {
            let literal = Literal::Text(moment.to_owned());
            let value = of(&literal, &ColumnType::DateTimeTz);
            assert_eq!(value, Some(Value::Moment("2020-01-31 12:00:00".to_owned())));
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
