//! Models that are created.

use std::collections::BTreeMap;

use super::{constraints, indexes};
use crate::detect::names::{object_names, tables};
use crate::detect::order::cycles::cuts;
use crate::detect::order::{Fact, PlannedOperation};
use crate::detect::requirements::references::{foreign_key_target_ready, target_ready};
use crate::detect::{Context, Findings};
use crate::model::Model;
use crate::model::constraint::Constraint;
use crate::model::expr::Expr;
use crate::model::field::Field;
use crate::model::index::Index;
use crate::name::{FieldName, ModelKey, TableName};
use crate::operation::{AddField, AlterNaturalKey, CreateModel, Operation};
use crate::state::ProjectState;

/// Plans the models that are only in the source.
///
/// References among new models are part of the models, which are created in the order of these references and then of the
/// source. A reference that would close a circle is added after all models. References to other models are added later
/// too, as in Django, since those models may have to change before; the optimizer joins what need not be separate.
pub(in crate::detect) fn created(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    let new: BTreeMap<&ModelKey, &Model> = context.models().filter(|(key, _)| !state.contains(key)).collect();
    let cut = cuts(&new, &|one, other| {
        (position_in_source(context, one), one).cmp(&(position_in_source(context, other), other))
    });
    let mut creates: Vec<PlannedOperation> = Vec::new();
    for (key, model) in new.iter().rev() {
        let separate: Vec<&Field> = model
            .fields
            .iter()
            .filter(|field| {
                let is_cut = cut.contains(&((*key).clone(), field.name.clone()));
                !field.primary_key && (is_cut || !field.targets().all(|to| new.contains_key(to)))
            })
            .collect();
        let parts = Parts::of(key, model, &separate);
        creates.push(create(context, state, key, model, parts.first));
        for field in &parts.fields {
            let add = AddField { model: key.name.clone(), field: field.clone(), backfill: None };
            let sources = parts.fields.iter().filter(|it| reads(field, it)).map(|it| field_exists(key, it));
            let planned = PlannedOperation::new(Operation::AddField(add))
                .provides(field_exists(key, field))
                .requires(target_ready(context, state, key, field))
                .requires(sources)
                .requires([Fact::ModelExists((*key).clone())]);
            found.planned.push(planned);
        }
        if !parts.natural_key.is_empty() {
            let alter = AlterNaturalKey { model: key.name.clone(), fields: parts.natural_key };
            let added = parts.fields.iter().map(|field| field_exists(key, field));
            let planned = PlannedOperation::new(Operation::AlterNaturalKey(alter));
            found.planned.push(planned.requires(added).requires([Fact::ModelExists((*key).clone())]));
        }
        let indexes = parts.indexes.iter().map(|it| indexes::planned(context, key, it));
        let constraints = parts.constraints.iter().map(|it| constraints::planned(context, state, key, it));
        for planned in indexes.chain(constraints) {
            found.planned.push(planned.requires([Fact::ModelExists((*key).clone())]));
        }
    }
    creates.reverse();
    found.planned.splice(0..0, creates);
}

fn position_in_source(context: &Context<'_>, key: &ModelKey) -> usize {
    context.hints(key).map_or(0, |hints| hints.position)
}

/// A new model in parts: what is created at first, and what is added to it later.
struct Parts {
    first: Model,
    fields: Vec<Field>,
    natural_key: Vec<FieldName>,
    indexes: Vec<Index>,
    constraints: Vec<Constraint>,
}

impl Parts {
    /// Takes the separate fields out of a model, and everything that depends on them. Foreign key constraints to other
    /// models are taken out too.
    fn of(key: &ModelKey, model: &Model, separate: &[&Field]) -> Self {
        // A field that is computed from a reference is added after it.
        let (fields, kept): (Vec<Field>, Vec<Field>) = model
            .fields
            .iter()
            .cloned()
            .partition(|field| separate.iter().any(|it| it.name == field.name || reads(field, it)));
        let mut first = Model { fields: kept, ..Model::clone(model) };
        // A natural key with a separate field is set after it is added.
        let is_separate = |name: &FieldName| fields.iter().any(|field| field.name == *name);
        let natural_key = if first.natural_key.iter().any(is_separate) {
            std::mem::take(&mut first.natural_key)
        } else {
            Vec::new()
        };
        let indexes = first
            .indexes
            .extract_if(.., |it| uses_any(&fields, &it.field_names(), it.expressions()))
            .collect();
        let constraints = first
            .constraints
            .extract_if(.., |it| {
                it.target().is_some_and(|to| to != key)
                    || uses_any(&fields, &it.field_names(), it.expressions())
            })
            .collect();
        Self { first, fields, natural_key, indexes, constraints }
    }
}

fn uses_any<'e>(fields: &[Field], names: &[&str], expressions: impl IntoIterator<Item = &'e Expr>) -> bool {
    let mut expressions = expressions.into_iter();
    names.iter().any(|name| fields.iter().any(|field| field.name == **name))
        || expressions.any(|expr| fields.iter().any(|field| expr.may_read(field)))
}

fn field_exists(key: &ModelKey, field: &Field) -> Fact {
    Fact::FieldExists(key.clone(), field.name.clone())
}

/// Returns whether the value of a field may be computed from another.
fn reads(field: &Field, other: &Field) -> bool {
    field.generated.is_some()
        && field.name != other.name
        && field.expressions().any(|expr| expr.may_read(other))
}

/// Plans a new model after the names that it takes are free.
fn create(
    context: &Context<'_>,
    state: &ProjectState,
    key: &ModelKey,
    model: &Model,
    first: Model,
) -> PlannedOperation {
    let targets = first.fields.iter().flat_map(|field| target_ready(context, state, key, field));
    let mut requires: Vec<Fact> = targets.filter(|fact| *fact != Fact::ModelExists(key.clone())).collect();
    let rules = first.constraints.iter().filter_map(Constraint::reference).filter(|rule| rule.to != *key);
    requires.extend(rules.flat_map(|rule| foreign_key_target_ready(context, state, rule)));
    requires.push(Fact::ModelRemoved(key.clone()));
    requires.extend(object_names(&first).map(|name| Fact::NameFree(key.app.clone(), name.clone())));
    let create = Operation::CreateModel(CreateModel { model: first });
    let own: Vec<TableName> = tables(key, model).collect();
    let planned = PlannedOperation::new(create).provides(Fact::ModelExists(key.clone())).requires(requires);
    planned.takes_tables(context, key, &[], &own)
}
