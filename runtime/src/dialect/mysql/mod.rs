//! MySQL and MariaDB: quotes names and writes literals, which no `sql_mode` affects.

pub(super) mod capabilities;
mod column_type;
mod comment;
#[cfg(feature = "mysql")]
pub(super) mod connection;
mod conversion;
pub(super) mod ddl;
pub(super) mod early;
#[cfg(feature = "mysql")]
mod error;
mod expr;
mod fits;
#[cfg(feature = "mysql")]
mod introspect;
mod keys;
mod labels;
mod names;
mod row;
#[cfg(feature = "database")]
mod row_sql;
pub(super) mod settings;
mod spelled;
pub(super) mod transaction_control;

#[cfg(feature = "database")]
use crate::dialect::own_types::OwnTypes;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Function;
use modelshift_schema::name::TableName;
use modelshift_schema::naming::shortened;
use modelshift_schema::relation::Deferrable;
use modelshift_schema::table::Column;
use sea_query::{MysqlQueryBuilder, QueryBuilder};

use crate::plan::statement::Built;

use super::render::literal::{Value, hex};
use super::render::spelled_types::Words;
use super::{Capabilities, Dialect, Spelling, Unsupported, spelled_type};

/// The most characters of a name.
const MAX_NAME_CHARACTERS: usize = 64;

/// Writes SQL for MySQL and MariaDB.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mysql<'a> {
    /// The features of the server.
    pub(super) capabilities: &'a Capabilities,
}

impl Spelling for Mysql<'_> {
    fn dialect(&self) -> Dialect {
        Dialect::Mysql
    }

    fn build(&self, statement: &Built) -> String {
        statement.text(MysqlQueryBuilder)
    }

    fn identifier(&self, name: &str) -> Result<String, Unsupported> {
        let fault = if name.is_empty() || name.contains('\0') {
            Some("is empty or has a NUL character")
        } else if name.ends_with(' ') {
            Some("ends with a space")
        } else if name.chars().any(|it| it > '\u{FFFF}') {
            Some("has a character beyond U+FFFF, such as an emoji")
        } else if name.chars().count() > MAX_NAME_CHARACTERS {
            Some("has more than 64 characters")
        } else {
            None
        };
        if let Some(fault) = fault {
            let what = format!("mysql: the name {name:?} {fault}");
            let mut remedy = "give another one with `table`, `column` or `name`".to_owned();
            if name.chars().count() > MAX_NAME_CHARACTERS {
                remedy = format!("{remedy}, such as `\"{}\"`", shortened(name));
            }
            return Err(Unsupported::new(what, remedy));
        }
        Ok(format!("`{}`", name.replace('`', "``")))
    }

    fn table(&self, name: &TableName) -> Result<String, Unsupported> {
        // A schema is refused.
        self.identifier(name.as_str())
    }

    fn read_column(&self, name: &str) -> Result<String, Unsupported> {
        self.identifier(name)
    }

    fn literal(&self, value: &Value<'_>) -> Result<String, Unsupported> {
        Ok(match value {
            Value::Bool(flag) => if *flag { "TRUE" } else { "FALSE" }.to_owned(),
            Value::Number(digits) | Value::Decimal(digits) => digits.clone(),
            Value::Canonical(text) | Value::Timestamp(text) => quoted(text),
            Value::Text(text) => quoted(text),
            Value::Bytes(bytes) => format!("X'{}'", hex(bytes)),
            Value::Uuid(bytes) => format!("X'{}'", hex(bytes)),
        })
    }

    fn column_type(&self, holds: &ColumnType) -> Result<String, Unsupported> {
        column_type::column_type(*self, holds)
    }

    fn fits(&self, value: &str, from: &ColumnType, to: &ColumnType) -> Option<String> {
        fits::fits(self.capabilities, value, from, to)
    }

    fn spelled<'c>(&self, column: &'c Column) -> Option<&'c str> {
        spelled_type(Dialect::Mysql, column)
    }

    fn known_type(&self, words: &Words) -> Option<ColumnType> {
        spelled::known_type(words)
    }

    fn assigns(&self, from: &ColumnType, to: &ColumnType) -> bool {
        spelled::assigns(from, to)
    }

    fn fits_unknown(
        &self,
        _value: &str,
        _old: &Column,
        _new: &Column,
    ) -> Result<Option<String>, Unsupported> {
        // No query can convert a value to any type and back, so that only NULL is known to be kept.
        Ok(Some("FALSE".to_owned()))
    }

    fn operand(&self, quoted: String, _holds: &ColumnType) -> String {
        quoted
    }

    fn pattern(&self, pattern: &str) -> Result<String, Unsupported> {
        expr::pattern(pattern)
    }

    fn volatile(&self, function: Function, holds: &ColumnType) -> Option<String> {
        expr::volatile(function, holds)
    }

    fn length_function(&self) -> &'static str {
        "CHAR_LENGTH"
    }

    fn integer_division(&self) -> &'static str {
        "DIV"
    }

    fn computed(&self, value: String, _holds: &ColumnType) -> String {
        value
    }

    fn expression(&self, expr: &sea_query::Expr) -> String {
        let mut text = String::new();
        MysqlQueryBuilder.prepare_expr(expr, &mut text);
        text
    }

    #[cfg(feature = "database")]
    fn own_types(&self) -> OwnTypes {
        OwnTypes {
            position: "bigint NOT NULL AUTO_INCREMENT PRIMARY KEY",
            name: "varchar(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            text: "longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
            number: "bigint",
            now: "DATE_FORMAT(UTC_TIMESTAMP(), '%Y-%m-%dT%H:%i:%sZ')",
            who: "user()",
            lines: None,
            has_table: (
                "(SELECT count(*) FROM information_schema.tables WHERE table_schema = database() AND table_name = ",
                ")",
            ),
        }
    }

    fn deferrable(&self, rule: &str, _when: Deferrable) -> Result<&'static str, Unsupported> {
        let what = format!("mysql checks each row at once and cannot defer the check (`{rule}`)");
        Err(Unsupported::new(what, "leave `deferrable` out"))
    }
}

/// Quotes text. A setting (`NO_BACKSLASH_ESCAPES`) decides whether a backslash is an escape character, so that text with
/// one is written as bytes.
///
/// The shorter `_utf8mb4 X'…'` does not work: MariaDB stores it in a check as text without escapes, and reads that text
/// again at the next ALTER TABLE.
fn quoted(text: &str) -> String {
    if is_written_as_bytes(text) {
        format!("CONVERT(X'{}' USING utf8mb4)", hex(text.as_bytes()))
    } else {
        format!("'{}'", text.replace('\'', "''"))
    }
}

/// Returns whether text is written as a function call and not as a constant.
fn is_written_as_bytes(text: &str) -> bool {
    text.contains('\\')
}
