//! Migrations that stand for others, and what a database holds -> which of both are used.
//!
//! As Django's loader decides: where all or none of the others are applied, the one that stands for them is used; where
//! only some are, they are, until all of them are applied. What stands for others may be stood for in its turn.

use std::collections::{BTreeMap, BTreeSet};

use super::GraphError;
use crate::migration::Migration;
use crate::name::MigrationId;

/// Which migrations are used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Choice {
    /// What is stood for, with what is used in its place.
    replaced: BTreeMap<MigrationId, MigrationId>,
    /// What is not used, with the last of what it would stand for.
    unused: BTreeMap<MigrationId, Vec<MigrationId>>,
    /// What counts as applied, since it or all that it stands for is.
    pub(super) covered: BTreeSet<MigrationId>,
}

impl Choice {
    /// Decides for a database that holds `applied`.
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

    /// Returns what is used in the place of a migration: itself mostly.
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

    /// Returns all that a migration is used for.
    pub(super) fn replaced_by<'a>(&'a self, id: &'a MigrationId) -> impl Iterator<Item = &'a MigrationId> {
        self.replaced.keys().filter(move |replaced| self.stand_in(replaced) == Some(id))
    }

    /// Returns what is used in the place of a migration that is stood for.
    pub(super) fn stand_in(&self, id: &MigrationId) -> Option<&MigrationId> {
        let mut last = self.replaced.get(id)?;
        while let Some(by) = self.replaced.get(last) {
            last = by;
        }
        Some(last)
    }
}

/// How much of what a migration stands for is applied.
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
    /// Decides about a migration and those among what it stands for that stand for others; gives how much is applied.
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
        let one = |applied: bool| if applied { Part::All } else { Part::None };
        let Some(migration) = self.migrations.get(id).filter(|it| !it.replaces.is_empty()) else {
            return one(is_applied);
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
            let by = |replaced: &MigrationId| (replaced.clone(), id.clone());
            self.choice.replaced.extend(migration.replaces.iter().map(by));
        }
        if part == Part::All {
            self.choice.covered.insert(id.clone());
        }
        part
    }

    /// Returns those of what a migration stands for that none of the rest depends on.
    fn last_of(&self, migration: &Migration) -> Vec<MigrationId> {
        let files = migration.replaces.iter().filter_map(|id| self.migrations.get(id));
        let parents: BTreeSet<&MigrationId> = files.flat_map(|it| &it.depends_on).collect();
        migration.replaces.iter().filter(|id| !parents.contains(id)).cloned().collect()
    }
}
