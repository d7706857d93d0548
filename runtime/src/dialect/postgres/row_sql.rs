//! Rows of any table, read as text and written.

use modelshift_schema::column_type::ColumnType;

use super::{Postgres, quoted};
use crate::dialect::row_sql::RowSql;

impl RowSql for Postgres {
    fn text_of(&self, column: &str, holds: &ColumnType) -> String {
        if matches!(holds, ColumnType::Bytes | ColumnType::Varbinary { .. }) {
            format!("encode({column}, 'hex')")
        } else {
            format!("{column}::text")
        }
    }

    fn before_values(&self) -> &'static str {
        // Values of identities that are always generated are those of the fixture.
        " OVERRIDING SYSTEM VALUE"
    }

    fn or_replace(&self, key: &[String], others: &[String]) -> Option<String> {
        if others.is_empty() {
            return Some(format!(" ON CONFLICT ({}) DO NOTHING", key.join(", ")));
        }
        let set: Vec<String> = others.iter().map(|name| format!("{name} = excluded.{name}")).collect();
        Some(format!(" ON CONFLICT ({}) DO UPDATE SET {}", key.join(", "), set.join(", ")))
    }

    fn before_load(&self) -> &'static [&'static str] {
        &["SET CONSTRAINTS ALL DEFERRED"]
    }

    fn after_load(&self) -> &'static [&'static str] {
        &["SET CONSTRAINTS ALL IMMEDIATE"]
    }

    fn strict_references(&self, table: &str) -> Option<String> {
        // Only the owner of a table may put its checks off; for others the rows must come in their order.
        Some(format!(
            "SELECT format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY DEFERRED', conrelid::regclass, \
             conname) AS off, format('ALTER TABLE %s ALTER CONSTRAINT %I NOT DEFERRABLE', conrelid::regclass, conname) \
             AS back FROM pg_constraint JOIN pg_class ON pg_class.oid = conrelid WHERE conrelid = to_regclass({}) AND \
             contype = 'f' AND NOT condeferrable AND conparentid = 0 AND pg_has_role(relowner, 'USAGE') ORDER BY conname",
            quoted(table)
        ))
    }

    fn empty(&self, tables: &[String]) -> (Vec<String>, Vec<String>) {
        // Tables of others that refer to these stop it, since their rows would be removed too.
        (vec![format!("TRUNCATE {} RESTART IDENTITY", tables.join(", "))], Vec::new())
    }

    fn last_key(&self) -> &'static str {
        "SELECT lastval()"
    }

    fn reset_counter(&self, table: &str, column: &str) -> Option<String> {
        // The number only grows, so that no key of a row that is gone is used again.
        Some(format!(
            "SELECT setval(counter, largest) FROM (SELECT pg_get_serial_sequence({}, {}) AS counter, (SELECT \
             max({column}) FROM {table}) AS largest) AS found WHERE counter IS NOT NULL AND largest > \
             coalesce(pg_sequence_last_value(counter::regclass), 0)",
            quoted(table),
            quoted(&column.trim_matches('"').replace("\"\"", "\"")),
        ))
    }
}
