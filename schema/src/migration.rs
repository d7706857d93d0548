//! A migration: a numbered list of operations, and what must have been done before.

use serde::{Deserialize, Serialize};

use crate::error::StateError;
use crate::name::MigrationId;
use crate::operation::Operation;
use crate::state::ProjectState;

/// A migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// The app and the name, such as `blog.0002_author_rating`.
    pub id: MigrationId,
    /// What must have been done before, in the order of the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<MigrationId>,
    /// What is done, in order.
    pub operations: Vec<Operation>,
}

impl Migration {
    /// Moves a state on by every operation.
    ///
    /// # Errors
    /// The position (from 0) of the operation that does not fit, and why.
    pub fn apply(&self, state: &mut ProjectState) -> Result<(), (usize, StateError)> {
        for (position, operation) in self.operations.iter().enumerate() {
            operation.behaviour().apply(&self.id.app, state).map_err(|error| (position, error))?;
        }
        Ok(())
    }
}
