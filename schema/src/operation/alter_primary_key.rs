//! Changes the order of the fields of a composite primary key; which fields they are stays.

use serde::{Deserialize, Serialize};

use super::{AddField, AlterField, Behaviour, Operation, SeparateDatabaseAndState};
use crate::error::StateError;
use crate::name::{AppLabel, FieldName, ModelKey, ModelName};
use crate::operation::footprint::{Footprint, Resource};
use crate::state::ProjectState;

/// Changes the order of the fields of a composite primary key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlterPrimaryKey {
    /// The model.
    pub model: ModelName,
    /// Each field of the key; none for the order that the fields have in the model.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<FieldName>,
}

impl Behaviour for AlterPrimaryKey {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.set_key_order(&ModelKey::new(app, &self.model), self.order.clone())
    }

    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        let order = before.model(&ModelKey::new(app, &self.model))?.key_order.clone();
        Ok(Operation::AlterPrimaryKey(Self { model: self.model.clone(), order }))
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn footprint(&self, _app: &AppLabel) -> Footprint {
        let model = || self.model.clone();
        Footprint::writes([Resource::Key(model())])
            .reads([Resource::Presence(model()), Resource::Fields(model())])
    }

    fn merge(&self, _app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        if let Operation::AlterPrimaryKey(next) = next
            && next.model == self.model
        {
            return Some(vec![Operation::AlterPrimaryKey(next.clone())]);
        }
        None
    }

    fn describe(&self) -> String {
        if self.order.is_empty() {
            return format!("orders the primary key of `{}` by the order of its fields", self.model);
        }
        let fields: Vec<String> = self.order.iter().map(|field| format!("`{field}`")).collect();
        format!("orders the primary key of `{}` by {}", self.model, fields.join(", "))
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("alter_{}_primary_key", self.model).to_lowercase())
    }
}

/// Returns the way back of an operation that took a field out of the primary key: it joins the key at its end, and then has
/// the place that it had, where one was told.
pub(super) fn restored(
    app: &AppLabel,
    before: &ProjectState,
    back: Operation,
) -> Result<Operation, StateError> {
    let (Operation::AddField(AddField { model, field, .. })
    | Operation::AlterField(AlterField { model, field, .. })) = &back
    else {
        return Ok(back);
    };
    let order = before.model(&ModelKey::new(app, model))?.key_order.clone();
    if !field.primary_key || order.is_empty() {
        return Ok(back);
    }
    let alter = Operation::AlterPrimaryKey(AlterPrimaryKey { model: model.clone(), order });
    let both = vec![back, alter];
    Ok(Operation::SeparateDatabaseAndState(SeparateDatabaseAndState { database: both.clone(), state: both }))
}
