//! Adds an index to a model.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation, RemoveIndex};
use crate::error::StateError;
use crate::model::expr::Expr;
use crate::model::index::Index;
use crate::name::{AppLabel, ModelKey, ModelName, ObjectName};
use crate::operation::footprint::{Footprint, Resource, chosen};
use crate::state::ProjectState;

/// Adds an index to a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddIndex {
    /// The model that gets the index.
    pub model: ModelName,
    /// The index to be; it bears a name, since a migration names what it makes.
    pub index: Index,
}

impl AddIndex {
    fn name(&self) -> ObjectName {
        self.index.name.clone().unwrap_or_else(|| ObjectName::new("index"))
    }
}

impl Behaviour for AddIndex {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        state.add_index(&ModelKey::new(app, &self.model), self.index.clone())
    }

    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        Ok(Operation::RemoveIndex(RemoveIndex { model: self.model.clone(), name: self.name() }))
    }

    fn model(&self) -> Option<&ModelName> {
        Some(&self.model)
    }

    fn expressions(&self) -> Vec<&Expr> {
        self.index.expressions().collect()
    }

    fn footprint(&self, app: &AppLabel) -> Footprint {
        let name = chosen(app, &self.model, &self.name());
        Footprint::writes([Resource::Object(self.model.clone(), self.name())].into_iter().chain(name))
            .reads([Resource::Presence(self.model.clone())])
            .reads_fields(&self.model, self.index.field_names())
            .reads_of_raw_text(&self.model, self.index.expressions())
    }

    fn merge(&self, _app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        let is_removed = |model: &ModelName, name: &ObjectName| *model == self.model && *name == self.name();
        if matches!(next, Operation::RemoveIndex(next) if is_removed(&next.model, &next.name))
            || matches!(next, Operation::RemoveIndexConcurrently(next) if is_removed(&next.model, &next.name))
        {
            return Some(Vec::new());
        }
        if let Operation::RenameIndex(next) = next
            && next.model == self.model
            && next.before == self.name()
        {
            let index = Index { name: Some(next.after.clone()), ..self.index.clone() };
            return Some(vec![Operation::AddIndex(Self { model: self.model.clone(), index })]);
        }
        None
    }

    fn describe(&self) -> String {
        format!("adds index `{}` to `{}`", self.name(), self.model)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("{}_{}", self.model, self.name()).to_lowercase())
    }
}
