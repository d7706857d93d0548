//! Models that went, and models that came.

use std::collections::{BTreeMap, BTreeSet};

use super::cycles::cuts;
use super::fields::{rule_made, target_made};
use super::order::{Fact, Planned};
use super::{Found, Sight, constraints, fields, indexes, origins};
use crate::constraint::Constraint;
use crate::field::Field;
use crate::index::Index;
use crate::model::Model;
use crate::name::{FieldName, ModelKey, ObjectName, TableName};
use crate::operation::{
    AddField, CreateModel, DeleteModel, Operation, RemoveConstraint, RemoveField, RemoveIndex,
};
use crate::references::Link;
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
    let mut cut = cuts(&gone);
    cut.extend(references_to_moving_keys(sight, state, &gone));
    cut.extend(references_to_other_apps(sight, &gone));
    let mut cut_objects = cut_rules(sight, &gone, found);
    for (key, model) in &gone {
        free_names(sight, key, model, &mut cut_objects, found);
    }
    for (key, field) in &cut {
        if let Some(model) = gone.get(key) {
            cut_field(key, model, field, &mut cut_objects, found);
        }
    }
    let mut needs: BTreeMap<&ModelKey, Vec<Fact>> = BTreeMap::new();
    let own = state.models().filter(|(by, _)| by.app == *sight.app).map(|(by, model)| (by.clone(), model));
    // What other apps let go of is not in the state, which has their models as they are to be.
    let foreign = sight.recorded.models().filter(|(by, _)| by.app != *sight.app);
    for (by, model) in own.chain(foreign.map(|(by, model)| (renamed(sight, by), model))) {
        for (field, to) in model.fields.iter().flat_map(|it| it.targets().map(move |to| (it, to))) {
            let Some((to, _)) = gone.get_key_value(to).filter(|(to, _)| ***to != by) else { continue };
            let own = (by.clone(), field.name.clone());
            let goes_with_model = field.primary_key || (by.app == *sight.app && !cut.contains(&own));
            let needs = needs.entry(to).or_default();
            needs.extend(goes_with_model.then(|| Fact::ModelGone(by.clone())));
            needs.push(Fact::FieldAltered(own.0.clone(), own.1.clone()));
            needs.push(Fact::FieldGone(own.0, own.1));
        }
        for rule in model.constraints.iter().filter_map(Constraint::reference) {
            let Some((to, _)) = gone.get_key_value(&rule.to).filter(|(to, _)| ***to != by) else { continue };
            needs.entry(to).or_default().extend(fields::gone(&by, Link::Rule(rule)).into_iter().filter(
                |fact| {
                    // A rule of a model that goes as well is cut, so that neither waits for the other.
                    *fact != Fact::ModelGone(by.clone()) || by.app != *sight.app
                },
            ));
        }
    }
    for (key, field) in &cut {
        if let Some((key, _)) = gone.get_key_value(key) {
            needs.entry(key).or_default().push(Fact::FieldGone((*key).clone(), field.clone()));
        }
    }
    for (key, model) in &gone {
        let delete = Operation::DeleteModel(DeleteModel { model: key.name.clone() });
        let mut planned = Planned::new(delete).gives(Fact::ModelGone((*key).clone()));
        planned.gives.extend(tables(key, model).map(|table| Fact::TableFree(key.app.clone(), table)));
        found.planned.push(planned.needs(needs.remove(key).unwrap_or_default()));
    }
}

/// Removes the references over several fields from models that go to others that go.
fn cut_rules(
    sight: &Sight<'_>,
    models: &BTreeMap<&ModelKey, &Model>,
    found: &mut Found,
) -> BTreeSet<(ModelKey, ObjectName)> {
    let mut cut = BTreeSet::new();
    for (key, model) in models {
        let goes = |to: &ModelKey| to != *key && (models.contains_key(to) || !sight.target.contains(to));
        let rules = model.constraints.iter().filter(|it| it.target().is_some_and(goes));
        for name in rules.filter_map(Constraint::name) {
            let remove = RemoveConstraint { model: key.name.clone(), name: name.clone() };
            let gives = Fact::ConstraintGone((*key).clone(), name.clone());
            let free = Fact::NameFree(key.app.clone(), name.clone());
            found.planned.push(Planned::new(Operation::RemoveConstraint(remove)).gives(gives).gives(free));
            cut.insert(((*key).clone(), name.clone()));
        }
    }
    cut
}

/// Gives the names of all tables of a model.
pub(super) fn tables(key: &ModelKey, model: &Model) -> impl Iterator<Item = TableName> {
    [model.table_name(&key.app)].into_iter().chain(model.join_table_names(key).map(|(_, table)| table))
}

/// Gives the name that a model of another app is to have.
fn renamed(sight: &Sight<'_>, key: &ModelKey) -> ModelKey {
    if sight.target.contains(key) {
        return key.clone();
    }
    let renames = origins::of_models(sight.recorded, sight.wanted, &key.app).renames;
    let after = renames.into_iter().find(|(before, _)| *before == key.name).map(|(_, after)| after);
    ModelKey::new(&key.app, after.as_ref().unwrap_or(&key.name))
}

/// Gives the references of models that go to models, or fields, of other apps that go too: neither app need wait for the
/// other.
fn references_to_other_apps(
    sight: &Sight<'_>,
    gone: &BTreeMap<&ModelKey, &Model>,
) -> BTreeSet<(ModelKey, FieldName)> {
    let goes = |to: &ModelKey| to.app != *sight.app && !sight.target.contains(to);
    let loses = |field: &Field| {
        let relation = field.relation().filter(|relation| relation.to.app != *sight.app);
        let named = relation.and_then(|it| Some((&it.to, it.to_field.as_ref()?)));
        let is_held = |to, name: &FieldName| {
            sight.target.model(to).is_ok_and(|model| model.holds_apart(std::slice::from_ref(name)))
        };
        named.is_some_and(|(to, name)| !is_held(to, name))
    };
    let of_model = |(key, model): (&&ModelKey, &&Model)| {
        let fields = model.fields.iter().filter(|field| !field.primary_key);
        let fields = fields.filter(|field| field.targets().any(goes) || loses(field));
        fields.map(|field| ((*key).clone(), field.name.clone())).collect::<Vec<_>>()
    };
    gone.iter().flat_map(of_model).collect()
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

/// Removes those indexes and constraints of a model that is to go whose names others get: these need not wait for all
/// that the model waits for.
fn free_names(
    sight: &Sight<'_>,
    key: &ModelKey,
    model: &Model,
    cut: &mut BTreeSet<(ModelKey, ObjectName)>,
    found: &mut Found,
) {
    for name in object_names(model).filter(|name| is_taken(sight, name)) {
        cut_object(key, model, name, cut, found);
    }
}

/// Removes an index or a constraint of a model that is to go, unless that is done already.
fn cut_object(
    key: &ModelKey,
    model: &Model,
    name: &ObjectName,
    cut: &mut BTreeSet<(ModelKey, ObjectName)>,
    found: &mut Found,
) {
    if !cut.insert((key.clone(), name.clone())) {
        return;
    }
    let is_index = model.indexes.iter().any(|it| it.name.as_ref() == Some(name));
    let (model, name) = (key.name.clone(), name.clone());
    let free = Fact::NameFree(key.app.clone(), name.clone());
    let remove = if is_index {
        Operation::RemoveIndex(RemoveIndex { model, name })
    } else {
        Operation::RemoveConstraint(RemoveConstraint { model, name })
    };
    found.planned.push(Planned::new(remove).gives(free));
}

/// Tells whether a wanted model of the app has an index or a constraint of that name.
fn is_taken(sight: &Sight<'_>, name: &ObjectName) -> bool {
    sight.models().any(|(_, model)| object_names(model).any(|it| it == name))
}

/// Removes a field of a model that is to go, and before it what uses the field.
fn cut_field(
    key: &ModelKey,
    model: &Model,
    field: &FieldName,
    cut: &mut BTreeSet<(ModelKey, ObjectName)>,
    found: &mut Found,
) {
    let uses = |names: Vec<&str>| names.iter().any(|name| *field == *name);
    let constraints = model.constraints.iter().filter(|it| uses(it.field_names()));
    let indexes = model.indexes.iter().filter(|it| uses(it.field_names()));
    let names = constraints.filter_map(Constraint::name).chain(indexes.filter_map(|it| it.name.as_ref()));
    for name in names {
        cut_object(key, model, name, cut, found);
    }
    let remove = RemoveField { model: key.name.clone(), field: field.clone() };
    let gives = Fact::FieldGone(key.clone(), field.clone());
    found.planned.push(Planned::new(Operation::RemoveField(remove)).gives(gives));
}

/// Finds models that are wanted and not in the state.
///
/// As Django does, each is made without its references to models that are new as well, and gets these when all are
/// made; what need not be cut that way is put together again by the optimizer.
pub(super) fn created(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    let new: BTreeMap<&ModelKey, &Model> = sight.models().filter(|(key, _)| !state.contains(key)).collect();
    let mut creates: Vec<Planned> = Vec::new();
    for (key, model) in new.iter().rev() {
        let is_new = |to: &ModelKey| {
            if to.app == key.app { new.contains_key(to) } else { !sight.recorded.contains(to) }
        };
        let is_late =
            |field: &Field| !field.primary_key && field.targets().any(|to| to != *key && is_new(to));
        let (late, kept) = model.fields.iter().cloned().partition::<Vec<Field>, _>(is_late);
        let mut small = Model { fields: kept, ..Model::clone(model) };
        let is_late =
            |names: Vec<&str>| names.iter().any(|name| late.iter().any(|field| field.name == *name));
        let indexes: Vec<Index> = small.indexes.extract_if(.., |it| is_late(it.field_names())).collect();
        let refers_late = |it: &Constraint| {
            it.target().is_some_and(|to| to != *key && is_new(to)) || is_late(it.field_names())
        };
        let constraints: Vec<Constraint> = small.constraints.extract_if(.., |it| refers_late(it)).collect();
        creates.push(create(sight, state, key, model, small));
        for field in &late {
            let add = AddField { model: key.name.clone(), field: field.clone(), backfill: None };
            let planned = Planned::new(Operation::AddField(add))
                .gives(Fact::FieldMade((*key).clone(), field.name.clone()))
                .needs(target_made(sight, state, key, field))
                .needs([Fact::ModelMade((*key).clone())]);
            found.planned.push(planned);
        }
        let made = || [Fact::ModelMade((*key).clone())];
        found.planned.extend(indexes.iter().map(|it| indexes::planned(key, it).needs(made())));
        found.planned.extend(constraints.iter().map(|it| constraints::planned(sight, key, it).needs(made())));
    }
    creates.reverse();
    found.planned.splice(0..0, creates);
}

/// Plans a new model for when the names that it takes are free.
fn create(sight: &Sight<'_>, state: &ProjectState, key: &ModelKey, model: &Model, small: Model) -> Planned {
    let targets = small.fields.iter().flat_map(|field| target_made(sight, state, key, field));
    let mut needs: Vec<Fact> = targets.filter(|fact| *fact != Fact::ModelMade(key.clone())).collect();
    let rules = small.constraints.iter().filter_map(Constraint::reference).filter(|rule| rule.to != *key);
    needs.extend(rules.flat_map(|rule| rule_made(sight, rule)));
    needs.push(Fact::ModelGone(key.clone()));
    needs.extend(tables(key, model).map(|table| Fact::TableFree(key.app.clone(), table)));
    needs.extend(object_names(&small).map(|name| Fact::NameFree(key.app.clone(), name.clone())));
    let create = Operation::CreateModel(CreateModel { model: small });
    Planned::new(create).gives(Fact::ModelMade(key.clone())).needs(needs)
}

/// Gives the names of a model's indexes and constraints.
fn object_names(model: &Model) -> impl Iterator<Item = &ObjectName> {
    let indexes = model.indexes.iter().filter_map(|it| it.name.as_ref());
    indexes.chain(model.constraints.iter().filter_map(Constraint::name))
}
