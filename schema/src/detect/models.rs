//! Models that came.

use std::collections::BTreeMap;

use super::cycles::cuts;
use super::fields::{rule_made, target_made};
use super::moves::given_up_elsewhere;
use super::order::{Fact, PlannedOperation};
use super::{Context, Findings, constraints, indexes};
use crate::model::Model;
use crate::model::constraint::Constraint;
use crate::model::expr::Expr;
use crate::model::field::Field;
use crate::model::index::Index;
use crate::name::{FieldName, ModelKey, ObjectName, TableName};
use crate::operation::{AddField, CreateModel, Operation};
use crate::state::ProjectState;

/// Returns the names of all tables of a model.
pub(super) fn tables(key: &ModelKey, model: &Model) -> impl Iterator<Item = TableName> {
    [model.table_name(&key.app)].into_iter().chain(model.join_table_names(key).map(|(_, table)| table))
}

/// Returns the name of a field's join table, where it has one.
pub(super) fn join_table(key: &ModelKey, model: &Model, field: &FieldName) -> Vec<TableName> {
    let of_field = model.join_table_names(key).filter(|(it, _)| it.name == *field);
    of_field.map(|(_, table)| table).collect()
}

/// Says that names of tables are free that other apps have.
fn others_free<'a>(context: &Context<'_>, names: impl IntoIterator<Item = &'a TableName>) -> Vec<Fact> {
    let names = names.into_iter().cloned().collect();
    let names_of = |key: &ModelKey, model: &Model| tables(key, model).collect();
    given_up_elsewhere(context, &names, names_of, Fact::TableFree)
}

/// Says that names of tables are free that the app itself has.
fn own_free<'a>(context: &Context<'_>, names: impl IntoIterator<Item = &'a TableName>) -> Vec<Fact> {
    names.into_iter().map(|table| Fact::TableFree(context.app.clone(), table.clone())).collect()
}

impl PlannedOperation {
    /// Says that the names of those tables are free that are there only before.
    pub(super) fn frees_tables(
        mut self,
        context: &Context<'_>,
        before: &[TableName],
        after: &[TableName],
    ) -> Self {
        self.gives.extend(own_free(context, before.iter().filter(|table| !after.contains(table))));
        self
    }

    /// Says that the names of those tables of a model must be free that are there only after.
    ///
    /// What the app itself gives up is not waited for where the model has the name on the way only: it is the model that
    /// gives it up.
    pub(super) fn takes_tables(
        self,
        context: &Context<'_>,
        key: &ModelKey,
        before: &[TableName],
        after: &[TableName],
    ) -> Self {
        let kept: Vec<TableName> =
            context.target.model(key).map(|model| tables(key, model).collect()).unwrap_or_default();
        let own = after.iter().filter(|table| !before.contains(table) && kept.contains(table));
        self.needs(own_free(context, own)).takes_tables_of_others(context, before, after)
    }

    /// Says the same of what other apps give up alone: renames in one app have their order.
    pub(super) fn takes_tables_of_others(
        self,
        context: &Context<'_>,
        before: &[TableName],
        after: &[TableName],
    ) -> Self {
        self.needs(others_free(context, after.iter().filter(|table| !before.contains(table))))
    }
}

/// Finds models that are wanted and not in the state.
///
/// References among them stand in the models, which come in the order of these references and then of the source; only
/// what would close a circle is added when all are made. References to others are added as well, as Django does, since
/// what they lead to may have to change before; what need not be cut that way is put together again by the optimizer.
pub(super) fn created(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    let new: BTreeMap<&ModelKey, &Model> = context.models().filter(|(key, _)| !state.contains(key)).collect();
    let position = |key: &ModelKey| context.hints(key).map_or(0, |hints| hints.position);
    let cut = cuts(&new, &|one, other| (position(one), one).cmp(&(position(other), other)));
    let mut creates: Vec<PlannedOperation> = Vec::new();
    for (key, model) in new.iter().rev() {
        let is_among_new = |field: &Field| field.targets().all(|to| new.contains_key(to));
        let is_cut = |field: &Field| cut.contains(&((*key).clone(), field.name.clone()));
        let is_torn = |field: &Field| !field.primary_key && (is_cut(field) || !is_among_new(field));
        // What is computed from a reference comes after it.
        let is_late = |field: &Field| {
            let mut torn = model.fields.iter().filter(|it| is_torn(it));
            is_torn(field) || torn.any(|it| reads(field, it))
        };
        let (late, kept) = model.fields.iter().cloned().partition::<Vec<Field>, _>(is_late);
        let mut small = Model { fields: kept, ..Model::clone(model) };
        let is_late =
            |names: Vec<&str>| names.iter().any(|name| late.iter().any(|field| field.name == *name));
        let reads_late = |expr: &Expr| late.iter().any(|field| expr.may_read(field));
        let indexes: Vec<Index> = small
            .indexes
            .extract_if(.., |it| is_late(it.field_names()) || it.expressions().any(reads_late))
            .collect();
        let refers_late = |it: &Constraint| {
            it.target().is_some_and(|to| to != *key)
                || is_late(it.field_names())
                || it.expressions().into_iter().any(reads_late)
        };
        let constraints: Vec<Constraint> = small.constraints.extract_if(.., |it| refers_late(it)).collect();
        creates.push(create(context, state, key, model, small));
        for field in &late {
            let add = AddField { model: key.name.clone(), field: field.clone(), backfill: None };
            let planned = PlannedOperation::new(Operation::AddField(add))
                .gives(made_field(key, field))
                .needs(target_made(context, state, key, field))
                .needs(late.iter().filter(|it| reads(field, it)).map(|it| made_field(key, it)))
                .needs([Fact::ModelMade((*key).clone())]);
            found.planned.push(planned);
        }
        let made = || [Fact::ModelMade((*key).clone())];
        found.planned.extend(indexes.iter().map(|it| indexes::planned(context, key, it).needs(made())));
        found
            .planned
            .extend(constraints.iter().map(|it| constraints::planned(context, state, key, it).needs(made())));
    }
    creates.reverse();
    found.planned.splice(0..0, creates);
}

fn made_field(key: &ModelKey, field: &Field) -> Fact {
    Fact::FieldMade(key.clone(), field.name.clone())
}

/// Returns whether the value of a field may be computed from another.
fn reads(field: &Field, other: &Field) -> bool {
    field.generated.is_some()
        && field.name != other.name
        && field.expressions().any(|expr| expr.may_read(other))
}

/// Plans a new model for when the names that it takes are free.
fn create(
    context: &Context<'_>,
    state: &ProjectState,
    key: &ModelKey,
    model: &Model,
    small: Model,
) -> PlannedOperation {
    let targets = small.fields.iter().flat_map(|field| target_made(context, state, key, field));
    let mut needs: Vec<Fact> = targets.filter(|fact| *fact != Fact::ModelMade(key.clone())).collect();
    let rules = small.constraints.iter().filter_map(Constraint::reference).filter(|rule| rule.to != *key);
    needs.extend(rules.flat_map(|rule| rule_made(context, state, rule)));
    needs.push(Fact::ModelGone(key.clone()));
    needs.extend(object_names(&small).map(|name| Fact::NameFree(key.app.clone(), name.clone())));
    let create = Operation::CreateModel(CreateModel { model: small });
    let made: Vec<TableName> = tables(key, model).collect();
    let planned = PlannedOperation::new(create).gives(Fact::ModelMade(key.clone())).needs(needs);
    planned.takes_tables(context, key, &[], &made)
}

/// Returns the names of a model's indexes and constraints.
pub(super) fn object_names(model: &Model) -> impl Iterator<Item = &ObjectName> {
    let indexes = model.indexes.iter().filter_map(|it| it.name.as_ref());
    indexes.chain(model.constraints.iter().filter_map(Constraint::name))
}
