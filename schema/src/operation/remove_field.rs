//! Removes a field from a model, and drops its column.

use serde::{Deserialize, Serialize};

use super::alter_primary_key::restored;
use super::{AddField, Behaviour, Operation};
use crate::error::StateError;
use crate::name::{AppLabel, FieldName, ModelKey, ModelName};
use crate::operation::footprint::{Footprint, Resource};
use crate::state::ProjectState;
use crate::state::past_references::Invalidated;

/// Removes a field from a model, and drops its column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveField {
    /// The model that loses the field.
    pub model: ModelName,
    /// The field that is removed.
    pub field: FieldName,
}

impl Behaviour for RemoveField {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.remove_field(&ModelKey::new(app, &self.model), &self.field).map(|_| ())
    }

    /// The column comes back without the values it had. Existing rows need some value where neither NULL nor a
    /// default is allowed: it is the neutral one of the type. A reference has none, nor has what must differ in each row,
    /// as a key must; then only an empty table gets the column back, which is looked at before anything is done.
    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        let field = before.field(&ModelKey::new(app, &self.model), &self.field)?;
        let needs_value = !field.null && field.default.is_none() && !field.makes_values();
        let backfill = if needs_value { field.assumed_value() } else { None };
        let add = AddField { model: self.model.clone(), field: field.clone(), backfill };
        restored(app, before, Operation::AddField(add))
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn invalidates(&self, app: &AppLabel, before: &ProjectState) -> Option<(ModelKey, Invalidated<'_>)> {
        let key = ModelKey::new(app, &self.model);
        let is_key = before.field(&key, &self.field).is_ok_and(|field| field.primary_key);
        Some((key, if is_key { Invalidated::Model } else { Invalidated::Field(&self.field) }))
    }

    fn footprint(&self, _app: &AppLabel) -> Footprint {
        let model = || self.model.clone();
        Footprint::writes([Resource::Field(model(), self.field.clone())]).reads([
            Resource::Presence(model()),
            Resource::Key(model()),
            Resource::References,
        ])
    }

    fn describe(&self) -> String {
        format!("removes field `{}` from `{}`", self.field, self.model)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("remove_{}_{}", self.model, self.field).to_lowercase())
    }

    fn is_destructive(&self) -> bool {
        true
    }
}
