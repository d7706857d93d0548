//! Expressions of PostgreSQL.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Function;

/// Writes a volatile function. Values without a time zone are in UTC, whatever the time zone of the session.
pub(super) fn volatile(function: Function, holds: &ColumnType) -> Option<String> {
    let text = match (function, holds) {
        (Function::Now, ColumnType::DateTimeTz) => "now()",
        (Function::Now, ColumnType::DateTime) => "timezone('UTC', now())",
        (Function::CurrentDate, ColumnType::Date) => "CAST(timezone('UTC', now()) AS date)",
        (Function::CurrentTime, ColumnType::Time) => "CAST(timezone('UTC', now()) AS time)",
        (Function::RandomUuid, ColumnType::Uuid) => "gen_random_uuid()",
        _ => return None,
    };
    Some(text.to_owned())
}
