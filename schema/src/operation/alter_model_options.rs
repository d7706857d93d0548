//! Changes what a model is told beside its fields: the comment of its table.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation};
use crate::error::StateError;
use crate::name::{AppLabel, ModelKey, ModelName};
use crate::state::ProjectState;
use crate::touch::{Part, Touches};

/// Changes what a model is told beside its fields; what is not said here is there no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlterModelOptions {
    /// The model.
    pub model: ModelName,
    /// What the database keeps to tell people of the table; never empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
}

impl Behaviour for AlterModelOptions {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.set_comment(&ModelKey::new(app, &self.model), self.comment.clone())
    }

    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        let comment = before.model(&ModelKey::new(app, &self.model))?.comment.clone();
        Ok(Operation::AlterModelOptions(Self { model: self.model.clone(), comment }))
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn touches(&self, _app: &AppLabel) -> Touches {
        Touches::changes([Part::Options(self.model.clone())]).needs([Part::Presence(self.model.clone())])
    }

    fn merge(&self, _app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        if let Operation::AlterModelOptions(next) = next
            && next.model == self.model
        {
            return Some(vec![Operation::AlterModelOptions(next.clone())]);
        }
        None
    }

    fn describe(&self) -> String {
        match &self.comment {
            Some(_) => format!("changes the comment of `{}`", self.model),
            None => format!("takes the comment from `{}`", self.model),
        }
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("alter_{}_table_comment", self.model).to_lowercase())
    }
}
