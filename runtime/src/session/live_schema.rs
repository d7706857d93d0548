//! What a database really holds, as it tells us itself.
//!
//! Types, defaults and conditions are the database's own words, not ours: what two databases of one dialect hold can be
//! compared exactly, and nothing is lost in a translation back.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What a database really holds. The table of our own history is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveSchema {
    /// The tables by name.
    pub tables: BTreeMap<String, LiveTable>,
    /// Everything else, such as `view recent_posts` or `trigger post_log`, with its text.
    pub others: BTreeMap<String, String>,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LiveTable {
    /// The columns by name.
    pub columns: BTreeMap<String, LiveColumn>,
    /// The columns of the primary key, in order.
    pub primary_key: Vec<String>,
    /// True where the database gives out keys that it never gives out again.
    pub automatic: bool,
    /// The indexes by name, unique ones included; a unique rule without a name goes by its columns.
    pub indexes: BTreeMap<String, LiveIndex>,
    /// The checks by name; one without a name goes by its text.
    pub checks: BTreeMap<String, String>,
    /// The references to other tables.
    pub references: BTreeSet<LiveReference>,
    /// What is said of the table as a whole, such as `strict`.
    pub options: String,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveColumn {
    /// The type as it is declared, in lower case.
    pub declared: String,
    /// True where NULL is allowed.
    pub null: bool,
    /// The default.
    pub default: Option<String>,
    /// How the value is reckoned from others, where it is, and when.
    pub generated: Option<String>,
}

/// As the database would be told, such as `varchar(80) not null default 0`.
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
    /// True where no two rows may agree.
    pub unique: bool,
    /// What is indexed, in order.
    pub parts: Vec<String>,
    /// The rows that are indexed.
    pub when: Option<String>,
}

/// As the database would be told, such as `unique (author_id, slug) where deleted_at is null`.
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
    /// The table that is referred to.
    pub target: String,
    /// The columns referred to, in the same order.
    pub target_columns: Vec<String>,
    /// What happens when the row referred to is deleted.
    pub on_delete: String,
    /// What happens when the key referred to changes.
    pub on_update: String,
}
