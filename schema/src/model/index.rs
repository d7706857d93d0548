//! Indexes over several fields, over expressions, or over some rows only.

use serde::{Deserialize, Serialize};

use crate::model::expr::Expr;
use crate::name::{FieldName, ObjectName};

/// One part of an index: a field or an expression, and its order.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct IndexPart {
    /// The indexed value; a plain field is an [`Expr::Name`].
    pub value: Expr,
    /// True for descending order.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub descending: bool,
    /// Where NULL stands, where it is not where the order puts it: last in ascending order, first in descending.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nulls: Option<Nulls>,
    /// How PostgreSQL compares the values, such as `varchar_pattern_ops`; none for the usual way of their type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator_class: Option<String>,
}

impl IndexPart {
    /// Creates an ascending part.
    pub fn ascending(value: Expr) -> Self {
        Self { value, descending: false, nulls: None, operator_class: None }
    }

    /// Creates a descending part.
    pub fn descending(value: Expr) -> Self {
        Self { descending: true, ..Self::ascending(value) }
    }

    /// Returns whether the part is a field or a column and nothing more, in whatever order.
    pub fn is_plain(&self) -> bool {
        matches!(self.value, Expr::Name(_)) && self.operator_class.is_none() && self.nulls.is_none()
    }

    pub(crate) fn rename_field(&mut self, before: &FieldName, after: &FieldName) {
        self.value = self.value.renamed(before.as_str(), after.as_str());
    }
}

/// The place of NULL among the values of an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Nulls {
    /// Before all values.
    First,
    /// Behind all values.
    Last,
}

impl Nulls {
    /// Every place, in the order of the enum.
    pub const ALL: [Self; 2] = [Self::First, Self::Last];

    /// Returns the spelling in source, such as `nulls_first`.
    pub fn name(self) -> &'static str {
        match self {
            Self::First => "nulls_first",
            Self::Last => "nulls_last",
        }
    }
}

/// How PostgreSQL arranges an index, where it is not a B-tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IndexMethod {
    /// Ranges of blocks; small, for values that lie in the order of the rows.
    Brin,
    /// Many keys of one value; for documents, arrays, and searches in text.
    Gin,
    /// Shapes, ranges and likeness.
    Gist,
    /// Equality only, for one field.
    Hash,
    /// Values that divide space.
    Spgist,
}

impl IndexMethod {
    /// Every method, in the order of the enum.
    pub const ALL: [Self; 5] = [Self::Brin, Self::Gin, Self::Gist, Self::Hash, Self::Spgist];

    /// Returns the name, in source as in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Brin => "brin",
            Self::Gin => "gin",
            Self::Gist => "gist",
            Self::Hash => "hash",
            Self::Spgist => "spgist",
        }
    }

    /// Returns whether an index of this kind can contain fields that it is not searched by.
    pub fn can_include(self) -> bool {
        match self {
            Self::Gist | Self::Spgist => true,
            Self::Brin | Self::Gin | Self::Hash => false,
        }
    }

    /// Returns whether an index of this kind can be over several parts.
    pub fn can_have_parts(self) -> bool {
        match self {
            Self::Brin | Self::Gin | Self::Gist => true,
            Self::Hash | Self::Spgist => false,
        }
    }
}

/// An index of a model.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Index {
    /// The name in the database; none where the source leaves it to us. In a state it is always there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ObjectName>,
    /// The indexed parts, in order; not empty.
    pub parts: Vec<IndexPart>,
    /// The rows that are indexed; all of them when there is no condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Expr>,
    /// Fields whose values the index contains without being searched by them, so that the table need not be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<FieldName>,
    /// How it is arranged; none for a B-tree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<IndexMethod>,
}

impl Index {
    /// Creates an index over all rows, without a name.
    pub fn new(parts: Vec<IndexPart>) -> Self {
        Self { name: None, parts, when: None, include: Vec::new(), method: None }
    }

    /// Returns the expressions that the index consists of.
    pub fn expressions(&self) -> impl Iterator<Item = &Expr> {
        self.parts.iter().map(|part| &part.value).chain(&self.when)
    }

    /// Returns the expressions that the index consists of, to be changed.
    pub fn expressions_mut(&mut self) -> impl Iterator<Item = &mut Expr> {
        self.parts.iter_mut().map(|part| &mut part.value).chain(&mut self.when)
    }

    /// Returns the names of the fields that the index is about, in order of first appearance.
    pub fn field_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        let parts = self.parts.iter().flat_map(|part| part.value.names());
        let included = self.include.iter().map(FieldName::as_str);
        for name in parts.chain(self.when.iter().flat_map(Expr::names)).chain(included) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Follows the renaming of a field.
    pub fn rename_field(&mut self, before: &FieldName, after: &FieldName) {
        self.parts.iter_mut().for_each(|part| part.rename_field(before, after));
        self.when = self.when.as_ref().map(|when| when.renamed(before.as_str(), after.as_str()));
        self.include.iter_mut().filter(|field| *field == before).for_each(|field| *field = after.clone());
    }

    /// Returns whether the other is the same index under whatever name.
    pub fn has_content_of(&self, other: &Self) -> bool {
        self.parts == other.parts
            && self.when == other.when
            && self.include == other.include
            && self.method == other.method
    }
}
