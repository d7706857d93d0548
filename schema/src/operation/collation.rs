//! Collations of PostgreSQL; other databases bring theirs along, and there is nothing to do there.

use serde::{Deserialize, Serialize};

use super::{Behaviour, Operation};
use crate::error::StateError;
use crate::name::AppLabel;
use crate::operation::footprint::{Footprint, Part};
use crate::state::ProjectState;
use crate::step::Step;

/// Who compares and sorts for a collation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CollationProvider {
    /// The library of the system.
    #[default]
    Libc,
    /// ICU.
    Icu,
}

impl CollationProvider {
    /// Every provider, in the order of the enum.
    pub const ALL: [Self; 2] = [Self::Libc, Self::Icu];

    /// Returns the name, such as `icu`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Libc => "libc",
            Self::Icu => "icu",
        }
    }
}

/// A collation as it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCollation {
    /// The name by which fields know it.
    pub name: String,
    /// What the provider calls the rules, such as `de-u-ks-level2`.
    pub locale: String,
    /// Who compares and sorts.
    #[serde(default, skip_serializing_if = "is_default")]
    pub provider: CollationProvider,
    /// False where texts that differ in their bytes may be equal.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub deterministic: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks with a reference")]
fn is_default(provider: &CollationProvider) -> bool {
    *provider == CollationProvider::default()
}

fn yes() -> bool {
    true
}

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

    fn touches(&self, _app: &AppLabel) -> Footprint {
        // Any field behind it may use it.
        Footprint::changes([Part::Everything])
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

    fn touches(&self, _app: &AppLabel) -> Footprint {
        Footprint::changes([Part::Everything])
    }

    fn describe(&self) -> String {
        format!("removes collation `{}`", self.collation.name)
    }

    fn name_fragment(&self) -> Option<String> {
        Some(format!("remove_collation_{}", self.collation.name).to_lowercase())
    }
}
