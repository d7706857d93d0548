//! Removes an index from a model.

use serde::{Deserialize, Serialize};

use super::{AddIndex, Behaviour, Operation};
use crate::error::StateError;
use crate::name::{AppLabel, ModelKey, ModelName, ObjectName};
use crate::operation::footprint::{Footprint, Resource, chosen};
use crate::state::ProjectState;

/// Removes an index from a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveIndex {
    /// The model that loses the index.
    pub model: ModelName,
    /// The index that is removed.
    pub name: ObjectName,
}

impl Behaviour for RemoveIndex {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.remove_index(&ModelKey::new(app, &self.model), &self.name).map(|_| ())
    }

    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        let key = ModelKey::new(app, &self.model);
        let model = before.model(&key)?;
        let index = model.indexes.iter().find(|index| index.name.as_ref() == Some(&self.name));
        match index {
            Some(index) => {
                Ok(Operation::AddIndex(AddIndex { model: self.model.clone(), index: index.clone() }))
            }
            None => Err(StateError::NoObject { model: key, name: self.name.clone() }),
        }
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn footprint(&self, app: &AppLabel) -> Footprint {
        let name = chosen(app, &self.model, &self.name);
        // Which fields it was about is not said, so that none of them may change before.
        Footprint::writes([Resource::Object(self.model.clone(), self.name.clone())].into_iter().chain(name))
            .reads([Resource::Presence(self.model.clone()), Resource::Fields(self.model.clone())])
    }

    fn describe(&self) -> String {
        format!("removes index `{}` from `{}`", self.name, self.model)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("remove_{}_{}", self.model, self.name).to_lowercase())
    }
}
