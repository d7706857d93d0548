//! The models of the source -> a state, checked to hold together.

use std::collections::{BTreeMap, BTreeSet};

use super::rename_hints;
use super::rename_hints::Rename;
use super::renames;
use crate::error::{DetectError, StateError};
use crate::model::Model;
use crate::model::constraint::Constraint;
use crate::model::field::{Field, FieldKind};
use crate::model::hints::SourceModel;
use crate::model::naming::{HISTORY_TABLE, MAX_NAME_BYTES, PROGRESS_TABLE, object_name};
use crate::model::references::Link;
use crate::model::relation::ManyToMany;
use crate::name::{AppLabel, FieldName, ModelKey, ObjectName};
use crate::state::{ProjectState, check_objects};
use crate::table::Table;

/// Returns the state in which every wanted model is as its source says; apps that are not compared are as recorded.
pub(super) fn state(
    recorded: &ProjectState,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    apps: &BTreeSet<AppLabel>,
) -> Result<ProjectState, DetectError> {
    let mut state = ProjectState::default();
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
    check_ends(state, app)?;
    let mut tables = BTreeMap::new();
    let mut objects = BTreeMap::new();
    let mut indexes = Vec::new();
    for (key, model) in state.models() {
        let joins = model.join_table_names(key).map(|(_, table)| table);
        // Some databases take `Post` and `post` for one table, and for one column.
        for table in [model.table_name(&key.app)].into_iter().chain(joins) {
            let is_own = |own: &&str| table.as_str().eq_ignore_ascii_case(own);
            if model.managed && [HISTORY_TABLE, PROGRESS_TABLE].iter().any(is_own) {
                return Err(DetectError::OwnTable { model: key.clone(), table });
            }
            if let Some(other) = tables.insert(table.as_str().to_lowercase(), key) {
                return Err(DetectError::SameTable { model: key.clone(), other: other.clone(), table });
            }
        }
        if key.app != *app {
            check_leaning(state, key, model, app)?;
            // Names that nobody chose begin with that of the table, which differs already.
            let of_indexes = model.indexes.iter().filter_map(|index| index.name.as_ref());
            for name in of_indexes.chain(model.constraints.iter().filter_map(Constraint::name)) {
                objects.insert(name.as_str().to_lowercase(), key);
            }
            let key_name = object_name(&model.table_name(&key.app), &[], "pkey");
            objects.insert(key_name.as_str().to_lowercase(), key);
            continue;
        }
        let wrong = |source| DetectError::Model { model: key.clone(), source };
        if model.primary_key().next().is_none() {
            return Err(wrong(StateError::NoKey { model: key.clone() }));
        }
        check_objects(key, model).map_err(wrong)?;
        check_columns(key, model)?;
        check_targets(state, key, model)?;
        let images = state.images(key).map_err(wrong)?;
        for name in images.iter().flat_map(object_names).cloned().chain(images.iter().flat_map(made_names)) {
            if let Some(other) = objects.insert(name.as_str().to_lowercase(), key) {
                return Err(DetectError::SameObject { model: key.clone(), other: other.clone(), name });
            }
        }
        indexes.extend(images.iter().flat_map(index_names).map(|name| (key, name.clone())));
        let made = images.iter().flat_map(|table| made_names(table).chain(made_types(table)));
        indexes.extend(made.map(|name| (key, name)));
    }
    for (key, name) in indexes {
        if let Some(other) = tables.get(&name.as_str().to_lowercase()) {
            return Err(DetectError::NameOfTable { model: key.clone(), other: (*other).clone(), name });
        }
    }
    Ok(())
}

/// Returns the names of what some databases keep beside tables: indexes, and what they make of rules.
fn index_names(table: &Table) -> impl Iterator<Item = &ObjectName> {
    let rules = table.uniques.iter().map(|it| &it.name).chain(table.exclusions.iter().map(|it| &it.name));
    table.indexes.iter().map(|it| &it.name).chain(rules)
}

/// Returns the names that PostgreSQL has beside those: of primary keys, and of what counts automatic values.
fn made_names(table: &Table) -> impl Iterator<Item = ObjectName> {
    let counted = table.columns.iter().filter(|column| column.automatic);
    let sequences = counted.map(|column| format!("{}_{}_seq", table.name, column.name));
    // A longer one is cut by the server, in a way of its own.
    let sequences = sequences.filter(|name| name.len() <= MAX_NAME_BYTES).map(ObjectName::new);
    table.primary_key.iter().map(|key| key.name.clone()).chain(sequences)
}

/// Returns the names of the types that PostgreSQL has for columns; each table has a type of its name too.
fn made_types(table: &Table) -> impl Iterator<Item = ObjectName> {
    let lists = table.columns.iter().filter_map(|column| column.column_type.choices());
    lists.map(|choices| ObjectName::new(&choices.name))
}

/// Returns the names that must differ in a whole database: those of indexes, which unique constraints are too.
fn object_names(table: &Table) -> impl Iterator<Item = &ObjectName> {
    let of_table = table.checks.iter().map(|it| &it.name).chain(table.references.iter().map(|it| &it.name));
    let of_table = of_table.chain(table.exclusions.iter().map(|it| &it.name));
    table.indexes.iter().map(|it| &it.name).chain(table.uniques.iter().map(|it| &it.name)).chain(of_table)
}

fn check_columns(key: &ModelKey, model: &Model) -> Result<(), DetectError> {
    let mut columns: BTreeMap<String, &Field> = BTreeMap::new();
    for field in model.fields.iter().filter(|field| field.has_column()) {
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

/// Checks that every reference of an app leads to a model; tells of all that do not at once.
fn check_ends(state: &ProjectState, app: &AppLabel) -> Result<(), DetectError> {
    let mut dangling = Vec::new();
    for (key, model) in state.models().filter(|(key, _)| key.app == *app) {
        let fields = model.fields.iter().flat_map(|field| field.targets().map(|to| (field.name.clone(), to)));
        let rules = model.constraints.iter().filter_map(Constraint::reference);
        let rules = rules.map(|rule| (FieldName::new(Link::Rule(rule).name()), &rule.to));
        let ends = fields.chain(rules).filter(|(_, to)| !state.contains(to));
        dangling.extend(ends.map(|(field, to)| (key.clone(), field, to.clone())));
    }
    if dangling.is_empty() {
        return Ok(());
    }
    let (model, field, to) = dangling.remove(0);
    Err(DetectError::NoTarget { model, field, to, others: dangling })
}

fn check_targets(state: &ProjectState, key: &ModelKey, model: &Model) -> Result<(), DetectError> {
    let wrong = |source| DetectError::Model { model: key.clone(), source };
    model.links().try_for_each(|link| state.check_link(key, link)).map_err(wrong)?;
    let rules = model.constraints.iter().filter_map(Constraint::reference);
    rules.into_iter().try_for_each(|rule| state.check_types(key, rule)).map_err(wrong)?;
    for field in &model.fields {
        if let FieldKind::ManyToMany(relation) = &field.kind {
            check_way(state, key, field, relation)
                .map_err(|source| DetectError::Model { model: key.clone(), source })?;
        }
    }
    Ok(())
}

/// Checks that a model of another app can refer to fields of this one as it does.
fn check_leaning(
    state: &ProjectState,
    key: &ModelKey,
    model: &Model,
    app: &AppLabel,
) -> Result<(), DetectError> {
    let targets = |to: &ModelKey| to.app == *app && state.contains(to);
    let leaning = model.links().filter(|link| !link.named().is_empty() && link.target().is_some_and(targets));
    for link in leaning {
        let refers = state.check_link(key, link);
        refers.map_err(|source| DetectError::Model { model: key.clone(), source })?;
    }
    Ok(())
}

/// Checks that the model which a relation goes through refers to both of its ends.
fn check_way(
    state: &ProjectState,
    key: &ModelKey,
    field: &Field,
    relation: &ManyToMany,
) -> Result<(), StateError> {
    let Some(through) = &relation.through else { return Ok(()) };
    let way = state.model(through)?;
    let refers = |to: &ModelKey| way.links().filter(|link| link.target() == Some(to)).count();
    let wanted = if *key == relation.to { 2 } else { 1 };
    match [key, &relation.to].into_iter().find(|to| refers(to) < wanted) {
        None => Ok(()),
        Some(to) => Err(StateError::NoWayThrough {
            model: key.clone(),
            field: field.name.clone(),
            through: through.clone(),
            to: to.clone(),
        }),
    }
}

/// Returns the fields of an app that get another name, with it, by their model in the state.
pub(super) fn renamed_fields<'a>(
    state: &ProjectState,
    wanted: &'a BTreeMap<ModelKey, SourceModel>,
    app: &AppLabel,
) -> Vec<(&'a ModelKey, Rename<FieldName>)> {
    let mut renamed = Vec::new();
    for (key, source) in wanted.iter().filter(|(key, _)| key.app == *app) {
        let Ok(before) = state.model(key) else { continue };
        let origins = rename_hints::of_fields(state, source, (key, before, &source.model));
        renamed.extend(origins.renames.into_iter().map(|rename| (key, rename)));
    }
    renamed
}

/// Returns the recorded state, with what goes to other apps there, by the names that all is to have: what another app lets go of is in it, by the name by which
/// that app lets go of it.
pub(super) fn named(
    arrived: &ProjectState,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    target: &ProjectState,
    apps: &BTreeSet<AppLabel>,
) -> Result<ProjectState, DetectError> {
    let mut state = arrived.clone();
    let wrong = |key: &ModelKey, source| DetectError::Model { model: key.clone(), source };
    for app in apps {
        for rename in rename_hints::of_models(&state, wanted, app).renames {
            let named = renames::name_model(&mut state, target, app, &rename);
            named.map_err(|source| wrong(&ModelKey::new(app, &rename.after), source))?;
        }
    }
    let table_of = |key: &ModelKey, model: &Model| {
        let wanted = target.model(key).ok()?;
        (wanted.table_name(&key.app) != model.table_name(&key.app))
            .then(|| (key.clone(), wanted.table.clone()))
    };
    let tables: Vec<_> = state.models().filter_map(|(key, model)| table_of(key, model)).collect();
    for (key, table) in tables {
        state.set_table(&key, table).map_err(|source| wrong(&key, source))?;
    }
    for app in apps {
        for (key, rename) in renamed_fields(&state, wanted, app) {
            let named = renames::name_field(&mut state, target, key, &rename);
            named.map_err(|source| wrong(key, source))?;
        }
    }
    Ok(state)
}
