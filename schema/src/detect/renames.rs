//! Models and fields that bear another name: those that say so, and questions about those that may.

use std::collections::BTreeSet;

use super::alike;
use super::models::{join_table, object_names, tables};
use super::moves::{given_up_elsewhere, strays};
use super::order::{Fact, PlannedOperation};
use super::rename_hints;
use super::rename_hints::{InvalidHint, Origins, Rename};
use super::{Context, Findings, Pair};
use crate::detect::question::{QuestionKind, TakenName};
use crate::error::{DetectError, StateError};
use crate::model::Model;
use crate::model::field::Field;
use crate::model::hints::SourceModel;
use crate::model::naming;
use crate::model::references::Link;
use crate::name::{AppLabel, FieldName, ModelKey, ModelName, ObjectName, TableName};
use crate::operation::{
    AlterField, AlterModelTable, Operation, RenameConstraint, RenameField, RenameIndex, RenameModel,
};
use crate::state::ProjectState;

/// Renames models in the state as their hints say, and asks about those that may have been renamed.
pub(super) fn models(
    context: &Context<'_>,
    state: &mut ProjectState,
    found: &mut Findings,
) -> Result<(), DetectError> {
    let Origins { renames, invalid_hints } = rename_hints::of_models(state, context.wanted, context.app);
    let going: Vec<ModelName> =
        renames.iter().filter(|it| it.last.is_none()).map(|it| it.after.clone()).collect();
    for rename in renames {
        let (old, new) =
            (ModelKey::new(context.app, &rename.before), ModelKey::new(context.app, &rename.after));
        let before_rename = state.model(&old).cloned();
        let named = name_model(state, &context.target, context.app, &rename);
        let (model, table) = before_rename
            .and_then(|model| Ok((model, named?)))
            .map_err(|source| DetectError::Model { model: new.clone(), source })?;
        found.planned.extend(table.map(|it| PlannedOperation::new(Operation::AlterModelTable(it))));
        let Rename { before, after, .. } = rename;
        let operation = Operation::RenameModel(RenameModel { before, after });
        let had: Vec<TableName> = tables(&old, &model).collect();
        let renamed =
            state.model(&new).map_err(|source| DetectError::Model { model: new.clone(), source })?;
        let has: Vec<TableName> = tables(&new, renamed).collect();
        let planned = PlannedOperation::new(operation)
            .gives(Fact::ModelGone(old.clone()))
            .gives(Fact::ModelMade(new.clone()))
            .needs(referrers_of_other_apps(context, &old))
            .frees_tables(context, &had, &has)
            .takes_tables_of_others(context, &had, &has);
        found.planned.push(planned);
    }
    let gone: Vec<(&ModelName, &Model)> = state
        .models()
        .filter(|(key, _)| {
            key.app == *context.app && !context.target.contains(key) && !going.contains(&key.name)
        })
        .map(|(key, model)| (&key.name, model.as_ref()))
        .collect();
    for (name, doubt) in &invalid_hints {
        let known = gone.iter().map(|(name, _)| name.to_string()).collect();
        found.ask(&ModelKey::new(context.app, name), None, question(doubt, known));
    }
    for (key, model) in context.models().filter(|(key, _)| !state.contains(key)) {
        let is_new = context.hints(key).is_some_and(|hints| hints.new);
        if is_new || found.has_asked_about(key) || invalid_hints.iter().any(|(name, _)| *name == key.name) {
            continue;
        }
        // What a reference leads to may itself be renamed, and not be told yet.
        let is_same = |before: &ModelKey, after: &ModelKey| {
            before == after || (!context.target.contains(before) && !state.contains(after))
        };
        let similar = gone.iter().filter(|(_, before)| alike::models(before, model, &is_same));
        let mut candidates: Vec<ModelName> = similar.map(|(name, _)| (*name).clone()).collect();
        candidates.extend(strays(context, key).into_iter().map(ModelName::new));
        if !candidates.is_empty() {
            found.ask(key, None, QuestionKind::RenamedModel { candidates });
        }
    }
    Ok(())
}

/// Renames a model in a state; where its table keeps a name that nobody chose, this is written down first, so that the
/// rename leaves it alone.
pub(super) fn name_model(
    state: &mut ProjectState,
    target: &ProjectState,
    app: &AppLabel,
    rename: &Rename<ModelName>,
) -> Result<Option<AlterModelTable>, StateError> {
    let before = ModelKey::new(app, &rename.before);
    let mut kept = None;
    if let Some(last) = &rename.last {
        let model = state.model(&before)?;
        let table = model.table_name(app);
        let stays = target.model(&ModelKey::new(app, last))?.table_name(app) == table;
        if model.table.is_none() && stays && naming::table_name(app, &rename.after) != table {
            state.set_table(&before, Some(table.clone()))?;
            kept = Some(AlterModelTable { model: before.name.clone(), table: Some(table) });
        }
    }
    state.rename_model(&before, &rename.after)?;
    Ok(kept)
}

/// Renames a field in a state; where its column keeps a name that nobody chose, this is written down first, so that the
/// rename leaves it alone.
pub(super) fn name_field(
    state: &mut ProjectState,
    target: &ProjectState,
    key: &ModelKey,
    rename: &Rename<FieldName>,
) -> Result<Option<AlterField>, StateError> {
    let field = state.field(key, &rename.before)?;
    let column = field.column_name();
    let keeps_column = match &rename.last {
        Some(last) => target.field(key, last)?.column_name() == column,
        None => false,
    };
    let mut kept = None;
    if keeps_column && field.has_column() && field.column.is_none() {
        let field = Field { column: Some(column), ..field.clone() };
        state.alter_field(key, field.clone())?;
        kept = Some(AlterField::new(key.name.clone(), field));
    }
    state.rename_field(key, &rename.before, &rename.after)?;
    Ok(kept)
}

/// Says that the models of other apps which refer to a model are as its own app knows them.
fn referrers_of_other_apps(context: &Context<'_>, key: &ModelKey) -> Vec<Fact> {
    let referrers = context.recorded.referrers(key).into_iter().filter(|(by, _)| by.app != key.app);
    referrers.map(|(by, _)| Fact::ModelMade(by.clone())).collect()
}

/// Returns tables in the state the names that are wanted.
pub(super) fn of_tables(
    context: &Context<'_>,
    state: &mut ProjectState,
) -> Result<Vec<PlannedOperation>, DetectError> {
    let renamed = |pair: &Pair<'_>| pair.before.table_name(context.app) != pair.after.table_name(context.app);
    let renamed: Vec<_> = context
        .pairs(state)
        .filter(renamed)
        .map(|pair| (pair.key.clone(), pair.after.table.clone()))
        .collect();
    let mut planned = Vec::new();
    for (key, table) in renamed {
        let wrong = |source| DetectError::Model { model: key.clone(), source };
        let before: Vec<TableName> = tables(&key, state.model(&key).map_err(wrong)?).collect();
        state.set_table(&key, table.clone()).map_err(wrong)?;
        let after: Vec<TableName> = tables(&key, state.model(&key).map_err(wrong)?).collect();
        let named = AlterModelTable { model: key.name.clone(), table };
        let named =
            PlannedOperation::new(Operation::AlterModelTable(named)).frees_tables(context, &before, &after);
        planned.push(named.takes_tables(context, &key, &before, &after));
    }
    Ok(planned)
}

/// Lets what takes the name of an index or a constraint wait for what has that name, of whichever app.
pub(super) fn wait_for_names(context: &Context<'_>, planned: &mut [PlannedOperation]) {
    for it in planned {
        let free = |fact: &Fact| if let Fact::NameFree(_, name) = fact { Some(name.clone()) } else { None };
        let mut names: BTreeSet<ObjectName> = it.needs.iter().filter_map(free).collect();
        if let Operation::RenameIndex(RenameIndex { after, .. })
        | Operation::RenameConstraint(RenameConstraint { after, .. }) = &it.operation
        {
            names.insert(after.clone());
        }
        let names_of = |_: &ModelKey, model: &Model| object_names(model).cloned().collect();
        it.needs.extend(given_up_elsewhere(context, &names, names_of, Fact::NameFree));
        it.needs.extend(names.into_iter().map(|name| Fact::NameFree(context.app.clone(), name)));
    }
}

/// Where the name of a table must become free first, what else becomes of the model comes after the table has its name,
/// which the names of indexes and constraints follow.
pub(super) fn let_names_wait(context: &Context<'_>, planned: &mut [PlannedOperation]) {
    let given: BTreeSet<Fact> = planned.iter().flat_map(|it| &it.gives).cloned().collect();
    let mut late = BTreeSet::new();
    for it in &mut *planned {
        let waits = it.needs.iter().any(|fact| fact.app() != context.app || given.contains(fact));
        if let Operation::AlterModelTable(alter) = &it.operation
            && waits
            // A table that goes is named last, for what is taken out of its model goes by the name that it has before.
            && context.target.contains(&ModelKey::new(context.app, &alter.model))
        {
            late.insert(alter.model.clone());
            it.gives.push(Fact::TableNamed(ModelKey::new(context.app, &alter.model)));
        }
    }
    for it in planned {
        let is_named = matches!(it.operation, Operation::AlterModelTable(_));
        let (Some(model), Some(after)) = it.operation.behaviour().models() else { continue };
        let model = model.clone();
        if !is_named && model == *after && late.contains(&model) {
            it.needs.push(Fact::TableNamed(ModelKey::new(context.app, model)));
        }
    }
}

/// Renames fields in the state as their hints say, and asks about those that may have been renamed.
pub(super) fn fields(
    context: &Context<'_>,
    state: &mut ProjectState,
    found: &mut Findings,
) -> Result<Vec<PlannedOperation>, DetectError> {
    let mut planned = Vec::new();
    let mut follow: Vec<(ModelKey, Vec<Rename<FieldName>>)> = Vec::new();
    for (key, after) in context.models() {
        let Some(source) = context.wanted.get(key) else { continue };
        let Ok(before) = state.model(key) else {
            ask_about_circles(key, source, found);
            continue;
        };
        // Fields that exchange their names may leave the model as it is.
        let is_told = source.hints.fields.values().any(|hints| hints.renamed_from.is_some());
        if !is_told && **before == *after {
            continue;
        }
        let Origins { renames, invalid_hints } = rename_hints::of_fields(state, source, (key, before, after));
        let pair = Pair { key, before, after };
        ask_about_fields(context, &pair, &renames, &invalid_hints, found);
        if !renames.is_empty() {
            follow.push((key.clone(), renames));
        }
    }
    for (key, renames) in follow {
        for rename in renames {
            let rename = rename_field(context, state, &key, rename);
            planned.extend(rename.map_err(|source| DetectError::Model { model: key.clone(), source })?);
        }
    }
    Ok(planned)
}

fn rename_field(
    context: &Context<'_>,
    state: &mut ProjectState,
    key: &ModelKey,
    rename: Rename<FieldName>,
) -> Result<Vec<PlannedOperation>, StateError> {
    let had = join_table(key, state.model(key)?, &rename.before);
    let kept = name_field(state, &context.target, key, &rename)?;
    let Rename { before, after, .. } = rename;
    let has = join_table(key, state.model(key)?, &after);
    let mut planned: Vec<PlannedOperation> =
        kept.map(|it| PlannedOperation::new(Operation::AlterField(it))).into_iter().collect();
    let renamed = Fact::FieldRenamed(key.clone(), after.clone());
    let leaning = context.recorded.references_to(key, &before).filter(|(by, _)| by.app != key.app);
    let needs: Vec<Fact> = leaning.map(|(by, _)| Fact::ModelMade(by.clone())).collect();
    let rename = RenameField { model: key.name.clone(), before, after };
    let rename = PlannedOperation::new(Operation::RenameField(rename)).gives(renamed).needs(needs);
    planned.push(rename.frees_tables(context, &had, &has).takes_tables_of_others(context, &had, &has));
    Ok(planned)
}

/// Returns the references of other apps that name a field, those included that these let go of.
pub(super) fn leaning_from_other_apps<'a>(
    context: &'a Context<'_>,
    key: &'a ModelKey,
    field: &'a FieldName,
) -> Vec<(&'a ModelKey, Link<'a>)> {
    context.named.references_to(key, field).filter(|(by, _)| by.app != key.app).collect()
}

fn ask_about_fields(
    context: &Context<'_>,
    pair: &Pair<'_>,
    renames: &[Rename<FieldName>],
    invalid_hints: &[(FieldName, InvalidHint<FieldName>)],
    found: &mut Findings,
) {
    let taken: BTreeSet<&FieldName> = renames.iter().flat_map(|it| [&it.before, &it.after]).collect();
    let gone: Vec<&Field> = pair.removed().filter(|field| !taken.contains(&field.name)).collect();
    for (name, doubt) in invalid_hints {
        let known = gone.iter().map(|field| field.name.to_string()).collect();
        found.ask(pair.key, Some(name), question(doubt, known));
    }
    // Of a table that something else makes, no value can be lost.
    if !pair.before.managed {
        return;
    }
    let given_up: Vec<&Field> =
        given_up(context, pair).filter(|field| !taken.contains(&field.name)).collect();
    let is_given_away = |name: &FieldName| {
        renames.iter().any(|it| it.before == *name) && renames.iter().all(|it| it.last.as_ref() != Some(name))
    };
    let is_in_doubt = |field: &Field| invalid_hints.iter().any(|(name, _)| *name == field.name);
    let is_same = |one: &ModelKey, other: &ModelKey| one == other || found.asks_whether(one, other);
    let mut asked = Vec::new();
    let came = pair.added().filter(|field| !taken.contains(&field.name));
    let again = pair.after.fields.iter().filter(|field| is_given_away(&field.name));
    for field in came.chain(again).filter(|field| !is_in_doubt(field)) {
        if context.field_hints(pair.key, &field.name).is_some_and(|hints| hints.new) {
            continue;
        }
        let similar = gone.iter().chain(&given_up).filter(|before| alike::fields(before, field, &is_same));
        let candidates: Vec<FieldName> = similar.map(|before| before.name.clone()).collect();
        if !candidates.is_empty() {
            let missing = context.missing_in_rows(pair.key, field);
            asked.push((&field.name, QuestionKind::RenamedField { candidates, missing }));
        }
    }
    for before in &given_up {
        let Some(field) = pair.after.field(&before.name).filter(|field| !is_in_doubt(field)) else {
            continue;
        };
        let similar = gone.iter().filter(|before| alike::fields(before, field, &is_same));
        let candidates: Vec<String> = similar.map(|before| before.name.to_string()).collect();
        if !candidates.is_empty() {
            let taken = TakenName { candidates, is_said: false };
            asked.push((&field.name, QuestionKind::TakenName(taken)));
        }
    }
    for (name, kind) in asked {
        found.ask(pair.key, Some(name), kind);
    }
}

/// Asks about fields of a new model that say they had each other's names: there are no such fields yet, and the next build
/// would take it for an exchange.
fn ask_about_circles(key: &ModelKey, source: &SourceModel, found: &mut Findings) {
    let origin = |name: &FieldName| {
        let hints = source.hints.fields.get(name).filter(|hints| !hints.is_shared)?;
        hints.renamed_from.clone()
    };
    for field in &source.model.fields {
        let Some(from) = origin(&field.name).filter(|from| origin(from).is_some()) else { continue };
        let kind = QuestionKind::UnknownOrigin { from: from.to_string(), candidates: Vec::new() };
        found.ask(key, Some(&field.name), kind);
    }
}

/// Returns the recorded fields whose names are those of another kind of field from now on.
fn given_up<'a>(context: &Context<'_>, pair: &Pair<'a>) -> impl Iterator<Item = &'a Field> {
    let (key, after) = (pair.key, pair.after);
    pair.before.fields.iter().filter(move |before| {
        let is_kept = context.field_hints(key, &before.name).is_some_and(|hints| hints.keep_values);
        let is_another = after.field(&before.name).is_some_and(|field| alike::is_another(before, field));
        is_another && !is_kept && before.has_column()
    })
}

fn question<N: ToString>(doubt: &InvalidHint<N>, candidates: Vec<String>) -> QuestionKind {
    match doubt {
        InvalidHint::Unknown { from } => QuestionKind::UnknownOrigin { from: from.to_string(), candidates },
        InvalidHint::StillThere { from } => QuestionKind::OriginStillThere { from: from.to_string() },
        InvalidHint::Taken { from } => {
            QuestionKind::TakenName(TakenName { candidates: vec![from.to_string()], is_said: true })
        }
        InvalidHint::Shared { from, other } => {
            QuestionKind::SharedOrigin { from: from.to_string(), other: other.to_string() }
        }
    }
}
