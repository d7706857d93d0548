//! Models of other crates that are deleted there, while migrations of this crate still refer to them.
//!
//! The other crate cannot know who refers to its models. So its deletion is set aside, what this crate lets go is found
//! without it, and the migration that lets go says that it runs before the deletion. Where something takes the place of
//! what goes that comes with the deletion or after it, that is a second migration: the first lets go, and no more.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::hints::SourceModel;
use modelshift_schema::migration::Migration;
use modelshift_schema::model::Model;
use modelshift_schema::name::{AppLabel, MigrationId, ModelKey};
use modelshift_schema::operation::{AlterField, Operation, RemoveConstraint};
use modelshift_schema::references::Link;
use modelshift_schema::state::ProjectState;

use crate::error::Fault;
use crate::migrations::compare::{AppStatus, compare, next};
use crate::migrations::history;
use crate::migrations::history::History;

/// Deletions that are set aside.
#[derive(Debug, Default)]
pub(crate) struct ElsewhereDeleted {
    /// The deletion, and those of our apps that refer to what goes.
    deletions: BTreeMap<MigrationId, BTreeSet<AppLabel>>,
    /// Everything that is recorded, the deletions too; none where nothing is set aside.
    migrations: Vec<Migration>,
}

/// Replays a history, without those deletions of other crates that it does not allow yet.
///
/// # Errors
/// As [`history::replay`], where setting deletions aside does not help.
pub(crate) fn replay(
    migrations: &[Migration],
    own: &BTreeSet<AppLabel>,
) -> Result<(History, ElsewhereDeleted), Vec<(AppLabel, Fault)>> {
    let faults = match history::replay(migrations.to_vec()) {
        Ok(history) => return Ok((history, ElsewhereDeleted::default())),
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
        Some(history) if !deletions.is_empty() => {
            Ok((history, ElsewhereDeleted { deletions, migrations: migrations.to_vec() }))
        }
        Some(_) | None => Err(faults),
    }
}

impl ElsewhereDeleted {
    /// Compares every app, as [`compare`] does, and makes what lets go come before what goes.
    pub(crate) fn compare(
        &self,
        history: &History,
        wanted: &BTreeMap<ModelKey, SourceModel>,
        apps: &BTreeSet<AppLabel>,
    ) -> BTreeMap<AppLabel, AppStatus> {
        let mut standings = compare(history, wanted, apps);
        if standings.values().any(|it| matches!(it, AppStatus::Faulty(Fault::Incomparable { .. })))
            && let Some(standings) = self.in_two(history, wanted, apps)
        {
            return standings;
        }
        self.precede(&mut standings);
        standings
    }

    /// Compares where something wanted comes with a deletion or after it: what lets go is one migration, and the rest
    /// comes after the deletion. None where that leads nowhere.
    fn in_two(
        &self,
        history: &History,
        wanted: &BTreeMap<ModelKey, SourceModel>,
        apps: &BTreeSet<AppLabel>,
    ) -> Option<BTreeMap<AppLabel, AppStatus>> {
        if self.deletions.is_empty() {
            return None;
        }
        let of_others = self.migrations.iter().filter(|it| !apps.contains(&it.id.app)).cloned();
        let others = history::replay(of_others.collect()).ok()?.state;
        let both = History { graph: history.graph.clone(), state: together(&others, &history.state) };
        let changes = compare(&both, wanted, apps);
        // What is gone and what is new is asked about as if both were there at one time.
        if !changes.values().all(|it| matches!(it, AppStatus::UpToDate | AppStatus::Ahead(_))) {
            let is_asked = changes.values().any(|it| matches!(it, AppStatus::Asks(_)));
            return is_asked.then_some(changes);
        }
        let gone: Vec<&ModelKey> =
            history.state.models().map(|(key, _)| key).filter(|key| !others.contains(key)).collect();
        let mut first: BTreeMap<AppLabel, Migration> = BTreeMap::new();
        let mut state = history.state.clone();
        let referring: BTreeSet<&AppLabel> = self.deletions.values().flatten().collect();
        for app in referring {
            let Some(AppStatus::Ahead(missing)) = changes.get(app) else { return None };
            let operations = missing.iter().flat_map(|it| &it.operations);
            let operations = let_go(app, operations, &gone, &mut state);
            let before =
                self.deletions.iter().filter(|(_, apps)| apps.contains(app)).map(|(id, _)| id.clone());
            let head = history.graph.leaves(app).last().map(|id| (*id).clone());
            let migration = next(history, None, app, operations, head.into_iter().collect());
            first.insert(app.clone(), Migration { run_before: before.collect(), ..migration });
        }
        let all = self.migrations.iter().chain(first.values()).cloned().collect();
        let mut standings = compare(&history::replay(all).ok()?, wanted, apps);
        for (app, migration) in first {
            match standings.get_mut(&app)? {
                AppStatus::Ahead(missing) => missing.insert(0, migration),
                in_step @ AppStatus::UpToDate => *in_step = AppStatus::Ahead(vec![migration]),
                AppStatus::Asks(_) => {}
                AppStatus::Waits | AppStatus::Faulty(_) => return None,
            }
        }
        Some(standings)
    }

    /// Makes the missing migrations of the apps that refer to what goes run before it goes.
    fn precede(&self, standings: &mut BTreeMap<AppLabel, AppStatus>) {
        for (deletion, apps) in &self.deletions {
            for app in apps {
                match standings.get_mut(app) {
                    Some(AppStatus::Ahead(missing)) => {
                        missing
                            .last_mut()
                            .into_iter()
                            .for_each(|last| last.run_before.push(deletion.clone()));
                    }
                    Some(AppStatus::Faulty(Fault::Incomparable { message })) => {
                        *message = format!(
                            "{message}; where it is made by `{deletion}` or later: that deletes a model to which `{app}` \
                             refers, so take that reference out first, build, and then add what is new"
                        );
                    }
                    Some(
                        AppStatus::UpToDate | AppStatus::Asks(_) | AppStatus::Waits | AppStatus::Faulty(_),
                    )
                    | None => {}
                }
            }
        }
    }
}

/// Returns the models of one state, and those of another that are not in it.
fn together(one: &ProjectState, other: &ProjectState) -> ProjectState {
    let mut both = one.clone();
    for (key, model) in other.models() {
        // One that is there already is not inserted.
        let _ = both.insert(key, Model::clone(model));
    }
    both
}

/// Returns the operations after which nothing of an app refers to what goes, and moves the state on.
///
/// Those among `operations` that only take away are taken from there. Where a field goes on to refer to something else,
/// its column stays with its values, and refers to nothing for a while.
fn let_go<'a>(
    app: &AppLabel,
    operations: impl Iterator<Item = &'a Operation>,
    gone: &[&ModelKey],
    state: &mut ProjectState,
) -> Vec<Operation> {
    let mut first = Vec::new();
    let mut take = |operation: &Operation, state: &mut ProjectState| {
        let mut after = state.clone();
        if operation.behaviour().apply(app, &mut after).is_ok() {
            *state = after;
            first.push(operation.clone());
        }
    };
    for operation in operations.filter(|it| only_takes_away(it)) {
        take(operation, state);
    }
    let mut left = Vec::new();
    for (key, link) in gone.iter().flat_map(|key| state.referrers(key)).filter(|(key, _)| key.app == *app) {
        let model = key.name.clone();
        left.extend(match link {
            Link::Rule(rule) => {
                rule.name.clone().map(|name| Operation::RemoveConstraint(RemoveConstraint { model, name }))
            }
            Link::Field(field) => {
                released(state, key, field).map(|field| Operation::AlterField(AlterField::new(model, field)))
            }
        });
    }
    for operation in &left {
        take(operation, state);
    }
    first
}

/// Returns a field as it is without what it refers to; none for a relation in a table of its own.
fn released(state: &ProjectState, key: &ModelKey, field: &Field) -> Option<Field> {
    field.relation()?;
    let column_type = state.column_type(key, field).ok()?;
    let column = Some(field.column_name());
    Some(Field { kind: FieldKind::Column(column_type), column, ..field.clone() })
}

fn only_takes_away(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::RemoveField(_)
            | Operation::RemoveIndex(_)
            | Operation::RemoveConstraint(_)
            | Operation::DeleteModel(_)
    )
}

/// Returns the models that a migration deletes.
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
