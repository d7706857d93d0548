//! Conditions under which a value of one type is also a value of another, on MySQL and MariaDB.
//!
//! The cast of an unsuitable value is a warning in a query, and an error only in ALTER TABLE. Numbers are rounded without
//! warning. Values that are not integers are converted through signed integers, even for unsigned columns.

use modelshift_schema::column_type::ColumnType;

use crate::dialect::Capabilities;
use crate::dialect::render::conversion::Kind;
use crate::dialect::render::kept_values::{
    always_has_room, beyond, is_wider, kept_digits, largest_exact, pattern, range, shorter,
};

/// Writes the condition under which a value is kept unchanged; `None` if all values are.
pub(super) fn fits(
    capabilities: &Capabilities,
    value: &str,
    from: &ColumnType,
    to: &ColumnType,
) -> Option<String> {
    match (from.family(), to.family()) {
        (Kind::Integer, Kind::Bool) => Some(format!("{value} IN (0, 1)")),
        (Kind::Bool | Kind::Integer, Kind::Integer) => whole(value, from, range(to, true)?),
        (Kind::Integer, Kind::Float) => whole(value, from, (-largest_exact(to), largest_exact(to))),
        (Kind::Float, Kind::Integer) => {
            let (least, most) = range(to, false)?;
            Some(format!("{value} = FLOOR({value}) AND {value} >= {least}e0 AND {value} < {}e0", most + 1))
        }
        (Kind::Decimal, Kind::Integer) => {
            let (least, most) = range(to, false)?;
            Some(format!("{value} = TRUNCATE({value}, 0) AND {value} BETWEEN {least} AND {most}"))
        }
        (Kind::Float, Kind::Float) => (*to == ColumnType::F32 && from != to).then(|| {
            format!(
                "{value} = 0 OR (ABS({value}) BETWEEN 1.17549435e-38 AND 3.4028234e38 AND {} = {value})",
                rounded(value)
            )
        }),
        (_, Kind::Decimal) => decimal(value, from, to),
        (Kind::Bytes, Kind::Bytes) => shorter(from, to).map(|most| format!("LENGTH({value}) <= {most}")),
        (Kind::Decimal, Kind::Float) => {
            let digits =
                format!("CHAR_LENGTH(TRIM(BOTH '0' FROM REPLACE(CAST(ABS({value}) AS CHAR), '.', '')))");
            let room =
                if *to == ColumnType::F32 { format!(" AND ABS({value}) < 1e37") } else { String::new() };
            Some(format!("{digits} <= {}{room}", kept_digits(to)))
        }
        (Kind::Text, _) => text(capabilities, value, from, to),
        (_, Kind::Text) => as_text(value, from, to),
        (Kind::DateTime | Kind::Timestamp, Kind::Date) => Some(format!("{value} = DATE({value})")),
        _ => None,
    }
}

/// Checks that an integer is in a range; `None` if all values of the old type are.
fn whole(value: &str, from: &ColumnType, (least, most): (i128, i128)) -> Option<String> {
    let is_within = range(from, true).is_some_and(|from| least <= from.0 && from.1 <= most);
    (!is_within).then(|| format!("{value} BETWEEN {least} AND {most}"))
}

/// Rounds a 64-bit float to the 24 significant bits of a 32-bit float.
fn rounded(value: &str) -> String {
    // Dekker splitting, since some servers cannot cast to FLOAT.
    format!("(({value}) * 536870913e0 - (({value}) * 536870913e0 - ({value})))")
}

fn decimal(value: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
    let ColumnType::Decimal { precision, scale } = *to else { return None };
    let beyond = beyond(precision, scale);
    match (from.family(), from) {
        (Kind::Integer, _) => {
            let most = beyond.parse::<i128>().ok()? - 1;
            whole(value, from, (-most, most))
        }
        (_, ColumnType::Decimal { precision: old, scale: old_scale }) => {
            (!is_wider((*old, *old_scale), (precision, scale)))
                .then(|| format!("{value} = ROUND({value}, {scale}) AND ABS({value}) < {beyond}"))
        }
        (Kind::Float, _) => {
            let back = format!("CAST({value} AS DECIMAL({precision}, {scale})) + 0e0");
            Some(format!("ABS({value}) < {beyond}e0 AND {back} = {value}"))
        }
        (Kind::Text, _) => Some(matches(value, &pattern::decimal(precision, scale))),
        _ => None,
    }
}

/// Checks the conversion to text. The server removes excess spaces at the end.
fn as_text(value: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
    let text = format!("CAST({value} AS CHAR)");
    let length = if let ColumnType::Varchar { max_length } = to
        && !always_has_room(from, *max_length)
    {
        let text = if from.family() == Kind::Text { value } else { &text };
        Some(format!("CHAR_LENGTH({text}) <= {max_length}"))
    } else {
        None
    };
    // The server writes six digits of a 32-bit float.
    let digits = if *from == ColumnType::F32 {
        Some(format!("{} = {value}", rounded(&format!("{text} + 0e0"))))
    } else {
        (*from == ColumnType::F64).then(|| format!("{text} + 0e0 = {value}"))
    };
    let both: Vec<String> = digits.into_iter().chain(length).collect();
    (!both.is_empty()).then(|| both.join(" AND "))
}

fn text(capabilities: &Capabilities, value: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
    let (date, time) = (pattern::DATE, pattern::TIME);
    match to.family() {
        Kind::Text => as_text(value, from, to),
        Kind::Integer => {
            let (least, most) = range(to, false)?;
            let is_within = format!("CAST({value} AS DECIMAL(30, 0)) BETWEEN {least} AND {most}");
            Some(format!("{} AND {is_within}", matches(value, pattern::INTEGER)))
        }
        Kind::Float => {
            let digits =
                format!("CHAR_LENGTH(TRIM(BOTH '0' FROM REPLACE(REPLACE({value}, '-', ''), '.', '')))");
            let number = format!("{} AND {digits} <= {}", matches(value, pattern::NUMBER), kept_digits(to));
            if *to == ColumnType::F32 {
                return Some(number);
            }
            // The text that the server writes is accepted as well.
            Some(format!("({number}) OR CAST({value} + 0e0 AS CHAR) = {value}"))
        }
        Kind::Date => Some(matches_date(value, date)),
        Kind::Time => Some(matches(value, &format!("^{time}$"))),
        // The column has no time zone, and servers read time zones differently.
        Kind::DateTime | Kind::Timestamp => Some(matches_date(value, &format!("{date}[ T]{time}"))),
        Kind::Json if capabilities.keeps_json_text => Some(format!("JSON_VALID({value})")),
        // The server keeps one of two values of a key, and rounds numbers. Both change the length.
        Kind::Json => {
            let kept = format!("CAST(CAST({value} AS JSON) AS CHAR)");
            let [kept, given] =
                [kept.as_str(), value].map(|text| format!("CHAR_LENGTH(REPLACE({text}, ' ', ''))"));
            let is_kept = format!("{kept} = {given}");
            Some(format!("CASE WHEN JSON_VALID({value}) THEN {is_kept} ELSE FALSE END"))
        }
        Kind::Bool | Kind::Decimal | Kind::Bytes | Kind::Uuid | Kind::Enum | Kind::Array | Kind::Native => {
            None
        }
    }
}

/// Checks that text matches a pattern and begins with a valid date.
fn matches_date(value: &str, pattern: &str) -> String {
    let is_date = format!("{value} NOT LIKE '0000%' AND CAST(LEFT({value}, 10) AS DATE) IS NOT NULL");
    format!("{} AND {is_date}", matches(value, &format!("^{pattern}$")))
}

/// Checks that text matches a pattern. `$` also matches before a line break at the end, which is excluded.
fn matches(value: &str, pattern: &str) -> String {
    format!("{value} REGEXP '{pattern}' AND INSTR({value}, CHAR(10)) = 0")
}
