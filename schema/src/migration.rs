//! A migration: a numbered list of operations, and what must have been done before.

pub mod applied;
pub mod file_name;
pub mod graph;
pub mod merge;
pub mod optimize;
pub mod replay;
pub mod squash;

use serde::{Deserialize, Serialize};

use crate::error::StateError;
use crate::name::MigrationId;
use crate::operation::Operation;
use crate::state::ProjectState;

/// A migration.
///
/// Made by [`Migration::new`], so that what most migrations do not say need not be said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// The app and the name, such as `blog.0002_author_rating`.
    pub id: MigrationId,
    /// What must have been done before, in the order of the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<MigrationId>,
    /// What must be done after it, in the order of the file: dependencies said from the other end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub run_before: Vec<MigrationId>,
    /// The migrations that it stands for, in the order in which they were done; none for an ordinary one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<MigrationId>,
    /// True where it is done whole or not at all, as far as the database can do that; false where each statement stands
    /// for itself.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub atomic: bool,
    /// What is done, in order.
    pub operations: Vec<Operation>,
}

fn yes() -> bool {
    true
}

impl Migration {
    /// Makes a migration that stands for no others.
    pub fn new(id: MigrationId, depends_on: Vec<MigrationId>, operations: Vec<Operation>) -> Self {
        Self { id, depends_on, run_before: Vec::new(), replaces: Vec::new(), atomic: true, operations }
    }

    /// Returns whether it depends on no migration of its own app.
    pub fn is_initial(&self) -> bool {
        self.depends_on.iter().all(|id| id.app != self.id.app)
    }

    /// Moves a state on by every operation.
    ///
    /// # Errors
    /// The position (from 0) of the operation that does not fit, and why.
    pub fn apply(&self, state: &mut ProjectState) -> Result<(), (usize, StateError)> {
        for (position, operation) in self.operations.iter().enumerate() {
            state.move_on(&self.id.app, operation).map_err(|error| (position, error))?;
        }
        Ok(())
    }
}
