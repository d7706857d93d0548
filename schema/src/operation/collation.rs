//! Collations of PostgreSQL; other databases bring theirs along, and there is nothing to do there.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation};
use crate::error::StateError;
pub use crate::model::collation::{CollationProvider, NewCollation};
use crate::name::AppLabel;
use crate::operation::footprint::{Footprint, Resource};
use crate::state::ProjectState;
use crate::step::Step;

/// Creates a collation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreateCollation {
    /// The collation to be.
    pub collation: NewCollation,
}

/// Removes a collation; it says the whole of it, so that there is a way back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoveCollation {
    /// The collation that is removed.
    pub collation: NewCollation,
}

impl Behaviour for CreateCollation {
    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        Ok(Operation::RemoveCollation(RemoveCollation { collation: self.collation.clone() }))
    }

    fn steps(
        &self,
        _app: &AppLabel,
        _before: &ProjectState,
        _after: &ProjectState,
    ) -> Result<Vec<Step>, StateError> {
        Ok(vec![Step::CreateCollation(self.collation.clone())])
    }

    fn footprint(&self, _app: &AppLabel) -> Footprint {
        // Any field behind it may use it.
        Footprint::writes([Resource::Everything])
    }

    fn merge(&self, _app: &AppLabel, next: &Operation) -> Option<Vec<Operation>> {
        matches!(next, Operation::RemoveCollation(next) if next.collation == self.collation).then(Vec::new)
    }

    fn describe(&self) -> String {
        format!("creates collation `{}`", self.collation.name)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("create_collation_{}", self.collation.name).to_lowercase())
    }
}

impl Behaviour for RemoveCollation {
    fn invert(&self, _app: &AppLabel, _before: &ProjectState) -> Result<Operation, StateError> {
        Ok(Operation::CreateCollation(CreateCollation { collation: self.collation.clone() }))
    }

    fn steps(
        &self,
        _app: &AppLabel,
        _before: &ProjectState,
        _after: &ProjectState,
    ) -> Result<Vec<Step>, StateError> {
        Ok(vec![Step::DropCollation { name: self.collation.name.clone() }])
    }

    fn footprint(&self, _app: &AppLabel) -> Footprint {
        Footprint::writes([Resource::Everything])
    }

    fn describe(&self) -> String {
        format!("removes collation `{}`", self.collation.name)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("remove_collation_{}", self.collation.name).to_lowercase())
    }
}
