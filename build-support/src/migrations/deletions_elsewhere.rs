//! Models that another crate deletes, while migrations of this crate still refer to them.
//!
//! The other crate does not know which crates refer to its models. So its deletion is left out of the replay, the
//! comparison finds which references this crate removes, and the migration that removes them declares that it runs before
//! the deletion. If the replacement of such a reference needs the deletion or a later migration, it becomes a second
//! migration: the first one only removes references.

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

/// Deletions that are left out of the replay.
#[derive(Debug, Default)]
pub(crate) struct ElsewhereDeleted {
    /// Each deletion, with the apps of this crate that refer to the deleted models.
    deletions: BTreeMap<MigrationId, BTreeSet<AppLabel>>,
    /// All recorded migrations, including the deletions; none if no deletion is left out.
    migrations: Vec<Migration>,
}

/// Replays a history, without the deletions of other crates that it does not allow yet.
///
/// # Errors
/// As [`history::replay`], if leaving out deletions does not help.
pub(crate) fn replay(
    migrations: &[Migration],
    own: &BTreeSet<AppLabel>,
) -> Result<(History, ElsewhereDeleted), Vec<(AppLabel, Fault)>> {
    let faults = match history::replay(migrations.to_vec()) {
        Ok(history) => return Ok((history, ElsewhereDeleted::default())),
        Err(faults) => faults,
    };
    let others = migrations.iter().filter(|it| !own.contains(&it.id.app));
    let candidates: Vec<&Migration> = others.filter(|it| deleted(it).next().is_some()).collect();
    let Some(without) = without(migrations, own, candidates.iter().map(|it| &it.id)) else {
        return Err(faults);
    };
    let mut deletions: BTreeMap<MigrationId, BTreeSet<AppLabel>> = BTreeMap::new();
    for deletion in candidates {
        for key in deleted(deletion) {
            let referrers = without.state.referrers(&key).into_iter().map(|(by, _)| by.app.clone());
            let apps: BTreeSet<AppLabel> = referrers.filter(|app| own.contains(app)).collect();
            if !apps.is_empty() {
                deletions.entry(deletion.id.clone()).or_default().extend(apps);
            }
        }
    }
    match self::without(migrations, own, deletions.keys()) {
        Some(history) if !deletions.is_empty() => {
            Ok((history, ElsewhereDeleted { deletions, migrations: migrations.to_vec() }))
        }
        Some(_) | None => Err(faults),
    }
}

impl ElsewhereDeleted {
    /// Returns whether the replay has every migration.
    pub(crate) fn is_empty(&self) -> bool {
        self.deletions.is_empty()
    }

    /// Compares every app, as [`compare`] does, and makes the removal of references run before the deletions.
    pub(crate) fn compare(
        &self,
        history: &History,
        wanted: &BTreeMap<ModelKey, SourceModel>,
        apps: &BTreeSet<AppLabel>,
    ) -> BTreeMap<AppLabel, AppStatus> {
        let mut statuses = compare(history, wanted, apps);
        if statuses.values().any(|it| matches!(it, AppStatus::Faulty(Fault::Incomparable { .. })))
            && let Some(statuses) = self.in_two(history, wanted, apps)
        {
            return statuses;
        }
        self.precede(&mut statuses);
        statuses
    }

    /// Compares in two steps, for models that need a deletion first: one migration removes the references, and the rest
    /// follows the deletion. None if that does not succeed.
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
        let both = History { order: history.order.clone(), state: together(&others, &history.state) };
        let changes = compare(&both, wanted, apps);
        // Questions about removed and new parts are asked as if both existed at one time.
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
            let operations = remove_references(app, operations, &gone, &mut state);
            let before =
                self.deletions.iter().filter(|(_, apps)| apps.contains(app)).map(|(id, _)| id.clone());
            let head = history.order.leaves(app).last().map(|id| (*id).clone());
            let migration = next(history, None, app, operations, head.into_iter().collect());
            first.insert(app.clone(), Migration { run_before: before.collect(), ..migration });
        }
        let all = self.migrations.iter().chain(first.values()).cloned().collect();
        let mut statuses = compare(&history::replay(all).ok()?, wanted, apps);
        for (app, migration) in first {
            match statuses.get_mut(&app)? {
                AppStatus::Ahead(missing) => missing.insert(0, migration),
                up_to_date @ AppStatus::UpToDate => *up_to_date = AppStatus::Ahead(vec![migration]),
                AppStatus::Asks(_) => {}
                AppStatus::Waits | AppStatus::Faulty(_) => return None,
            }
        }
        Some(statuses)
    }

    /// Makes the missing migrations of the apps that refer to deleted models run before the deletions.
    fn precede(&self, statuses: &mut BTreeMap<AppLabel, AppStatus>) {
        for (deletion, apps) in &self.deletions {
            for app in apps {
                match statuses.get_mut(app) {
                    Some(AppStatus::Ahead(missing)) => {
                        missing
                            .last_mut()
                            .into_iter()
                            .for_each(|last| last.run_before.push(deletion.clone()));
                    }
                    Some(AppStatus::Faulty(Fault::Incomparable { message, .. })) => {
                        *message = format!(
                            "{message}; if `{deletion}` or a later migration makes it: `{deletion}` deletes a model to which `{app}` \
                             refers, so remove that reference first, build, and then add what is new"
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

/// Returns the models of one state, and those of the other that it does not have.
fn together(one: &ProjectState, other: &ProjectState) -> ProjectState {
    let mut both = one.clone();
    for (key, model) in other.models() {
        // An existing model is not inserted again.
        let _ = both.insert(key, Model::clone(model));
    }
    both
}

/// Returns the operations after which an app no longer refers to the deleted models, and applies them to the state.
///
/// It takes the operations that only remove something from `operations`. If a field will refer to something else, its
/// column keeps its values, without a foreign key in between.
fn remove_references<'a>(
    app: &AppLabel,
    operations: impl Iterator<Item = &'a Operation>,
    gone: &[&ModelKey],
    state: &mut ProjectState,
) -> Vec<Operation> {
    let removals = operations.filter(|it| only_removes(it));
    let mut first: Vec<Operation> =
        removals.filter(|it| apply_if_possible(app, it, state)).cloned().collect();
    let mut left = Vec::new();
    for (key, link) in gone.iter().flat_map(|key| state.referrers(key)).filter(|(key, _)| key.app == *app) {
        let model = key.name.clone();
        left.extend(match link {
            Link::Rule(rule) => {
                rule.name.clone().map(|name| Operation::RemoveConstraint(RemoveConstraint { model, name }))
            }
            Link::Field(field) => without_reference(state, key, field)
                .map(|field| Operation::AlterField(AlterField::new(model, field))),
        });
    }
    first.extend(left.into_iter().filter(|it| apply_if_possible(app, it, state)));
    first
}

/// Applies an operation to the state; returns false and changes nothing if it does not apply.
fn apply_if_possible(app: &AppLabel, operation: &Operation, state: &mut ProjectState) -> bool {
    let mut after = state.clone();
    let is_applied = operation.behaviour().apply(app, &mut after).is_ok();
    if is_applied {
        *state = after;
    }
    is_applied
}

/// Returns a field without its reference; none for a relation in a table of its own.
fn without_reference(state: &ProjectState, key: &ModelKey, field: &Field) -> Option<Field> {
    field.relation()?;
    let column_type = state.column_type(key, field).ok()?;
    let column = Some(field.column_name());
    Some(Field { kind: FieldKind::Column(column_type), column, ..field.clone() })
}

fn only_removes(operation: &Operation) -> bool {
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

/// Replays without some migrations and all that depend on them; none if that fails, or if an own migration depends on
/// them.
fn without<'a>(
    migrations: &[Migration],
    own: &BTreeSet<AppLabel>,
    aside: impl Iterator<Item = &'a MigrationId>,
) -> Option<History> {
    let mut aside: BTreeSet<&MigrationId> = aside.collect();
    loop {
        let rest = migrations.iter().filter(|it| !aside.contains(&it.id));
        let more = rest.filter(|it| it.depends_on.iter().chain(&it.replaces).any(|id| aside.contains(id)));
        let more: Vec<&MigrationId> = more.map(|it| &it.id).collect();
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
