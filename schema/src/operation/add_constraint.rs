//! Adds a constraint to a model.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation, RemoveConstraint};
use crate::error::StateError;
use crate::model::constraint::Constraint;
use crate::model::expr::Expr;
use crate::name::{AppLabel, ModelKey, ModelName, ObjectName};
use crate::operation::footprint::{Footprint, Resource, chosen, rule_targets};
use crate::state::ProjectState;

/// Adds a constraint to a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddConstraint {
    /// The model that gets the constraint.
    pub model: ModelName,
    /// The constraint to be; it bears a name, since a migration names what it makes.
    pub constraint: Constraint,
}

impl AddConstraint {
    fn name(&self) -> ObjectName {
        self.constraint.name().cloned().unwrap_or_else(|| ObjectName::new("constraint"))
    }
}

impl Behaviour for AddConstraint {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.add_constraint(&ModelKey::new(app, &self.model), self.constraint.clone())
    }

    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        Ok(Operation::RemoveConstraint(RemoveConstraint { model: self.model.clone(), name: self.name() }))
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn expressions(&self) -> Vec<&Expr> {
        self.constraint.expressions()
    }

    fn targets_mut(&mut self) -> Vec<&mut ModelKey> {
        self.constraint.reference_mut().map(|rule| &mut rule.to).into_iter().collect()
    }

    fn footprint(&self, app: &AppLabel) -> Footprint {
        let targets = self.constraint.reference().map(|rule| rule_targets(app, rule));
        let name = chosen(app, &self.model, &self.name());
        Footprint::writes([Resource::Object(self.model.clone(), self.name())].into_iter().chain(name))
            .reads([Resource::Presence(self.model.clone())])
            .reads_fields(&self.model, self.constraint.field_names())
            .reads_of_raw_text(&self.model, self.constraint.expressions())
            .reads(targets.unwrap_or_default())
    }

    fn merge(&self, _app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        if let Operation::RemoveConstraint(next) = next
            && next.model == self.model
            && next.name == self.name()
        {
            return Some(Vec::new());
        }
        if let Operation::AlterConstraint(next) = next
            && next.model == self.model
            && next.constraint.name() == Some(&self.name())
        {
            let constraint = next.constraint.clone();
            return Some(vec![Operation::AddConstraint(Self { model: self.model.clone(), constraint })]);
        }
        if let Operation::RenameConstraint(next) = next
            && next.model == self.model
            && next.before == self.name()
        {
            let mut constraint = self.constraint.clone();
            constraint.set_name(next.after.clone());
            return Some(vec![Operation::AddConstraint(Self { model: self.model.clone(), constraint })]);
        }
        None
    }

    fn describe(&self) -> String {
        format!("adds constraint `{}` to `{}`", self.name(), self.model)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("{}_{}", self.model, self.name()).to_lowercase())
    }
}
