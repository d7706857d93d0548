//! Extensions of PostgreSQL; other databases have none, and there is nothing to do there.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation};
use crate::error::StateError;
use crate::name::AppLabel;
use crate::operation::footprint::{Footprint, Resource};
use crate::state::ProjectState;
use crate::step::Step;

/// Creates an extension, unless it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateExtension {
    /// The extension, such as `citext`.
    pub name: String,
}

/// Drops an extension that a [`CreateExtension`] made; one that was there before stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveExtension {
    /// The extension.
    pub name: String,
}

impl Behaviour for CreateExtension {
    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        Ok(Operation::RemoveExtension(RemoveExtension { name: self.name.clone() }))
    }

    fn steps(
        &self,
        _app: &AppLabel,
        _before: &ProjectState,
        _after: &ProjectState,
    ) -> Result<Vec<Step>, StateError> {
        Ok(vec![Step::CreateExtension { name: self.name.clone() }])
    }

    fn footprint(&self, _app: &AppLabel) -> Footprint {
        // What it brings, anything behind it may use.
        Footprint::writes([Resource::Everything])
    }

    fn describe(&self) -> String {
        format!("creates extension `{}`", self.name)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("create_extension_{}", self.name).to_lowercase())
    }
}

impl Behaviour for RemoveExtension {
    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        Ok(Operation::CreateExtension(CreateExtension { name: self.name.clone() }))
    }

    fn steps(
        &self,
        _app: &AppLabel,
        _before: &ProjectState,
        _after: &ProjectState,
    ) -> Result<Vec<Step>, StateError> {
        Ok(vec![Step::DropExtension { name: self.name.clone() }])
    }

    fn footprint(&self, _app: &AppLabel) -> Footprint {
        Footprint::writes([Resource::Everything])
    }

    fn describe(&self) -> String {
        format!("removes extension `{}`", self.name)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("remove_extension_{}", self.name).to_lowercase())
    }
}
