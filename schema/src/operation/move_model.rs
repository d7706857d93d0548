//! Moves a model to another app, with its table, its rows, and all that refers to it.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation, SeparateDatabaseAndState};
use crate::error::StateError;
use crate::name::{AppLabel, ModelKey, TableName};
use crate::operation::footprint::{Footprint, Resource};
use crate::state::ProjectState;
use crate::state::past_references::Invalidated;
use crate::step::Step;
use crate::step::between_states;
use crate::step::between_states::Lineage;

/// Moves a model to another app, with its table, its rows, and all that refers to it.
///
/// It stands in a migration of either app. The one of the app that gets the model does it; the one of the app that had
/// it comes after, and finds it done, so that whatever that app does next comes after the move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveModel {
    /// The model by the app and the name that it had.
    pub before: ModelKey,
    /// The model by the app and the name that it gets.
    pub after: ModelKey,
    /// The name of its table from now on, where one is chosen again; else a chosen name stays, and one that nobody chose
    /// follows the app and the model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableName>,
}

impl MoveModel {
    /// Creates a move that chooses no name for the table.
    pub fn new(before: ModelKey, after: ModelKey) -> Self {
        Self { before, after, table: None }
    }

    /// Returns whether it is done already.
    fn is_done(&self, state: &ProjectState) -> bool {
        !state.contains(&self.before) && state.contains(&self.after)
    }
}

impl Behaviour for MoveModel {
    fn apply(&self, _app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        if self.is_done(state) {
            return Ok(());
        }
        if self.table.is_some() {
            state.set_table(&self.before, self.table.clone())?;
        }
        state.move_model(&self.before, &self.after)
    }

    fn invert(&self, _app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        if self.is_done(before) {
            return Ok(Operation::SeparateDatabaseAndState(SeparateDatabaseAndState::default()));
        }
        let model = before.model(&self.before)?;
        let table = self.table.as_ref().map(|_| model.table_name(&self.before.app).within(None));
        Ok(Operation::MoveModel(Self { before: self.after.clone(), after: self.before.clone(), table }))
    }

    fn lineage(&self, _app: &AppLabel) -> Lineage {
        Lineage { model: Some((self.before.clone(), self.after.clone())), ..Lineage::default() }
    }

    fn steps(
        &self,
        app: &AppLabel,
        before: &ProjectState,
        after: &ProjectState,
    ) -> Result<Vec<Step>, StateError> {
        if self.is_done(before) {
            Ok(Vec::new())
        } else {
            between_states::steps(before, after, &self.lineage(app))
        }
    }

    fn invalidates(&self, _app: &AppLabel, _before: &ProjectState) -> Option<(ModelKey, Invalidated<'_>)> {
        Some((self.before.clone(), Invalidated::Model))
    }

    fn keys(&self, _app: &AppLabel) -> (Option<ModelKey>, Option<ModelKey>) {
        (Some(self.before.clone()), Some(self.after.clone()))
    }

    fn footprint(&self, _app: &AppLabel) -> Footprint {
        // Models of several apps change.
        Footprint::writes([Resource::Everything])
    }

    fn describe(&self) -> String {
        format!("moves model `{}` to `{}`", self.before, self.after)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("move_{}_to_{}", self.before.name, self.after.app).to_lowercase())
    }
}
