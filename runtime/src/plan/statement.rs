//! A statement, and its reason.

use std::fmt;

/// A statement, and its reason.
///
/// The text is complete and has no placeholders: it must be sent unchanged (sqlx: `raw_sql`), since a `?` or a `$1` is part
/// of a name or a value. A text of a `RunSql` is one statement here, although it may contain several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The text, without a semicolon at the end.
    pub sql: String,
    /// The description of its operation, such as "adds field `rating` to `Author`".
    pub why: String,
}

impl Statement {
    /// Creates a statement.
    pub fn new(sql: impl Into<String>, why: impl Into<String>) -> Self {
        Self { sql: sql.into(), why: why.into() }
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};", self.sql)
    }
}
