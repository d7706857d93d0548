//! Makes a model with its table.

use serde::{Deserialize, Serialize};

use super::{Behaviour, DeleteModel, Operation};
use crate::error::StateError;
use crate::field::Field;
use crate::model::Model;
use crate::name::{AppLabel, ModelKey};
use crate::state::ProjectState;

/// Makes a model with its table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateModel {
    /// The model to be.
    pub model: Model,
}

impl Behaviour for CreateModel {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.add_model(&ModelKey::new(app, &self.model.name), self.model.clone())
    }

    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        Ok(Operation::DeleteModel(DeleteModel { model: self.model.name.clone() }))
    }

    fn fields(&self) -> &[Field] {
        &self.model.fields
    }

    fn describe(&self) -> String {
        format!("starts `{}`", self.model.name)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(self.model.name.as_str().to_lowercase())
    }
}
