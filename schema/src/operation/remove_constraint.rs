//! Removes a constraint from a model.

use serde::{Deserialize, Serialize};

use super::{AddConstraint, Behaviour, Operation};
use crate::error::StateError;
use crate::name::{AppLabel, ModelKey, ModelName, ObjectName};
use crate::operation::footprint::{Footprint, Resource, chosen};
use crate::state::ProjectState;
use crate::state::past_references::Invalidated;

/// Removes a constraint from a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveConstraint {
    /// The model that loses the constraint.
    pub model: ModelName,
    /// The constraint that is removed.
    pub name: ObjectName,
}

impl Behaviour for RemoveConstraint {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.remove_constraint(&ModelKey::new(app, &self.model), &self.name).map(|_| ())
    }

    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        let key = ModelKey::new(app, &self.model);
        let model = before.model(&key)?;
        let constraint = model.constraints.iter().find(|it| it.name() == Some(&self.name));
        match constraint {
            Some(constraint) => Ok(Operation::AddConstraint(AddConstraint {
                model: self.model.clone(),
                constraint: constraint.clone(),
            })),
            None => Err(StateError::NoObject { model: key, name: self.name.clone() }),
        }
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn invalidates(&self, app: &AppLabel, _before: &ProjectState) -> Option<(ModelKey, Invalidated<'_>)> {
        Some((ModelKey::new(app, &self.model), Invalidated::NamedFields))
    }

    fn footprint(&self, app: &AppLabel) -> Footprint {
        let name = chosen(app, &self.model, &self.name);
        // Which fields it was about is not said, so that none of them may change before.
        Footprint::writes([Resource::Object(self.model.clone(), self.name.clone())].into_iter().chain(name))
            .reads([
                Resource::Presence(self.model.clone()),
                Resource::Fields(self.model.clone()),
                Resource::References,
            ])
    }

    fn describe(&self) -> String {
        format!("removes constraint `{}` from `{}`", self.name, self.model)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("remove_{}_{}", self.model, self.name).to_lowercase())
    }
}
