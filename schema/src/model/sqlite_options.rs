//! What only SQLite knows of a table.

use serde::{Deserialize, Serialize};

/// The options of a table in SQLite; other databases have none of them.
///
/// Source: <https://sqlite.org/stricttables.html>, <https://sqlite.org/withoutrowid.html>.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SqliteOptions {
    /// True if each column holds values of its type alone (`STRICT`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub strict: bool,
    /// True if rows are kept in the order of the primary key, and have no number of their own (`WITHOUT ROWID`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_rowid: bool,
}

impl SqliteOptions {
    /// The words of the options in source, each with the options that it sets.
    pub const WORDS: [(&str, Self); 2] = [
        ("strict", Self { strict: true, without_rowid: false }),
        ("without_rowid", Self { strict: false, without_rowid: true }),
    ];

    /// Returns whether no option is set.
    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }

    /// Returns these options and others.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { strict: self.strict || other.strict, without_rowid: self.without_rowid || other.without_rowid }
    }

    /// Returns the words of the options that are set, in their order in source.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        Self::WORDS.into_iter().filter(move |(_, option)| self.and(*option) == self).map(|(word, _)| word)
    }
}
