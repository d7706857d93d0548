//! Names that PostgreSQL reserves.

use modelshift_schema::name::ColumnName;

use crate::dialect::Unsupported;

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
