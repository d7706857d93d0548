//! One app before its changes, with the other apps in their final form.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::apply_hints::{field_renames, with_moves};
use super::error::DetectError;
use super::rename_hints::{self, Rename};
use crate::model::Model;
use crate::model::constraint::Constraint;
use crate::model::hints::SourceModel;
use crate::name::{AppLabel, FieldName, ModelKey};
use crate::state::ProjectState;

/// Returns the recorded state with the models of other apps in their final form: these apps plan their own changes.
///
/// A model that moves to another app is already there, unless it moves to the app itself.
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
        for (key, Rename { before, after, .. }) in field_renames(&state, wanted, app) {
            state.follow_target(key, &before, &after);
        }
    }
    for (before, after) in moves.iter().filter(|(_, after)| after.app != *app) {
        let result = state.move_model(before, after);
        result.map_err(|source| DetectError::Model { model: after.clone(), source })?;
    }
    // A model that moves to the app refers to other moved models in their new apps.
    let arriving = moves.iter().filter(|(_, after)| after.app == *app);
    let arriving: Vec<_> = arriving
        .filter_map(|(before, _)| state.model(before).ok().map(|model| (before, Arc::clone(model))))
        .collect();
    for app in apps.iter().filter(|it| *it != app) {
        let recorded: Vec<ModelKey> =
            state.models().filter(|(key, _)| key.app == *app).map(|(key, _)| key.clone()).collect();
        for key in recorded {
            state.take(&key);
        }
        for (key, model) in target.models().filter(|(key, _)| key.app == *app) {
            state.put(key, model);
        }
    }
    earlier.restore(&mut state, app);
    // A model that moves to the app is in its recorded form, and refers to the app's models by their names before.
    for (key, model) in arriving {
        state.put(key, &model);
    }
    Ok(state)
}

/// The names of an app's models and fields before its changes, if they differ from the names after.
///
/// Another app in its final form refers to them by their names after. Before the changes, such a name may belong to another
/// model or field: without this, a model or field that is removed or makes room would seem to be referred to.
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
        let mut state = with_moves(recorded, target, moves)?;
        let arriving = moves.iter().filter(|(_, after)| after.app == *app);
        let mut names: BTreeMap<ModelKey, ModelKey> =
            arriving.map(|(before, after)| (after.clone(), before.clone())).collect();
        let mut released = BTreeSet::new();
        for Rename { before, after, .. } in rename_hints::of_models(&state, wanted, app).renames {
            let (old, new) = (ModelKey::new(app, &before), ModelKey::new(app, &after));
            let rename = state.rename_model(&old, &after);
            rename.map_err(|source| DetectError::Model { model: new.clone(), source })?;
            note_rename(&mut names, &mut released, &old, &new);
        }
        add_placeholders(&mut names, released, |key| {
            let name = rename_hints::unused_name(key.name.as_str(), "Awaited", &|name| {
                let key = ModelKey::new(app, name);
                state.contains(&key) || recorded.contains(&key) || target.contains(&key)
            });
            ModelKey::new(app, name)
        });
        let mut renamed: BTreeMap<&ModelKey, (BTreeMap<FieldName, FieldName>, BTreeSet<FieldName>)> =
            BTreeMap::new();
        for (key, Rename { before, after, .. }) in field_renames(&state, wanted, app) {
            let (names, released) = renamed.entry(key).or_default();
            note_rename(names, released, &before, &after);
        }
        let mut fields = BTreeMap::new();
        for (key, (mut names, released)) in renamed {
            add_placeholders(&mut names, released, |name| {
                rename_hints::unused_name(name.as_str(), "_awaited", &|name| {
                    [&state, target].iter().any(|state| state.field(key, &name.into()).is_ok())
                })
                .into()
            });
            fields.insert(key.clone(), names);
        }
        Ok(Self { models: names, fields })
    }

    /// Makes the references of other apps refer to the names before the app's changes.
    fn restore(&self, state: &mut ProjectState, app: &AppLabel) {
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
            self.restore_links(Arc::make_mut(&mut model));
            state.put(&key, &model);
        }
    }

    fn restore_links(&self, model: &mut Model) {
        for relation in model.fields.iter_mut().filter_map(|field| field.relation_mut()) {
            self.restore_names(&relation.to, relation.to_field.as_mut_slice());
        }
        for rule in model.constraints.iter_mut().filter_map(Constraint::reference_mut) {
            self.restore_names(&rule.to, &mut rule.to_fields);
        }
        for target in model.targets_mut() {
            if let Some(before) = self.models.get(target) {
                *target = before.clone();
            }
        }
    }

    fn restore_names(&self, to: &ModelKey, names: &mut [FieldName]) {
        let Some(earlier) = self.fields.get(to) else { return };
        for name in names {
            if let Some(before) = earlier.get(name) {
                *name = before.clone();
            }
        }
    }
}

/// Notes a rename in the names before, which are listed by the names after.
fn note_rename<N: Clone + Ord>(
    names: &mut BTreeMap<N, N>,
    released: &mut BTreeSet<N>,
    before: &N,
    after: &N,
) {
    let first = names.remove(before).unwrap_or_else(|| before.clone());
    released.insert(first.clone());
    names.insert(after.clone(), first);
}

/// Adds unused names before, for models and fields that are created under a name that another one had.
fn add_placeholders<N: Ord>(
    names: &mut BTreeMap<N, N>,
    released: BTreeSet<N>,
    placeholder: impl Fn(&N) -> N,
) {
    for name in released {
        let placeholder = placeholder(&name);
        names.entry(name).or_insert(placeholder);
    }
}
