//! Removes a model and drops its table.

use serde::{Deserialize, Serialize};

use super::{Behaviour, CreateModel, Operation};
use crate::error::StateError;
use crate::model::Model;
use crate::name::{AppLabel, ModelKey, ModelName};
use crate::operation::footprint::{Footprint, Resource};
use crate::state::ProjectState;
use crate::state::past_references::Invalidated;

/// Removes a model and drops its table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteModel {
    /// The model that is removed.
    pub model: ModelName,
}

impl Behaviour for DeleteModel {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.remove_model(&ModelKey::new(app, &self.model)).map(|_| ())
    }

    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        let model = before.model(&ModelKey::new(app, &self.model))?;
        Ok(Operation::CreateModel(CreateModel { model: Model::clone(model) }))
    }

    fn models(&self) -> (Option<&ModelName>, Option<&ModelName>) {
        (Some(&self.model), None)
    }

    fn invalidates(&self, app: &AppLabel, _before: &ProjectState) -> Option<(ModelKey, Invalidated<'_>)> {
        Some((ModelKey::new(app, &self.model), Invalidated::Model))
    }

    fn footprint(&self, _app: &AppLabel) -> Footprint {
        Footprint::writes([Resource::Model(self.model.clone()), Resource::References])
            .reads([Resource::Names])
    }

    fn describe(&self) -> String {
        format!("deletes model `{}`", self.model)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("delete_{}", self.model.as_str().to_lowercase()))
    }

    fn is_destructive(&self) -> bool {
        true
    }
}
