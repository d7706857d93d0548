//! Relations that get a `through` model: the join table can become the table of that model, with its rows.
//!
//! The state is changed as if the join table had always been the table of the model, which costs a database nothing. All
//! differences between the model and a join table are then found as any other change is.

use crate::detect::error::DetectError;
use crate::detect::order::{Fact, PlannedOperation};
use crate::detect::{Context, Findings};
use crate::model::Model;
use crate::model::constraint::{Constraint, UniqueRule};
use crate::model::field::{Field, FieldKind};
use crate::model::relation::{ForeignKey, ManyToMany, ReferentialAction};
use crate::name::{ColumnName, FieldName, ModelKey, ModelName};
use crate::operation::{AddField, CreateModel, Operation, RemoveField, SeparateDatabaseAndState};
use crate::state::ProjectState;
use crate::state::error::StateError;
use crate::table::Table;

/// What can become of the rows of a join table.
#[derive(Debug, Default)]
pub(in crate::detect) struct Rows {
    /// The model whose table it can become.
    pub(in crate::detect) through_model: Option<ModelName>,
    /// Why the `through` model cannot have the join table.
    pub(in crate::detect) obstacle: Option<String>,
}

/// Makes join tables the tables of models in the state, for fields with `keep_rows`, if that is possible.
///
/// # Errors
/// Returns an error if the models are invalid.
pub(in crate::detect) fn relations(
    context: &Context<'_>,
    state: &mut ProjectState,
    found: &mut Findings,
) -> Result<(), DetectError> {
    for (key, model) in context.models() {
        for field in &model.fields {
            let Some(hints) = context.field_hints(key, &field.name).filter(|hints| hints.keep_rows) else {
                continue;
            };
            let is_followed = |from: &FieldName| state.former_names().had_field(key, &field.name, from);
            let name = hints.renamed_from.as_ref();
            let name = name.filter(|from| state.field(key, from).is_ok() && !is_followed(from));
            let Ok(before) = state.field(key, name.unwrap_or(&field.name)).cloned() else { continue };
            let Some(Ok(through_model)) = through_model(context, state, key, &before, field) else {
                continue;
            };
            let planned = reuse_table(state, key, &before.name, field, through_model);
            let planned = planned.map_err(|source| DetectError::Model { model: key.clone(), source })?;
            found.planned.push(planned);
        }
    }
    Ok(())
}

/// Returns what can become of the rows of a field that becomes another.
pub(in crate::detect) fn rows(
    context: &Context<'_>,
    state: &ProjectState,
    key: &ModelKey,
    before: &Field,
    after: &Field,
) -> Rows {
    match through_model(context, state, key, before, after) {
        None => Rows::default(),
        Some(Ok(model)) => Rows { through_model: Some(model.name), obstacle: None },
        Some(Err(obstacle)) => Rows { through_model: None, obstacle: Some(obstacle) },
    }
}

/// Makes a join table the table of a model in the state.
fn reuse_table(
    state: &mut ProjectState,
    key: &ModelKey,
    before: &FieldName,
    after: &Field,
    through_model: Model,
) -> Result<PlannedOperation, StateError> {
    let created = ModelKey::new(&key.app, &through_model.name);
    let operations = vec![
        Operation::RemoveField(RemoveField { model: key.name.clone(), field: before.clone() }),
        Operation::CreateModel(CreateModel { model: through_model }),
        Operation::AddField(AddField { model: key.name.clone(), field: after.clone(), backfill: None }),
    ];
    for operation in &operations {
        operation.behaviour().apply(&key.app, state)?;
    }
    let separate = SeparateDatabaseAndState { database: Vec::new(), state: operations };
    let planned = PlannedOperation::new(Operation::SeparateDatabaseAndState(separate));
    Ok(planned
        .provides(Fact::ModelExists(created))
        .provides(Fact::FieldExists(key.clone(), after.name.clone())))
}

/// Returns the form of the `through` model of a field in which its table is the recorded join table, or why there is none;
/// nothing if the field has no such model.
fn through_model(
    context: &Context<'_>,
    state: &ProjectState,
    key: &ModelKey,
    before: &Field,
    after: &Field,
) -> Option<Result<Model, String>> {
    let join = before.join()?;
    let FieldKind::ManyToMany(ManyToMany { to, through: Some(through), .. }) = &after.kind else {
        return None;
    };
    let wanted = context.target.model(through).ok()?;
    let table = state.join_tables(key).ok()?.into_iter().find(|(field, _)| *field == before.name)?.1;
    if join.to != *to {
        return Some(Err(format!("its join table refers to `{}`, and no longer", join.to)));
    }
    if through.app != key.app {
        return Some(Err(format!("`{through}` is of another app, and a table stays with its app")));
    }
    if state.contains(through) {
        return Some(Err(format!("`{through}` is there already, with rows of its own")));
    }
    if !wanted.managed || !state.model(key).is_ok_and(|model| model.managed) {
        return Some(Err(format!("something else creates the table of `{through}`")));
    }
    let Some([own, target]) = ends(wanted, key, to) else {
        return Some(Err(format!("`{through}` needs one reference to the key of each side, and no more")));
    };
    let automatic_key = wanted.automatic_key().map(|field| field.name.clone());
    if automatic_key.is_none() && wanted.field(&"id".into()).is_some() {
        return Some(Err(format!(
            "the key of `{through}` is not one that the database counts, as that of a join table is"
        )));
    }
    let model = model_of_table(
        &table,
        wanted,
        (own, key),
        (target, to),
        automatic_key.unwrap_or_else(|| "id".into()),
    );
    Some(
        model
            .filter(|it| is_table(state, key, &before.name, it, &table))
            .ok_or_else(|| format!("its join table is not one that `{through}` could have")),
    )
}

/// Returns the fields of the model that refer to the two sides, if there is one for each.
fn ends<'a>(wanted: &'a Model, own: &ModelKey, target: &ModelKey) -> Option<[&'a FieldName; 2]> {
    match (references_to(wanted, own).as_slice(), references_to(wanted, target).as_slice()) {
        ([from, to], _) if own == target => Some([from, to]),
        ([from], [to]) if own != target => Some([from, to]),
        _ => None,
    }
}

fn references_to<'a>(model: &'a Model, to: &ModelKey) -> Vec<&'a FieldName> {
    let fields = model.fields.iter();
    fields
        .filter(|field| field.relation().is_some_and(|it| it.to == *to && it.to_field.is_none()))
        .map(|field| &field.name)
        .collect()
}

/// Returns the model whose table a join table is.
fn model_of_table(
    table: &Table,
    wanted: &Model,
    own: (&FieldName, &ModelKey),
    target: (&FieldName, &ModelKey),
    key: FieldName,
) -> Option<Model> {
    let [id, from, to] = table.columns.as_slice() else { return None };
    let [unique] = table.uniques.as_slice() else { return None };
    let key = Field { primary_key: true, ..Field::new(key, id.column_type.clone()) };
    let fields = vec![
        in_column(key, &id.name),
        in_column(reference(own), &from.name),
        in_column(reference(target), &to.name),
    ];
    let rule = Constraint::Unique(UniqueRule::over(vec![own.0.clone(), target.0.clone()]));
    let mut model = Model::new(wanted.name.clone(), fields);
    model.schema = table.name.schema().cloned();
    model.table = Some(table.name.clone().within(None));
    model.constraints.push(rule.named(unique.name.as_str()));
    Some(model)
}

fn reference((name, to): (&FieldName, &ModelKey)) -> Field {
    let relation = ForeignKey { on_delete: ReferentialAction::Cascade, ..ForeignKey::new(to.clone()) };
    Field::foreign_key(name.clone(), relation)
}

fn in_column(field: Field, column: &ColumnName) -> Field {
    let is_derived = field.column_name() == *column;
    Field { column: (!is_derived).then(|| column.clone()), ..field }
}

/// Returns whether the table of the model is exactly this table.
fn is_table(state: &ProjectState, key: &ModelKey, field: &FieldName, model: &Model, table: &Table) -> bool {
    let mut state = state.clone();
    let own = ModelKey::new(&key.app, &model.name);
    state.remove_field(key, field).is_ok()
        && state.add_model(&own, model.clone()).is_ok()
        && state.table(&own).is_ok_and(|image| image == *table)
}
