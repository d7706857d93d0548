//! Does one thing to the database and another to the models, for a person who knows that they come to the same.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation, nested};
use crate::error::StateError;
use crate::model::expr::Expr;
use crate::name::{AppLabel, ModelKey, SchemaName};
use crate::operation::footprint::{Footprint, Resource};
use crate::state::ProjectState;
use crate::step::Step;

/// Does one thing to the database and another to the models.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeparateDatabaseAndState {
    /// What is done to the database, each operation beginning where the one before it would have led the models.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub database: Vec<Operation>,
    /// What becomes of the models.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub state: Vec<Operation>,
}

impl SeparateDatabaseAndState {
    /// Returns whether it does nothing at all.
    pub fn is_empty(&self) -> bool {
        self.database.is_empty() && self.state.is_empty()
    }
}

impl Behaviour for SeparateDatabaseAndState {
    fn apply(&self, app: &AppLabel, state: &mut ProjectState) -> Result<(), StateError> {
        nested::apply(&self.state, app, state)
    }

    fn invert(&self, app: &AppLabel, before: &ProjectState) -> Result<Operation, StateError> {
        Ok(Operation::SeparateDatabaseAndState(Self {
            database: nested::invert(&self.database, app, before)?,
            state: nested::invert(&self.state, app, before)?,
        }))
    }

    /// Only the way forwards is known from the states around it; a plan takes the operations inside one by one.
    fn steps(
        &self,
        app: &AppLabel,
        before: &ProjectState,
        _after: &ProjectState,
    ) -> Result<Vec<Step>, StateError> {
        let mut track = before.clone();
        let mut steps = Vec::new();
        for operation in &self.database {
            let mut next = track.clone();
            operation.behaviour().apply(app, &mut next)?;
            steps.extend(operation.behaviour().steps(app, &track, &next)?);
            track = next;
        }
        Ok(steps)
    }

    fn expressions(&self) -> Vec<&Expr> {
        nested::expressions(self.database.iter().chain(&self.state))
    }

    fn schemas(&self) -> Vec<&SchemaName> {
        self.database
            .iter()
            .chain(&self.state)
            .flat_map(|operation| operation.behaviour().schemas())
            .collect()
    }

    fn targets_mut(&mut self) -> Vec<&mut ModelKey> {
        nested::targets_mut(self.database.iter_mut().chain(&mut self.state))
    }

    fn footprint(&self, _app: &AppLabel) -> Footprint {
        if self.is_empty() { Footprint::default() } else { Footprint::writes([Resource::Everything]) }
    }

    fn describe(&self) -> String {
        match (self.database.as_slice(), self.state.as_slice()) {
            ([], []) => "does nothing".to_owned(),
            (database, []) => format!("{} (in the database only)", nested::describe(database)),
            ([], state) => format!("{} (in the models only)", nested::describe(state)),
            (_, state) => format!("{} (with separate operations for the database)", nested::describe(state)),
        }
    }

    fn name_fragment(&self) -> Option<String> {
        None
    }

    fn is_elidable(&self) -> bool {
        self.is_empty()
    }

    fn is_destructive(&self) -> bool {
        self.database.iter().any(|operation| operation.behaviour().is_destructive())
    }
}
