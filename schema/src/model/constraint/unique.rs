//! The rule that no two rows have the same values.

use serde::{Deserialize, Serialize};

use crate::model::expr::Expr;
use crate::model::index::IndexPart;
use crate::model::relation::Deferrable;
use crate::name::{FieldName, ObjectName};

/// The rule that no two rows (that match the condition) have the same values.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct UniqueRule {
    /// The name in the database; none where the source leaves it to us. In a state it is always there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ObjectName>,
    /// The fields that are unique together; empty where the rule is over expressions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldName>,
    /// The expressions that are unique together; empty where the rule is over plain fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<IndexPart>,
    /// The rows that the rule is about; all of them when there is no condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Expr>,
    /// Further fields whose values the index of the rule contains.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub include: Vec<FieldName>,
    /// True if NULL is equal to NULL, so that one row may have it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nulls_not_distinct: bool,
    /// Whether a transaction may defer the check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
}

impl UniqueRule {
    /// Creates a rule over plain fields of all rows, without a name.
    pub fn over(fields: Vec<FieldName>) -> Self {
        Self {
            name: None,
            fields,
            parts: Vec::new(),
            when: None,
            include: Vec::new(),
            nulls_not_distinct: false,
            deferrable: None,
        }
    }

    /// Creates a rule over expressions; where they are all plain fields, it is one over fields.
    pub fn over_parts(parts: Vec<IndexPart>) -> Self {
        let plain = |part: &IndexPart| {
            let Expr::Name(name) = &part.value else { return None };
            (*part == IndexPart::ascending(part.value.clone())).then(|| FieldName::new(name))
        };
        match parts.iter().map(plain).collect() {
            Some(fields) => Self::over(fields),
            None => Self { parts, ..Self::over(Vec::new()) },
        }
    }

    /// Returns whether the database keeps the rule as an index and no constraint, since it is over expressions or some
    /// rows only.
    pub fn is_index(&self) -> bool {
        self.when.is_some() || !self.parts.is_empty()
    }

    /// Returns the parts of the rule, as parts of an index.
    pub fn index_parts(&self) -> Vec<IndexPart> {
        let plain = self.fields.iter().map(|field| IndexPart::ascending(Expr::name(field.as_str())));
        plain.chain(self.parts.iter().cloned()).collect()
    }

    pub(super) fn rename_field(&mut self, before: &FieldName, after: &FieldName) {
        let lists = self.fields.iter_mut().chain(&mut self.include);
        lists.filter(|field| *field == before).for_each(|field| *field = after.clone());
        self.parts.iter_mut().for_each(|part| part.rename_field(before, after));
        self.when = self.when.as_ref().map(|when| when.renamed(before.as_str(), after.as_str()));
    }
}
