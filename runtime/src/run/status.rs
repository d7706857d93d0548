//! The status of a database: all migrations, and which are applied.

use std::fmt;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;

use crate::error::Error;
use crate::plan::Direction;
use crate::run::history::{Ledger, Progress, Record};

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
    /// The role that applied it, as the database knows it; `None` on SQLite, and for rows of earlier versions.
    pub applied_by: Option<String>,
    /// How long it took, in milliseconds; `None` if it was recorded and did not run, and for rows of earlier versions.
    pub milliseconds: Option<u64>,
    /// False if the program does not know it.
    pub known: bool,
    /// The descriptions of its operations.
    pub describes: Vec<String>,
    /// What it comes after; of what another migration replaces, the one that is used.
    pub depends_on: Vec<MigrationId>,
    /// What it replaces.
    pub replaces: Vec<MigrationId>,
    /// Its progress, if it is partially applied or reverted.
    pub partial: Option<PartialMigration>,
}

/// What a database has of the migrations of an interrupted run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Standing {
    /// The migrations that are done, and recorded.
    pub(crate) done: Vec<MigrationId>,
    /// The migrations that are done in part.
    pub(crate) partial: Vec<PartialMigration>,
    /// The migrations of which nothing is done.
    pub(crate) open: Vec<MigrationId>,
}

impl Standing {
    pub(crate) fn new(ledger: &Ledger, plan: &[(MigrationId, Direction)]) -> Self {
        let (partials, mut standing) = (ledger.partials(), Self::default());
        for (id, direction) in plan {
            let is_applied = ledger.history.get(id).is_some();
            match (partials.get(id), direction) {
                (Some(progress), _) => standing.partial.push(PartialMigration::of(progress)),
                (None, Direction::Forward) if is_applied => standing.done.push(id.clone()),
                (None, Direction::Backward) if !is_applied => standing.done.push(id.clone()),
                (None, Direction::Forward | Direction::Backward) => standing.open.push(id.clone()),
            }
        }
        standing
    }
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
        record: Option<&Record>,
        progress: Option<&Progress>,
        known: bool,
    ) -> Self {
        let record = record.filter(|_| progress.is_none());
        Self {
            id: migration.id.clone(),
            applied_at: record.map(|record| record.applied_at.clone()),
            applied_by: record.and_then(|record| record.applied_by.clone()),
            milliseconds: record.and_then(|record| record.milliseconds),
            known,
            describes: migration.operations.iter().map(|it| it.behaviour().describe()).collect(),
            depends_on: migration.depends_on.clone(),
            replaces: migration.replaces.clone(),
            partial: progress.map(PartialMigration::of),
        }
    }

    /// Describes a partially applied migration that only the database has.
    pub(crate) fn partially_applied(progress: &Progress) -> Self {
        let unknown = Migration::new(progress.id.clone(), Vec::new(), Vec::new());
        Self::of(progress.migration.as_ref().unwrap_or(&unknown), None, Some(progress), false)
    }
}
