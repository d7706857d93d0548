//! The models of the source -> a state, checked to hold together.

use std::collections::{BTreeMap, BTreeSet};

use super::{Sight, origins};
use crate::error::{DetectError, StateError};
use crate::field::Field;
use crate::hints::SourceModel;
use crate::model::Model;
use crate::name::{AppLabel, ModelKey};
use crate::state::{ProjectState, check_objects};
use crate::table::Table;

/// Gives the state in which every wanted model is as its source says; other apps that have no source are as recorded.
pub(super) fn state(
    recorded: &ProjectState,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    app: &AppLabel,
) -> Result<ProjectState, DetectError> {
    let mut state = ProjectState::default();
    let apps: BTreeSet<&AppLabel> = wanted.keys().map(|key| &key.app).chain([app]).collect();
    for (key, model) in recorded.models().filter(|(key, _)| !apps.contains(&key.app)) {
        state.put(key, model);
    }
    for (key, source) in wanted {
        let insert = state.insert(key, source.model.clone());
        insert.map_err(|source| DetectError::Model { model: key.clone(), source })?;
    }
    Ok(state)
}

/// Checks the models of one app: what they refer to is there, and no two things have one name in the database.
pub(super) fn check(state: &ProjectState, app: &AppLabel) -> Result<(), DetectError> {
    let mut tables = BTreeMap::new();
    let mut objects = BTreeMap::new();
    for (key, model) in state.models() {
        let table = model.table_name(&key.app);
        // Some databases take `Post` and `post` for one table, and for one column.
        if let Some(other) = tables.insert(table.as_str().to_lowercase(), key) {
            return Err(DetectError::SameTable { model: key.clone(), other: other.clone(), table });
        }
        if key.app != *app {
            continue;
        }
        let wrong = |source| DetectError::Model { model: key.clone(), source };
        if model.primary_key().next().is_none() {
            return Err(wrong(StateError::NoKey { model: key.clone() }));
        }
        check_objects(key, model).map_err(wrong)?;
        check_columns(key, model)?;
        check_targets(state, key, model)?;
        let table = state.table(key).map_err(wrong)?;
        for name in object_names(&table) {
            if let Some(other) = objects.insert(name.as_str().to_lowercase(), key) {
                return Err(DetectError::SameObject {
                    model: key.clone(),
                    other: other.clone(),
                    name: name.clone(),
                });
            }
        }
    }
    Ok(())
}

/// Gives the names that must differ in a whole database: those of indexes, which unique constraints are too.
fn object_names(table: &Table) -> impl Iterator<Item = &crate::name::ObjectName> {
    let of_table = table.checks.iter().map(|it| &it.name).chain(table.references.iter().map(|it| &it.name));
    table.indexes.iter().map(|it| &it.name).chain(table.uniques.iter().map(|it| &it.name)).chain(of_table)
}

fn check_columns(key: &ModelKey, model: &Model) -> Result<(), DetectError> {
    let mut columns: BTreeMap<String, &Field> = BTreeMap::new();
    for field in &model.fields {
        let column = field.column_name();
        if let Some(other) = columns.insert(column.as_str().to_lowercase(), field) {
            return Err(DetectError::SameColumn {
                model: key.clone(),
                field: field.name.clone(),
                other: other.name.clone(),
                column,
            });
        }
    }
    Ok(())
}

fn check_targets(state: &ProjectState, key: &ModelKey, model: &Model) -> Result<(), DetectError> {
    for (field, relation) in model.fields.iter().filter_map(|field| Some((field, field.relation()?))) {
        if !state.contains(&relation.to) {
            return Err(DetectError::NoTarget {
                model: key.clone(),
                field: field.name.clone(),
                to: relation.to.clone(),
            });
        }
    }
    Ok(())
}

/// Gives the recorded state with the models of other apps as they are wanted: their own changes are their own matter.
pub(super) fn surroundings(recorded: &ProjectState, sight: &Sight<'_>) -> Result<ProjectState, DetectError> {
    let mut state = recorded.clone();
    let others: BTreeSet<&AppLabel> =
        sight.wanted.keys().map(|key| &key.app).filter(|app| *app != sight.app).collect();
    for app in others {
        for (before, after) in origins::of_models(recorded, sight.wanted, app).renames {
            let key = ModelKey::new(app, &before);
            let rename = state.rename_model(&key, &after);
            rename.map_err(|source| DetectError::Model { model: ModelKey::new(app, &after), source })?;
        }
        let gone: Vec<ModelKey> =
            state.models().filter(|(key, _)| key.app == *app).map(|(key, _)| key.clone()).collect();
        for key in gone {
            state.take(&key);
        }
        for (key, model) in sight.target.models().filter(|(key, _)| key.app == *app) {
            state.put(key, model);
        }
    }
    Ok(state)
}
