//! The models of the source -> a state, which is checked.

use std::collections::{BTreeMap, BTreeSet};

use super::error::DetectError;
use crate::model::Model;
use crate::model::constraint::Constraint;
use crate::model::field::{Field, FieldKind};
use crate::model::hints::SourceModel;
use crate::model::naming::{MAX_NAME_BYTES, is_own_name, object_name};
use crate::model::references::Link;
use crate::model::relation::ManyToMany;
use crate::name::{AppLabel, FieldName, ModelKey, ObjectName, TableName};
use crate::state::error::StateError;
use crate::state::{ProjectState, check_objects};
use crate::table::Table;

/// Returns the state with every wanted model as its source declares it. Apps that are not compared keep their recorded
/// models.
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

/// Checks the models of one app: their references have targets, and names in the database are unique.
pub(super) fn check(state: &ProjectState, app: &AppLabel) -> Result<(), DetectError> {
    check_references(state, app)?;
    let mut tables = BTreeMap::new();
    let mut objects = BTreeMap::new();
    let mut indexes = Vec::new();
    for (key, model) in state.models() {
        let joins = model.join_table_names(key).map(|(_, table)| table);
        // For some databases, `Post` and `post` are the same table, or the same column.
        for table in [model.table_name(&key.app)].into_iter().chain(joins) {
            if model.managed && is_own_name(table.as_str()) {
                return Err(DetectError::OwnTable { model: key.clone(), table });
            }
            if let Some(other) = tables.insert(table.to_string().to_lowercase(), key) {
                return Err(DetectError::SameTable { model: key.clone(), other: other.clone(), table });
            }
        }
        if key.app != *app {
            check_references_to(state, key, model, app)?;
            // A derived name begins with the name of the table, which is unique.
            let of_indexes = model.indexes.iter().filter_map(|index| index.name.as_ref());
            for name in of_indexes.chain(model.constraints.iter().filter_map(Constraint::name)) {
                objects.insert(in_schema(model, name.as_str()), key);
            }
            let key_name = object_name(&model.table_name(&key.app), &[], "pkey");
            objects.insert(in_schema(model, key_name.as_str()), key);
            continue;
        }
        check_model(state, key, model)?;
        let images = state.images(key).map_err(|source| DetectError::Model { model: key.clone(), source })?;
        for name in images.iter().flat_map(object_names).cloned().chain(images.iter().flat_map(made_names)) {
            if let Some(other) = objects.insert(in_schema(model, name.as_str()), key) {
                return Err(DetectError::SameObject { model: key.clone(), other: other.clone(), name });
            }
        }
        indexes.extend(images.iter().flat_map(index_names).map(|name| (key, model, name.clone())));
        let made = images.iter().flat_map(|table| made_names(table).chain(made_types(table)));
        indexes.extend(made.map(|name| (key, model, name)));
    }
    for (key, model, name) in indexes {
        if model.managed && is_own_name(name.as_str()) {
            return Err(DetectError::OwnName { model: key.clone(), name });
        }
        if let Some(other) = tables.get(&in_schema(model, name.as_str())) {
            return Err(DetectError::NameOfTable { model: key.clone(), other: (*other).clone(), name });
        }
    }
    Ok(())
}

/// Returns what no two objects of a schema may share: for some databases, case makes no difference.
fn in_schema(model: &Model, name: &str) -> String {
    TableName::new(name).within(model.schema.as_ref()).to_string().to_lowercase()
}

/// Checks a model by itself.
fn check_model(state: &ProjectState, key: &ModelKey, model: &Model) -> Result<(), DetectError> {
    let in_model = |source| DetectError::Model { model: key.clone(), source };
    if model.primary_key().next().is_none() {
        return Err(in_model(StateError::NoKey { model: key.clone() }));
    }
    check_objects(key, model).map_err(in_model)?;
    check_columns(key, model)?;
    check_targets(state, key, model).map_err(in_model)
}

/// Returns the names of objects that some databases keep beside tables: indexes, and indexes of constraints.
fn index_names(table: &Table) -> impl Iterator<Item = &ObjectName> {
    let rules = table.uniques.iter().map(|it| &it.name).chain(table.exclusions.iter().map(|it| &it.name));
    table.indexes.iter().map(|it| &it.name).chain(rules)
}

/// Returns the further names that PostgreSQL has: of primary keys, and of sequences for automatic values.
fn made_names(table: &Table) -> impl Iterator<Item = ObjectName> {
    let counted = table.columns.iter().filter(|column| column.automatic);
    let sequences = counted.map(|column| format!("{}_{}_seq", table.name, column.name));
    // The server shortens a longer name, in a way of its own.
    let sequences = sequences.filter(|name| name.len() <= MAX_NAME_BYTES).map(ObjectName::new);
    table.primary_key.iter().map(|key| key.name.clone()).chain(sequences)
}

/// Returns the names of the types that PostgreSQL has for columns. Each table has a type of its own name too.
fn made_types(table: &Table) -> impl Iterator<Item = ObjectName> {
    let lists = table.columns.iter().filter_map(|column| column.column_type.choices());
    lists.map(|choices| ObjectName::new(&choices.name))
}

/// Returns the names that must be unique in a whole database: of constraints and of indexes, which unique constraints are
/// too.
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

/// Checks that every reference of an app refers to a model. The error lists all references that do not.
fn check_references(state: &ProjectState, app: &AppLabel) -> Result<(), DetectError> {
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

fn check_targets(state: &ProjectState, key: &ModelKey, model: &Model) -> Result<(), StateError> {
    model.links().try_for_each(|link| state.check_link(key, link))?;
    let mut rules = model.constraints.iter().filter_map(Constraint::reference);
    rules.try_for_each(|rule| state.check_types(key, rule))?;
    for field in &model.fields {
        if let FieldKind::ManyToMany(relation) = &field.kind {
            check_through_model(state, key, field, relation)?;
        }
    }
    Ok(())
}

/// Checks that the references of a model of another app to fields of this app are valid.
fn check_references_to(
    state: &ProjectState,
    key: &ModelKey,
    model: &Model,
    app: &AppLabel,
) -> Result<(), DetectError> {
    for link in model.links().filter(|link| !link.named().is_empty()) {
        if link.target().is_some_and(|to| to.app == *app && state.contains(to)) {
            state
                .check_link(key, link)
                .map_err(|source| DetectError::Model { model: key.clone(), source })?;
        }
    }
    Ok(())
}

/// Checks that the `through` model of a relation refers to both of its ends.
fn check_through_model(
    state: &ProjectState,
    key: &ModelKey,
    field: &Field,
    relation: &ManyToMany,
) -> Result<(), StateError> {
    let Some(through) = &relation.through else { return Ok(()) };
    let through_model = state.model(through)?;
    let wanted = if *key == relation.to { 2 } else { 1 };
    let unreferenced = [key, &relation.to]
        .into_iter()
        .find(|to| through_model.links().filter(|link| link.target() == Some(to)).count() < wanted);
    match unreferenced {
        None => Ok(()),
        Some(to) => Err(StateError::NoWayThrough {
            model: key.clone(),
            field: field.name.clone(),
            through: through.clone(),
            to: to.clone(),
        }),
    }
}
