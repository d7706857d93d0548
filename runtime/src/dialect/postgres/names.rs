//! Names with their schemas, and names that PostgreSQL reserves.

use modelshift_schema::name::{ColumnName, SchemaName};

use super::Postgres;
use crate::dialect::{Spelling, Unsupported};

/// Quotes the name of a table, an index or a type, with its schema.
pub(super) fn qualified(schema: Option<&SchemaName>, name: &str) -> Result<String, Unsupported> {
    let name = Postgres.identifier(name)?;
    match schema {
        None => Ok(name),
        Some(schema) => Ok(format!("{}.{name}", Postgres.identifier(schema.as_str())?)),
    }
}

/// The system columns of each table.
const SYSTEM_COLUMNS: [&str; 6] = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// Refuses the name of a system column.
pub(super) fn refuse_system_column(column: &ColumnName) -> Result<(), Unsupported> {
    if !SYSTEM_COLUMNS.contains(&column.as_str()) {
        return Ok(());
    }
    let what = format!("postgres has a column `{column}` of its own in each table");
    let remedy = format!("give the field another column, such as `#[field(column = \"{column}_value\")]`");
    Err(Unsupported::new(what, remedy))
}
