//! Migrations and what each depends on -> their order, their leaves, what comes before and after each.
//!
//! Every order here is deterministic and the same as in Django: depth first from a migration to its dependencies, the
//! greatest name first, without recursion, so that a history may have any length.

mod replacement;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use self::replacement::Choice;
use crate::migration::Migration;
use crate::name::{AppLabel, MigrationId};

/// Migrations with all their dependencies, without circles.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    migrations: BTreeMap<MigrationId, Migration>,
    left_out: BTreeMap<MigrationId, Migration>,
    parents: BTreeMap<MigrationId, BTreeSet<MigrationId>>,
    children: BTreeMap<MigrationId, BTreeSet<MigrationId>>,
    choice: Choice,
}

/// Migrations that cannot be joined into a graph.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GraphError {
    /// Two migrations have the same name.
    #[error("migration `{id}` exists twice; rename or remove one of them")]
    Duplicate {
        /// The name of both.
        id: MigrationId,
    },
    /// A migration depends on one that does not exist.
    #[error(
        "migration `{id}` depends on `{dependency}`, which does not exist; {}",
        missing_remedy(.dependency, .near.as_ref(), *.is_app_known)
    )]
    MissingDependency {
        /// The migration that depends.
        id: MigrationId,
        /// What it depends on.
        dependency: MigrationId,
        /// True if any migration of that app exists.
        is_app_known: bool,
        /// A migration of that app with the same number, which may be the intended one.
        near: Option<MigrationId>,
    },
    /// A migration depends on a replaced one, and a database has applied only some of the replaced migrations.
    #[error(
        "migration `{id}` depends on `{dependency}`, whose file is gone, and `{by}` cannot replace it: some of the \
         migrations that it replaces are applied, and some are not; bring the files back until every database has all of them"
    )]
    HalfReplaced {
        /// The migration that depends.
        id: MigrationId,
        /// What it depends on.
        dependency: MigrationId,
        /// The migration that replaces the dependency.
        by: MigrationId,
    },
    /// Migrations replace each other in a circle.
    #[error("migrations replace each other in a circle: {}; take one of them out of a `replaces`", circle(.members))]
    ReplacesItself {
        /// The members, each replacing the next and the last the first.
        members: Vec<MigrationId>,
    },
    /// Migrations depend on each other in a circle.
    #[error("migrations depend on each other in a circle: {}; take one of them out of a `depends_on`", circle(.members))]
    Cycle {
        /// The members, each depending on the next and the last on the first.
        members: Vec<MigrationId>,
    },
}

fn missing_remedy(dependency: &MigrationId, near: Option<&MigrationId>, is_app_known: bool) -> String {
    match near {
        Some(near) => format!("if `{near}` is meant, write that in `depends_on`"),
        None if !is_app_known => format!(
            "no migration of the app `{app}` is there: list them too, as in `.with({app}::migrations::all())`",
            app = dependency.app
        ),
        None => "correct `depends_on`, or bring the missing file back".to_owned(),
    }
}

fn circle(members: &[MigrationId]) -> String {
    let names: Vec<String> = members.iter().chain(members.first()).map(|id| format!("`{id}`")).collect();
    names.join(" -> ")
}

/// A direction from a migration.
#[derive(Clone, Copy)]
enum Way {
    ToParents,
    ToChildren,
}

impl Graph {
    /// Joins migrations, which may be in any order.
    ///
    /// Two leaves of one app are not an error here; see [`Self::leaves`]. Replaced migrations are left out, as for an empty
    /// database.
    ///
    /// # Errors
    /// Returns all duplicates and missing dependencies at once; otherwise every circle.
    pub fn new(migrations: Vec<Migration>) -> Result<Self, Vec<GraphError>> {
        Self::for_database(migrations, &BTreeSet::new())
    }

    /// Joins migrations for a database in which `applied` is applied. If only some of the replaced migrations are applied,
    /// these are used, otherwise the migration that replaces them.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn for_database(
        migrations: Vec<Migration>,
        applied: &BTreeSet<MigrationId>,
    ) -> Result<Self, Vec<GraphError>> {
        let mut errors = Vec::new();
        let mut all = BTreeMap::new();
        for migration in migrations {
            match all.entry(migration.id.clone()) {
                Entry::Occupied(there) => errors.push(GraphError::Duplicate { id: there.key().clone() }),
                Entry::Vacant(free) => {
                    free.insert(migration);
                }
            }
        }
        let choice = Choice::new(&all, applied)?;
        let mut graph = Self { choice, ..Self::default() };
        graph.link(&all, &mut errors);
        (graph.migrations, graph.left_out) = all.into_iter().partition(|(id, _)| graph.choice.uses(id));
        if errors.is_empty() {
            errors = graph.cycles();
        }
        if errors.is_empty() { Ok(graph) } else { Err(errors) }
    }

    /// Joins the used migrations by their dependencies, and by those of the migrations that they replace.
    fn link(&mut self, all: &BTreeMap<MigrationId, Migration>, errors: &mut Vec<GraphError>) {
        for id in all.keys().filter(|id| self.choice.uses(id)) {
            self.parents.insert(id.clone(), BTreeSet::new());
            self.children.insert(id.clone(), BTreeSet::new());
        }
        for migration in all.values() {
            let depends = migration.depends_on.iter().map(|parent| (&migration.id, parent, parent));
            let precedes = migration.run_before.iter().map(|child| (child, &migration.id, child));
            // An unused migration depends on nothing.
            let is_left_out =
                !self.choice.uses(&migration.id) && self.choice.stand_in(&migration.id).is_none();
            for (child, parent, said) in depends.chain(precedes).filter(|_| !is_left_out) {
                let (children, parents) = (self.choice.resolve(child), self.choice.resolve(parent));
                let mut ends = [&children, &parents].into_iter().flatten();
                if let Some(gone) = ends.find(|id| !all.contains_key(**id)) {
                    let dependency = if all.contains_key(said) { gone } else { said };
                    errors.push(missing(all, &migration.id, dependency));
                    continue;
                }
                for (child, parent) in
                    children.iter().flat_map(|child| parents.iter().map(move |it| (child, it)))
                {
                    if child != parent {
                        self.parents.entry((*child).clone()).or_default().insert((*parent).clone());
                        self.children.entry((*parent).clone()).or_default().insert((*child).clone());
                    }
                }
            }
        }
    }

    /// Returns the migrations of the graph that count as applied in a database in which `applied` is applied. A migration
    /// also counts as applied if all that it replaces are.
    pub fn held(&self, applied: &BTreeSet<MigrationId>) -> BTreeSet<MigrationId> {
        let ids = self.migrations.keys();
        ids.filter(|id| applied.contains(*id) || self.choice.covered.contains(*id)).cloned().collect()
    }

    /// Returns all migrations that a migration replaces, also through others.
    pub fn replaced_by(&self, id: &MigrationId) -> Vec<MigrationId> {
        self.choice.replaced_by(id).cloned().collect()
    }

    /// Returns the migration that is used in place of a replaced one.
    pub fn stand_in(&self, id: &MigrationId) -> Option<&MigrationId> {
        self.choice.stand_in(id)
    }

    /// Finds a migration.
    pub fn get(&self, id: &MigrationId) -> Option<&Migration> {
        self.migrations.get(id)
    }

    /// Returns every migration of which the graph was made, including replaced and unused ones.
    pub(crate) fn files(&self) -> impl Iterator<Item = &Migration> {
        self.migrations.values().chain(self.left_out.values())
    }

    /// Returns every migration, each after all that it depends on.
    pub fn order(&self) -> Vec<&Migration> {
        let leaves =
            self.children.iter().filter(|(id, children)| !children.iter().any(|it| it.app == id.app));
        let order = self.depth_first(leaves.map(|(id, _)| id), Way::ToParents);
        order.into_iter().filter_map(|id| self.migrations.get(id)).collect()
    }

    /// Returns the labels of all apps that have migrations.
    pub fn apps(&self) -> BTreeSet<&AppLabel> {
        self.migrations.keys().map(|id| &id.app).collect()
    }

    /// Returns the migrations of an app that no other migration of the app depends on; more than one is a conflict.
    pub fn leaves(&self, app: &AppLabel) -> Vec<&MigrationId> {
        let of_app = self.children.iter().filter(|(id, _)| id.app == *app);
        let leaves = of_app.filter(|(_, children)| !children.iter().any(|child| child.app == *app));
        leaves.map(|(id, _)| id).collect()
    }

    /// Returns what a migration depends on directly.
    pub fn parents(&self, id: &MigrationId) -> impl Iterator<Item = &MigrationId> {
        self.parents.get(id).into_iter().flatten()
    }

    /// Returns the migrations that depend on this one directly.
    pub fn children(&self, id: &MigrationId) -> impl Iterator<Item = &MigrationId> {
        self.children.get(id).into_iter().flatten()
    }

    /// Returns all migrations that must be applied for a migration, in order, itself last.
    ///
    /// Empty if the migration does not exist.
    pub fn ancestors(&self, id: &MigrationId) -> Vec<&MigrationId> {
        self.depth_first(self.migrations.get_key_value(id).map(|(id, _)| id), Way::ToParents)
    }

    /// Returns all migrations that depend on a migration, itself first, in the order in which they are applied. They are
    /// reverted in the opposite order.
    ///
    /// Empty if the migration does not exist.
    pub fn descendants(&self, id: &MigrationId) -> Vec<&MigrationId> {
        let mut order =
            self.depth_first(self.migrations.get_key_value(id).map(|(id, _)| id), Way::ToChildren);
        order.reverse();
        order
    }

    fn neighbours(&self, id: &MigrationId, way: Way) -> impl DoubleEndedIterator<Item = &MigrationId> {
        let edges = match way {
            Way::ToParents => &self.parents,
            Way::ToChildren => &self.children,
        };
        edges.get(id).into_iter().flatten()
    }

    /// Visits everything that the starts reach. Each migration comes after all that it reaches itself.
    fn depth_first<'a>(
        &'a self,
        starts: impl IntoIterator<Item = &'a MigrationId>,
        way: Way,
    ) -> Vec<&'a MigrationId> {
        let mut order = Vec::new();
        let mut seen = BTreeSet::new();
        for start in starts {
            let mut stack = vec![(start, false)];
            while let Some((id, expanded)) = stack.pop() {
                if seen.contains(id) {
                    continue;
                }
                if expanded {
                    seen.insert(id);
                    order.push(id);
                } else {
                    stack.push((id, true));
                    stack.extend(self.neighbours(id, way).map(|next| (next, false)));
                }
            }
        }
        order
    }

    /// Finds circles: removes the migrations that depend on nothing, step by step, and walks through the rest.
    fn cycles(&self) -> Vec<GraphError> {
        let mut open: BTreeMap<&MigrationId, usize> =
            self.parents.iter().map(|(id, parents)| (id, parents.len())).collect();
        let mut free: Vec<&MigrationId> =
            open.iter().filter(|(_, count)| **count == 0).map(|(id, _)| *id).collect();
        while let Some(id) = free.pop() {
            open.remove(id);
            for child in self.children(id) {
                if let Some(count) = open.get_mut(child) {
                    *count -= 1;
                    if *count == 0 {
                        free.push(child);
                    }
                }
            }
        }
        let mut errors = Vec::new();
        while let Some((start, _)) = open.first_key_value() {
            let members = self.walk_to_repetition(start, &open);
            for member in &members {
                open.remove(member);
            }
            errors.push(GraphError::Cycle { members });
            // A migration that only leads into a known circle is not another circle.
            while let Some(id) =
                open.keys().find(|id| !self.parents(id).any(|it| open.contains_key(it))).copied()
            {
                open.remove(id);
            }
        }
        errors
    }

    /// Follows dependencies, the smallest first, until one repeats. Each migration in `open` depends on another in it.
    fn walk_to_repetition(
        &self,
        start: &MigrationId,
        open: &BTreeMap<&MigrationId, usize>,
    ) -> Vec<MigrationId> {
        let mut path: Vec<&MigrationId> = vec![start];
        let mut last = start;
        while let Some(next) = self.parents(last).find(|parent| open.contains_key(parent)) {
            if let Some(position) = path.iter().position(|id| *id == next) {
                return path[position..].iter().map(|id| (*id).clone()).collect();
            }
            path.push(next);
            last = next;
        }
        path.into_iter().cloned().collect()
    }
}

fn missing(all: &BTreeMap<MigrationId, Migration>, id: &MigrationId, dependency: &MigrationId) -> GraphError {
    let (id, dependency) = (id.clone(), dependency.clone());
    match all.values().find(|it| it.replaces.contains(&dependency)) {
        Some(by) => GraphError::HalfReplaced { id, dependency, by: by.id.clone() },
        None => GraphError::MissingDependency {
            near: near(all, &dependency),
            is_app_known: all.keys().any(|it| it.app == dependency.app),
            id,
            dependency,
        },
    }
}

fn near(migrations: &BTreeMap<MigrationId, Migration>, missing: &MigrationId) -> Option<MigrationId> {
    let number = missing.number()?;
    let mut of_app = migrations.keys().filter(|id| id.app == missing.app);
    of_app.find(|id| id.number() == Some(number)).cloned()
}

#[cfg(test)]
mod tests;
