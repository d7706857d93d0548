//! How rows of any table are read as text and written, which each dialect says in its `row_sql`.

use modelshift_schema::column_type::ColumnType;

/// What a dialect says to read and write rows of any table.
///
/// Names are quoted already. No method has a default body, so that the compiler requires each of a new dialect.
#[cfg_attr(not(feature = "fixtures"), expect(dead_code, reason = "functions of migrations only read by it"))]
pub(crate) trait RowSql {
    /// Writes the expression that is the value of a column as text: bytes and UUIDs as hexadecimal digits, floating-point
    /// numbers with all their digits.
    fn text_of(&self, column: &str, holds: &ColumnType) -> String;

    /// Writes what stands between the columns and the values of an INSERT.
    fn before_values(&self) -> &'static str;

    /// Writes the end of an INSERT that replaces these columns of a row that has the key; `None` where the row must be
    /// looked for first, since the clause of this database would also replace a row that has another key.
    fn or_replace(&self, key: &[String], others: &[String]) -> Option<String>;

    /// Returns the statements before rows are loaded in any order.
    fn before_load(&self) -> &'static [&'static str];

    /// Returns the statements after that, whether it succeeded or not, before the transaction ends.
    fn after_load(&self) -> &'static [&'static str];

    /// Returns the query for two statements for each reference of a table that is checked at once: the first puts the
    /// check off to the end, the second sets it back.
    fn strict_references(&self, table: &str) -> Option<String>;

    /// Returns the statements that remove all rows of tables and set their counters back: those of the transaction, and
    /// those after it.
    fn empty(&self, tables: &[String]) -> (Vec<String>, Vec<String>);

    /// Returns the query for the key that was counted for the last row.
    fn last_key(&self) -> &'static str;

    /// Returns the query that sets the counter of a column behind its largest value.
    fn reset_counter(&self, table: &str, column: &str) -> Option<String>;
}
