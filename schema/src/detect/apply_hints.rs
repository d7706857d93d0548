//! Renames and moves of models and fields that hints declare -> the states in which they are applied.

use std::collections::{BTreeMap, BTreeSet};

use super::error::DetectError;
use super::rename_hints::{self, Rename};
use crate::model::hints::SourceModel;
use crate::model::naming;
use crate::name::{AppLabel, FieldName, ModelKey, ModelName, TableName};
use crate::operation::rename_field::Place;
use crate::operation::{Behaviour as _, RenameField, RenameModel};
use crate::state::ProjectState;
use crate::state::error::StateError;

/// Returns the moves of models between apps that hints declare, by the keys before and after. Each model moves once.
pub(super) fn model_moves(
    recorded: &ProjectState,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    apps: &BTreeSet<AppLabel>,
) -> Vec<(ModelKey, ModelKey)> {
    let mut moves: Vec<(ModelKey, ModelKey)> = Vec::new();
    for (key, source) in wanted.iter().filter(|(key, _)| !recorded.contains(key)) {
        let Some(from) = &source.hints.moved_from else { continue };
        let is_allowed = from.app != key.app && apps.contains(&from.app) && apps.contains(&key.app);
        let is_removed = recorded.contains(from) && !wanted.contains_key(from);
        if is_allowed && is_removed && moves.iter().all(|(before, _)| before != from) {
            moves.push((from.clone(), key.clone()));
        }
    }
    moves
}

/// Returns the recorded state with the moves applied.
///
/// # Errors
/// Returns an error if a model cannot move to its new app.
pub(super) fn with_moves(
    recorded: &ProjectState,
    target: &ProjectState,
    moves: &[(ModelKey, ModelKey)],
) -> Result<ProjectState, DetectError> {
    let mut state = recorded.clone();
    for (before, after) in moves {
        move_model(recorded, target, &mut state, before, after)
            .map_err(|source| DetectError::Model { model: after.clone(), source })?;
    }
    Ok(state)
}

/// Moves a model in a state, with the table that the source chooses.
pub(super) fn move_model(
    recorded: &ProjectState,
    target: &ProjectState,
    state: &mut ProjectState,
    before: &ModelKey,
    after: &ModelKey,
) -> Result<(), StateError> {
    if let Some(table) = chosen_table(recorded, target, before, after)? {
        state.set_table(before, Some(table))?;
    }
    state.move_model(before, after)
}

/// Returns the name of a moved model's table if the source chooses another one than is recorded.
///
/// The move names it, so that the table is renamed once, or not at all.
pub(super) fn chosen_table(
    recorded: &ProjectState,
    target: &ProjectState,
    before: &ModelKey,
    after: &ModelKey,
) -> Result<Option<TableName>, StateError> {
    let had = &recorded.model(before)?.table;
    Ok(target.model(after)?.table.clone().filter(|table| had.as_ref() != Some(table)))
}

/// Returns a state with all models, tables and fields renamed as the source wants.
///
/// It holds what other apps remove, by the names under which they remove it.
///
/// # Errors
/// Returns an error if a rename does not fit the state.
pub(super) fn with_renames(
    after_moves: &ProjectState,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    target: &ProjectState,
    apps: &BTreeSet<AppLabel>,
) -> Result<ProjectState, DetectError> {
    let mut state = after_moves.clone();
    for app in apps {
        for rename in rename_hints::of_models(&state, wanted, app).renames {
            rename_model(&mut state, target, app, &rename)
                .map_err(|source| DetectError::Model { model: ModelKey::new(app, &rename.after), source })?;
        }
    }
    let mut tables = Vec::new();
    for (key, model) in state.models() {
        if let Ok(wanted) = target.model(key)
            && wanted.table_name(&key.app) != model.table_name(&key.app)
        {
            tables.push((key.clone(), wanted.table.clone(), wanted.schema.clone()));
        }
    }
    for (key, table, schema) in tables {
        let set = state.set_schema(&key, schema).and_then(|()| state.set_table(&key, table));
        set.map_err(|source| DetectError::Model { model: key.clone(), source })?;
    }
    for app in apps {
        for (key, rename) in field_renames(&state, wanted, app) {
            rename_field(&mut state, target, key, &rename)
                .map_err(|source| DetectError::Model { model: key.clone(), source })?;
        }
    }
    Ok(state)
}

/// Returns the renames of an app's fields, with their models in the state.
pub(super) fn field_renames<'a>(
    state: &ProjectState,
    wanted: &'a BTreeMap<ModelKey, SourceModel>,
    app: &AppLabel,
) -> Vec<(&'a ModelKey, Rename<FieldName>)> {
    let mut renames = Vec::new();
    for (key, source) in wanted.iter().filter(|(key, _)| key.app == *app) {
        let Ok(before) = state.model(key) else { continue };
        let origins = rename_hints::of_fields(state, wanted, source, (key, before, &source.model));
        renames.extend(origins.renames.into_iter().map(|rename| (key, rename)));
    }
    renames
}

/// Renames a model in a state, and returns the operation. If its table keeps a derived name, the operation chooses that name.
pub(super) fn rename_model(
    state: &mut ProjectState,
    target: &ProjectState,
    app: &AppLabel,
    rename: &Rename<ModelName>,
) -> Result<RenameModel, StateError> {
    let before = ModelKey::new(app, &rename.before);
    let mut operation = RenameModel::new(rename.before.clone(), rename.after.clone());
    if let Some(last) = &rename.last {
        let model = state.model(&before)?;
        let table = model.table_name(app);
        let stays = target.model(&ModelKey::new(app, last))?.table_name(app) == table;
        let table = table.within(None);
        if model.table.is_none() && stays && naming::table_name(app, &rename.after) != table {
            operation.table = Some(table);
        }
    }
    operation.apply(app, state)?;
    Ok(operation)
}

/// Renames a field in a state, and returns the operation. If its column or its join table keeps a derived name, the operation
/// chooses that name.
pub(super) fn rename_field(
    state: &mut ProjectState,
    target: &ProjectState,
    key: &ModelKey,
    rename: &Rename<FieldName>,
) -> Result<RenameField, StateError> {
    let mut operation = RenameField::new(key.name.clone(), rename.before.clone(), rename.after.clone());
    if let Some(last) = &rename.last {
        let field = state.field(key, &rename.before)?;
        let before = Place::of(state, key, field)?;
        let stays = Place::of(target, key, target.field(key, last)?)? == before;
        // A name that is chosen already stays by itself.
        let is_chosen = before.as_ref().and_then(|it| it.chosen_for(field)).as_ref() == Some(field);
        if stays && !is_chosen {
            operation.place = before;
        }
    }
    operation.apply(&key.app, state)?;
    Ok(operation)
}
