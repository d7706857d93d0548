//! The status of a database: all migrations, and which are applied.

use std::fmt;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;

use crate::error::Error;
use crate::plan::Direction;
use crate::run::history::Progress;

/// The status of a database.
#[derive(Debug)]
pub struct Status {
    /// The migrations of the program in the order in which they are applied, followed by those that only the database
    /// has.
    pub migrations: Vec<MigrationStatus>,
    /// Why the database cannot be migrated, if its history was not written by the migrations of the program.
    pub problem: Option<Error>,
}

impl Status {
    /// Returns the migrations of the program that are not applied.
    pub fn unapplied(&self) -> impl Iterator<Item = &MigrationId> {
        let open = self.migrations.iter().filter(|it| it.known && it.applied_at.is_none());
        open.map(|it| &it.id)
    }
}

/// The status of one migration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationStatus {
    /// The migration.
    pub id: MigrationId,
    /// When it was applied, by the clock of the database; `None` if it is not applied.
    pub applied_at: Option<String>,
    /// False if the program does not know it.
    pub known: bool,
    /// The descriptions of its operations.
    pub describes: Vec<String>,
    /// What it depends on.
    pub depends_on: Vec<MigrationId>,
    /// What it replaces.
    pub replaces: Vec<MigrationId>,
    /// Its progress, if it is partially applied or reverted.
    pub partial: Option<PartialMigration>,
}

/// A migration that is partially applied or reverted, since it is not one transaction and was interrupted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartialMigration {
    /// The migration.
    pub id: MigrationId,
    /// Whether it was being applied or reverted.
    pub direction: Direction,
    /// The number of stages that are done in that direction.
    pub done: usize,
    /// The number of its stages.
    pub stages: usize,
}

impl PartialMigration {
    pub(crate) fn of(progress: &Progress) -> Self {
        let Progress { id, direction, done, stages, .. } = progress;
        Self { id: id.clone(), direction: *direction, done: *done, stages: *stages }
    }
}

/// Such as "applied in part: 3 of 8 stages".
impl fmt::Display for PartialMigration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verb = match self.direction {
            Direction::Forward => "applied",
            Direction::Backward => "reverted",
        };
        write!(f, "{verb} in part: {} of {} stages", self.done, self.stages)
    }
}

impl MigrationStatus {
    /// Describes a migration.
    pub(crate) fn of(
        migration: &Migration,
        applied_at: Option<&str>,
        progress: Option<&Progress>,
        known: bool,
    ) -> Self {
        Self {
            id: migration.id.clone(),
            applied_at: applied_at.filter(|_| progress.is_none()).map(str::to_owned),
            known,
            describes: migration.operations.iter().map(|it| it.behaviour().describe()).collect(),
            depends_on: migration.depends_on.clone(),
            replaces: migration.replaces.clone(),
            partial: progress.map(PartialMigration::of),
        }
    }

    /// Describes a partially applied migration that only the database has.
    pub(crate) fn begun(progress: &Progress) -> Self {
        let unknown = Migration::new(progress.id.clone(), Vec::new(), Vec::new());
        Self::of(progress.migration.as_ref().unwrap_or(&unknown), None, Some(progress), false)
    }
}
