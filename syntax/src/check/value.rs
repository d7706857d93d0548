//! Whether a constant is one that a column takes.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{Expr, Function, Literal};

/// Tells whether a value suits a type; what is computed or raw SQL is left to the database.
///
/// # Errors
/// What was expected.
pub(super) fn fits(value: &Expr, column_type: &ColumnType) -> Result<(), String> {
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

/// Gives a value that suits a type, as source.
pub(super) fn sample(column_type: &ColumnType) -> String {
    match column_type {
        ColumnType::Bool => "false",
        ColumnType::I8
        | ColumnType::I16
        | ColumnType::I32
        | ColumnType::I64
        | ColumnType::U8
        | ColumnType::U16
        | ColumnType::U32
        | ColumnType::U64 => "0",
        ColumnType::F32 | ColumnType::F64 | ColumnType::Decimal { .. } => "0.5",
        ColumnType::Text | ColumnType::Varchar { .. } => "\"\"",
        ColumnType::Bytes => "b\"\"",
        ColumnType::Date => "current_date()",
        ColumnType::Time => "current_time()",
        ColumnType::DateTime | ColumnType::DateTimeTz => "now()",
        ColumnType::Uuid => "random_uuid()",
        ColumnType::Choices(_) => "Status::Draft",
        ColumnType::Json | ColumnType::Array(_) => "\"{}\"",
        ColumnType::Native(native) => return format!("{:?}", native.neutral_text()),
    }
    .to_owned()
}

fn literal_fits(literal: &Literal, column_type: &ColumnType) -> Result<(), String> {
    match column_type {
        ColumnType::Bool => {
            require(matches!(literal, Literal::Bool(_)), || "expected `true` or `false`".to_owned())
        }
        ColumnType::I8 => integer_fits(literal, i8::MIN.into(), i8::MAX.into()),
        ColumnType::I16 => integer_fits(literal, i16::MIN.into(), i16::MAX.into()),
        ColumnType::I32 => integer_fits(literal, i32::MIN.into(), i32::MAX.into()),
        ColumnType::I64 => integer_fits(literal, i64::MIN.into(), i64::MAX.into()),
        ColumnType::U8 => integer_fits(literal, 0, u8::MAX.into()),
        ColumnType::U16 => integer_fits(literal, 0, u16::MAX.into()),
        ColumnType::U32 => integer_fits(literal, 0, u32::MAX.into()),
        ColumnType::U64 => integer_fits(literal, 0, u64::MAX.into()),
        ColumnType::F32 | ColumnType::F64 => require(is_number(literal), || "expected a number".to_owned()),
        ColumnType::Decimal { precision, scale } => decimal_fits(literal, *precision, *scale),
        ColumnType::Text => require(matches!(literal, Literal::Text(_)), || "expected text".to_owned()),
        ColumnType::Varchar { max_length } => match literal {
            Literal::Text(text)
                if u32::try_from(text.chars().count()).is_ok_and(|length| length <= *max_length) =>
            {
                Ok(())
            }
            Literal::Text(_) | Literal::Bool(_) | Literal::Int(_) | Literal::Float(_) | Literal::Bytes(_) => {
                Err(format!("expected text of at most {max_length} characters (`max_length`)"))
            }
        },
        ColumnType::Bytes => require(matches!(literal, Literal::Bytes(_)), || "expected bytes".to_owned()),
        ColumnType::Date => text_fits(literal, "a date as text (`\"1970-01-01\"`)", is_date),
        ColumnType::Time => text_fits(literal, "a time as text (`\"12:30:00\"`)", is_time),
        ColumnType::DateTime => {
            text_fits(literal, "a date and time as text (`\"1970-01-01 00:00:00\"`)", is_date_time)
        }
        ColumnType::DateTimeTz => {
            text_fits(literal, "a moment as text (`\"1970-01-01 00:00:00+00:00\"`)", is_moment)
        }
        ColumnType::Uuid => text_fits(literal, "a UUID as text of 36 characters", is_uuid),
        ColumnType::Choices(choices) => require(!choices.is_resolved() || choices.has_value(literal), || {
            format!("expected a variant of `{}`", choices.name)
        }),
        ColumnType::Json => {
            let is_json = |text: &str| serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok();
            text_fits(literal, "JSON as text", is_json)
        }
        ColumnType::Array(_) => {
            let is_list = |text: &str| text.starts_with('{') && text.ends_with('}');
            text_fits(literal, "a list as PostgreSQL writes it, as text (`\"{1, 2}\"`)", is_list)
        }
        ColumnType::Native(native) => {
            text_fits(literal, &format!("a value of `{}` as text", native.name()), |_| true)
        }
    }
}

fn negative_fits(literal: &Literal, column_type: &ColumnType) -> Result<(), String> {
    match literal {
        Literal::Int(number) => literal_fits(&Literal::Int(-number), column_type),
        Literal::Float(_) => literal_fits(literal, column_type),
        Literal::Bool(_) | Literal::Text(_) | Literal::Bytes(_) => {
            Err("expected a value without `-`".to_owned())
        }
    }
}

fn call_fits(function: Function, column_type: &ColumnType) -> Result<(), String> {
    let is_apt = match function {
        _ if column_type.choices().is_some() => false,
        Function::Now => matches!(column_type, ColumnType::DateTime | ColumnType::DateTimeTz),
        Function::CurrentDate => matches!(column_type, ColumnType::Date),
        Function::CurrentTime => matches!(column_type, ColumnType::Time),
        Function::RandomUuid => {
            matches!(column_type, ColumnType::Uuid | ColumnType::Text | ColumnType::Varchar { .. })
        }
        Function::Lower | Function::Upper | Function::Length | Function::Abs | Function::Coalesce => true,
    };
    require(is_apt, || format!("`{}()` does not suit the type; expected another value", function.name()))
}

fn require(condition: bool, expected: impl FnOnce() -> String) -> Result<(), String> {
    if condition { Ok(()) } else { Err(expected()) }
}

fn integer_fits(literal: &Literal, least: i128, most: i128) -> Result<(), String> {
    let is_within = matches!(literal, Literal::Int(number) if (least..=most).contains(number));
    require(is_within, || format!("expected a whole number from {least} to {most}"))
}

fn is_number(literal: &Literal) -> bool {
    match literal {
        Literal::Int(_) | Literal::Float(_) => true,
        Literal::Bool(_) | Literal::Text(_) | Literal::Bytes(_) => false,
    }
}

fn decimal_fits(literal: &Literal, precision: u32, scale: u32) -> Result<(), String> {
    let expected =
        || format!("expected a number of at most {precision} digits, {scale} of them after the point");
    let text = match literal {
        Literal::Int(number) => number.unsigned_abs().to_string(),
        Literal::Float(digits) => digits.clone(),
        Literal::Bool(_) | Literal::Text(_) | Literal::Bytes(_) => return Err(expected()),
    };
    if text.contains(['e', 'E']) {
        return Ok(());
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.trim_start_matches('0').len();
    let fraction = fraction.trim_end_matches('0').len();
    let limits = (precision.saturating_sub(scale) as usize, scale as usize);
    require(whole <= limits.0 && fraction <= limits.1, expected)
}

fn text_fits(literal: &Literal, expected: &str, is_right: impl Fn(&str) -> bool) -> Result<(), String> {
    let is_right = matches!(literal, Literal::Text(text) if is_right(text));
    require(is_right, || format!("expected {expected}"))
}

/// Tells whether a text has the form of a pattern in which `0` stands for a digit.
fn has_form(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, form)| match form {
            b'0' => byte.is_ascii_digit(),
            b'x' => byte.is_ascii_hexdigit(),
            other => byte == other,
        })
}

fn is_between(text: &str, least: u32, most: u32) -> bool {
    text.parse::<u32>().is_ok_and(|number| (least..=most).contains(&number))
}

fn is_date(text: &str) -> bool {
    has_form(text, "0000-00-00") && is_between(&text[5..7], 1, 12) && is_between(&text[8..10], 1, 31)
}

/// `12:30:00`, with any number of digits after a point.
fn is_time(text: &str) -> bool {
    let (time, fraction) = text.split_once('.').unwrap_or((text, "0"));
    has_form(time, "00:00:00")
        && is_between(&time[0..2], 0, 23)
        && is_between(&time[3..5], 0, 59)
        && is_between(&time[6..8], 0, 59)
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_date_time(text: &str) -> bool {
    text.split_once([' ', 'T']).is_some_and(|(date, time)| is_date(date) && is_time(time))
}

/// A date and time with `Z` or an offset such as `+01:00`.
fn is_moment(text: &str) -> bool {
    if let Some(text) = text.strip_suffix('Z') {
        return is_date_time(text);
    }
    let Some(place) = text.len().checked_sub(6).filter(|place| text.is_char_boundary(*place)) else {
        return false;
    };
    let (text, offset) = text.split_at(place);
    (has_form(offset, "+00:00") || has_form(offset, "-00:00")) && is_date_time(text)
}

fn is_uuid(text: &str) -> bool {
    has_form(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neutral_values_and_samples_fit_every_type() {
        for column_type in ColumnType::samples().into_iter().chain(ColumnType::native_samples()) {
            assert_eq!(fits(&column_type.neutral_value(), &column_type), Ok(()), "{column_type:?}");
            let sample = syn::parse::Parser::parse_str(crate::expr::read, &sample(&column_type)).unwrap();
            assert_eq!(fits(&sample.expr, &column_type), Ok(()), "{column_type:?}");
        }
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
            (Expr::int(100), decimal.clone()),
            (Expr::Literal(Literal::Float("1.234".into())), decimal),
            (Expr::Call { function: Function::Now, arguments: vec![] }, ColumnType::Date),
        ] {
            assert!(fits(&value, &column_type).is_err(), "{value:?} {column_type:?}");
        }
    }
}
