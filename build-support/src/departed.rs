//! Models of other crates that are deleted there, while migrations of this crate still refer to them.
//!
//! The other crate cannot know who refers to its models. So its deletion is set aside, what this crate lets go is found
//! without it, and the migration that lets go says that it runs before the deletion.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId, ModelKey};
use modelshift_schema::operation::Operation;

use crate::compare::Standing;
use crate::error::Fault;
use crate::history::{self, History};

/// Deletions that are set aside.
#[derive(Debug, Default)]
pub(crate) struct Departed {
    /// The deletion, and those of our apps that refer to what goes.
    deletions: BTreeMap<MigrationId, BTreeSet<AppLabel>>,
}

/// Replays a history, without those deletions of other crates that it does not allow yet.
///
/// # Errors
/// As [`history::replay`], where setting deletions aside does not help.
pub(crate) fn replay(
    migrations: &[Migration],
    own: &BTreeSet<AppLabel>,
) -> Result<(History, Departed), Vec<(AppLabel, Fault)>> {
    let faults = match history::replay(migrations.to_vec()) {
        Ok(history) => return Ok((history, Departed::default())),
        Err(faults) => faults,
    };
    let deletes = |it: &&Migration| !own.contains(&it.id.app) && deleted(it).next().is_some();
    let candidates: Vec<&Migration> = migrations.iter().filter(deletes).collect();
    let Some(without) = without(migrations, own, candidates.iter().map(|it| &it.id)) else {
        return Err(faults);
    };
    let referring = |key: &ModelKey| -> BTreeSet<AppLabel> {
        let referrers = without.state.referrers(key).into_iter();
        referrers.map(|(by, _)| by.app.clone()).filter(|app| own.contains(app)).collect()
    };
    let deletions =
        candidates.iter().map(|it| (it.id.clone(), deleted(it).flat_map(|key| referring(&key)).collect()));
    let deletions: BTreeMap<MigrationId, BTreeSet<AppLabel>> =
        deletions.filter(|(_, apps): &(_, BTreeSet<_>)| !apps.is_empty()).collect();
    match self::without(migrations, own, deletions.keys()) {
        Some(history) if !deletions.is_empty() => Ok((history, Departed { deletions })),
        Some(_) | None => Err(faults),
    }
}

impl Departed {
    /// Makes the missing migrations of the apps that refer to what goes run before it goes.
    pub(crate) fn precede(&self, standings: &mut BTreeMap<AppLabel, Standing>) {
        for (deletion, apps) in &self.deletions {
            for app in apps {
                match standings.get_mut(app) {
                    Some(Standing::Ahead(missing)) => {
                        missing
                            .last_mut()
                            .into_iter()
                            .for_each(|last| last.run_before.push(deletion.clone()));
                    }
                    Some(Standing::Faulty(Fault::Incomparable { message })) => {
                        *message = format!(
                            "{message}; where it is made by `{deletion}` or later: that deletes a model to which `{app}` \
                             refers, so take that reference out first, build, and then add what is new"
                        );
                    }
                    Some(Standing::InStep | Standing::Asks(_) | Standing::Waits | Standing::Faulty(_))
                    | None => {}
                }
            }
        }
    }
}

/// Gives the models that a migration deletes.
fn deleted(migration: &Migration) -> impl Iterator<Item = ModelKey> {
    migration.operations.iter().filter_map(|operation| {
        let Operation::DeleteModel(delete) = operation else { return None };
        Some(ModelKey::new(&migration.id.app, &delete.model))
    })
}

/// Replays without some migrations and all that build on them; nothing where that leads nowhere, or where one of our own
/// builds on them.
fn without<'a>(
    migrations: &[Migration],
    own: &BTreeSet<AppLabel>,
    aside: impl Iterator<Item = &'a MigrationId>,
) -> Option<History> {
    let mut aside: BTreeSet<&MigrationId> = aside.collect();
    loop {
        let builds = |it: &&Migration| {
            !aside.contains(&it.id) && it.depends_on.iter().chain(&it.replaces).any(|id| aside.contains(id))
        };
        let more: Vec<&MigrationId> = migrations.iter().filter(builds).map(|it| &it.id).collect();
        if more.is_empty() {
            break;
        }
        aside.extend(more);
    }
    if aside.iter().any(|id| own.contains(&id.app)) {
        return None;
    }
    let rest = migrations.iter().filter(|it| !aside.contains(&it.id)).cloned();
    history::replay(rest.collect()).ok()
}
