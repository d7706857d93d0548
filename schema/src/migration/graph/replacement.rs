//! Replacing migrations, and the migrations that a database has applied -> which migrations are used.
//!
//! As in Django's loader: if all or none of the replaced migrations are applied, the replacing one is used. If only some are
//! applied, the replaced migrations are used, until all of them are applied. A replacing migration may be replaced itself.

use std::collections::{BTreeMap, BTreeSet};

use super::GraphError;
use crate::migration::Migration;
use crate::name::MigrationId;

/// Which migrations are used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// The replaced migrations, with the migration that is used instead.
    replaced: BTreeMap<MigrationId, MigrationId>,
    /// The unused replacing migrations, with the last of the migrations that they would replace.
    unused: BTreeMap<MigrationId, Vec<MigrationId>>,
    /// The migrations that count as applied: they, or all that they replace, are.
    pub(super) covered: BTreeSet<MigrationId>,
}

impl Choice {
    /// Decides for a database in which `applied` is applied.
    pub(super) fn new(
        migrations: &BTreeMap<MigrationId, Migration>,
        applied: &BTreeSet<MigrationId>,
    ) -> Result<Self, Vec<GraphError>> {
        let mut chooser =
            Chooser { migrations, applied, choice: Self::default(), open: vec![], errors: vec![] };
        for (id, migration) in migrations {
            if !migration.replaces.is_empty() {
                chooser.decide(id);
            }
        }
        if chooser.errors.is_empty() { Ok(chooser.choice) } else { Err(chooser.errors) }
    }

    /// Returns whether the migration itself is used.
    pub(super) fn uses(&self, id: &MigrationId) -> bool {
        !self.replaced.contains_key(id) && !self.unused.contains_key(id)
    }

    /// Returns the migrations that are used in place of a migration: usually itself.
    pub(super) fn resolve<'a>(&'a self, id: &'a MigrationId) -> Vec<&'a MigrationId> {
        let mut used = BTreeSet::new();
        let mut open = vec![id];
        let mut seen = BTreeSet::new();
        while let Some(id) = open.pop().filter(|id| seen.insert(*id)) {
            match (self.replaced.get(id), self.unused.get(id)) {
                (Some(by), _) => open.push(by),
                (None, Some(last)) => open.extend(last),
                (None, None) => {
                    used.insert(id);
                }
            }
        }
        used.into_iter().collect()
    }

    /// Returns all migrations that a migration replaces.
    pub(super) fn replaced_by<'a>(&'a self, id: &'a MigrationId) -> impl Iterator<Item = &'a MigrationId> {
        self.replaced.keys().filter(move |replaced| self.stand_in(replaced) == Some(id))
    }

    /// Returns the migration that is used in place of a replaced one.
    pub(super) fn stand_in(&self, id: &MigrationId) -> Option<&MigrationId> {
        let mut last = self.replaced.get(id)?;
        while let Some(by) = self.replaced.get(last) {
            last = by;
        }
        Some(last)
    }
}

/// How many of the replaced migrations are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    None,
    Some,
    All,
}

struct Chooser<'a> {
    migrations: &'a BTreeMap<MigrationId, Migration>,
    applied: &'a BTreeSet<MigrationId>,
    choice: Choice,
    open: Vec<&'a MigrationId>,
    errors: Vec<GraphError>,
}

impl<'a> Chooser<'a> {
    /// Decides about a migration and the replacing ones among those that it replaces. Returns how many are applied.
    fn decide(&mut self, id: &'a MigrationId) -> Part {
        if let Some(position) = self.open.iter().position(|it| *it == id) {
            let members = self.open[position..].iter().map(|it| (*it).clone()).collect();
            let error = GraphError::ReplacesItself { members };
            if !self.errors.contains(&error) {
                self.errors.push(error);
            }
            return Part::None;
        }
        let is_applied = self.applied.contains(id);
        let Some(migration) = self.migrations.get(id).filter(|it| !it.replaces.is_empty()) else {
            return if is_applied { Part::All } else { Part::None };
        };
        self.open.push(id);
        let parts: Vec<Part> = migration.replaces.iter().map(|part| self.decide(part)).collect();
        self.open.pop();
        let part = if is_applied || parts.iter().all(|part| *part == Part::All) {
            Part::All
        } else if parts.iter().all(|part| *part == Part::None) {
            Part::None
        } else {
            Part::Some
        };
        if part == Part::Some {
            self.choice.unused.insert(id.clone(), self.last_of(migration));
        } else {
            let replaced = migration.replaces.iter().map(|replaced| (replaced.clone(), id.clone()));
            self.choice.replaced.extend(replaced);
        }
        if part == Part::All {
            self.choice.covered.insert(id.clone());
        }
        part
    }

    /// Returns the replaced migrations on which none of the others depends.
    fn last_of(&self, migration: &Migration) -> Vec<MigrationId> {
        let files = migration.replaces.iter().filter_map(|id| self.migrations.get(id));
        let parents: BTreeSet<&MigrationId> = files.flat_map(|it| &it.depends_on).collect();
        migration.replaces.iter().filter(|id| !parents.contains(id)).cloned().collect()
    }
}
