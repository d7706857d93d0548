//! One app before its changes, between other apps that are as they are wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::moves;
use super::rename_hints::{self, Rename};
use super::target_state;
use crate::error::DetectError;
use crate::model::Model;
use crate::model::constraint::Constraint;
use crate::model::hints::SourceModel;
use crate::name::{AppLabel, FieldName, ModelKey};
use crate::state::ProjectState;

/// Returns the recorded state with the models of other apps as they are wanted: their own changes are their own matter.
///
/// What goes from one app to another has gone, unless it is to come to the app itself.
pub(super) fn before_changes(
    recorded: &ProjectState,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    target: &ProjectState,
    apps: &BTreeSet<AppLabel>,
    moves: &[(ModelKey, ModelKey)],
    app: &AppLabel,
) -> Result<ProjectState, DetectError> {
    let earlier = EarlierNames::of(recorded, wanted, target, moves, app)?;
    let mut state = recorded.clone();
    for app in apps.iter().filter(|it| *it != app) {
        for Rename { before, after, .. } in rename_hints::of_models(recorded, wanted, app).renames {
            let key = ModelKey::new(app, &before);
            let rename = state.rename_model(&key, &after);
            rename.map_err(|source| DetectError::Model { model: ModelKey::new(app, &after), source })?;
        }
        for (key, Rename { before, after, .. }) in target_state::renamed_fields(&state, wanted, app) {
            state.follow_target(key, &before, &after);
        }
    }
    for (before, after) in moves.iter().filter(|(_, after)| after.app != *app) {
        let gone = state.move_model(before, after);
        gone.map_err(|source| DetectError::Model { model: after.clone(), source })?;
    }
    // What comes refers to what moves elsewhere where that is by then.
    let coming = moves.iter().filter(|(_, after)| after.app == *app);
    let coming: Vec<_> = coming
        .filter_map(|(before, _)| state.model(before).ok().map(|model| (before, Arc::clone(model))))
        .collect();
    for app in apps.iter().filter(|it| *it != app) {
        let gone: Vec<ModelKey> =
            state.models().filter(|(key, _)| key.app == *app).map(|(key, _)| key.clone()).collect();
        for key in gone {
            state.take(&key);
        }
        for (key, model) in target.models().filter(|(key, _)| key.app == *app) {
            state.put(key, model);
        }
    }
    for (key, model) in coming {
        state.put(key, &model);
    }
    earlier.lead_back(&mut state, app);
    Ok(state)
}

/// What models and fields of an app are called before its changes, where that differs from what they are called after.
///
/// Another app that is ahead refers to them by their names after. A name may be that of something else before: without
/// this, what goes or makes room would seem to be referred to.
struct EarlierNames {
    /// By the key after.
    models: BTreeMap<ModelKey, ModelKey>,
    /// By the key of the model after, and the name of the field after.
    fields: BTreeMap<ModelKey, BTreeMap<FieldName, FieldName>>,
}

impl EarlierNames {
    fn of(
        recorded: &ProjectState,
        wanted: &BTreeMap<ModelKey, SourceModel>,
        target: &ProjectState,
        moves: &[(ModelKey, ModelKey)],
        app: &AppLabel,
    ) -> Result<Self, DetectError> {
        let mut state = moves::arrived(recorded, target, moves)?;
        let coming = moves.iter().filter(|(_, after)| after.app == *app);
        let mut names: BTreeMap<ModelKey, ModelKey> =
            coming.map(|(before, after)| (after.clone(), before.clone())).collect();
        let mut given_up = BTreeSet::new();
        for Rename { before, after, .. } in rename_hints::of_models(&state, wanted, app).renames {
            let (old, new) = (ModelKey::new(app, &before), ModelKey::new(app, &after));
            let rename = state.rename_model(&old, &after);
            rename.map_err(|source| DetectError::Model { model: new.clone(), source })?;
            rename_in(&mut names, &mut given_up, &old, &new);
        }
        let is_taken = |key: &ModelKey| state.contains(key) || recorded.contains(key) || target.contains(key);
        await_new(&mut names, given_up, |key| {
            let of = |name: &str| ModelKey::new(app, name);
            of(&rename_hints::aside(key.name.as_str(), "Awaited", &|name| is_taken(&of(name))))
        });
        let mut renamed: BTreeMap<&ModelKey, (BTreeMap<FieldName, FieldName>, BTreeSet<FieldName>)> =
            BTreeMap::new();
        for (key, Rename { before, after, .. }) in target_state::renamed_fields(&state, wanted, app) {
            let (names, given_up) = renamed.entry(key).or_default();
            rename_in(names, given_up, &before, &after);
        }
        let mut fields = BTreeMap::new();
        for (key, (mut names, given_up)) in renamed {
            let is_taken = |name: &str| {
                let has = |state: &ProjectState| state.field(key, &name.into()).is_ok();
                has(&state) || has(target)
            };
            await_new(&mut names, given_up, |name| {
                rename_hints::aside(name.as_str(), "_awaited", &is_taken).into()
            });
            fields.insert(key.clone(), names);
        }
        Ok(Self { models: names, fields })
    }

    /// Leads what other apps refer to in the app to what it is called before the app's changes.
    fn lead_back(&self, state: &mut ProjectState, app: &AppLabel) {
        if self.models.is_empty() && self.fields.is_empty() {
            return;
        }
        let others = state.models().filter(|(key, model)| {
            key.app != *app
                && model.targets().any(|to| self.models.contains_key(to) || self.fields.contains_key(to))
        });
        let others: Vec<(ModelKey, Arc<Model>)> =
            others.map(|(key, model)| (key.clone(), Arc::clone(model))).collect();
        for (key, mut model) in others {
            self.lead_back_links(Arc::make_mut(&mut model));
            state.put(&key, &model);
        }
    }

    fn lead_back_links(&self, model: &mut Model) {
        for relation in model.fields.iter_mut().filter_map(|field| field.relation_mut()) {
            self.lead_back_names(&relation.to, relation.to_field.as_mut_slice());
        }
        for rule in model.constraints.iter_mut().filter_map(Constraint::reference_mut) {
            self.lead_back_names(&rule.to, &mut rule.to_fields);
        }
        for target in model.targets_mut() {
            if let Some(before) = self.models.get(target) {
                *target = before.clone();
            }
        }
    }

    fn lead_back_names(&self, to: &ModelKey, names: &mut [FieldName]) {
        let Some(earlier) = self.fields.get(to) else { return };
        for name in names {
            if let Some(before) = earlier.get(name) {
                *name = before.clone();
            }
        }
    }
}

/// Notes a rename in names before, by the names after.
fn rename_in<N: Clone + Ord>(names: &mut BTreeMap<N, N>, given_up: &mut BTreeSet<N>, before: &N, after: &N) {
    let first = names.remove(before).unwrap_or_else(|| before.clone());
    given_up.insert(first.clone());
    names.insert(after.clone(), first);
}

/// Adds names that nothing has before, for what comes anew under a name that something else had.
fn await_new<N: Ord>(names: &mut BTreeMap<N, N>, given_up: BTreeSet<N>, awaited: impl Fn(&N) -> N) {
    for name in given_up {
        let awaited = awaited(&name);
        names.entry(name).or_insert(awaited);
    }
}
