//! Changes what a field is; its name stays.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation};
use crate::error::StateError;
use crate::expr::Expr;
use crate::field::Field;
use crate::name::{AppLabel, ModelKey, ModelName};
use crate::state::ProjectState;
use crate::steps::Lineage;

/// Changes what a field is; its name stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlterField {
    /// The model that owns the field.
    pub model: ModelName,
    /// The field as it is to be.
    pub field: Field,
    /// The value for rows that hold NULL, where NULL is no longer allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backfill: Option<Expr>,
}

impl Behaviour for AlterField {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.alter_field(&ModelKey::new(app, &self.model), self.field.clone())
    }

    /// Rows that came to hold NULL need a value where it is forbidden again: the default, else the neutral one.
    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        let field = before.field(&ModelKey::new(app, &self.model), &self.field.name)?;
        let forbids_null = self.field.null && !field.null;
        let value = || field.default.clone().or_else(|| field.neutral_value());
        let backfill = if forbids_null { value() } else { None };
        Ok(Operation::AlterField(Self { model: self.model.clone(), field: field.clone(), backfill }))
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
        format!("alters `{}.{}`", self.model, self.field.name)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("alter_{}_{}", self.model, self.field.name).to_lowercase())
    }
}
