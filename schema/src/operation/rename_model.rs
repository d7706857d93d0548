//! Renames a model; its table follows unless it has a name of its own.

use serde::{Deserialize, Serialize};

use super::{Behaviour, DeleteModel, Operation};
use crate::error::StateError;
use crate::name::{AppLabel, ModelKey, ModelName};
use crate::operation::footprint::{Footprint, Part, derived};
use crate::state::ProjectState;
use crate::state::past_references::Unsettled;
use crate::step::between_states::Lineage;

/// Renames a model; its table follows unless it has a name of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenameModel {
    /// The name before.
    pub before: ModelName,
    /// The name after.
    pub after: ModelName,
}

impl Behaviour for RenameModel {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.rename_model(&ModelKey::new(app, &self.before), &self.after)
    }

    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        Ok(Operation::RenameModel(Self { before: self.after.clone(), after: self.before.clone() }))
    }

    fn lineage(&self, app: &AppLabel) -> Lineage {
        let model = Some((ModelKey::new(app, &self.before), ModelKey::new(app, &self.after)));
        Lineage { model, ..Lineage::default() }
    }

    fn models(&self) -> (Option<&ModelName>, Option<&ModelName>) {
        (Some(&self.before), Some(&self.after))
    }

    fn unsettles(&self, app: &AppLabel, _before: &ProjectState) -> Option<(ModelKey, Unsettled<'_>)> {
        Some((ModelKey::new(app, &self.before), Unsettled::Model))
    }

    fn touches(&self, app: &AppLabel) -> Footprint {
        let names = [&self.before, &self.after].map(|model| derived(app, model));
        let models = [Part::Model(self.before.clone()), Part::Model(self.after.clone())];
        Footprint::changes(models.into_iter().chain(names))
    }

    fn merge(&self, _app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        if let Operation::RenameModel(next) = next
            && next.before == self.after
        {
            let renamed = Self { before: self.before.clone(), after: next.after.clone() };
            let is_back = renamed.before == renamed.after;
            return Some(if is_back { Vec::new() } else { vec![Operation::RenameModel(renamed)] });
        }
        if let Operation::DeleteModel(next) = next
            && next.model == self.after
        {
            return Some(vec![Operation::DeleteModel(DeleteModel { model: self.before.clone() })]);
        }
        None
    }

    fn describe(&self) -> String {
        format!("renames model `{}` to `{}`", self.before, self.after)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("rename_{}_{}", self.before, self.after).to_lowercase())
    }
}
