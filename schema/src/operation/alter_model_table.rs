//! Renames a model's table, or moves it to another schema; the model's own name stays.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation};
use crate::error::StateError;
use crate::name::{AppLabel, ModelKey, ModelName, SchemaName, TableName};
use crate::operation::footprint::{Footprint, Resource, derived};
use crate::state::ProjectState;

/// Renames a model's table, or moves it to another schema; the model's own name stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlterModelTable {
    /// The model.
    pub model: ModelName,
    /// The name of the table; none for the one derived from app and model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableName>,
    /// The schema of PostgreSQL; none for the first of the search path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<SchemaName>,
}

impl Behaviour for AlterModelTable {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        let key = ModelKey::new(app, &self.model);
        state.set_schema(&key, self.schema.clone())?;
        state.set_table(&key, self.table.clone())
    }

    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        let before = before.model(&ModelKey::new(app, &self.model))?;
        let (table, schema) = (before.table.clone(), before.schema.clone());
        Ok(Operation::AlterModelTable(Self { model: self.model.clone(), table, schema }))
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn schemas(&self) -> Vec<&SchemaName> {
        self.schema.iter().collect()
    }

    fn footprint(&self, app: &AppLabel) -> Footprint {
        let chosen = self.table.as_ref().map(|table| Resource::Name(table.as_str().to_owned()));
        let name = chosen.unwrap_or_else(|| derived(app, &self.model));
        // Names that nobody chose follow the table's.
        Footprint::writes([Resource::Objects(self.model.clone()), name])
            .reads([Resource::Presence(self.model.clone())])
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
        match (&self.table, &self.schema) {
            (Some(table), None) => format!("renames the table of `{}` to `{table}`", self.model),
            (None, None) => format!("renames the table of `{}` to its default name", self.model),
            (Some(table), Some(schema)) => {
                format!("puts the table of `{}` into the schema `{schema}`, as `{table}`", self.model)
            }
            (None, Some(schema)) => format!("puts the table of `{}` into the schema `{schema}`", self.model),
        }
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("alter_{}_table", self.model).to_lowercase())
    }
}
