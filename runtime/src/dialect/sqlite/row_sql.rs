//! Rows of any table, read as text and written.

use modelshift_schema::column_type::ColumnType;

use super::{Sqlite, quoted};
use crate::dialect::row_sql::RowSql;

impl RowSql for Sqlite {
    fn text_of(&self, column: &str, holds: &ColumnType) -> String {
        if matches!(holds, ColumnType::F32 | ColumnType::F64) {
            // SQLite writes a number with fifteen digits, unless it is told otherwise.
            format!("CASE typeof({column}) WHEN 'real' THEN printf('%!.17g', {column}) ELSE {column} END")
        } else if matches!(holds, ColumnType::Bytes | ColumnType::Varbinary { .. } | ColumnType::Uuid) {
            format!("CASE WHEN {column} IS NULL THEN NULL ELSE hex({column}) END")
        } else {
            column.to_owned()
        }
    }

    fn before_values(&self) -> &'static str {
        ""
    }

    fn or_replace(&self, key: &[String], others: &[String]) -> Option<String> {
        if others.is_empty() {
            return Some(format!(" ON CONFLICT ({}) DO NOTHING", key.join(", ")));
        }
        let set: Vec<String> = others.iter().map(|name| format!("{name} = excluded.{name}")).collect();
        Some(format!(" ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), set.join(", ")))
    }

    fn before_load(&self) -> &'static [&'static str] {
        &["PRAGMA defer_foreign_keys = ON"]
    }

    fn after_load(&self) -> &'static [&'static str] {
        // What a migration does afterwards is checked as what it did before.
        &["PRAGMA defer_foreign_keys = OFF"]
    }

    fn strict_references(&self, _table: &str) -> Option<String> {
        None
    }

    fn empty(&self, tables: &[String]) -> (Vec<String>, Vec<String>) {
        let names: Vec<String> =
            tables.iter().map(|table| quoted(&table[1..table.len() - 1].replace("\"\"", "\""))).collect();
        let mut within = vec!["PRAGMA defer_foreign_keys = ON".to_owned()];
        within.extend(tables.iter().map(|table| format!("DELETE FROM {table}")));
        within.push(format!("DELETE FROM sqlite_sequence WHERE name IN ({})", names.join(", ")));
        (within, Vec::new())
    }

    fn last_key(&self) -> &'static str {
        "SELECT last_insert_rowid()"
    }

    fn reset_counter(&self, _table: &str, _column: &str) -> Option<String> {
        // SQLite counts on from the largest value itself.
        None
    }
}
