//! Gives an index another name.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation};
use crate::error::StateError;
use crate::name::{AppLabel, ModelKey, ModelName, ObjectName};
use crate::state::ProjectState;

/// Gives an index another name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenameIndex {
    /// The model that owns the index.
    pub model: ModelName,
    /// The name before.
    pub before: ObjectName,
    /// The name after.
    pub after: ObjectName,
}

impl Behaviour for RenameIndex {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.rename_index(&ModelKey::new(app, &self.model), &self.before, &self.after)
    }

    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        Ok(Operation::RenameIndex(Self {
            model: self.model.clone(),
            before: self.after.clone(),
            after: self.before.clone(),
        }))
    }

    fn describe(&self) -> String {
        format!("renames index `{}` of `{}` to `{}`", self.before, self.model, self.after)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("rename_{}_{}", self.before, self.after).to_lowercase())
    }
}
