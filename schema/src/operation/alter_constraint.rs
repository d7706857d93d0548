//! Changes what a constraint is under the name that it keeps, where a database need not create it again: when a reference is
//! checked, and whether its fields have an index.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation, RemoveConstraint};
use crate::error::StateError;
use crate::model::constraint::Constraint;
use crate::model::expr::Expr;
use crate::name::{AppLabel, ModelKey, ModelName, ObjectName};
use crate::operation::footprint::{Footprint, Resource, rule_targets};
use crate::state::ProjectState;
use crate::state::past_references::Invalidated;

/// Changes what a constraint is; its name stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlterConstraint {
    /// The model that owns the constraint.
    pub model: ModelName,
    /// The constraint as it is to be; it bears the name of the one that is there.
    pub constraint: Constraint,
}

impl AlterConstraint {
    fn name(&self) -> ObjectName {
        self.constraint.name().cloned().unwrap_or_else(|| ObjectName::new("constraint"))
    }
}

impl Behaviour for AlterConstraint {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.alter_constraint(&ModelKey::new(app, &self.model), self.constraint.clone())
    }

    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        let key = ModelKey::new(app, &self.model);
        let model = before.model(&key)?;
        let constraint = model.constraints.iter().find(|it| it.name() == self.constraint.name()).cloned();
        let constraint =
            constraint.ok_or_else(|| StateError::NoObject { model: key.clone(), name: self.name() })?;
        Ok(Operation::AlterConstraint(Self { model: self.model.clone(), constraint }))
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

    fn invalidates(&self, app: &AppLabel, _before: &ProjectState) -> Option<(ModelKey, Invalidated<'_>)> {
        Some((ModelKey::new(app, &self.model), Invalidated::NamedFields))
    }

    fn footprint(&self, app: &AppLabel) -> Footprint {
        let targets = self.constraint.reference().map(|rule| rule_targets(app, rule));
        Footprint::writes([Resource::Object(self.model.clone(), self.name())])
            .reads([
                Resource::Presence(self.model.clone()),
                Resource::Fields(self.model.clone()),
                Resource::References,
            ])
            .reads(targets.unwrap_or_default())
    }

    fn merge(&self, _app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        if let Operation::AlterConstraint(next) = next
            && next.model == self.model
            && next.name() == self.name()
        {
            return Some(vec![Operation::AlterConstraint(next.clone())]);
        }
        if let Operation::RemoveConstraint(RemoveConstraint { model, name }) = next
            && *model == self.model
            && *name == self.name()
        {
            return Some(vec![next.clone()]);
        }
        None
    }

    fn describe(&self) -> String {
        format!("alters constraint `{}` on `{}`", self.name(), self.model)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("alter_{}_{}", self.model, self.name()).to_lowercase())
    }
}
