//! Adds a field to a model, and its column to the table.

use serde::{Deserialize, Serialize};

use super::{AlterField, Behaviour, Operation, RemoveField};
use crate::error::StateError;
use crate::model::expr::Expr;
use crate::model::field::Field;
use crate::name::{AppLabel, FieldName, ModelKey, ModelName};
use crate::operation::footprint::{Footprint, Resource};
use crate::state::ProjectState;
use crate::state::past_references::Invalidated;
use crate::step::between_states::Lineage;

/// Adds a field to a model, and its column to the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddField {
    /// The model that gets the field.
    pub model: ModelName,
    /// The field to be.
    pub field: Field,
    /// The value for existing rows, where it is not the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backfill: Option<Expr>,
}

impl AddField {
    /// Returns the field as a later operation leaves it, with the same values in existing rows.
    ///
    /// None if no single operation sets these values.
    fn altered(&self, next: &AlterField) -> Option<Self> {
        if next.field.generated.is_some() {
            return Some(Self { model: self.model.clone(), field: next.field.clone(), backfill: None });
        }
        if self.field.makes_values() {
            return None;
        }
        let value = self.backfill.as_ref().or(self.field.default.as_ref());
        let has_choices = self.field.choices().is_some() || next.field.choices().is_some();
        // What a value became on the way counts.
        if has_choices && value.is_some() && self.field.kind != next.field.kind {
            return None;
        }
        let backfill = match value {
            Some(value) if self.field.kind != next.field.kind && !value.is_constant_of(&next.field.kind) => {
                return None;
            }
            Some(value) if next.field.default.as_ref() == Some(value) => None,
            Some(value) => Some(value.clone()),
            // The rows hold NULL, or there are none.
            None if self.field.null && next.field.null && next.field.default.is_some() => return None,
            None if next.field.null => None,
            None => next.backfill.clone(),
        };
        Some(Self { model: self.model.clone(), field: next.field.clone(), backfill })
    }
}

impl Behaviour for AddField {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        let key = ModelKey::new(app, &self.model);
        for name in self.backfill.iter().flat_map(Expr::names) {
            state.field(&key, &name.into())?;
        }
        state.add_field(&key, self.field.clone())
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

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn expressions(&self) -> Vec<&Expr> {
        self.field.expressions().chain(&self.backfill).collect()
    }

    fn targets_mut(&mut self) -> Vec<&mut ModelKey> {
        self.field.targets_mut().collect()
    }

    fn invalidates(&self, app: &AppLabel, _before: &ProjectState) -> Option<(ModelKey, Invalidated<'_>)> {
        self.field.primary_key.then(|| (ModelKey::new(app, &self.model), Invalidated::Model))
    }

    fn footprint(&self, app: &AppLabel) -> Footprint {
        let model = || self.model.clone();
        // References to the old key go before.
        let key = self.field.primary_key.then(|| [Resource::Key(model()), Resource::References]);
        Footprint::writes(
            [Resource::Field(model(), self.field.name.clone())].into_iter().chain(key.into_iter().flatten()),
        )
        .reads([Resource::Presence(model())])
        .reads_of_field(app, &self.model, &self.field, self.backfill.as_ref())
    }

    fn merge(&self, _app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        let is_own = |model: &ModelName, field: &FieldName| *model == self.model && *field == self.field.name;
        if let Operation::RemoveField(next) = next
            && is_own(&next.model, &next.field)
        {
            return Some(Vec::new());
        }
        if let Operation::RenameField(next) = next
            && is_own(&next.model, &next.before)
        {
            let field = next.renamed(&self.field)?;
            return Some(vec![Operation::AddField(Self { field, ..self.clone() })]);
        }
        if let Operation::AlterField(next) = next
            && is_own(&next.model, &next.field.name)
        {
            return self.altered(next).map(|altered| vec![Operation::AddField(altered)]);
        }
        None
    }

    fn describe(&self) -> String {
        format!("adds field `{}` to `{}`", self.field.name, self.model)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("{}_{}", self.model, self.field.name).to_lowercase())
    }
}
