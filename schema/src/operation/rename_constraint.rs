//! Renames a constraint.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation, RemoveConstraint};
use crate::error::StateError;
use crate::name::{AppLabel, ModelKey, ModelName, ObjectName};
use crate::operation::footprint::{Footprint, Resource, chosen};
use crate::state::ProjectState;

/// Renames a constraint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenameConstraint {
    /// The model that owns the constraint.
    pub model: ModelName,
    /// The name before.
    pub before: ObjectName,
    /// The name after.
    pub after: ObjectName,
}

impl Behaviour for RenameConstraint {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.rename_constraint(&ModelKey::new(app, &self.model), &self.before, &self.after)
    }

    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        Ok(Operation::RenameConstraint(Self {
            model: self.model.clone(),
            before: self.after.clone(),
            after: self.before.clone(),
        }))
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn footprint(&self, app: &AppLabel) -> Footprint {
        let names = [&self.before, &self.after].into_iter().filter_map(|name| chosen(app, &self.model, name));
        let objects =
            [&self.before, &self.after].map(|name| Resource::Object(self.model.clone(), name.clone()));
        // Which fields it is about is not said, so that none of them may change before.
        Footprint::writes(objects.into_iter().chain(names))
            .reads([Resource::Presence(self.model.clone()), Resource::Fields(self.model.clone())])
    }

    fn merge(&self, _app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        if let Operation::RenameConstraint(next) = next
            && next.model == self.model
            && next.before == self.after
        {
            let renamed = Self { after: next.after.clone(), ..self.clone() };
            let is_back = renamed.before == renamed.after;
            return Some(if is_back { Vec::new() } else { vec![Operation::RenameConstraint(renamed)] });
        }
        if let Operation::RemoveConstraint(next) = next
            && next.model == self.model
            && next.name == self.after
        {
            let name = self.before.clone();
            let remove = RemoveConstraint { model: self.model.clone(), name };
            return Some(vec![Operation::RemoveConstraint(remove)]);
        }
        None
    }

    fn describe(&self) -> String {
        format!("renames constraint `{}` on `{}` to `{}`", self.before, self.model, self.after)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("rename_{}_{}", self.before, self.after).to_lowercase())
    }
}
