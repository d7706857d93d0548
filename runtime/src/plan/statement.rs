//! A statement, its reason, and what wrote it.

use std::fmt;

pub use super::form::{Built, Form, RawReason};

/// A statement, and its reason.
///
/// The text is complete and has no placeholders: it must be sent unchanged (sqlx: `raw_sql`), since a `?` or a `$1` is part
/// of a name or a value. A text of a `RunSql` is one statement here, although it may contain several.
///
/// Two statements are equal if their texts and reasons are.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Statement {
    /// The text, without a semicolon at the end. If sea-query wrote the statement, exactly what it built.
    pub sql: String,
    /// The description of its operation, such as "adds field `rating` to `Author`".
    pub why: String,
    written: Shown,
}

/// How a text is shown, and what wrote it.
#[derive(Clone, Debug)]
struct Shown {
    /// The text with line breaks; `None` if it is shown as it is.
    lines: Option<String>,
    form: Form,
}

/// A text of SQL without its reason.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    sql: String,
    shown: Shown,
}

impl Written {
    /// Creates a text that is not built by sea-query.
    pub(crate) fn raw(reason: RawReason, sql: impl Into<String>) -> Self {
        Self { sql: sql.into(), shown: Shown { lines: None, form: Form::Raw(reason) } }
    }

    /// Creates a text that sea-query has built, and the same text with line breaks.
    pub(crate) fn built(form: Form, sql: String, lines: Option<String>) -> Self {
        Self { sql, shown: Shown { lines, form } }
    }

    /// Returns the text.
    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    /// Adds the reason.
    pub(crate) fn because(self, why: impl Into<String>) -> Statement {
        Statement { sql: self.sql, why: why.into(), written: self.shown }
    }
}

impl Statement {
    /// Creates a statement that is not built by sea-query.
    pub(crate) fn raw(reason: RawReason, sql: impl Into<String>, why: impl Into<String>) -> Self {
        Written::raw(reason, sql).because(why)
    }

    /// Returns the statement of sea-query, or why there is none.
    pub fn form(&self) -> &Form {
        &self.written.form
    }

    /// Returns the text for people: with line breaks between the parts of a table, and otherwise unchanged.
    pub fn shown(&self) -> &str {
        self.written.lines.as_deref().unwrap_or(&self.sql)
    }
}

impl PartialEq for Statement {
    fn eq(&self, other: &Self) -> bool {
        (&self.sql, &self.why) == (&other.sql, &other.why)
    }
}

impl Eq for Statement {}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{};", self.shown())
    }
}
