//! Renames a field; its column follows unless it has a name of its own.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation, RemoveField};
use crate::error::StateError;
use crate::name::{AppLabel, FieldName, ModelKey, ModelName};
use crate::operation::footprint::{Footprint, Part};
use crate::state::ProjectState;
use crate::state::past_references::Unsettled;
use crate::step::between_states::Lineage;

/// Renames a field; its column follows unless it has a name of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenameField {
    /// The model that owns the field.
    pub model: ModelName,
    /// The name before.
    pub before: FieldName,
    /// The name after.
    pub after: FieldName,
}

impl Behaviour for RenameField {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.rename_field(&ModelKey::new(app, &self.model), &self.before, &self.after)
    }

    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        Ok(Operation::RenameField(Self {
            model: self.model.clone(),
            before: self.after.clone(),
            after: self.before.clone(),
        }))
    }

    fn lineage(&self, app: &AppLabel) -> Lineage {
        let field = Some((ModelKey::new(app, &self.model), self.before.clone(), self.after.clone()));
        Lineage { field, ..Lineage::default() }
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn unsettles(&self, app: &AppLabel, _before: &ProjectState) -> Option<(ModelKey, Unsettled<'_>)> {
        Some((ModelKey::new(app, &self.model), Unsettled::Field(&self.before)))
    }

    fn touches(&self, _app: &AppLabel) -> Footprint {
        let fields = [&self.before, &self.after].map(|name| Part::Field(self.model.clone(), name.clone()));
        Footprint::changes(fields).needs([Part::Presence(self.model.clone())])
    }

    fn merge(&self, _app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        if let Operation::RenameField(next) = next
            && next.model == self.model
            && next.before == self.after
        {
            let renamed = Self { after: next.after.clone(), ..self.clone() };
            let is_back = renamed.before == renamed.after;
            return Some(if is_back { Vec::new() } else { vec![Operation::RenameField(renamed)] });
        }
        if let Operation::RemoveField(next) = next
            && next.model == self.model
            && next.field == self.after
        {
            let field = self.before.clone();
            return Some(vec![Operation::RemoveField(RemoveField { model: self.model.clone(), field })]);
        }
        None
    }

    fn describe(&self) -> String {
        format!("renames field `{}` on `{}` to `{}`", self.before, self.model, self.after)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("rename_{}_{}_{}", self.before, self.model, self.after).to_lowercase())
    }
}
