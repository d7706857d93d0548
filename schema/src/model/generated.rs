//! Columns whose values the database generates: computed from other columns, or counted.

use serde::{Deserialize, Serialize};

use crate::model::expr::Expr;

/// How the database computes the value of a generated column.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Generated {
    /// The expression of the value; names in it are fields of a model, or columns of a table.
    pub expression: Expr,
    /// When it is computed.
    pub storage: Storage,
}

impl Generated {
    /// Creates one that is computed when a row is written.
    pub fn stored(expression: Expr) -> Self {
        Self { expression, storage: Storage::Stored }
    }

    /// Returns it with every name replaced by what `map` returns for it.
    #[must_use]
    pub fn map_names(&self, map: &impl Fn(&str) -> String) -> Self {
        Self { expression: self.expression.map_names(map), storage: self.storage }
    }

    /// Follows the renaming of a field or a column.
    pub fn rename(&mut self, before: &str, after: &str) {
        self.expression = self.expression.renamed(before, after);
    }

    /// Returns whether it may be computed from a column of that name, of a column of a table.
    pub fn names(&self, column: &str) -> bool {
        self.expression.may_read_column(column)
    }
}

/// When the value of a generated column is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Storage {
    /// When a row is written; the value is stored.
    Stored,
    /// When a row is read.
    Virtual,
}

impl Storage {
    /// Both ways.
    pub const ALL: [Self; 2] = [Self::Stored, Self::Virtual];

    /// Returns the word that SQL has for it.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Stored => "STORED",
            Self::Virtual => "VIRTUAL",
        }
    }
}

/// Whether an insert may specify a value for a column whose values the database generates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Identity {
    /// It may not.
    Always,
    /// It may, and then the database counts nothing.
    ByDefault,
    /// The database counts nothing: every insert brings a value along, also of a key that would be counted.
    Never,
}

impl Identity {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Always, Self::ByDefault, Self::Never];

    /// Returns whether the database counts the values.
    pub fn counts(self) -> bool {
        match self {
            Self::Always | Self::ByDefault => true,
            Self::Never => false,
        }
    }

    /// Returns the word in source, such as `by_default`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::ByDefault => "by_default",
            Self::Never => "none",
        }
    }
}
