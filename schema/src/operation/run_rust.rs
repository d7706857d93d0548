//! Runs functions of the migration's own module; the models do not change.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation};
use crate::error::StateError;
use crate::name::AppLabel;
use crate::operation::footprint::{Footprint, Resource};
use crate::state::ProjectState;
use crate::step::Step;

/// Runs functions of the migration's own module; the models do not change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRust {
    /// What runs forwards.
    pub forward: FunctionName,
    /// What leads back; none where there is no way back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverse: Option<FunctionName>,
    /// True where a squash may leave it out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub elidable: bool,
}

/// The name of a function in the migration's module; empty where there is nothing to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FunctionName(String);

impl FunctionName {
    /// Creates the name of a function.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Returns what does nothing.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// Returns the name; none where there is nothing to do.
    pub fn name(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|name| !name.is_empty())
    }
}

impl fmt::Display for FunctionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name().unwrap_or("()"))
    }
}

impl RunRust {
    /// Creates one that a squash keeps.
    pub fn new(forward: FunctionName, reverse: Option<FunctionName>) -> Self {
        Self { forward, reverse, elidable: false }
    }

    /// Returns the functions that it names, each once.
    pub fn functions(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.forward.name().into_iter().collect();
        names.extend(self.reverse.as_ref().and_then(FunctionName::name).filter(|name| !names.contains(name)));
        names
    }
}

impl Behaviour for RunRust {
    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        match &self.reverse {
            Some(reverse) => Ok(Operation::RunRust(Self {
                forward: reverse.clone(),
                reverse: Some(self.forward.clone()),
                elidable: self.elidable,
            })),
            None => Err(StateError::Irreversible {
                operation: "RunRust without `reverse`".to_owned(),
                remedy: "add `reverse = undo`, the name of a function, or `reverse = ()` where nothing needs to be done"
                    .to_owned(),
            }),
        }
    }

    fn steps(
        &self,
        app: &AppLabel,
        before: &ProjectState,
        _after: &ProjectState,
    ) -> Result<Vec<Step>, StateError> {
        let call = self.forward.name().map(|function| Step::RunRust {
            function: function.to_owned(),
            app: app.clone(),
            state: before.clone(),
        });
        Ok(call.into_iter().collect())
    }

    fn footprint(&self, _app: &AppLabel) -> Footprint {
        Footprint::writes([Resource::Everything])
    }

    fn describe(&self) -> String {
        match self.forward.name() {
            Some(function) => format!("runs `{function}`"),
            None => "runs nothing".to_owned(),
        }
    }

    fn is_elidable(&self) -> bool {
        self.elidable
    }

    fn name_fragment(&self) -> Option<String> {
        None
    }
}
