//! Renames a model's table; the model's own name stays.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation};
use crate::error::StateError;
use crate::name::{AppLabel, ModelKey, ModelName, TableName};
use crate::operation::footprint::{Footprint, Part, derived};
use crate::state::ProjectState;

/// Renames a model's table; the model's own name stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlterModelTable {
    /// The model.
    pub model: ModelName,
    /// The name of the table; none for the one derived from app and model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableName>,
}

impl Behaviour for AlterModelTable {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.set_table(&ModelKey::new(app, &self.model), self.table.clone())
    }

    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        let table = before.model(&ModelKey::new(app, &self.model))?.table.clone();
        Ok(Operation::AlterModelTable(Self { model: self.model.clone(), table }))
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn touches(&self, app: &AppLabel) -> Footprint {
        let chosen = self.table.as_ref().map(|table| Part::Name(table.as_str().to_owned()));
        let name = chosen.unwrap_or_else(|| derived(app, &self.model));
        // Names that nobody chose follow the table's.
        Footprint::changes([Part::Objects(self.model.clone()), name])
            .needs([Part::Presence(self.model.clone())])
    }

    fn merge(&self, _app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        if let Operation::AlterModelTable(next) = next
            && next.model == self.model
        {
            return Some(vec![Operation::AlterModelTable(next.clone())]);
        }
        None
    }

    fn describe(&self) -> String {
        match &self.table {
            Some(table) => format!("renames the table of `{}` to `{table}`", self.model),
            None => format!("renames the table of `{}` to its default name", self.model),
        }
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("alter_{}_table", self.model).to_lowercase())
    }
}
