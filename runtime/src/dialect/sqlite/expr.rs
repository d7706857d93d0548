//! Expressions of SQLite.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Function;

use super::quoted;

/// Writes an operand. Decimals are stored as text, and compared and computed as numbers.
pub(super) fn operand(quoted: String, holds: &ColumnType) -> String {
    if let ColumnType::Decimal { .. } = holds { format!("CAST({quoted} AS NUMERIC)") } else { quoted }
}

/// Writes the value of a generated column. A computed decimal is a number, and is stored as text with its scale.
pub(super) fn computed(value: String, holds: &ColumnType) -> String {
    let ColumnType::Decimal { scale, .. } = holds else { return value };
    format!("CASE WHEN ({value}) IS NOT NULL THEN printf('%.{scale}f', {value}) END")
}

/// Writes a pattern. SQLite has no default escape character.
pub(super) fn pattern(pattern: &str) -> String {
    let escape = if pattern.contains('\\') { " ESCAPE '\\'" } else { "" };
    format!("{}{escape}", quoted(pattern))
}

/// Writes a volatile function. Timestamps have the form that sqlx writes, so that their texts compare correctly.
pub(super) fn volatile(function: Function, holds: &ColumnType) -> Option<String> {
    let text = match (function, holds) {
        (Function::Now, ColumnType::DateTime) => "strftime('%Y-%m-%d %H:%M:%f', 'now')",
        (Function::Now, ColumnType::DateTimeTz) => "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now')",
        (Function::CurrentDate, ColumnType::Date) => "date('now')",
        (Function::CurrentTime, ColumnType::Time) => "time('now')",
        (Function::RandomUuid, ColumnType::Uuid) => RANDOM_UUID,
        _ => return None,
    };
    Some(text.to_owned())
}

/// Random digits, except for the version (4) and the variant (8, 9, A or B).
const RANDOM_UUID: &str = "unhex(hex(randomblob(6)) || '4' || substr(hex(randomblob(2)), 2) \
    || substr('89AB', 1 + (random() & 3), 1) || substr(hex(randomblob(2)), 2) || hex(randomblob(6)))";
