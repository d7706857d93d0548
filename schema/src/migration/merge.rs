//! Different branches of one app -> one history again: by a migration that depends on all of them, or by moving one branch
//! after the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::migration::Migration;
use crate::migration::graph::Graph;
use crate::migration::replay::{ReplayError, replay};
use crate::model::naming::shortened;
use crate::name::{AppLabel, MigrationId, ModelName};
use crate::operation::Operation;

/// Branches that cannot become one history.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// The app has one newest migration.
    #[error("app `{app}` has one newest migration, so that there is nothing to merge")]
    NothingToMerge {
        /// The app.
        app: AppLabel,
    },
    /// The branches have no migration in common.
    #[error("{} have no migration in common, so that they cannot be merged; let one depend on the other", listed(.leaves))]
    NoCommonAncestor {
        /// The ends of the branches.
        leaves: Vec<MigrationId>,
    },
    /// The result of two branches depends on their order.
    #[error(
        "`{one}` ({one_does}) and `{other}` ({other_does}) conflict{}; remove one of them, and build again to write it \
         again after the other", .model.as_ref().map(|model| format!(" about `{model}`")).unwrap_or_default()
    )]
    Conflict {
        /// A migration of one branch.
        one: MigrationId,
        /// What its operation does.
        one_does: String,
        /// A migration of the other branch.
        other: MigrationId,
        /// What its operation does.
        other_does: String,
        /// The model that both operations change, if it is one.
        model: Option<ModelName>,
    },
    /// The branches lead to different models in different orders.
    #[error("{} lead to different models in different orders; put one after the other by hand", listed(.leaves))]
    Order {
        /// The ends of the branches.
        leaves: Vec<MigrationId>,
    },
    /// A migration that would get another number is a dependency under its current name.
    #[error("`{id}` cannot get another number, since `{by}` depends on it")]
    Needed {
        /// The migration.
        id: MigrationId,
        /// The migration that depends on it.
        by: MigrationId,
    },
}

fn listed(ids: &[MigrationId]) -> String {
    ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(" and ")
}

/// Creates the migration that depends on all newest migrations of an app, and does nothing else.
///
/// # Errors
/// Returns an error if there is nothing to merge, or if the order of the branches matters since both change the same.
pub fn merge(graph: &Graph, app: &AppLabel) -> Result<Migration, MergeError> {
    let branches = branches(graph, app)?;
    let leaves: Vec<MigrationId> = branches.keys().map(|id| (*id).clone()).collect();
    let lists: Vec<&Vec<&Migration>> = branches.values().collect();
    for (position, one) in lists.iter().enumerate() {
        for other in &lists[position + 1..] {
            independent(app, one, other)?;
        }
    }
    same_in_any_order(graph, &lists, &leaves)?;
    let names: Vec<&str> = leaves.iter().map(|id| id.name.as_str()).collect();
    let number = next_number(leaves.iter());
    let name = shortened(&format!("{number:04}_merge_{}", names.join("_")));
    Ok(Migration::new(MigrationId::new(app, name), leaves, Vec::new()))
}

/// Moves the branch that ends in `local` after the one that ends in `kept`: returns each migration of the branch by its old
/// name, with its new number and its new dependencies.
///
/// # Errors
/// Returns the errors of [`merge`], and an error if something outside of the branch depends on one of its migrations.
pub fn rebase(
    graph: &Graph,
    kept: &MigrationId,
    local: &MigrationId,
) -> Result<Vec<(MigrationId, Migration)>, MergeError> {
    let branches = branches(graph, &local.app)?;
    let (Some(first), Some(moved)) = (branches.get(kept), branches.get(local)) else {
        return Err(MergeError::NothingToMerge { app: local.app.clone() });
    };
    independent(&local.app, first, moved)?;
    let mut names: BTreeMap<&MigrationId, MigrationId> = BTreeMap::new();
    for (number, migration) in (next_number([kept].into_iter())..).zip(moved) {
        let suffix = migration.id.name.split_once('_').map_or("", |(_, suffix)| suffix);
        names.insert(&migration.id, MigrationId::new(&local.app, format!("{number:04}_{suffix}")));
    }
    for id in names.keys() {
        if let Some(by) = graph.children(id).find(|by| !names.contains_key(by)) {
            return Err(MergeError::Needed { id: (*id).clone(), by: by.clone() });
        }
    }
    let renumbered = moved.iter().map(|migration| {
        let mut depends_on: Vec<MigrationId> = Vec::new();
        for parent in &migration.depends_on {
            let parent = match names.get(parent) {
                Some(renamed) => renamed,
                // The end of the other branch replaces the fork.
                None if parent.app == local.app => kept,
                None => parent,
            };
            if !depends_on.contains(parent) {
                depends_on.push(parent.clone());
            }
        }
        // A branch may depend on the fork only through another app.
        if !depends_on.iter().any(|parent| parent.app == local.app) {
            depends_on.push(kept.clone());
        }
        let id = names.get(&migration.id).cloned().unwrap_or_else(|| migration.id.clone());
        (migration.id.clone(), Migration { id, depends_on, ..(*migration).clone() })
    });
    Ok(renumbered.collect())
}

/// Returns each newest migration of the app with the migrations that only its branch has.
fn branches<'a>(
    graph: &'a Graph,
    app: &AppLabel,
) -> Result<BTreeMap<&'a MigrationId, Vec<&'a Migration>>, MergeError> {
    let leaves = graph.leaves(app);
    if leaves.len() < 2 {
        return Err(MergeError::NothingToMerge { app: app.clone() });
    }
    let histories: Vec<BTreeSet<&MigrationId>> = leaves
        .iter()
        .map(|leaf| graph.ancestors(leaf).into_iter().filter(|id| id.app == *app).collect())
        .collect();
    let mut common = histories[0].clone();
    common.retain(|id| histories.iter().all(|history| history.contains(id)));
    if common.is_empty() {
        return Err(MergeError::NoCommonAncestor { leaves: leaves.into_iter().cloned().collect() });
    }
    let branches = leaves.into_iter().map(|leaf| {
        let ids = graph.ancestors(leaf).into_iter();
        let own = ids.filter(|id| id.app == *app && !common.contains(id));
        (leaf, own.filter_map(|id| graph.get(id)).collect())
    });
    Ok(branches.collect())
}

/// Checks that no operations of two branches depend on their order.
fn independent(app: &AppLabel, one: &[&Migration], other: &[&Migration]) -> Result<(), MergeError> {
    for (id, operation) in steps(one) {
        let footprint = operation.behaviour().footprint(app);
        // An operation that both branches have conflicts with neither.
        let conflict =
            steps(other).find(|(by, it)| *by != id && footprint.contradict(&it.behaviour().footprint(app)));
        if let Some((by, it)) = conflict {
            return Err(MergeError::Conflict {
                one: id.clone(),
                one_does: operation.behaviour().describe(),
                other: by.clone(),
                other_does: it.behaviour().describe(),
                model: changed_model(operation).filter(|model| changed_model(it) == Some(model)).cloned(),
            });
        }
    }
    Ok(())
}

fn steps<'a>(branch: &[&'a Migration]) -> impl Iterator<Item = (&'a MigrationId, &'a Operation)> {
    branch
        .iter()
        .flat_map(|migration| migration.operations.iter().map(|operation| (&migration.id, operation)))
}

fn changed_model(operation: &Operation) -> Option<&ModelName> {
    let (before, after) = operation.behaviour().models();
    before.or(after)
}

/// Checks that a replay leads to the same state whichever branch comes last.
fn same_in_any_order(
    graph: &Graph,
    branches: &[&Vec<&Migration>],
    leaves: &[MigrationId],
) -> Result<(), MergeError> {
    if is_same_in_any_order(graph, branches).unwrap_or(false) {
        Ok(())
    } else {
        Err(MergeError::Order { leaves: leaves.to_vec() })
    }
}

fn is_same_in_any_order(graph: &Graph, branches: &[&Vec<&Migration>]) -> Result<bool, ReplayError> {
    let expected = graph.state()?;
    for branch in branches {
        // Migrations that depend on the branch come last too, so that the order stays valid.
        let late: BTreeSet<&MigrationId> = branch.iter().flat_map(|it| graph.descendants(&it.id)).collect();
        let (late, early): (Vec<&Migration>, Vec<&Migration>) =
            graph.order().into_iter().partition(|it| late.contains(&it.id));
        if !replay(early.into_iter().chain(late))?.is_equivalent_to(&expected) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn next_number<'a>(leaves: impl Iterator<Item = &'a MigrationId>) -> u32 {
    leaves.filter_map(MigrationId::last_number).max().map_or(1, |last| last.saturating_add(1))
}

#[cfg(test)]
mod tests;
