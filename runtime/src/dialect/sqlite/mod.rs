//! SQLite: quotes names and writes literals.
//!
//! SQLite can change few parts of a table in place. All other changes of a table in one migration are combined in one
//! rebuild ([`rebuild`]). A unique constraint is a unique index with its name, so that it can be added and removed without
//! a rebuild. Checks and foreign keys are named constraints of the table. Primary keys have no name.

pub(super) mod capabilities;
mod column_type;
#[cfg(feature = "sqlite")]
pub(super) mod connection;
mod conversion;
mod ddl;
#[cfg(feature = "sqlite")]
mod error;
mod expr;
mod fits;
#[cfg(feature = "sqlite")]
mod integrity;
#[cfg(feature = "sqlite")]
mod introspect;
mod lexer;
mod names;
mod rebuild;
mod render;
#[cfg(feature = "database")]
mod row_sql;
mod settings;
mod spelled;
pub(super) mod stages;
pub(super) mod transaction_control;

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Function;
use modelshift_schema::name::TableName;
use modelshift_schema::relation::Deferrable;
use modelshift_schema::table::Column;
use sea_query::{QueryBuilder, SqliteQueryBuilder};

#[cfg(feature = "database")]
use crate::dialect::own_types::OwnTypes;

use crate::plan::statement::Built;

use super::render::literal::{Value, hex};
use super::render::spelled_types::Words;
use super::{Dialect, Spelling, Unsupported, spelled_type, standard_deferrable};

pub(super) use self::render::render;

/// Writes SQL for SQLite.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sqlite;

impl Spelling for Sqlite {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn build(&self, statement: &Built) -> String {
        statement.text(SqliteQueryBuilder)
    }

    fn identifier(&self, name: &str) -> Result<String, Unsupported> {
        if name.is_empty() || name.contains('\0') {
            let what = format!("sqlite: {name:?} cannot be a name");
            return Err(Unsupported::new(what, "give a name that is not empty and has no NUL character"));
        }
        Ok(format!("\"{}\"", name.replace('"', "\"\"")))
    }

    fn table(&self, name: &TableName) -> Result<String, Unsupported> {
        // A schema is refused.
        self.identifier(name.as_str())
    }

    fn read_column(&self, name: &str) -> Result<String, Unsupported> {
        // SQLite reads an unknown name between double quotes as text, but not between backticks.
        self.identifier(name).map(|_| format!("`{}`", name.replace('`', "``")))
    }

    fn literal(&self, value: &Value<'_>) -> Result<String, Unsupported> {
        Ok(match value {
            Value::Bool(flag) => u8::from(*flag).to_string(),
            Value::Number(digits) => digits.clone(),
            Value::Decimal(text) | Value::Canonical(text) => quoted(text),
            Value::Text(text) => quoted(text),
            // As sqlx writes a timestamp, so that texts compare as timestamps do.
            Value::Timestamp(text) => quoted(&format!("{}+00:00", text.replacen(' ', "T", 1))),
            Value::Bytes(bytes) => format!("X'{}'", hex(bytes)),
            Value::Uuid(bytes) => format!("X'{}'", hex(bytes)),
        })
    }

    fn column_type(&self, holds: &ColumnType) -> Result<String, Unsupported> {
        column_type::column_type(holds)
    }

    fn fits(&self, value: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
        fits::fits(value, from, to)
    }

    fn spelled<'c>(&self, column: &'c Column) -> Option<&'c str> {
        spelled_type(Dialect::Sqlite, column)
    }

    fn known_type(&self, _words: &Words) -> Option<ColumnType> {
        None
    }

    fn assigns(&self, _from: &ColumnType, _to: &ColumnType) -> bool {
        true
    }

    fn fits_unknown(&self, value: &str, old: &Column, new: &Column) -> Result<Option<String>, Unsupported> {
        spelled::fits_declared(value, old, new)
    }

    fn operand(&self, quoted: String, holds: &ColumnType) -> String {
        expr::operand(quoted, holds)
    }

    fn pattern(&self, pattern: &str) -> Result<String, Unsupported> {
        Ok(expr::pattern(pattern))
    }

    fn volatile(&self, function: Function, holds: &ColumnType) -> Option<String> {
        expr::volatile(function, holds)
    }

    fn length_function(&self) -> &'static str {
        "LENGTH"
    }

    fn integer_division(&self) -> &'static str {
        "/"
    }

    fn computed(&self, value: String, holds: &ColumnType) -> String {
        expr::computed(value, holds)
    }

    fn expression(&self, expr: &sea_query::Expr) -> String {
        let mut text = String::new();
        SqliteQueryBuilder.prepare_expr(expr, &mut text);
        text
    }

    #[cfg(feature = "database")]
    fn own_types(&self) -> OwnTypes {
        OwnTypes {
            position: "INTEGER PRIMARY KEY AUTOINCREMENT",
            name: "TEXT",
            text: "TEXT",
            number: "INTEGER",
            now: "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')",
            who: "NULL",
            lines: Some(("group_concat(", ", char(10))")),
            has_table: ("(SELECT count(*) FROM sqlite_schema WHERE name = ", ")"),
        }
    }

    fn deferrable(&self, _rule: &str, when: Deferrable) -> Result<&'static str, Unsupported> {
        Ok(standard_deferrable(when))
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
