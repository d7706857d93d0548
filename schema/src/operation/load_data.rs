//! Loads the rows of a fixture that is compiled into the program; the models do not change.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation, SeparateDatabaseAndState};
use crate::error::StateError;
use crate::name::AppLabel;
use crate::operation::footprint::{Footprint, Resource};
use crate::state::ProjectState;
use crate::step::Step;

/// Loads the rows of a fixture that is compiled into the program; the models do not change.
///
/// Reverting it leaves the rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadData {
    /// The name of the file, with `/` between folders.
    pub file: String,
    /// True where a squash may leave it out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub elidable: bool,
}

impl LoadData {
    /// Creates one that a squash keeps.
    pub fn new(file: impl Into<String>) -> Self {
        Self { file: file.into(), elidable: false }
    }
}

impl Behaviour for LoadData {
    /// Nothing leads back: which of the rows were there before is not known.
    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        Ok(Operation::SeparateDatabaseAndState(SeparateDatabaseAndState::default()))
    }

    fn steps(
        &self,
        app: &AppLabel,
        before: &ProjectState,
        _after: &ProjectState,
    ) -> Result<Vec<Step>, StateError> {
        Ok(vec![Step::LoadData { file: self.file.clone(), app: app.clone(), state: before.clone() }])
    }

    fn footprint(&self, _app: &AppLabel) -> Footprint {
        Footprint::writes([Resource::Everything])
    }

    fn describe(&self) -> String {
        format!("loads `{}`", self.file)
    }

    fn is_elidable(&self) -> bool {
        self.elidable
    }

    fn name_fragment(&self) -> Option<String> {
        None
    }
}
