//! The history of a database: the applied migrations, with their operations.
//!
//! The rows are in the table [`TABLE`], which is created under the write lock and written in the transaction of the
//! migration. [`history_table`](super::history_table) reads and writes them.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_schema::naming;

use crate::error::{EditedMigration, Error, ErrorKind};
use crate::plan::Direction;
use crate::run::checksum::{canonical, checksum};
use crate::run::edits::{differences, way_out};

/// The table of the history.
pub(crate) const TABLE: &str = naming::HISTORY_TABLE;

/// The table with the progress of partially applied migrations. It exists only while there are any.
pub(crate) const PROGRESS: &str = naming::PROGRESS_TABLE;

/// The format of rows that this version writes; older ones are read, newer ones are refused.
pub(crate) const FORMAT: i64 = 1;

/// One applied migration, as the history records it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// The checksum of the operations.
    pub(crate) checksum: String,
    /// Whether the operations that the row keeps have that checksum.
    pub(crate) is_intact: bool,
    /// The migration as it was applied.
    pub(crate) migration: Migration,
    /// When it was applied, by the clock of the database.
    pub(crate) applied_at: String,
    /// The role that applied it; `None` in a row of an earlier version, or of a database without roles.
    pub(crate) applied_by: Option<String>,
    /// How long it took; `None` in a row of an earlier version, or if it was recorded and did not run.
    pub(crate) milliseconds: Option<u64>,
}

/// The progress of a migration that is not one transaction, as its last stage recorded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    /// The migration.
    pub(crate) id: MigrationId,
    /// Whether it is being applied or reverted.
    pub(crate) direction: Direction,
    /// The checksum of its operations.
    pub(crate) checksum: String,
    /// The migration with the operations that were run; `None` in a row of an older version.
    pub(crate) migration: Option<Migration>,
    /// The last stage that is done: the position of its operation.
    pub(crate) operation: usize,
    /// The last stage that is done: its position among those of the operation.
    pub(crate) part: usize,
    /// How many stages that operation has.
    pub(crate) parts: usize,
    /// How many stages are done.
    pub(crate) done: usize,
    /// How many stages there were.
    pub(crate) stages: usize,
}

/// What a database records: the applied and the partially applied migrations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ledger {
    /// The migrations that are applied.
    pub(crate) history: History,
    /// The progress of other migrations.
    pub(crate) progress: Vec<Progress>,
}

/// The migrations that are partially applied, by their names.
pub(crate) type Partials = BTreeMap<MigrationId, Progress>;

impl Ledger {
    /// Forgets a migration, as reverting it does.
    pub(crate) fn remove(&mut self, id: &MigrationId) {
        self.history.records.remove(id);
        self.progress.retain(|progress| progress.id != *id);
    }

    /// Returns the migrations that are partially applied. Progress of a migration that is fully applied, or fully
    /// reverted, is a leftover and not returned.
    pub(crate) fn partials(&self) -> Partials {
        let applied = self.history.applied();
        let mut partials = Partials::new();
        for progress in &self.progress {
            let is_open = match progress.direction {
                Direction::Forward => !applied.contains(&progress.id),
                Direction::Backward => applied.contains(&progress.id) || progress.migration.is_some(),
            };
            if is_open {
                partials.insert(progress.id.clone(), progress.clone());
            }
        }
        partials
    }

    /// Returns the graph of the applied and the partially applied migrations, as recorded.
    ///
    /// # Errors
    /// [`ErrorKind::Damaged`], [`ErrorKind::MissingRows`], [`ErrorKind::Graph`].
    pub(crate) fn graph(&self, database: &str) -> Result<Graph, Error> {
        let damaged = self.history.records().filter(|record| !record.is_intact);
        let damaged: Vec<MigrationId> = damaged.map(|record| record.migration.id.clone()).collect();
        if !damaged.is_empty() {
            let remedy = "run `repair` with the program that applied it, or restore the table from a backup";
            let (database, remedy) = (database.to_owned(), remedy.to_owned());
            return Err(ErrorKind::Damaged { database, migrations: damaged, remedy }.into());
        }
        let partial = self.partials().into_values().filter_map(|progress| progress.migration);
        let partial = partial.filter(|migration| self.history.get(&migration.id).is_none());
        let applied = self.history.records().map(|record| record.migration.clone());
        let mut migrations: Vec<Migration> = applied.chain(partial).collect();
        let known: BTreeSet<MigrationId> = migrations.iter().map(|it| it.id.clone()).collect();
        // Migrations that must run later and are not recorded are irrelevant.
        for migration in &mut migrations {
            migration.run_before.retain(|id| known.contains(id));
        }
        let parents = migrations.iter().flat_map(|it| &it.depends_on);
        let applied = self.history.applied();
        let is_missing = |id: &&MigrationId| !known.contains(*id) && !applied.contains(*id);
        let missing: BTreeSet<MigrationId> = parents.filter(is_missing).cloned().collect();
        if !missing.is_empty() {
            let (database, migrations) = (database.to_owned(), missing.into_iter().collect());
            return Err(ErrorKind::MissingRows { database, migrations }.into());
        }
        Graph::for_database(migrations, &applied).map_err(|errors| ErrorKind::Graph(errors).into())
    }
}

/// The applied migrations of a database.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct History {
    records: BTreeMap<MigrationId, Record>,
}

impl FromIterator<Record> for History {
    fn from_iter<T: IntoIterator<Item = Record>>(records: T) -> Self {
        Self { records: records.into_iter().map(|record| (record.migration.id.clone(), record)).collect() }
    }
}

impl History {
    /// Returns the record of a migration; `None` if it is not applied.
    pub(crate) fn get(&self, id: &MigrationId) -> Option<&Record> {
        self.records.get(id)
    }

    /// Returns the names of all applied migrations.
    pub(crate) fn ids(&self) -> BTreeSet<MigrationId> {
        self.records.keys().cloned().collect()
    }

    /// Returns the names of all applied migrations, and of those that they replace.
    pub(crate) fn applied(&self) -> BTreeSet<MigrationId> {
        let replaced = self.records().flat_map(|record| &record.migration.replaces);
        self.records.keys().chain(replaced).cloned().collect()
    }

    /// Returns all records, by the names of the migrations.
    pub(crate) fn records(&self) -> impl Iterator<Item = &Record> {
        self.records.values()
    }

    /// Checks that the migrations of the program can have written the history.
    ///
    /// # Errors
    /// [`ErrorKind::Damaged`], [`ErrorKind::Ahead`], [`ErrorKind::Edited`], [`ErrorKind::MissingRows`],
    /// [`ErrorKind::Inconsistent`].
    pub(crate) fn check(&self, graph: &Graph, partials: &Partials, database: &str) -> Result<(), Error> {
        self.check_rows(graph, database)?;
        let apps = graph.apps();
        let is_known = |id: &MigrationId| graph.get(id).is_some() || graph.stand_in(id).is_some();
        let replaced: BTreeSet<&MigrationId> =
            self.records().flat_map(|record| &record.migration.replaces).collect();
        // An older program knows the replaced migrations, and a newer one may know only the replacement.
        let is_strange = |record: &&Record| {
            let id = &record.migration.id;
            let parts = &record.migration.replaces;
            let is_explained = replaced.contains(id) || (!parts.is_empty() && parts.iter().all(is_known));
            apps.contains(&id.app) && !is_known(id) && !is_explained
        };
        let ahead: Vec<MigrationId> =
            self.records().filter(is_strange).map(|record| record.migration.id.clone()).collect();
        if !ahead.is_empty() {
            let way_out = way_out(self.first_of(&ahead));
            return Err(ErrorKind::Ahead { database: database.to_owned(), migrations: ahead, way_out }.into());
        }
        let mut edited = Vec::new();
        // Partially applied migrations are compared elsewhere.
        for migration in graph.order().into_iter().filter(|it| !partials.contains_key(&it.id)) {
            if let Some(record) = self.get(&migration.id)
                && record.checksum != checksum(&canonical(&migration.operations)?)
            {
                edited.push(EditedMigration {
                    id: migration.id.clone(),
                    differences: differences(&record.migration.operations, &migration.operations),
                    way_out: way_out([&migration.id]),
                });
            }
        }
        if !edited.is_empty() {
            return Err(ErrorKind::Edited { database: database.to_owned(), migrations: edited }.into());
        }
        let missing = self.missing(graph);
        if !missing.is_empty() {
            let (database, migrations) = (database.to_owned(), missing.into_iter().cloned().collect());
            return Err(ErrorKind::MissingRows { database, migrations }.into());
        }
        let applied = graph.held(&self.applied());
        for child in graph.order().into_iter().filter(|it| self.get(&it.id).is_some()) {
            if let Some(parent) = graph.parents(&child.id).find(|id| !applied.contains(id)) {
                return Err(ErrorKind::Inconsistent {
                    database: database.to_owned(),
                    child: child.id.clone(),
                    parent: parent.clone(),
                    way_out: way_out([&child.id]),
                }
                .into());
            }
        }
        Ok(())
    }

    /// Returns those of some applied migrations that depend on no other of them: reverting these reverts all.
    fn first_of<'a>(&self, ids: &'a [MigrationId]) -> impl Iterator<Item = &'a MigrationId> {
        ids.iter().filter(|id| {
            let parents = self.get(id).map(|record| record.migration.depends_on.as_slice());
            !parents.unwrap_or_default().iter().any(|parent| ids.contains(parent))
        })
    }
}
