//! Adds a field to a model, and its column to the table.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation, RemoveField};
use crate::error::StateError;
use crate::expr::Expr;
use crate::field::Field;
use crate::name::{AppLabel, ModelKey, ModelName};
use crate::state::ProjectState;
use crate::steps::Lineage;

/// Adds a field to a model, and its column to the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddField {
    /// The model that gets the field.
    pub model: ModelName,
    /// The field to be.
    pub field: Field,
    /// The value for rows that exist, where it is not the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backfill: Option<Expr>,
}

impl Behaviour for AddField {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.add_field(&ModelKey::new(app, &self.model), self.field.clone())
    }

    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        Ok(Operation::RemoveField(RemoveField { model: self.model.clone(), field: self.field.name.clone() }))
    }

    fn lineage(&self, app: &AppLabel) -> Lineage {
        let fill = self.backfill.clone();
        let fill = fill.map(|value| (ModelKey::new(app, &self.model), self.field.name.clone(), value));
        Lineage { fill, ..Lineage::default() }
    }

    fn fields(&self) -> &[Field] {
        std::slice::from_ref(&self.field)
    }

    fn describe(&self) -> String {
        format!("adds `{}.{}`", self.model, self.field.name)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("{}_{}", self.model, self.field.name).to_lowercase())
    }
}
