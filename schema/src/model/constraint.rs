//! Rules over the rows of a model: unique field sets, checks, references over several fields, exclusions.

mod exclusion;
mod foreign_key;
mod unique;

use serde::{Deserialize, Serialize};

pub use self::exclusion::{ExclusionPart, ExclusionRule};
pub use self::foreign_key::ReferenceRule;
pub use self::unique::UniqueRule;

use crate::model::expr::Expr;
use crate::name::{FieldName, ModelKey, ObjectName};

/// A rule over the rows of a model.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Constraint {
    /// No two rows have the same values.
    Unique(UniqueRule),
    /// Every row fulfils the condition.
    Check {
        /// The name in the database; none where the source leaves it to us. In a state it is always there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<ObjectName>,
        /// What must hold.
        condition: Expr,
    },
    /// Several fields refer to a row of another model.
    Reference(ReferenceRule),
    /// No two rows conflict.
    Exclude(ExclusionRule),
}

impl Constraint {
    /// Returns the name, if there is one.
    pub fn name(&self) -> Option<&ObjectName> {
        match self {
            Self::Unique(rule) => rule.name.as_ref(),
            Self::Check { name, .. } => name.as_ref(),
            Self::Reference(rule) => rule.name.as_ref(),
            Self::Exclude(rule) => rule.name.as_ref(),
        }
    }

    fn name_mut(&mut self) -> &mut Option<ObjectName> {
        match self {
            Self::Unique(rule) => &mut rule.name,
            Self::Check { name, .. } => name,
            Self::Reference(rule) => &mut rule.name,
            Self::Exclude(rule) => &mut rule.name,
        }
    }

    /// Sets the name.
    pub fn set_name(&mut self, to: ObjectName) {
        *self.name_mut() = Some(to);
    }

    /// Takes the name away.
    pub fn clear_name(&mut self) {
        *self.name_mut() = None;
    }

    /// Returns the constraint under a name.
    #[must_use]
    pub fn named(mut self, name: impl Into<ObjectName>) -> Self {
        self.set_name(name.into());
        self
    }

    /// Returns whether the other is the same constraint under whatever name.
    pub fn has_content_of(&self, other: &Self) -> bool {
        let nameless = |constraint: &Self| {
            let mut constraint = constraint.clone();
            constraint.clear_name();
            constraint
        };
        nameless(self) == nameless(other)
    }

    /// Returns whether a database can change the constraint into the other one without creating it again.
    pub fn can_become(&self, other: &Self) -> bool {
        match (self.reference(), other.reference()) {
            (Some(before), Some(after)) => {
                let ReferenceRule { deferrable, index, .. } = *after;
                before != after && *after == ReferenceRule { deferrable, index, ..before.clone() }
            }
            (Some(_) | None, _) => false,
        }
    }

    /// Returns the names of the model's fields that the rule is about, in order of first appearance.
    pub fn field_names(&self) -> Vec<&str> {
        let all: Vec<&str> = match self {
            Self::Unique(rule) => {
                let parts = rule.parts.iter().flat_map(|part| part.value.names());
                let own = rule.fields.iter().map(FieldName::as_str).chain(parts);
                let rest = rule.when.iter().flat_map(Expr::names);
                own.chain(rest).chain(rule.include.iter().map(FieldName::as_str)).collect()
            }
            Self::Check { condition, .. } => condition.names(),
            Self::Reference(rule) => rule.fields.iter().map(FieldName::as_str).collect(),
            Self::Exclude(rule) => {
                let parts = rule.parts.iter().flat_map(|it| it.part.value.names());
                parts.chain(rule.when.iter().flat_map(Expr::names)).collect()
            }
        };
        let mut names: Vec<&str> = Vec::new();
        for name in all {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Returns the expressions that the rule consists of.
    pub fn expressions(&self) -> Vec<&Expr> {
        match self {
            Self::Unique(rule) => rule.parts.iter().map(|part| &part.value).chain(&rule.when).collect(),
            Self::Check { condition, .. } => vec![condition],
            Self::Reference(_) => Vec::new(),
            Self::Exclude(rule) => rule.parts.iter().map(|it| &it.part.value).chain(&rule.when).collect(),
        }
    }

    /// Returns the expressions that the rule consists of, to be changed.
    pub fn expressions_mut(&mut self) -> Vec<&mut Expr> {
        match self {
            Self::Unique(rule) => {
                rule.parts.iter_mut().map(|part| &mut part.value).chain(&mut rule.when).collect()
            }
            Self::Check { condition, .. } => vec![condition],
            Self::Reference(_) => Vec::new(),
            Self::Exclude(rule) => {
                rule.parts.iter_mut().map(|it| &mut it.part.value).chain(&mut rule.when).collect()
            }
        }
    }

    /// Returns the fields that it makes unique at all times; none for other constraints.
    pub fn unique_fields(&self) -> &[FieldName] {
        match self {
            Self::Unique(rule) if !rule.is_index() && rule.deferrable.is_none() => &rule.fields,
            Self::Unique(_) | Self::Check { .. } | Self::Reference(_) | Self::Exclude(_) => &[],
        }
    }

    /// Returns the reference, if the rule is one.
    pub fn reference(&self) -> Option<&ReferenceRule> {
        match self {
            Self::Reference(rule) => Some(rule),
            Self::Unique(_) | Self::Check { .. } | Self::Exclude(_) => None,
        }
    }

    /// Returns the reference, if the rule is one, to be changed.
    pub fn reference_mut(&mut self) -> Option<&mut ReferenceRule> {
        match self {
            Self::Reference(rule) => Some(rule),
            Self::Unique(_) | Self::Check { .. } | Self::Exclude(_) => None,
        }
    }

    /// Returns the model that the rule refers to.
    pub fn target(&self) -> Option<&ModelKey> {
        self.reference().map(|rule| &rule.to)
    }

    /// Follows the renaming of a field.
    pub fn rename_field(&mut self, before: &FieldName, after: &FieldName) {
        match self {
            Self::Unique(rule) => rule.rename_field(before, after),
            Self::Check { condition, .. } => *condition = condition.renamed(before.as_str(), after.as_str()),
            Self::Reference(rule) => {
                rule.fields.iter_mut().filter(|it| *it == before).for_each(|it| *it = after.clone());
            }
            Self::Exclude(rule) => rule.rename_field(before, after),
        }
    }
}
