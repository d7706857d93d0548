//! Models that went, and models that came.

use std::collections::{BTreeMap, BTreeSet};

use super::cycles::{Prefer, cuts};
use super::fields::target_made;
use super::order::{Fact, Planned};
use super::{Found, Sight, constraints, indexes};
use crate::constraint::Constraint;
use crate::index::Index;
use crate::model::Model;
use crate::name::{FieldName, ModelKey, TableName};
use crate::operation::{
    AddField, CreateModel, DeleteModel, Operation, RemoveConstraint, RemoveField, RemoveIndex,
};
use crate::state::ProjectState;

/// Finds models that are in the state and not wanted: each goes after all that refers to it.
pub(super) fn deleted(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    let gone: BTreeMap<&ModelKey, &Model> = state
        .models()
        .filter(|(key, _)| key.app == *sight.app && !sight.target.contains(key))
        .map(|(key, model)| (key, model.as_ref()))
        .collect();
    if gone.is_empty() {
        return;
    }
    let mut cut = cuts(&gone, Prefer::Last);
    cut.extend(references_to_moving_keys(sight, state, &gone));
    for (key, field) in &cut {
        if let Some(model) = gone.get(key) {
            cut_field(key, model, field, found);
        }
    }
    let mut needs: BTreeMap<&ModelKey, Vec<Fact>> = BTreeMap::new();
    for (by, model) in state.models() {
        for (field, to) in model.fields.iter().flat_map(|it| it.targets().map(|to| (&it.name, to))) {
            if by != to && gone.contains_key(to) {
                needs.entry(to).or_default().extend([
                    Fact::FieldGone(by.clone(), field.clone()),
                    Fact::FieldAltered(by.clone(), field.clone()),
                ]);
                if !cut.contains(&(by.clone(), field.clone())) {
                    needs.entry(to).or_default().push(Fact::ModelGone(by.clone()));
                }
            }
        }
    }
    for (key, field) in &cut {
        if let Some((key, _)) = gone.get_key_value(key) {
            needs.entry(key).or_default().push(Fact::FieldGone((*key).clone(), field.clone()));
        }
    }
    for key in gone.keys() {
        let delete = Operation::DeleteModel(DeleteModel { model: key.name.clone() });
        let planned = Planned::new(delete).gives(Fact::ModelGone((*key).clone()));
        found.planned.push(planned.needs(needs.remove(key).unwrap_or_default()));
    }
}

/// Gives the references of models that go to models that stay and get another primary key: the key can move only when
/// they are gone, and the models perhaps only after that.
fn references_to_moving_keys(
    sight: &Sight<'_>,
    state: &ProjectState,
    gone: &BTreeMap<&ModelKey, &Model>,
) -> BTreeSet<(ModelKey, FieldName)> {
    let moving: BTreeSet<&ModelKey> =
        sight.pairs(state).filter(|pair| pair.joined_key().next().is_some()).map(|pair| pair.key).collect();
    let mut found = BTreeSet::new();
    for (key, model) in gone {
        for field in model.fields.iter().filter(|field| !field.primary_key) {
            if field.targets().any(|to| moving.contains(to) && field.holds_keys_of(key, to)) {
                found.insert(((*key).clone(), field.name.clone()));
            }
        }
    }
    found
}

/// Removes a field of a model that is to go, and before it what uses the field.
fn cut_field(key: &ModelKey, model: &Model, field: &FieldName, found: &mut Found) {
    let uses = |names: Vec<&str>| names.iter().any(|name| *field == *name);
    for name in model.constraints.iter().filter(|it| uses(it.field_names())).filter_map(Constraint::name) {
        let remove = RemoveConstraint { model: key.name.clone(), name: name.clone() };
        found.planned.push(Planned::new(Operation::RemoveConstraint(remove)));
    }
    for name in model.indexes.iter().filter(|it| uses(it.field_names())).filter_map(|it| it.name.as_ref()) {
        let remove = RemoveIndex { model: key.name.clone(), name: name.clone() };
        found.planned.push(Planned::new(Operation::RemoveIndex(remove)));
    }
    let remove = RemoveField { model: key.name.clone(), field: field.clone() };
    let gives = Fact::FieldGone(key.clone(), field.clone());
    found.planned.push(Planned::new(Operation::RemoveField(remove)).gives(gives));
}

/// Finds models that are wanted and not in the state: each comes after all that it refers to.
pub(super) fn created(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    let new: BTreeMap<&ModelKey, &Model> = sight.models().filter(|(key, _)| !state.contains(key)).collect();
    if new.is_empty() {
        return;
    }
    let old_tables: BTreeMap<TableName, &ModelKey> = state
        .models()
        .filter(|(key, _)| !sight.target.contains(key))
        .map(|(key, model)| (model.table_name(&key.app), key))
        .collect();
    let cut = cuts(&new, Prefer::First);
    let mut late = Found::default();
    for (key, model) in &new {
        let is_cut = |field: &FieldName| cut.contains(&((*key).clone(), field.clone()));
        let small = without_cut_fields(key, model, &cut, &mut late);
        let targets = small.fields.iter().flat_map(|field| target_made(sight, state, key, field));
        let mut needs: Vec<Fact> = targets.filter(|fact| *fact != Fact::ModelMade((*key).clone())).collect();
        // A table can be made again only when the one of that name is gone.
        needs.extend(old_tables.get(&model.table_name(&key.app)).map(|old| Fact::ModelGone((*old).clone())));
        let create = Operation::CreateModel(CreateModel { model: small });
        found.planned.push(Planned::new(create).gives(Fact::ModelMade((*key).clone())).needs(needs));
        for field in model.fields.iter().filter(|field| is_cut(&field.name)) {
            let add = AddField { model: key.name.clone(), field: field.clone(), backfill: None };
            let planned = Planned::new(Operation::AddField(add))
                .gives(Fact::FieldMade((*key).clone(), field.name.clone()))
                .needs([Fact::ModelMade((*key).clone())])
                .needs(target_made(sight, state, key, field));
            late.planned.push(planned);
        }
    }
    found.planned.append(&mut late.planned);
}

/// Takes the cut fields out of a new model, and plans what uses them for later.
fn without_cut_fields(
    key: &ModelKey,
    model: &Model,
    cut: &BTreeSet<(ModelKey, FieldName)>,
    late: &mut Found,
) -> Model {
    let is_cut = |name: &str| cut.contains(&(key.clone(), FieldName::new(name)));
    let mut small = model.clone();
    if !model.fields.iter().any(|field| is_cut(field.name.as_str())) {
        return small;
    }
    small.fields.retain(|field| !is_cut(field.name.as_str()));
    let later = |names: Vec<&str>| names.into_iter().any(is_cut);
    let late_indexes: Vec<Index> = small.indexes.extract_if(.., |it| later(it.field_names())).collect();
    for index in &late_indexes {
        late.planned.push(indexes::planned(key, index));
    }
    let late_constraints: Vec<Constraint> =
        small.constraints.extract_if(.., |it| later(it.field_names())).collect();
    for constraint in &late_constraints {
        late.planned.push(constraints::planned(key, constraint));
    }
    small
}
