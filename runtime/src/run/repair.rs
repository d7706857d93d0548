//! Rows of the history that are missing or were changed, and the rows that replace them.
//!
//! No database is accessed here.

use std::collections::BTreeSet;
use std::fmt;

use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId};

use crate::error::{Error, ErrorKind};
use crate::run::checksum::{canonical, checksum};
use crate::run::history::{History, Record};

/// A repaired row of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Repair {
    /// The row was missing; the migration is recorded as applied, and not run.
    Adds(MigrationId),
    /// The operations of the row did not have the recorded checksum.
    Restores(MigrationId),
    /// The program has another migration in place of this one, and that is recorded as well.
    Prunes {
        /// The migration whose row is removed.
        id: MigrationId,
        /// The recorded migration that replaces it.
        by: MigrationId,
    },
}

/// What a program has of an app.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'a> {
    pub(crate) app: &'a AppLabel,
    /// All its migrations, whether the database needs them or not.
    pub(crate) migrations: &'a BTreeSet<MigrationId>,
}

/// Such as "records `blog.0002_author` as applied, without running it".
impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Adds(id) => write!(f, "records `{id}` as applied, without running it"),
            Self::Restores(id) => write!(f, "restores the operations in the row of `{id}`"),
            Self::Prunes { id, by } => write!(f, "removes the row of `{id}`, which `{by}` replaces"),
        }
    }
}

impl History {
    /// Checks that the operations of every row have the recorded checksum.
    ///
    /// # Errors
    /// [`ErrorKind::Damaged`].
    pub(crate) fn check_rows(&self, graph: &Graph, database: &str) -> Result<(), Error> {
        let apps = graph.apps();
        let of_apps = self.records().filter(|record| apps.contains(&record.migration.id.app));
        let damaged: Vec<&Record> = of_apps.filter(|record| !record.is_intact).collect();
        if damaged.is_empty() {
            return Ok(());
        }
        let mut is_known = true;
        for record in &damaged {
            is_known &= restored(record, graph)?.is_some();
        }
        let remedy = if is_known {
            "run `repair`, which writes those of this program, since their checksum is the one recorded"
        } else {
            "restore the table from a backup, since this program does not know what was applied either"
        };
        Err(ErrorKind::Damaged {
            database: database.to_owned(),
            migrations: damaged.into_iter().map(|record| record.migration.id.clone()).collect(),
            remedy: remedy.to_owned(),
        }
        .into())
    }

    /// Returns the migrations without a row on which applied migrations depend.
    pub(crate) fn missing<'a>(&self, graph: &'a Graph) -> BTreeSet<&'a MigrationId> {
        let applied = graph.held(&self.applied());
        let parents = self.records().flat_map(|record| &record.migration.depends_on);
        let ancestors = parents.filter(|id| graph.get(id).is_some()).flat_map(|id| graph.ancestors(id));
        ancestors.filter(|id| !applied.contains(id)).collect()
    }

    /// Returns the rows that `repair` writes: missing rows, and rows whose operations were changed.
    ///
    /// # Errors
    /// [`ErrorKind::Unwritable`].
    pub(crate) fn repairs<'a>(&self, graph: &'a Graph) -> Result<Vec<(Repair, &'a Migration)>, Error> {
        let missing = self.missing(graph);
        let mut repairs = Vec::new();
        for migration in graph.order() {
            let id = migration.id.clone();
            if missing.contains(&id) {
                repairs.push((Repair::Adds(id), migration));
            } else if let Some(record) = self.get(&id)
                && !record.is_intact
                && restored(record, graph)?.is_some()
            {
                repairs.push((Repair::Restores(id), migration));
            }
        }
        Ok(repairs)
    }
}

impl History {
    /// Returns the rows of an app that are not needed any more: of migrations that the program does not have, and that a
    /// recorded migration of the program replaces.
    pub(crate) fn prunable(&self, known: &Known<'_>) -> Vec<Repair> {
        let mut prunable = Vec::new();
        for record in self.records().filter(|record| known.migrations.contains(&record.migration.id)) {
            for id in record.migration.replaces.iter().filter(|id| id.app == *known.app) {
                if self.get(id).is_some() && !known.migrations.contains(id) {
                    prunable.push(Repair::Prunes { id: id.clone(), by: record.migration.id.clone() });
                }
            }
        }
        prunable
    }
}

/// Returns the migration of the program, if its operations have the recorded checksum.
fn restored<'a>(record: &Record, graph: &'a Graph) -> Result<Option<&'a Migration>, Error> {
    let Some(migration) = graph.get(&record.migration.id) else { return Ok(None) };
    let is_same = checksum(&canonical(&migration.operations)?) == record.checksum;
    Ok(is_same.then_some(migration))
}
