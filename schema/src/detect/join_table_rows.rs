//! Relations that go through a new model from now on: their join table can become that model's table, with its rows.
//!
//! The models are told that the join table is the model's table and always was, which costs a database nothing; what
//! sets the model apart from a join table is found then as any other change is.

use super::order::{Fact, PlannedOperation};
use super::{Context, Findings};
use crate::error::{DetectError, StateError};
use crate::model::Model;
use crate::model::constraint::{Constraint, UniqueRule};
use crate::model::field::{Field, FieldKind};
use crate::model::relation::{ForeignKey, ManyToMany, ReferentialAction};
use crate::name::{ColumnName, FieldName, ModelKey, ModelName};
use crate::operation::{AddField, CreateModel, Operation, RemoveField, SeparateDatabaseAndState};
use crate::state::ProjectState;
use crate::table::Table;

/// What can become of the rows of a join table.
#[derive(Debug, Default)]
pub(super) struct Rows {
    /// The model whose table it can be.
    pub(super) keeper: Option<ModelName>,
    /// Why the model that the relation goes through cannot have it.
    pub(super) obstacle: Option<String>,
}

/// Makes join tables the tables of models, in the state, where fields say `keep_rows` and it can be.
///
/// # Errors
/// Where the models do not hold together.
pub(super) fn relations(
    context: &Context<'_>,
    state: &mut ProjectState,
    found: &mut Findings,
) -> Result<(), DetectError> {
    for (key, model) in context.models() {
        for field in &model.fields {
            let Some(hints) = context.field_hints(key, &field.name).filter(|hints| hints.keep_rows) else {
                continue;
            };
            let name = hints.renamed_from.as_ref().filter(|from| state.field(key, from).is_ok());
            let Ok(before) = state.field(key, name.unwrap_or(&field.name)).cloned() else { continue };
            let Some(Ok(keeper)) = keeper(context, state, key, &before, field) else { continue };
            let turned = turn(state, key, &before.name, field, keeper);
            let turned = turned.map_err(|source| DetectError::Model { model: key.clone(), source })?;
            found.planned.push(turned);
        }
    }
    Ok(())
}

/// Returns what can become of the rows of a field that becomes another.
pub(super) fn rows(
    context: &Context<'_>,
    state: &ProjectState,
    key: &ModelKey,
    before: &Field,
    after: &Field,
) -> Rows {
    match keeper(context, state, key, before, after) {
        None => Rows::default(),
        Some(Ok(keeper)) => Rows { keeper: Some(keeper.name), obstacle: None },
        Some(Err(obstacle)) => Rows { keeper: None, obstacle: Some(obstacle) },
    }
}

/// Moves the state on: what was a join table is the table of a model.
fn turn(
    state: &mut ProjectState,
    key: &ModelKey,
    before: &FieldName,
    after: &Field,
    keeper: Model,
) -> Result<PlannedOperation, StateError> {
    let made = ModelKey::new(&key.app, &keeper.name);
    let model = || key.name.clone();
    let operations = vec![
        Operation::RemoveField(RemoveField { model: model(), field: before.clone() }),
        Operation::CreateModel(CreateModel { model: keeper }),
        Operation::AddField(AddField { model: model(), field: after.clone(), backfill: None }),
    ];
    for operation in &operations {
        operation.behaviour().apply(&key.app, state)?;
    }
    let separate = SeparateDatabaseAndState { database: Vec::new(), state: operations };
    let planned = PlannedOperation::new(Operation::SeparateDatabaseAndState(separate));
    Ok(planned.gives(Fact::ModelMade(made)).gives(Fact::FieldMade(key.clone(), after.name.clone())))
}

/// Returns the model as which the join table of a field is the table of the model that it goes through from now on, or why
/// there is none; nothing where the field is no such field.
fn keeper(
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
    let told = || format!("`{through}`");
    if join.to != *to {
        return Some(Err(format!("its join table refers to `{}`, and no longer", join.to)));
    }
    if through.app != key.app {
        return Some(Err(format!("{} is of another app, and a table stays with its app", told())));
    }
    if state.contains(through) {
        return Some(Err(format!("{} is there already, with rows of its own", told())));
    }
    if !wanted.managed || !state.model(key).is_ok_and(|model| model.managed) {
        return Some(Err(format!("something else makes the table of {}", told())));
    }
    let Some([own, target]) = ends(wanted, key, to) else {
        return Some(Err(format!("{} needs one reference to the key of each side, and no more", told())));
    };
    let counts = wanted.automatic_key().map(|field| field.name.clone());
    if counts.is_none() && wanted.field(&"id".into()).is_some() {
        return Some(Err(format!(
            "the key of {} is not one that the database counts, as that of a join table is",
            told()
        )));
    }
    let keeper = image(&table, wanted, (own, key), (target, to), counts.unwrap_or_else(|| "id".into()));
    Some(
        keeper
            .filter(|it| is_table(state, key, &before.name, it, &table))
            .ok_or_else(|| format!("its join table is not one that {} could have", told())),
    )
}

/// Returns the fields of the model that refer to the two sides, where there is one for each.
fn ends<'a>(wanted: &'a Model, own: &ModelKey, target: &ModelKey) -> Option<[&'a FieldName; 2]> {
    let to = |to: &ModelKey| -> Vec<&'a FieldName> {
        let refers =
            |field: &&Field| field.relation().is_some_and(|it| it.to == *to && it.to_field.is_none());
        wanted.fields.iter().filter(refers).map(|field| &field.name).collect()
    };
    match (to(own).as_slice(), to(target).as_slice()) {
        ([from, to], _) if own == target => Some([from, to]),
        ([from], [to]) if own != target => Some([from, to]),
        _ => None,
    }
}

/// Returns the model whose table a join table is.
fn image(
    table: &Table,
    wanted: &Model,
    own: (&FieldName, &ModelKey),
    target: (&FieldName, &ModelKey),
    counts: FieldName,
) -> Option<Model> {
    let [id, from, to] = table.columns.as_slice() else { return None };
    let [unique] = table.uniques.as_slice() else { return None };
    let named = |field: Field, column: &ColumnName| {
        let is_derived = field.column_name() == *column;
        Field { column: (!is_derived).then(|| column.clone()), ..field }
    };
    let end = |(name, to): (&FieldName, &ModelKey), column: &ColumnName| {
        let relation = ForeignKey { on_delete: ReferentialAction::Cascade, ..ForeignKey::new(to.clone()) };
        named(Field::foreign_key(name.clone(), relation), column)
    };
    let key = Field { primary_key: true, ..Field::new(counts, id.column_type.clone()) };
    let fields = vec![named(key, &id.name), end(own, &from.name), end(target, &to.name)];
    let rule = Constraint::Unique(UniqueRule::over(vec![own.0.clone(), target.0.clone()]));
    let mut model = Model::new(wanted.name.clone(), fields);
    model.table = Some(table.name.clone());
    model.constraints.push(rule.named(unique.name.as_str()));
    Some(model)
}

/// Returns whether the model makes the very table.
fn is_table(state: &ProjectState, key: &ModelKey, field: &FieldName, model: &Model, table: &Table) -> bool {
    let mut state = state.clone();
    let own = ModelKey::new(&key.app, &model.name);
    state.remove_field(key, field).is_ok()
        && state.add_model(&own, model.clone()).is_ok()
        && state.table(&own).is_ok_and(|image| image == *table)
}
