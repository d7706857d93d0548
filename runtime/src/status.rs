//! Where a database stands: which migrations there are, and which of them it holds.

use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;

use crate::error::Error;

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
    /// Gives the migrations of the program that are not applied.
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
    /// What it stands for.
    pub replaces: Vec<MigrationId>,
}

impl MigrationStatus {
    /// Tells of a migration.
    pub(crate) fn of(migration: &Migration, applied_at: Option<&str>, known: bool) -> Self {
        let describe = |operation: &modelshift_schema::operation::Operation| operation.behaviour().describe();
        Self {
            id: migration.id.clone(),
            applied_at: applied_at.map(str::to_owned),
            known,
            describes: migration.operations.iter().map(describe).collect(),
            depends_on: migration.depends_on.clone(),
            replaces: migration.replaces.clone(),
        }
    }
}
