//! The schema of a live database, as the database reports it.
//!
//! Types, defaults and conditions are texts of the database, so that the schemas of two databases of one dialect can be
//! compared exactly.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The schema of a live database, without modelshift's own tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveSchema {
    /// The tables by name.
    pub tables: BTreeMap<String, LiveTable>,
    /// All other objects, such as `view recent_posts` or `trigger post_log`, with their SQL.
    pub others: BTreeMap<String, String>,
}

#[cfg(feature = "postgres")]
impl LiveSchema {
    /// Returns the schema of a new database as if its tables in one schema were in another, which stands in texts as it is
    /// `spelled`.
    pub(crate) fn with_schema(self, scratch: &str, spelled: &str, name: &str) -> Self {
        let scratch = format!("{scratch}.");
        let [in_text, in_name] = [spelled, name].map(|real| format!("{real}."));
        let text = |text: String| text.replace(&scratch, &in_text);
        let tables = self
            .tables
            .into_iter()
            .map(|(table, it)| (table.replace(&scratch, &in_name), it.map_texts(&text)));
        let others = self.others.into_iter().map(|(object, it)| (object, text(it)));
        Self { tables: tables.collect(), others: others.collect() }
    }
}

#[cfg(feature = "postgres")]
impl LiveTable {
    /// Returns the table with other types, expressions and targets.
    fn map_texts(self, text: &impl Fn(String) -> String) -> Self {
        let columns = self.columns.into_iter().map(|(name, it)| {
            let column = LiveColumn {
                declared: text(it.declared),
                null: it.null,
                default: it.default.map(text),
                generated: it.generated.map(text),
            };
            (name, column)
        });
        let indexes = self.indexes.into_iter().map(|(name, it)| {
            let parts = it.parts.into_iter().map(text).collect();
            (name, LiveIndex { unique: it.unique, parts, when: it.when.map(text) })
        });
        Self {
            columns: columns.collect(),
            indexes: indexes.collect(),
            checks: self.checks.into_iter().map(|(name, it)| (name, text(it))).collect(),
            references: self
                .references
                .into_iter()
                .map(|it| LiveReference { target: text(it.target), ..it })
                .collect(),
            primary_key: self.primary_key,
            automatic: self.automatic,
            options: self.options,
        }
    }
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveTable {
    /// The columns by name.
    pub columns: BTreeMap<String, LiveColumn>,
    /// The columns of the primary key, in order.
    pub primary_key: Vec<String>,
    /// True if the database generates keys.
    pub automatic: bool,
    /// The indexes by name, including unique ones; a unique constraint without a name is listed by its columns.
    pub indexes: BTreeMap<String, LiveIndex>,
    /// The checks by name; a check without a name is listed by its text.
    pub checks: BTreeMap<String, String>,
    /// The references to other tables.
    pub references: BTreeSet<LiveReference>,
    /// The options of the table, such as `strict`.
    pub options: String,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveColumn {
    /// The type as it is declared, in lower case.
    pub declared: String,
    /// True if NULL is allowed.
    pub null: bool,
    /// The default.
    pub default: Option<String>,
    /// The expression of a generated column, and whether it is stored.
    pub generated: Option<String>,
}

/// Writes the definition, such as `varchar(80) not null default 0`.
impl fmt::Display for LiveColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let null = if self.null { "" } else { " not null" };
        write!(f, "{}{null}", self.declared)?;
        if let Some(default) = &self.default {
            write!(f, " default {default}")?;
        }
        self.generated.as_ref().map_or(Ok(()), |value| write!(f, " (generated, {value})"))
    }
}

/// An index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveIndex {
    /// True if the index is unique.
    pub unique: bool,
    /// The indexed columns and expressions, in order.
    pub parts: Vec<String>,
    /// The condition of the indexed rows.
    pub when: Option<String>,
}

/// Writes the definition, such as `unique (author_id, slug) where deleted_at is null`.
impl fmt::Display for LiveIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unique = if self.unique { "unique " } else { "" };
        write!(f, "{unique}({})", self.parts.join(", "))?;
        match &self.when {
            Some(when) => write!(f, " where {when}"),
            None => Ok(()),
        }
    }
}

/// A reference to another table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LiveReference {
    /// Its columns, in order.
    pub columns: Vec<String>,
    /// The referenced table.
    pub target: String,
    /// The referenced columns, in the same order.
    pub target_columns: Vec<String>,
    /// The action when the referenced row is deleted.
    pub on_delete: String,
    /// The action when the referenced key changes.
    pub on_update: String,
    /// Whether a transaction may defer the check, and then whether it is deferred at first. PostgreSQL only.
    pub deferrable: Option<bool>,
}
