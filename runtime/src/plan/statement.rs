//! One text for a database, and why it is sent.

use std::fmt;

/// One text for a database, and why it is sent.
///
/// The text holds no placeholders and is complete, with every value written into it: it must be sent as it is (sqlx:
/// `raw_sql`), since a `?` or a `$1` in it is a character of some name or value. What a migration gives as `RunSql` is
/// one statement here, though its text may hold several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The text, without a semicolon at the end.
    pub sql: String,
    /// What it serves, as an operation describes itself, such as "adds field `rating` to `Author`".
    pub why: String,
}

impl Statement {
    /// Joins a text and its reason.
    pub fn new(sql: impl Into<String>, why: impl Into<String>) -> Self {
        Self { sql: sql.into(), why: why.into() }
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};", self.sql)
    }
}
