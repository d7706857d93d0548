//! Indexes over several fields, over expressions, or over some rows only.

use serde::{Deserialize, Serialize};

use crate::expr::Expr;
use crate::name::{FieldName, ObjectName};

/// One part of an index: a field or an expression, and its order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct IndexPart {
    /// What is indexed; a plain field is an [`Expr::Name`].
    pub value: Expr,
    /// True for descending order.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub descending: bool,
}

impl IndexPart {
    /// Makes an ascending part.
    pub fn ascending(value: Expr) -> Self {
        Self { value, descending: false }
    }

    /// Makes a descending part.
    pub fn descending(value: Expr) -> Self {
        Self { value, descending: true }
    }
}

/// An index of a model.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Index {
    /// The name in the database; none where the source leaves it to us. In a state it is always there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ObjectName>,
    /// What is indexed, in order; not empty.
    pub parts: Vec<IndexPart>,
    /// The rows that are indexed; all of them when there is no condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Expr>,
}

impl Index {
    /// Gives the names of the fields that the index is about, in order of first appearance.
    pub fn field_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        let parts = self.parts.iter().flat_map(|part| part.value.names());
        for name in parts.chain(self.when.iter().flat_map(Expr::names)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Follows the renaming of a field.
    pub fn rename_field(&mut self, before: &FieldName, after: &FieldName) {
        let renamed = |expr: &Expr| expr.renamed(before.as_str(), after.as_str());
        for part in &mut self.parts {
            part.value = renamed(&part.value);
        }
        self.when = self.when.as_ref().map(renamed);
    }

    /// Tells whether the other is the same index under whatever name.
    pub fn has_content_of(&self, other: &Self) -> bool {
        self.parts == other.parts && self.when == other.when
    }
}
