//! Branches of one app that know nothing of each other -> one history again: by a migration that depends on all of
//! them, or by putting one branch behind the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::migration::Migration;
use crate::migration::graph::Graph;
use crate::migration::replay::replay;
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
    /// Two branches do what depends on which of them is done first.
    #[error(
        "`{one}` ({one_does}) and `{other}` ({other_does}) conflict{}; remove one of them, and build again to write it \
         anew behind the other", .model.as_ref().map(|model| format!(" about `{model}`")).unwrap_or_default()
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
        /// The model that both are about, where it is one.
        model: Option<ModelName>,
    },
    /// The branches lead elsewhere in one order than in the other.
    #[error("{} lead to different models in different orders; put one behind the other by hand", listed(.leaves))]
    Order {
        /// The ends of the branches.
        leaves: Vec<MigrationId>,
    },
    /// A migration that would get another number is needed under its name.
    #[error("`{id}` cannot get another number, since `{by}` depends on it")]
    Needed {
        /// The migration.
        id: MigrationId,
        /// What depends on it.
        by: MigrationId,
    },
}

fn listed(ids: &[MigrationId]) -> String {
    ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(" and ")
}

/// Makes the migration that depends on all newest migrations of an app, and does nothing else.
///
/// # Errors
/// Where there is nothing to merge, or where the branches may not be done in any order: both change the same.
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

/// Puts the branch that ends in `local` behind the one that ends in `kept`: gives each migration of the branch under its
/// old name, with its new number and what it then depends on.
///
/// # Errors
/// As [`merge`], and where something outside of the branch depends on one of its migrations.
pub fn rebase(
    graph: &Graph,
    kept: &MigrationId,
    local: &MigrationId,
) -> Result<Vec<(MigrationId, Migration)>, MergeError> {
    let branches = branches(graph, &local.app)?;
    let missing = || MergeError::NothingToMerge { app: local.app.clone() };
    let (Some(first), Some(moved)) = (branches.get(kept), branches.get(local)) else { return Err(missing()) };
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
                // What was the fork is now the end of the other branch.
                None if parent.app == local.app => kept,
                None => parent,
            };
            if !depends_on.contains(parent) {
                depends_on.push(parent.clone());
            }
        }
        // A branch may know of the fork by way of another app alone.
        if !depends_on.iter().any(|parent| parent.app == local.app) {
            depends_on.push(kept.clone());
        }
        let id = names.get(&migration.id).cloned().unwrap_or_else(|| migration.id.clone());
        (migration.id.clone(), Migration { id, depends_on, ..(*migration).clone() })
    });
    Ok(renumbered.collect())
}

/// Returns each newest migration of the app with what only its branch has.
fn branches<'a>(
    graph: &'a Graph,
    app: &AppLabel,
) -> Result<BTreeMap<&'a MigrationId, Vec<&'a Migration>>, MergeError> {
    let leaves = graph.leaves(app);
    if leaves.len() < 2 {
        return Err(MergeError::NothingToMerge { app: app.clone() });
    }
    let own = |leaf: &MigrationId| -> Vec<&'a MigrationId> {
        graph.ancestors(leaf).into_iter().filter(|id| id.app == *app).collect()
    };
    let histories: Vec<Vec<&MigrationId>> = leaves.iter().map(|leaf| own(leaf)).collect();
    let is_common = |id: &MigrationId| histories.iter().all(|history| history.contains(&id));
    let has_common = histories.iter().flatten().any(|id| is_common(id));
    if !has_common {
        return Err(MergeError::NoCommonAncestor { leaves: leaves.into_iter().cloned().collect() });
    }
    let branch = |history: &Vec<&'a MigrationId>| -> Vec<&'a Migration> {
        history.iter().filter(|id| !is_common(id)).filter_map(|id| graph.get(id)).collect()
    };
    Ok(leaves.iter().copied().zip(histories.iter().map(branch)).collect())
}

/// Looks for operations of two branches that may not change places.
fn independent(app: &AppLabel, one: &[&Migration], other: &[&Migration]) -> Result<(), MergeError> {
    let steps = |branch: &[&Migration]| -> Vec<(MigrationId, Operation)> {
        let of_one = |it: &&Migration| -> Vec<(MigrationId, Operation)> {
            it.operations.iter().map(|operation| (it.id.clone(), operation.clone())).collect()
        };
        branch.iter().flat_map(of_one).collect()
    };
    let others = steps(other);
    for (id, operation) in steps(one) {
        let touches = operation.behaviour().touches(app);
        // What both branches have is in none's way.
        let conflict =
            others.iter().find(|(by, it)| *by != id && touches.contradict(&it.behaviour().touches(app)));
        if let Some((by, it)) = conflict {
            let about = |operation: &Operation| {
                let (before, after) = operation.behaviour().models();
                before.or(after).cloned()
            };
            let model = about(&operation).filter(|model| about(it).as_ref() == Some(model));
            return Err(MergeError::Conflict {
                one: id,
                one_does: operation.behaviour().describe(),
                other: by.clone(),
                other_does: it.behaviour().describe(),
                model,
            });
        }
    }
    Ok(())
}

/// Replays everything with one branch last, for each of the branches.
fn same_in_any_order(
    graph: &Graph,
    branches: &[&Vec<&Migration>],
    leaves: &[MigrationId],
) -> Result<(), MergeError> {
    let wrong = || MergeError::Order { leaves: leaves.to_vec() };
    let expect = graph.state().map_err(|_| wrong())?;
    for branch in branches {
        // With all that depends on it, else the order would be none.
        let late: BTreeSet<&MigrationId> = branch.iter().flat_map(|it| graph.descendants(&it.id)).collect();
        let (late, early): (Vec<&Migration>, Vec<&Migration>) =
            graph.order().into_iter().partition(|it| late.contains(&it.id));
        let state = replay(early.into_iter().chain(late)).map_err(|_| wrong())?;
        if !state.is_equivalent_to(&expect) {
            return Err(wrong());
        }
    }
    Ok(())
}

fn next_number<'a>(leaves: impl Iterator<Item = &'a MigrationId>) -> u32 {
    leaves.filter_map(MigrationId::last_number).max().map_or(1, |last| last.saturating_add(1))
}

#[cfg(test)]
mod tests;
