//! Conditions under which a value of one type is also a value of another, on SQLite.
//!
//! A column can contain values of any storage class, so that the conditions check the storage class as well.

use modelshift_schema::column_type::ColumnType;

use super::conversion::{Decimal, Timestamp};
use crate::dialect::render::conversion::Kind;
use crate::dialect::render::kept_values::{
    always_has_room, is_wider, kept_digits, largest_exact, range, shorter,
};

/// Writes the condition under which a value is kept unchanged; `None` if all values are.
pub(super) fn fits(value: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
    if let ColumnType::Choices(_) | ColumnType::Array(_) | ColumnType::Native(_) = to {
        // The column of an enum has a check constraint.
        return None;
    }
    if let ColumnType::Varchar { max_length } = *to
        && matches!(from.family(), Kind::Text | Kind::Enum)
        && always_has_room(from, max_length)
    {
        return None;
    }
    match (from.family(), to.family()) {
        (Kind::Integer, Kind::Bool) => Some(format!("{value} IN (0, 1)")),
        (Kind::Bool | Kind::Integer, Kind::Integer) => {
            let (least, most) = range(to, false)?;
            let is_within = range(from, false).is_some_and(|from| least <= from.0 && from.1 <= most);
            (!is_within)
                .then(|| format!("{} AND {}", has_class(value, "integer"), between(value, (least, most))))
        }
        (Kind::Integer, Kind::Float) => {
            let most = largest_exact(to);
            Some(format!("{} AND {}", has_class(value, "integer"), between(value, (-most, most))))
        }
        (Kind::Float, Kind::Integer) => {
            let (least, most) = range(to, false)?;
            let is_within = format!("{value} >= {least}.0 AND {value} < {}.0", most + 1);
            Some(format!(
                "{} AND {is_within} AND CAST({value} AS INTEGER) = {value}",
                has_class(value, "real")
            ))
        }
        (Kind::Float, Kind::Float) => (*to == ColumnType::F32 && from != to).then(|| {
            let is_within = format!("abs({value}) BETWEEN 1.17549435e-38 AND 3.4028234e38");
            format!("{value} = 0.0 OR ({is_within} AND {} = {value})", rounded(value))
        }),
        (Kind::Decimal, Kind::Integer) => {
            let (least, most) = range(to, false)?;
            let Decimal { whole, fraction, .. } = Decimal::of(value);
            let is_whole = format!("rtrim({fraction}, '0') = '' AND length(ltrim({whole}, '0')) <= 19");
            let is_exact =
                format!("ltrim({whole}, '0') IN (ltrim(CAST(CAST({value} AS INTEGER) AS TEXT), '-'), '')");
            let is_within = between(&format!("CAST({value} AS INTEGER)"), (least, most));
            Some(format!("{} AND {is_whole} AND {is_exact} AND {is_within}", Decimal::of(value).is_one))
        }
        (Kind::Decimal, Kind::Float) => Some(float(value, to)),
        (_, Kind::Decimal) => decimal(value, from, to),
        (Kind::Bytes, Kind::Bytes) => shorter(from, to).map(|most| format!("length({value}) <= {most}")),
        (Kind::Text, _) => text(value, to),
        (_, Kind::Text) => as_text(value, from, to),
        (Kind::DateTime, Kind::Date) => Some(format!(
            "{} AND trim(substr({value}, 12), '0:.') = ''",
            is_date(&format!("substr({value}, 1, 10)"))
        )),
        (Kind::Timestamp, Kind::Date) => {
            let utc = Timestamp::of(value).in_utc(" ");
            Some(format!("trim(substr({utc}, 12), '0:.') = ''"))
        }
        (Kind::Date, Kind::DateTime | Kind::Timestamp) => Some(is_date(value)),
        (Kind::DateTime | Kind::Timestamp, Kind::DateTime | Kind::Timestamp)
            if from.family() != to.family() =>
        {
            Some(format!("{} AND datetime({value}) IS NOT NULL", has_class(value, "text")))
        }
        _ => None,
    }
}

fn has_class(value: &str, class: &str) -> String {
    format!("typeof({value}) = '{class}'")
}

fn between(value: &str, (least, most): (i128, i128)) -> String {
    format!("{value} BETWEEN {least} AND {most}")
}

/// Rounds a 64-bit float to the 24 significant bits of a 32-bit float (Dekker splitting).
fn rounded(value: &str) -> String {
    format!("({value} * 536870913.0 - ({value} * 536870913.0 - {value}))")
}

/// Checks that a decimal has no more digits than every float of the type keeps, or is the text that SQLite writes.
fn float(value: &str, to: &ColumnType) -> String {
    let Decimal { is_one, whole, fraction, .. } = Decimal::of(value);
    let digits = format!("length(trim({whole} || {fraction}, '0')) <= {}", kept_digits(to));
    let plain = format!("{is_one} AND {digits} AND length({whole}) <= 30");
    if *to == ColumnType::F32 {
        return plain;
    }
    let number = format!("CAST({value} AS REAL)");
    format!("({plain}) OR {value} IN (CAST({number} AS TEXT), printf('%!.17g', {number}))")
}

fn decimal(value: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
    let ColumnType::Decimal { precision, scale } = *to else { return None };
    match (from.family(), from) {
        (Kind::Integer, _) => {
            let digits =
                format!("length(ltrim(CAST({value} AS TEXT), '-')) <= {}", precision.saturating_sub(scale));
            Some(format!("typeof({value}) = 'integer' AND ({value} = 0 OR {digits})"))
        }
        (_, ColumnType::Decimal { precision: old, scale: old_scale }) => {
            (!is_wider((*old, *old_scale), (precision, scale))).then(|| has_digits(value, (precision, scale)))
        }
        (Kind::Float, _) => {
            let text = format!("printf('%.{scale}f', {value})");
            Some(format!("{} AND CAST({text} AS REAL) = {value}", has_digits(&text, (precision, scale))))
        }
        (Kind::Text, _) => {
            let whole = Decimal::of(value).whole;
            Some(format!(
                "{} AND ({whole} = '0' OR {whole} NOT LIKE '0%')",
                has_digits(value, (precision, scale))
            ))
        }
        _ => None,
    }
}

/// Checks that text is a decimal that has no more digits than the type.
fn has_digits(text: &str, (precision, scale): (u32, u32)) -> String {
    let Decimal { is_one, whole, fraction, .. } = Decimal::of(text);
    let room = precision.saturating_sub(scale);
    format!(
        "{is_one} AND length(ltrim({whole}, '0')) <= {room} AND length(rtrim({fraction}, '0')) <= {scale}"
    )
}

fn as_text(value: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
    let text = super::conversion::converted(value.to_owned(), from, to);
    let text = format!("CAST({text} AS TEXT)");
    let length = if let ColumnType::Varchar { max_length } = to {
        Some(format!("length({text}) <= {max_length}"))
    } else {
        None
    };
    let own = if from.family() == Kind::Float {
        Some(format!("CAST({text} AS REAL) = {value}"))
    } else {
        (from.family() == Kind::Uuid).then(|| format!("typeof({value}) = 'blob' AND length({value}) = 16"))
    };
    let both: Vec<String> = own.into_iter().chain(length).collect();
    (!both.is_empty()).then(|| both.join(" AND "))
}

fn text(value: &str, to: &ColumnType) -> Option<String> {
    let is_text = format!("typeof({value}) = 'text'");
    let fits = match to.family() {
        Kind::Text => format!("length({value}) <= {}", to.max_length()?),
        Kind::Float => {
            let whole = Decimal::of(value).whole;
            format!("({}) AND ({whole} = '0' OR {whole} NOT LIKE '0%')", float(value, to))
        }
        Kind::Date => is_date(value),
        Kind::Time => is_time(value),
        Kind::DateTime => date_and(value, &is_time(&format!("substr({value}, 12)"))),
        Kind::Timestamp => {
            let Timestamp { zone, .. } = Timestamp::of(value);
            let time = format!("substr({value}, 12, length({value}) - 11 - length({zone}))");
            let offset = format!("({zone} GLOB '[-+][01][0-9]:[0-5][0-9]' AND substr({zone}, 2, 2) < '16')");
            let utc = Timestamp::of(value).in_utc(" ");
            format!(
                "{} AND ({zone} IN ('', 'Z') OR {offset}) AND substr({utc}, 1, 4) BETWEEN '0001' AND '9999'",
                date_and(value, &is_time(&time))
            )
        }
        Kind::Uuid => {
            let hex = "[0-9a-fA-F]";
            let dashed = [8, 4, 4, 4, 12].map(|count| hex.repeat(count)).join("-");
            format!("({value} GLOB '{dashed}' OR {value} GLOB '{}')", hex.repeat(32))
        }
        Kind::Json => format!("json_valid({value})"),
        Kind::Integer => {
            let number = format!("CAST({value} AS INTEGER)");
            format!("{value} = CAST({number} AS TEXT) AND {}", between(&number, range(to, false)?))
        }
        Kind::Bool | Kind::Bytes | Kind::Decimal | Kind::Enum | Kind::Array | Kind::Native => return None,
    };
    Some(format!("{is_text} AND {fits}"))
}

fn is_date(text: &str) -> String {
    format!(
        "{text} GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]-[0-3][0-9]' AND {text} = date({text}) AND {text} > '0001'"
    )
}

fn date_and(value: &str, time: &str) -> String {
    let date = is_date(&format!("substr({value}, 1, 10)"));
    format!("{date} AND substr({value}, 11, 1) IN (' ', 'T') AND {time}")
}

/// Checks that text is a time of day with at most six digits after the seconds.
fn is_time(text: &str) -> String {
    let clock = format!("substr({text}, 1, 8)");
    let fraction = format!("substr({text}, 9)");
    format!(
        "{clock} GLOB '[0-2][0-9]:[0-5][0-9]:[0-5][0-9]' AND {clock} < '24' AND ({fraction} = '' OR \
         ({fraction} GLOB '.[0-9]*' AND substr({fraction}, 2) NOT GLOB '*[^0-9]*' AND length({fraction}) <= 7))"
    )
}
