//! Rules over the rows of a model: unique field sets and checks.

use serde::{Deserialize, Serialize};

use crate::expr::Expr;
use crate::name::{FieldName, ObjectName};

/// A rule over the rows of a model.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Constraint {
    /// No two rows (of those that the condition names) hold the same values.
    Unique {
        /// The name in the database; none where the source leaves it to us. In a state it is always there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<ObjectName>,
        /// The fields that are unique together; not empty.
        fields: Vec<FieldName>,
        /// The rows that the rule is about; all of them when there is no condition.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        when: Option<Expr>,
    },
    /// Every row fulfils the condition.
    Check {
        /// The name in the database; none where the source leaves it to us. In a state it is always there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<ObjectName>,
        /// What must hold.
        condition: Expr,
    },
}

impl Constraint {
    /// Gives the name, where there is one.
    pub fn name(&self) -> Option<&ObjectName> {
        match self {
            Self::Unique { name, .. } | Self::Check { name, .. } => name.as_ref(),
        }
    }

    /// Sets the name.
    pub fn set_name(&mut self, to: ObjectName) {
        match self {
            Self::Unique { name, .. } | Self::Check { name, .. } => *name = Some(to),
        }
    }

    /// Takes the name away.
    pub fn clear_name(&mut self) {
        match self {
            Self::Unique { name, .. } | Self::Check { name, .. } => *name = None,
        }
    }

    /// Tells whether the other is the same constraint under whatever name.
    pub fn has_content_of(&self, other: &Self) -> bool {
        let nameless = |constraint: &Self| {
            let mut constraint = constraint.clone();
            constraint.clear_name();
            constraint
        };
        nameless(self) == nameless(other)
    }

    /// Gives the names of the fields that the rule is about, in order of first appearance.
    pub fn field_names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        let (fields, condition) = match self {
            Self::Unique { fields, when, .. } => (fields.as_slice(), when.as_ref()),
            Self::Check { condition, .. } => (&[] as &[FieldName], Some(condition)),
        };
        let conditions = condition.map(Expr::names).unwrap_or_default();
        for name in fields.iter().map(FieldName::as_str).chain(conditions) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Gives the fields by whose values it holds all rows apart; none where it does not.
    pub fn held_apart(&self) -> &[FieldName] {
        match self {
            Self::Unique { fields, when: None, .. } => fields,
            Self::Unique { .. } | Self::Check { .. } => &[],
        }
    }

    /// Follows the renaming of a field.
    pub fn rename_field(&mut self, before: &FieldName, after: &FieldName) {
        let renamed = |expr: &Expr| expr.renamed(before.as_str(), after.as_str());
        match self {
            Self::Unique { fields, when, .. } => {
                fields.iter_mut().filter(|field| *field == before).for_each(|field| *field = after.clone());
                *when = when.as_ref().map(renamed);
            }
            Self::Check { condition, .. } => *condition = renamed(condition),
        }
    }
}
