//! Expressions of MySQL.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Function;

use super::quoted;
use crate::dialect::Unsupported;

/// Writes a pattern. A setting decides whether a backslash is an escape character, so that another one is used.
pub(super) fn pattern(pattern: &str) -> Result<String, Unsupported> {
    if !pattern.contains('\\') {
        return Ok(quoted(pattern));
    }
    let Some(escape) = ['|', '!', '~', '^', '#', '@'].into_iter().find(|it| !pattern.contains(*it)) else {
        let what = format!("mysql: no character is free to escape with in the pattern `{pattern}`");
        return Err(Unsupported::new(what, "write the condition with `sql(\"…\")`"));
    };
    let mut text = String::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                let escaped = characters.next().unwrap_or('\\');
                if matches!(escaped, '%' | '_') {
                    text.push(escape);
                }
                text.push(escaped);
            }
            plain => text.push(plain),
        }
    }
    Ok(format!("{} ESCAPE '{escape}'", quoted(&text)))
}

/// Writes a volatile function. Values are in UTC, whatever the time zone of the session.
pub(super) fn volatile(function: Function, holds: &ColumnType) -> Option<String> {
    let text = match (function, holds) {
        (Function::Now, ColumnType::DateTime | ColumnType::DateTimeTz) => "UTC_TIMESTAMP(6)",
        (Function::CurrentDate, ColumnType::Date) => "UTC_DATE()",
        (Function::CurrentTime, ColumnType::Time) => "UTC_TIME(6)",
        (Function::RandomUuid, ColumnType::Uuid) => RANDOM_UUID,
        _ => return None,
    };
    Some(text.to_owned())
}

/// Random digits, except for the version (4) and the variant (8, 9, A or B).
const RANDOM_UUID: &str = "UNHEX(CONCAT(HEX(RANDOM_BYTES(6)), '4', SUBSTR(HEX(RANDOM_BYTES(2)), 2), \
    SUBSTR('89AB', 1 + FLOOR(RAND() * 4), 1), SUBSTR(HEX(RANDOM_BYTES(2)), 2), HEX(RANDOM_BYTES(6))))";
