//! Models that came.

use std::collections::{BTreeMap, BTreeSet};

use super::fields::{rule_made, target_made};
use super::order::{Fact, Planned};
use super::{Found, Sight, constraints, indexes};
use crate::constraint::Constraint;
use crate::field::Field;
use crate::index::Index;
use crate::model::Model;
use crate::name::{ModelKey, ObjectName, TableName};
use crate::operation::{AddField, CreateModel, Operation};
use crate::state::ProjectState;

/// Gives the names of all tables of a model.
pub(super) fn tables(key: &ModelKey, model: &Model) -> impl Iterator<Item = TableName> {
    [model.table_name(&key.app)].into_iter().chain(model.join_table_names(key).map(|(_, table)| table))
}

/// Says that the names of a model's tables are free, whichever apps had them.
pub(super) fn tables_free(sight: &Sight<'_>, key: &ModelKey, model: &Model) -> Vec<Fact> {
    let names: BTreeSet<TableName> = tables(key, model).collect();
    let others = sight.recorded.models().filter(|(by, _)| by.app != *sight.app);
    let taken = others.flat_map(|(by, model)| tables(by, model).map(|table| (by.app.clone(), table)));
    let taken =
        taken.filter(|(_, table)| names.contains(table)).map(|(app, table)| Fact::TableFree(app, table));
    let own = names.iter().map(|table| Fact::TableFree(sight.app.clone(), table.clone()));
    taken.chain(own).collect()
}

/// Finds models that are wanted and not in the state.
///
/// As Django does, each is made without its references, and gets these, and what is about them, when all are made; what
/// need not be cut that way is put together again by the optimizer.
pub(super) fn created(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    let new: BTreeMap<&ModelKey, &Model> = sight.models().filter(|(key, _)| !state.contains(key)).collect();
    let mut creates: Vec<Planned> = Vec::new();
    for (key, model) in new.iter().rev() {
        let is_late = |field: &Field| !field.primary_key && field.targets().next().is_some();
        let (late, kept) = model.fields.iter().cloned().partition::<Vec<Field>, _>(is_late);
        let mut small = Model { fields: kept, ..Model::clone(model) };
        let is_late =
            |names: Vec<&str>| names.iter().any(|name| late.iter().any(|field| field.name == *name));
        let indexes: Vec<Index> = small.indexes.extract_if(.., |it| is_late(it.field_names())).collect();
        let refers_late =
            |it: &Constraint| it.target().is_some_and(|to| to != *key) || is_late(it.field_names());
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
        found
            .planned
            .extend(constraints.iter().map(|it| constraints::planned(sight, state, key, it).needs(made())));
    }
    creates.reverse();
    found.planned.splice(0..0, creates);
}

/// Plans a new model for when the names that it takes are free.
fn create(sight: &Sight<'_>, state: &ProjectState, key: &ModelKey, model: &Model, small: Model) -> Planned {
    let targets = small.fields.iter().flat_map(|field| target_made(sight, state, key, field));
    let mut needs: Vec<Fact> = targets.filter(|fact| *fact != Fact::ModelMade(key.clone())).collect();
    let rules = small.constraints.iter().filter_map(Constraint::reference).filter(|rule| rule.to != *key);
    needs.extend(rules.flat_map(|rule| rule_made(sight, state, rule)));
    needs.push(Fact::ModelGone(key.clone()));
    needs.extend(tables_free(sight, key, model));
    needs.extend(object_names(&small).map(|name| Fact::NameFree(key.app.clone(), name.clone())));
    let create = Operation::CreateModel(CreateModel { model: small });
    Planned::new(create).gives(Fact::ModelMade(key.clone())).needs(needs)
}

/// Gives the names of a model's indexes and constraints.
pub(super) fn object_names(model: &Model) -> impl Iterator<Item = &ObjectName> {
    let indexes = model.indexes.iter().filter_map(|it| it.name.as_ref());
    indexes.chain(model.constraints.iter().filter_map(Constraint::name))
}
