//! Where a database stands: which migrations there are, and which of them it holds.

use std::fmt;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_schema::operation::Operation;

use crate::error::Error;
use crate::plan::Direction;
use crate::run::history::Progress;

/// Where a database stands.
#[derive(Debug)]
pub struct Status {
    /// The migrations of the program in the order in which they are applied, and then those that only the database
    /// knows.
    pub migrations: Vec<MigrationStatus>,
    /// What keeps the database from being migrated, where its history is not that of the program.
    pub problem: Option<Error>,
}

impl Status {
    /// Returns the migrations of the program that are not applied.
    pub fn unapplied(&self) -> impl Iterator<Item = &MigrationId> {
        let open = self.migrations.iter().filter(|it| it.known && it.applied_at.is_none());
        open.map(|it| &it.id)
    }
}

/// Where one migration stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationStatus {
    /// The migration.
    pub id: MigrationId,
    /// When it was applied, by the clock of the database; none where it is not.
    pub applied_at: Option<String>,
    /// False where the program does not know it.
    pub known: bool,
    /// What each operation does.
    pub describes: Vec<String>,
    /// What it depends on.
    pub depends_on: Vec<MigrationId>,
    /// What it replaces.
    pub replaces: Vec<MigrationId>,
    /// How far it is applied or reverted, where that is neither all nor nothing.
    pub partial: Option<PartialMigration>,
}

/// A migration that is applied or reverted in part, since it is not one transaction and was interrupted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartialMigration {
    /// The migration.
    pub id: MigrationId,
    /// Whether it was being applied or reverted.
    pub direction: Direction,
    /// How many of its stages are done in that direction.
    pub done: usize,
    /// How many stages it has.
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
        let describe = |operation: &Operation| operation.behaviour().describe();
        Self {
            id: migration.id.clone(),
            applied_at: applied_at.filter(|_| progress.is_none()).map(str::to_owned),
            known,
            describes: migration.operations.iter().map(describe).collect(),
            depends_on: migration.depends_on.clone(),
            replaces: migration.replaces.clone(),
            partial: progress.map(PartialMigration::of),
        }
    }

    /// Describes a migration that is applied in part, and known to the database alone.
    pub(crate) fn begun(progress: &Progress) -> Self {
        let unknown = Migration::new(progress.id.clone(), Vec::new(), Vec::new());
        Self::of(progress.migration.as_ref().unwrap_or(&unknown), None, Some(progress), false)
    }
}
