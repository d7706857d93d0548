//! How a table of SQLite is made again: its new form beside the old one, and the rows that move over.

use modelshift_schema::name::{ColumnName, TableName};

use crate::plan::statement::Statement;

/// Makes the new form of a table beside it, and copies the rows.
///
/// The statements are right for a table that is as the migrations have made it. Whoever runs them compares the live
/// table with `standing` first, and carries over what was made by hand, or refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableCopy {
    /// The table.
    pub table: TableName,
    /// CREATE TABLE of the table as the migrations before have made it.
    pub standing: String,
    /// A query for columns that no migration made; a script, which carries nothing over, must not find any.
    pub unknown_columns: Statement,
    /// CREATE TABLE of the new form, under a name of its own.
    pub create: Statement,
    /// INSERT … SELECT of all rows.
    pub copy: Statement,
    /// What keeps the number that the next automatic key follows; empty where keys are not automatic.
    pub counter: Vec<Statement>,
    /// The columns that the copy writes, and the value of each.
    pub values: Vec<CopiedValue>,
    /// The columns that are in both forms and hold the same field.
    pub kept: Vec<ColumnName>,
}

/// The value of one column in a copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedValue {
    /// The column of the new form.
    pub column: ColumnName,
    /// The value, over columns of the table as it stands.
    pub value: String,
}

impl TableCopy {
    /// Returns the statements for a table that is as the migrations have made it.
    pub fn statements(&self) -> impl Iterator<Item = &Statement> {
        [&self.create, &self.copy].into_iter().chain(&self.counter)
    }
}
