//! Changes which fields identify a row of a model in fixtures; the database does not change.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation};
use crate::error::StateError;
use crate::name::{AppLabel, FieldName, ModelKey, ModelName};
use crate::operation::footprint::{Footprint, Resource};
use crate::state::ProjectState;

/// Changes which fields identify a row of a model in fixtures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlterNaturalKey {
    /// The model.
    pub model: ModelName,
    /// The fields, in order; none for a model without a natural key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldName>,
}

impl Behaviour for AlterNaturalKey {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.set_natural_key(&ModelKey::new(app, &self.model), self.fields.clone())
    }

    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        let fields = before.model(&ModelKey::new(app, &self.model))?.natural_key.clone();
        Ok(Operation::AlterNaturalKey(Self { model: self.model.clone(), fields }))
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn footprint(&self, _app: &AppLabel) -> Footprint {
        let model = || self.model.clone();
        Footprint::writes([Resource::Options(model())])
            .reads([Resource::Presence(model()), Resource::Fields(model())])
    }

    fn merge(&self, _app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        if let Operation::AlterNaturalKey(next) = next
            && next.model == self.model
        {
            return Some(vec![Operation::AlterNaturalKey(next.clone())]);
        }
        None
    }

    fn describe(&self) -> String {
        if self.fields.is_empty() {
            return format!("removes the natural key of `{}`", self.model);
        }
        let fields: Vec<String> = self.fields.iter().map(|field| format!("`{field}`")).collect();
        format!("sets the natural key of `{}` to {}", self.model, fields.join(", "))
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("alter_{}_natural_key", self.model).to_lowercase())
    }
}
