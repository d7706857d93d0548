//! The conversion of values when a column changes its type.

use modelshift_schema::column_type::ColumnType;

use super::column_type::column_type;
use crate::dialect::Unsupported;
use crate::dialect::render::conversion::Kind;

/// Writes the expression for USING; `None` if the server assigns the values.
///
/// Assignment is preferred: it refuses text that is too long and numbers that are too large, while an explicit cast to
/// `varchar(n)` truncates text silently.
pub(super) fn using(quoted: &str, from: &ColumnType, to: &ColumnType) -> Result<Option<String>, Unsupported> {
    let target = column_type(to)?;
    Ok(match (from.family(), to.family()) {
        (Kind::Integer, Kind::Bool) => Some(format!("{quoted} <> 0")),
        (Kind::Bool, Kind::Integer) => Some(format!("CAST(CAST({quoted} AS integer) AS {target})")),
        (Kind::DateTime, Kind::Timestamp) | (Kind::Timestamp, Kind::DateTime) => {
            Some(format!("timezone('UTC', {quoted})"))
        }
        (Kind::Date, Kind::Timestamp) => Some(format!("timezone('UTC', CAST({quoted} AS timestamp))")),
        (Kind::Timestamp, Kind::Date) => Some(format!("CAST(timezone('UTC', {quoted}) AS {target})")),
        // A direct cast keeps fifteen digits.
        (Kind::Float, Kind::Decimal) => Some(format!("CAST(CAST({quoted} AS text) AS {target})")),
        // The time zone of the session must not affect the value.
        (Kind::Timestamp, Kind::Text) => Some(format!("CAST(timezone('UTC', {quoted}) AS text) || '+00'")),
        (Kind::Text, Kind::Timestamp) => Some(format!(
            "CASE WHEN {quoted} ~ '(Z|[+-][0-9][0-9](:[0-9][0-9])?)$' THEN CAST({quoted} AS timestamptz) \
             ELSE timezone('UTC', CAST({quoted} AS timestamp)) END"
        )),
        (_, Kind::Text) => None,
        (Kind::Text, _) | (Kind::Native, Kind::Json) => Some(format!("CAST({quoted} AS {target})")),
        _ => None,
    })
}

/// Writes the expression for USING for an unknown type that the author spells; `None` if an explicit cast would truncate
/// values, and assignment refuses them.
///
/// Text cannot be assigned to `bit(n)`, but `varbit` can, and too many bits are refused.
pub(super) fn through_text(quoted: &str, to: &str) -> Option<String> {
    let word: String = to.chars().take_while(char::is_ascii_alphabetic).collect::<String>().to_lowercase();
    let bare = match word.as_str() {
        "varchar" | "character" | "char" | "bpchar" => return None,
        "bit" | "varbit" => "varbit",
        _ => to.split(" COLLATE ").next().unwrap_or(to),
    };
    Some(format!("CAST(CAST({quoted} AS text) AS {bare})"))
}
