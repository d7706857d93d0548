//! The copy of a table in a rebuild on SQLite.

use modelshift_schema::name::{ColumnName, TableName};

use crate::plan::statement::Statement;

/// Creates the new table of a rebuild, and copies the rows.
///
/// The statements are for a table without manual changes. The executor first compares the live table with `standing`, and
/// keeps manual changes, or refuses the rebuild.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableCopy {
    /// The table.
    pub table: TableName,
    /// CREATE TABLE of the table that the earlier migrations created.
    pub standing: String,
    /// A query for columns that no migration created. A script, which keeps no manual changes, must find none.
    pub unknown_columns: Statement,
    /// CREATE TABLE of the new table, with a temporary name.
    pub create: Statement,
    /// INSERT … SELECT of all rows.
    pub copy: Statement,
    /// The statements that keep the counter of automatic keys; empty if keys are not automatic.
    pub counter: Vec<Statement>,
    /// The columns that the copy writes, and the value of each.
    pub values: Vec<CopiedValue>,
    /// The columns of the same field in the old and the new table.
    pub kept: Vec<ColumnName>,
}

/// The value of one column in a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedValue {
    /// The column of the new table.
    pub column: ColumnName,
    /// The value, computed from columns of the old table.
    pub value: String,
}

impl TableCopy {
    /// Returns the statements for a table without manual changes.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        [&self.create, &self.copy].into_iter().chain(&self.counter)
    }
}
