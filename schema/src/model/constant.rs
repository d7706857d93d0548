//! Checks whether a column accepts a constant.

use crate::model::canonical;
use crate::model::column_type::ColumnType;
use crate::model::expr::{Expr, Function, Literal};
use crate::model::native_type::NativeType;
use crate::model::type_family::TypeFamily;

/// Checks that a value matches a type; computed values and raw SQL are left to the database.
///
/// # Errors
/// What was expected.
pub fn fits(value: &Expr, column_type: &ColumnType) -> Result<(), String> {
    match value {
        Expr::Literal(literal) => literal_fits(literal, column_type),
        Expr::Neg(operand) => {
            if let Expr::Literal(literal) = &**operand {
                negative_fits(literal, column_type)
            } else {
                Ok(())
            }
        }
        Expr::Call { function, .. } => call_fits(*function, column_type),
        Expr::Name(_)
        | Expr::Not(_)
        | Expr::Binary { .. }
        | Expr::IsNull { .. }
        | Expr::InList { .. }
        | Expr::Like { .. }
        | Expr::Raw(_)
        | Expr::Variant { .. } => Ok(()),
    }
}

/// Returns a value that suits a type, as source spells it.
pub fn sample(column_type: &ColumnType) -> String {
    if column_type.choices().is_some() {
        return "Status::Draft".to_owned();
    }
    if let Some(native) = column_type.native() {
        return format!("{:?}", native.neutral_text());
    }
    match column_type.family() {
        TypeFamily::Bool => "false",
        TypeFamily::Integer => "0",
        TypeFamily::Float | TypeFamily::Decimal => "0.5",
        TypeFamily::Text | TypeFamily::Enum => "\"\"",
        TypeFamily::Bytes => "b\"\"",
        TypeFamily::Date => "current_date()",
        TypeFamily::Time => "current_time()",
        TypeFamily::DateTime | TypeFamily::Timestamp => "now()",
        TypeFamily::Uuid => "random_uuid()",
        TypeFamily::Json | TypeFamily::Array | TypeFamily::Native => "\"{}\"",
    }
    .to_owned()
}

fn literal_fits(literal: &Literal, column_type: &ColumnType) -> Result<(), String> {
    if let ColumnType::Choices(choices) = column_type {
        let is_variant = !choices.is_resolved() || choices.has_value(literal);
        return require(is_variant, || format!("expected a variant of `{}`", choices.name));
    }
    match column_type.family() {
        TypeFamily::Bool => {
            require(matches!(literal, Literal::Bool(_)), || "expected `true` or `false`".to_owned())
        }
        TypeFamily::Integer => integer_fits(literal, column_type.integer_range().unwrap_or_default()),
        TypeFamily::Float => {
            let is_single = *column_type == ColumnType::F32;
            number_fits(literal, "a number", |digits| canonical::float(digits, is_single))
        }
        TypeFamily::Decimal => {
            let (precision, scale) = column_type.digits().unwrap_or_default();
            let expected = format!("a number of at most {precision} digits, {scale} of them after the point");
            number_fits(literal, &expected, |digits| canonical::decimal(digits, precision, scale))
        }
        TypeFamily::Text | TypeFamily::Enum => characters_fit(literal, column_type.max_length()),
        TypeFamily::Bytes => bytes_fit(literal, column_type.max_length()),
        TypeFamily::Date => text_fits(literal, "a date as text (`\"1970-01-01\"`)", canonical::date),
        TypeFamily::Time => text_fits(literal, "a time as text (`\"12:30:00\"`)", canonical::time),
        TypeFamily::DateTime => {
            text_fits(literal, "a date and time as text (`\"1970-01-01 00:00:00\"`)", canonical::date_time)
        }
        TypeFamily::Timestamp => {
            let expected = "a timestamp as text (`\"1970-01-01 00:00:00+00:00\"`)";
            text_fits(literal, expected, canonical::timestamp)
        }
        TypeFamily::Uuid => text_fits(literal, "a UUID as text of 36 characters", |text| {
            if text.len() == 36 { canonical::uuid(text) } else { Err(format!("it has {} bytes", text.len())) }
        }),
        TypeFamily::Json => text_fits(literal, "JSON as text", canonical::json),
        TypeFamily::Array => {
            let expected = "a list as PostgreSQL writes it, as text (`\"{1, 2}\"`)";
            text_fits(literal, expected, |text| {
                column_type.item().map_or(Ok(()), |item| items_fit(text, item))
            })
        }
        TypeFamily::Native => {
            let Some(native) = column_type.native() else { return Ok(()) };
            let expected = format!("a value of `{}` as text", native.name());
            text_fits(literal, &expected, |text| native_fits(text, native))
        }
    }
}

fn characters_fit(literal: &Literal, max_length: Option<u32>) -> Result<(), String> {
    let Some(max_length) = max_length else {
        return require(matches!(literal, Literal::Text(_)), || "expected text".to_owned());
    };
    text_fits(literal, &format!("text of at most {max_length} characters (`max_length`)"), |text| {
        short_enough(text.chars().count(), max_length, "characters")
    })
}

fn bytes_fit(literal: &Literal, max_length: Option<u32>) -> Result<(), String> {
    let Literal::Bytes(bytes) = literal else {
        let most = max_length.map(|most| format!(" at most {most}")).unwrap_or_default();
        return Err(format!("expected{most} bytes"));
    };
    max_length.map_or(Ok(()), |most| {
        short_enough(bytes.len(), most, "bytes")
            .map_err(|wrong| format!("expected at most {most} bytes (`max_length`): {wrong}"))
    })
}

/// Returns whether each item of a list as PostgreSQL writes it suits the type of the items.
fn items_fit(text: &str, item: &ColumnType) -> Result<(), String> {
    for value in canonical::list(text)?.into_iter().flatten() {
        let literal = match item.family() {
            _ if item.choices().is_some() => Literal::Text(value),
            TypeFamily::Integer => {
                Literal::Int(value.parse().map_err(|_| format!("`{value}` is not an integer"))?)
            }
            TypeFamily::Float | TypeFamily::Decimal => Literal::Float(value),
            TypeFamily::Bool | TypeFamily::Bytes => continue,
            TypeFamily::Text
            | TypeFamily::Date
            | TypeFamily::Time
            | TypeFamily::DateTime
            | TypeFamily::Timestamp
            | TypeFamily::Uuid
            | TypeFamily::Json
            | TypeFamily::Enum
            | TypeFamily::Array
            | TypeFamily::Native => Literal::Text(value),
        };
        literal_fits(&literal, item)?;
    }
    Ok(())
}

/// Returns whether a text can be a value of a type that only PostgreSQL has, as far as its form is known here.
fn native_fits(text: &str, native: NativeType) -> Result<(), String> {
    match native {
        NativeType::Inet => canonical::network(text).map(|_| ()),
        NativeType::MacAddr => canonical::mac_address(text).map(|_| ()),
        NativeType::Oid => text.parse::<u32>().map(|_| ()).map_err(|error| error.to_string()),
        NativeType::VarBit if text.bytes().all(|byte| matches!(byte, b'0' | b'1')) => Ok(()),
        NativeType::VarBit => Err("its digits are `0` and `1`".to_owned()),
        NativeType::Interval
        | NativeType::TimeTz
        | NativeType::Range(_)
        | NativeType::Hstore
        | NativeType::LTree
        | NativeType::LQuery
        | NativeType::CiText
        | NativeType::Cube
        | NativeType::Money
        | NativeType::Point
        | NativeType::Line
        | NativeType::LSeg
        | NativeType::Box
        | NativeType::Path
        | NativeType::Polygon
        | NativeType::Circle => Ok(()),
    }
}

fn short_enough(length: usize, most: u32, what: &str) -> Result<(), String> {
    if u32::try_from(length).is_ok_and(|length| length <= most) {
        return Ok(());
    }
    Err(format!("it has {length} {what}"))
}

fn negative_fits(literal: &Literal, column_type: &ColumnType) -> Result<(), String> {
    match literal {
        Literal::Int(number) => literal_fits(&Literal::Int(number.saturating_neg()), column_type),
        Literal::Float(_) => literal_fits(literal, column_type),
        Literal::Bool(_) | Literal::Text(_) | Literal::Bytes(_) => {
            Err("expected a value without `-`".to_owned())
        }
    }
}

fn call_fits(function: Function, column_type: &ColumnType) -> Result<(), String> {
    let family = column_type.family();
    let is_apt = match function {
        _ if column_type.choices().is_some() => false,
        Function::Now => matches!(family, TypeFamily::DateTime | TypeFamily::Timestamp),
        Function::CurrentDate => family == TypeFamily::Date,
        Function::CurrentTime => family == TypeFamily::Time,
        Function::RandomUuid => matches!(family, TypeFamily::Uuid | TypeFamily::Text),
        Function::Lower | Function::Upper | Function::Length | Function::Abs | Function::Coalesce => true,
    };
    require(is_apt, || format!("`{}()` does not suit the type; expected another value", function.name()))
}

fn require(condition: bool, expected: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(expected()) }
}

fn integer_fits(literal: &Literal, (least, most): (i128, i128)) -> Result<(), String> {
    let is_within = matches!(literal, Literal::Int(number) if (least..=most).contains(number));
    require(is_within, || format!("expected a whole number from {least} to {most}"))
}

/// Requires a number that is written as one and stays what it is.
fn number_fits(
    literal: &Literal,
    expected: &str,
    read: impl Fn(&str) -> Result<String, String>,
) -> Result<(), String> {
    let digits = match literal {
        Literal::Int(number) => number.to_string(),
        Literal::Float(digits) => digits.clone(),
        Literal::Bool(_) | Literal::Text(_) | Literal::Bytes(_) => {
            return Err(format!("expected {expected}"));
        }
    };
    read(&digits).map(|_| ()).map_err(|wrong| format!("expected {expected} (`{digits}`: {wrong})"))
}

/// Requires text that is a value of its kind; the message has what is wrong and what is expected.
fn text_fits<T>(
    literal: &Literal,
    expected: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<(), String> {
    let Literal::Text(text) = literal else { return Err(format!("expected {expected}")) };
    read(text).map(|_| ()).map_err(|wrong| format!("expected {expected} ({wrong})"))
}

/// Returns whether a text can be compared with a column, whose own form it must have; numbers of any size can be.
///
/// # Errors
/// What was expected.
pub fn compares(literal: &Literal, column_type: &ColumnType) -> Result<(), String> {
    let has_form = matches!(
        column_type.family(),
        TypeFamily::Date | TypeFamily::Time | TypeFamily::DateTime | TypeFamily::Timestamp | TypeFamily::Uuid
    );
    if has_form { literal_fits(literal, column_type) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neutral_values_fit_every_type() {
        for column_type in ColumnType::samples().into_iter().chain(ColumnType::native_samples()) {
            assert_eq!(fits(&column_type.neutral_value(), &column_type), Ok(()), "{column_type:?}");
        }
    }

    fn float(digits: &str) -> Expr {
        Expr::Literal(Literal::Float(digits.into()))
    }

    #[test]
    fn values_of_another_kind_or_size_do_not() {
        let decimal = ColumnType::Decimal { precision: 4, scale: 2 };
        for (value, column_type) in [
            (Expr::int(0), ColumnType::Bool),
            (Expr::int(128), ColumnType::I8),
            (Expr::int(-1), ColumnType::U64),
            (Expr::text("1"), ColumnType::I32),
            (Expr::text("abc"), ColumnType::Varchar { max_length: 2 }),
            (Expr::text("2024-13-01"), ColumnType::Date),
            (Expr::text("25:00:00"), ColumnType::Time),
            (Expr::text("now"), ColumnType::DateTime),
            (Expr::text("1970-01-01 00:00:00"), ColumnType::DateTimeTz),
            (Expr::text("é-text-of-no-date"), ColumnType::DateTimeTz),
            (Expr::text("{"), ColumnType::Json),
            (Expr::text("zzz"), ColumnType::Uuid),
            (Expr::text("+7e55044-10b1-426f-9247-bb680e5fe0c8"), ColumnType::Uuid),
            (Expr::text("2020-02-30"), ColumnType::Date),
            (Expr::text("0000-01-01"), ColumnType::Date),
            (Expr::text("24:00:00"), ColumnType::Time),
            (Expr::text("12:00:00.1234567"), ColumnType::Time),
            (Expr::text("2020-02-30T00:00:00"), ColumnType::DateTime),
            (Expr::text("2020-02-29 00:00:00+16:00"), ColumnType::DateTimeTz),
            (Expr::text("9999-12-31 23:59:59-01:00"), ColumnType::DateTimeTz),
            (Expr::text("[1e400]"), ColumnType::Json),
            (Expr::int(i128::from(i64::MAX) + 1), ColumnType::U64),
            (float("1e999"), ColumnType::F64),
            (Expr::Neg(Box::new(float("1e999"))), ColumnType::F64),
            (float("3.5e38"), ColumnType::F32),
            (float("1e-50"), ColumnType::F32),
            (Expr::int(16_777_217), ColumnType::F32),
            (float("1e5"), decimal.clone()),
            (float("5e-3"), decimal.clone()),
            (Expr::text("{1, x}"), ColumnType::Array(Box::new(ColumnType::I32))),
            (Expr::text("{40000}"), ColumnType::Array(Box::new(ColumnType::I16))),
            (Expr::text("{2020-02-30}"), ColumnType::Array(Box::new(ColumnType::Date))),
            (Expr::text("{abc}"), ColumnType::Array(Box::new(ColumnType::Varchar { max_length: 2 }))),
            (Expr::text("10.0.0.256"), ColumnType::Native(NativeType::Inet)),
            (Expr::text("012"), ColumnType::Native(NativeType::VarBit)),
            (Expr::int(100), decimal.clone()),
            (float("1.234"), decimal),
            (Expr::Call { function: Function::Now, arguments: vec![] }, ColumnType::Date),
        ] {
            assert!(fits(&value, &column_type).is_err(), "{value:?} {column_type:?}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_value_is_told() {
        let date = fits(&Expr::text("2020-02-30"), &ColumnType::Date).unwrap_err();
        assert_eq!(date, "expected a date as text (`\"1970-01-01\"`) (February 2020 has 29 days)");
        let float = fits(&float("1e999"), &ColumnType::F64).unwrap_err();
        assert_eq!(float, "expected a number (`1e999`: it is larger than any number of 64 bits)");
    }
}
