//! A migration: a numbered list of operations, and the migrations that must be applied before.

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
/// Created by [`Migration::new`], which sets the defaults of the rarely used fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Migration {
    /// The app and the name, such as `blog.0002_author_rating`.
    pub id: MigrationId,
    /// The migrations that must be applied before, in the order of the file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends_on: Vec<MigrationId>,
    /// The migrations that must be applied after it, in the order of the file: dependencies declared from the other end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub run_before: Vec<MigrationId>,
    /// The migrations that it replaces, in the order in which they were applied; none for an ordinary one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<MigrationId>,
    /// True if it is applied completely or not at all, as far as the database supports that; false if each statement is
    /// applied by itself.
    #[serde(default = "yes", skip_serializing_if = "Clone::clone")]
    pub atomic: bool,
    /// The operations, in order.
    pub operations: Vec<Operation>,
}

fn yes() -> bool {
    true
}

impl Migration {
    /// Creates a migration that replaces no others.
    pub fn new(id: MigrationId, depends_on: Vec<MigrationId>, operations: Vec<Operation>) -> Self {
        Self { id, depends_on, run_before: Vec::new(), replaces: Vec::new(), atomic: true, operations }
    }

    /// Returns whether it depends on no migration of its own app.
    pub fn is_initial(&self) -> bool {
        self.depends_on.iter().all(|id| id.app != self.id.app)
    }

    /// Applies every operation to a state.
    ///
    /// # Errors
    /// Returns the position (from 0) of the operation that does not fit, and the reason.
    pub fn apply(&self, state: &mut ProjectState) -> Result<(), (usize, StateError)> {
        for (position, operation) in self.operations.iter().enumerate() {
            state.move_on(&self.id.app, operation).map_err(|error| (position, error))?;
        }
        Ok(())
    }
}
