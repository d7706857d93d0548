//! Rows of any table, read as text and written.

use modelshift_schema::column_type::ColumnType;

use super::Mysql;
use crate::dialect::row_sql::RowSql;

impl RowSql for Mysql<'_> {
    fn text_of(&self, column: &str, holds: &ColumnType) -> String {
        if *holds == ColumnType::F32 {
            // A `float` is written with six digits.
            format!("CAST({column} AS double)")
        } else if matches!(holds, ColumnType::Bytes | ColumnType::Varbinary { .. } | ColumnType::Uuid) {
            format!("hex({column})")
        } else {
            column.to_owned()
        }
    }

    fn before_values(&self) -> &'static str {
        ""
    }

    fn or_replace(&self, _key: &[String], _others: &[String]) -> Option<String> {
        // `ON DUPLICATE KEY UPDATE` and `REPLACE` also take a row that has another key and the same unique value.
        None
    }

    fn before_load(&self) -> &'static [&'static str] {
        // The key 0 is a key, and not the wish for the next one.
        &[
            "SET SESSION foreign_key_checks = 0",
            "SET SESSION sql_mode = concat(@@SESSION.sql_mode, ',NO_AUTO_VALUE_ON_ZERO')",
        ]
    }

    fn after_load(&self) -> &'static [&'static str] {
        &[
            "SET SESSION foreign_key_checks = 1",
            "SET SESSION sql_mode = replace(@@SESSION.sql_mode, 'NO_AUTO_VALUE_ON_ZERO', '')",
        ]
    }

    fn strict_references(&self, _table: &str) -> Option<String> {
        None
    }

    fn empty(&self, tables: &[String]) -> (Vec<String>, Vec<String>) {
        // `TRUNCATE` is no part of a transaction.
        let mut within = vec!["SET SESSION foreign_key_checks = 0".to_owned()];
        within.extend(tables.iter().map(|table| format!("DELETE FROM {table}")));
        within.push("SET SESSION foreign_key_checks = 1".to_owned());
        (within, tables.iter().map(|table| format!("ALTER TABLE {table} AUTO_INCREMENT = 1")).collect())
    }

    fn last_key(&self) -> &'static str {
        "SELECT last_insert_id()"
    }

    fn reset_counter(&self, _table: &str, _column: &str) -> Option<String> {
        // The server counts on from the largest value itself.
        None
    }
}
