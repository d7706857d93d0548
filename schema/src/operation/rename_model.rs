//! Gives a model another name; its table follows unless it has a name of its own.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation};
use crate::error::StateError;
use crate::name::{AppLabel, ModelKey, ModelName};
use crate::state::ProjectState;
use crate::steps::Lineage;

/// Gives a model another name; its table follows unless it has a name of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenameModel {
    /// The name before.
    pub before: ModelName,
    /// The name after.
    pub after: ModelName,
}

impl Behaviour for RenameModel {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.rename_model(&ModelKey::new(app, &self.before), &self.after)
    }

    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        Ok(Operation::RenameModel(Self { before: self.after.clone(), after: self.before.clone() }))
    }

    fn lineage(&self, app: &AppLabel) -> Lineage {
        let model = Some((ModelKey::new(app, &self.before), ModelKey::new(app, &self.after)));
        Lineage { model, ..Lineage::default() }
    }

    fn describe(&self) -> String {
        format!("renames `{}` to `{}`", self.before, self.after)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("rename_{}_{}", self.before, self.after).to_lowercase())
    }
}
