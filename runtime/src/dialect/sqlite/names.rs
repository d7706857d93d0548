//! Names of tables and indexes, and names that SQLite reserves.

use super::Sqlite;
use crate::dialect::{Spelling, Unsupported};

/// Writes the name of a table or an index that a migration creates.
///
/// # Errors
/// If SQLite reserves the name.
pub(super) fn own_name(name: &str) -> Result<String, Unsupported> {
    if name.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("sqlite_")) {
        let what = format!("sqlite reserves names that begin with `sqlite_`, such as `{name}`");
        return Err(Unsupported::new(what, "give another name with `table` or `name`"));
    }
    Sqlite.identifier(name)
}

/// Quotes the name of a table that the database has; the error is one of the driver.
#[cfg(feature = "sqlite")]
pub(super) fn quoted_name(name: &str) -> Result<String, sqlx::Error> {
    Sqlite.identifier(name).map_err(|error| sqlx::Error::Protocol(error.to_string()))
}
