//! PostgreSQL: quotes names and writes literals, which no setting of the session affects.

pub(super) mod capabilities;
mod column_type;
pub(super) mod concurrent;
#[cfg(feature = "postgres")]
pub(super) mod connection;
mod conversion;
pub(super) mod ddl;
#[cfg(feature = "postgres")]
mod error;
mod expr;
mod fits;
mod index;
#[cfg(feature = "postgres")]
mod introspect;
mod names;
mod native;
mod objects;
#[cfg(feature = "database")]
mod row_sql;
mod rows;
pub(super) mod settings;
mod spelled;
pub(super) mod transaction_control;

use modelshift_schema::canonical;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Function;
use modelshift_schema::name::TableName;
use modelshift_schema::naming::{MAX_NAME_BYTES, shortened};
use modelshift_schema::relation::Deferrable;
use modelshift_schema::table::{Column, Table};
use sea_query::{PostgresQueryBuilder, QueryBuilder};

#[cfg(feature = "database")]
use crate::dialect::own_types::OwnTypes;

use crate::plan::statement::Built;

use super::render::literal::{Value, hex};
use super::render::spelled_types::Words;
use super::render::table_parts::Parts;
use super::{Dialect, Spelling, Unsupported, spelled_type, standard_deferrable};

/// Writes SQL for PostgreSQL.
#[derive(Clone, Copy, Debug)]
pub(super) struct Postgres;

impl Spelling for Postgres {
    fn dialect(&self) -> Dialect {
        Dialect::Postgres
    }

    fn build(&self, statement: &Built) -> String {
        statement.text(PostgresQueryBuilder)
    }

    fn identifier(&self, name: &str) -> Result<String, Unsupported> {
        if name.is_empty() || name.contains('\0') {
            let what = format!("postgres: {name:?} cannot be a name");
            return Err(Unsupported::new(what, "give a name that is not empty and has no NUL character"));
        }
        // The server truncates longer names with a notice only, and two names could become equal.
        if name.len() > MAX_NAME_BYTES {
            let what = format!("postgres: the name `{name}` has more than {MAX_NAME_BYTES} bytes");
            let shorter = shortened(name);
            let remedy =
                format!("write a shorter one, such as `\"{shorter}\"`, with `table`, `column` or `name`");
            return Err(Unsupported::new(what, remedy));
        }
        Ok(format!("\"{}\"", name.replace('"', "\"\"")))
    }

    fn table(&self, name: &TableName) -> Result<String, Unsupported> {
        names::qualified(name.schema(), name.as_str())
    }

    fn read_column(&self, name: &str) -> Result<String, Unsupported> {
        self.identifier(name)
    }

    fn literal(&self, value: &Value<'_>) -> Result<String, Unsupported> {
        Ok(match value {
            Value::Bool(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
            Value::Number(digits) | Value::Decimal(digits) => digits.clone(),
            Value::Canonical(text) => quoted(text),
            Value::Text(text) => quoted(text),
            Value::Timestamp(text) => quoted(&format!("{text}+00:00")),
            Value::Bytes(bytes) => format!("decode('{}', 'hex')", hex(bytes)),
            Value::Uuid(bytes) => quoted(&canonical::hyphenated(*bytes)),
        })
    }

    fn column_type(&self, holds: &ColumnType) -> Result<String, Unsupported> {
        column_type::column_type(holds)
    }

    fn fits(&self, value: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
        fits::fits(value, from, to)
    }

    fn spelled<'c>(&self, column: &'c Column) -> Option<&'c str> {
        spelled_type(Dialect::Postgres, column)
    }

    fn known_type(&self, words: &Words) -> Option<ColumnType> {
        spelled::known_type(words)
    }

    fn assigns(&self, _from: &ColumnType, _to: &ColumnType) -> bool {
        true
    }

    fn fits_unknown(&self, value: &str, old: &Column, new: &Column) -> Result<Option<String>, Unsupported> {
        ddl::fits_unknown(value, old, new)
    }

    fn operand(&self, quoted: String, _holds: &ColumnType) -> String {
        quoted
    }

    fn pattern(&self, pattern: &str) -> Result<String, Unsupported> {
        Ok(quoted(pattern))
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

    fn computed(&self, value: String, _holds: &ColumnType) -> String {
        value
    }

    fn expression(&self, expr: &sea_query::Expr) -> String {
        let mut text = String::new();
        PostgresQueryBuilder.prepare_expr(expr, &mut text);
        text
    }

    #[cfg(feature = "database")]
    fn own_types(&self) -> OwnTypes {
        OwnTypes {
            position: "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY",
            name: "text",
            text: "text",
            number: "bigint",
            now: "to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')",
            who: "session_user || coalesce('@' || host(inet_client_addr()), '')",
            lines: Some(("string_agg(", ", chr(10))")),
            has_table: ("(to_regclass(", ") IS NOT NULL)::int"),
        }
    }

    fn deferrable(&self, _rule: &str, when: Deferrable) -> Result<&'static str, Unsupported> {
        Ok(standard_deferrable(when))
    }
}

/// Returns a writer for the parts of a table.
fn parts(table: &Table) -> Parts<'_> {
    Parts::new(&Postgres, table)
}

/// Quotes text. A setting decides whether a backslash is an escape character, so that text with one is written as `E'…'`.
fn quoted(text: &str) -> String {
    let text = text.replace('\'', "''");
    if text.contains('\\') { format!("E'{}'", text.replace('\\', "\\\\")) } else { format!("'{text}'") }
}
