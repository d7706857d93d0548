//! The rule that no two rows conflict: PostgreSQL's exclusion constraints.

use serde::{Deserialize, Serialize};

use crate::model::expr::Expr;
use crate::model::index::{IndexMethod, IndexPart};
use crate::model::relation::Deferrable;
use crate::name::{FieldName, ObjectName};

/// What is compared, and the operator that detects a conflict.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExclusionPart {
    /// What is compared.
    pub part: IndexPart,
    /// The operator, such as `=` or `&&`.
    pub operator: String,
}

impl ExclusionPart {
    /// Returns whether a text can be an operator of PostgreSQL.
    pub fn is_operator(text: &str) -> bool {
        !text.is_empty()
            && text.len() < 64
            && text.chars().all(|it| "+-*/<>=~!@#%^&|`?".contains(it))
            && !text.contains("--")
            && !text.contains("/*")
    }
}

/// The rule that no two rows (of those that the condition names) agree in all parts by their operators.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExclusionRule {
    /// The name in the database; none where the source leaves it to us. In a state it is always there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ObjectName>,
    /// What is compared; not empty.
    pub parts: Vec<ExclusionPart>,
    /// How the index of the rule is arranged.
    pub method: IndexMethod,
    /// The rows that the rule is about; all of them when there is no condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Expr>,
    /// Whether a transaction may defer the check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deferrable: Option<Deferrable>,
}

impl ExclusionRule {
    /// Creates a rule over all rows, without a name.
    pub fn new(parts: Vec<ExclusionPart>) -> Self {
        Self { name: None, parts, method: IndexMethod::Gist, when: None, deferrable: None }
    }

    pub(super) fn rename_field(&mut self, before: &FieldName, after: &FieldName) {
        self.parts.iter_mut().for_each(|it| it.part.rename_field(before, after));
        self.when = self.when.as_ref().map(|when| when.renamed(before.as_str(), after.as_str()));
    }
}
