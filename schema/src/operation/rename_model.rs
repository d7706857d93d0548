//! Renames a model; its table follows unless it has a chosen name, before or from now on.

use serde::{Deserialize, Serialize};

use super::{Behaviour, DeleteModel, Operation};
use crate::error::StateError;
use crate::name::{AppLabel, ModelKey, ModelName, TableName};
use crate::operation::footprint::{Footprint, Resource, derived};
use crate::state::ProjectState;
use crate::state::past_references::Invalidated;
use crate::step::between_states::Lineage;

/// Renames a model; its table follows unless it has a chosen name, before or from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenameModel {
    /// The name before.
    pub before: ModelName,
    /// The name after.
    pub after: ModelName,
    /// The name of its table from now on, where one is chosen in the same edit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableName>,
}

impl RenameModel {
    /// Creates a rename that chooses no name for the table.
    pub fn new(before: impl Into<ModelName>, after: impl Into<ModelName>) -> Self {
        Self { before: before.into(), after: after.into(), table: None }
    }
}

impl Behaviour for RenameModel {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        let key = ModelKey::new(app, &self.before);
        if self.table.is_some() {
            state.set_table(&key, self.table.clone())?;
        }
        state.rename_model(&key, &self.after)
    }

    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        let table = match &self.table {
            Some(_) => Some(before.model(&ModelKey::new(app, &self.before))?.table_name(app).within(None)),
            None => None,
        };
        Ok(Operation::RenameModel(Self { before: self.after.clone(), after: self.before.clone(), table }))
    }

    fn lineage(&self, app: &AppLabel) -> Lineage {
        let model = Some((ModelKey::new(app, &self.before), ModelKey::new(app, &self.after)));
        Lineage { model, ..Lineage::default() }
    }

    fn models(&self) -> (Option<&ModelName>, Option<&ModelName>) {
        (Some(&self.before), Some(&self.after))
    }

    fn invalidates(&self, app: &AppLabel, _before: &ProjectState) -> Option<(ModelKey, Invalidated<'_>)> {
        Some((ModelKey::new(app, &self.before), Invalidated::Model))
    }

    fn footprint(&self, app: &AppLabel) -> Footprint {
        let names = [&self.before, &self.after].map(|model| derived(app, model));
        let models = [Resource::Model(self.before.clone()), Resource::Model(self.after.clone())];
        let chosen = self.table.as_ref().map(|table| Resource::Name(table.as_str().to_owned()));
        Footprint::writes(models.into_iter().chain(names).chain(chosen))
    }

    fn merge(&self, _app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        if let Operation::RenameModel(next) = next
            && next.before == self.after
        {
            let table = next.table.as_ref().or(self.table.as_ref()).cloned();
            let renamed = Self { before: self.before.clone(), after: next.after.clone(), table };
            if renamed.before != renamed.after {
                return Some(vec![Operation::RenameModel(renamed)]);
            }
            // The rename of a table would have to name its schema, which is not known here.
            return renamed.table.is_none().then(Vec::new);
        }
        if let Operation::DeleteModel(next) = next
            && next.model == self.after
        {
            return Some(vec![Operation::DeleteModel(DeleteModel { model: self.before.clone() })]);
        }
        None
    }

    fn describe(&self) -> String {
        match &self.table {
            Some(table) => {
                format!("renames model `{}` to `{}`, in the table `{table}`", self.before, self.after)
            }
            None => format!("renames model `{}` to `{}`", self.before, self.after),
        }
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("rename_{}_{}", self.before, self.after).to_lowercase())
    }
}
