//! Models and fields with new names: renames that hints declare, and questions about possible renames.

use std::collections::BTreeSet;

use super::moves::removed_namesakes;
use crate::detect::alike;
use crate::detect::apply_hints::{rename_field, rename_model};
use crate::detect::error::DetectError;
use crate::detect::names::{join_table, object_names, tables};
use crate::detect::order::{Fact, PlannedOperation};
use crate::detect::question::{QuestionKind, TakenName};
use crate::detect::rename_hints::{self, InvalidHint, Origins, Rename};
use crate::detect::requirements::references::referrers_of_other_apps;
use crate::detect::requirements::tables::released_elsewhere;
use crate::detect::{Context, Findings, Pair};
use crate::model::Model;
use crate::model::field::Field;
use crate::model::hints::SourceModel;
use crate::name::{FieldName, ModelKey, ModelName, ObjectName, TableName};
use crate::operation::{
    AlterModelTable, Behaviour, Operation, RemoveConstraint, RemoveIndex, RenameConstraint, RenameIndex,
};
use crate::state::ProjectState;
use crate::state::error::StateError;
use crate::state::former_names::FormerNames;

/// Plans the renames of models that hints declare, applies them to the state, and asks about other possible renames.
pub(in crate::detect) fn models(
    context: &Context<'_>,
    state: &mut ProjectState,
    found: &mut Findings,
) -> Result<(), DetectError> {
    let Origins { renames, invalid_hints } = rename_hints::of_models(state, context.wanted, context.app);
    let replaced: Vec<ModelName> =
        renames.iter().filter(|it| it.last.is_none()).map(|it| it.after.clone()).collect();
    for rename in renames {
        let new = ModelKey::new(context.app, &rename.after);
        plan_model_rename(context, state, found, &rename)
            .map_err(|source| DetectError::Model { model: new, source })?;
    }
    let removed: Vec<(&ModelName, &Model)> = state
        .models()
        .filter(|(key, _)| {
            key.app == *context.app && !context.target.contains(key) && !replaced.contains(&key.name)
        })
        .map(|(key, model)| (&key.name, model.as_ref()))
        .collect();
    for (name, hint) in &invalid_hints {
        let known = removed.iter().map(|(name, _)| name.to_string()).collect();
        found.ask(&ModelKey::new(context.app, name), None, question(hint, known, true));
    }
    for (key, model) in context.models().filter(|(key, _)| !state.contains(key)) {
        let is_new = context.hints(key).is_some_and(|hints| hints.new);
        if is_new || found.has_asked_about(key) || invalid_hints.iter().any(|(name, _)| *name == key.name) {
            continue;
        }
        let similar = removed.iter().filter(|(_, before)| {
            alike::models(before, model, &|before, after| {
                // The target of a reference may be renamed itself, without a hint so far.
                before == after || (!context.target.contains(before) && !state.contains(after))
            })
        });
        let mut candidates: Vec<ModelName> = similar.map(|(name, _)| (*name).clone()).collect();
        candidates.extend(removed_namesakes(context, key).into_iter().map(ModelName::new));
        if !candidates.is_empty() {
            found.ask(key, None, QuestionKind::RenamedModel { candidates });
        }
    }
    Ok(())
}

fn plan_model_rename(
    context: &Context<'_>,
    state: &mut ProjectState,
    found: &mut Findings,
    rename: &Rename<ModelName>,
) -> Result<(), StateError> {
    let (old, new) = (ModelKey::new(context.app, &rename.before), ModelKey::new(context.app, &rename.after));
    let model = state.model(&old)?.clone();
    let operation = rename_model(state, &context.target, context.app, rename)?;
    let had: Vec<TableName> = tables(&old, &model).collect();
    let has: Vec<TableName> = tables(&new, state.model(&new)?).collect();
    let planned = PlannedOperation::new(Operation::RenameModel(operation))
        .provides(Fact::ModelRemoved(old.clone()))
        .provides(Fact::ModelExists(new))
        .requires(referrers_of_other_apps(context, &old))
        .frees_tables(context, &had, &has)
        .takes_tables_of_others(context, &had, &has);
    found.planned.push(planned);
    Ok(())
}

/// Plans renames of tables, and applies them to the state.
pub(in crate::detect) fn of_tables(
    context: &Context<'_>,
    state: &mut ProjectState,
) -> Result<Vec<PlannedOperation>, DetectError> {
    let mut tables = Vec::new();
    for pair in context.pairs(state) {
        if pair.before.table_name(context.app) != pair.after.table_name(context.app) {
            tables.push((pair.key.clone(), pair.after.table.clone(), pair.after.schema.clone()));
        }
    }
    let mut planned = Vec::new();
    for (key, table, schema) in tables {
        let alter = AlterModelTable { model: key.name.clone(), table, schema };
        let rename = plan_table_rename(context, state, &key, alter);
        planned.push(rename.map_err(|source| DetectError::Model { model: key, source })?);
    }
    Ok(planned)
}

fn plan_table_rename(
    context: &Context<'_>,
    state: &mut ProjectState,
    key: &ModelKey,
    alter: AlterModelTable,
) -> Result<PlannedOperation, StateError> {
    let before = state.model(key)?.clone();
    let had: Vec<TableName> = tables(key, &before).collect();
    alter.apply(&key.app, state)?;
    let moved = state.model(key)?;
    let has: Vec<TableName> = tables(key, moved).collect();
    // In another schema, its indexes may have the names of those that are removed there.
    let mut removed = Vec::new();
    let others = context.recorded.models().filter(|(other, it)| {
        before.schema != moved.schema && other.app == key.app && *other != key && it.schema == moved.schema
    });
    for (other, model) in others {
        let taken = object_names(model).filter(|name| object_names(&before).any(|it| it == *name));
        for name in taken {
            removed.push(Fact::ConstraintRemoved(other.clone(), name.clone()));
            removed.push(Fact::IndexRemoved(other.clone(), name.clone()));
        }
    }
    Ok(PlannedOperation::new(Operation::AlterModelTable(alter))
        .frees_tables(context, &had, &has)
        .takes_tables(context, key, &had, &has)
        .requires(removed))
}

/// Puts each operation that takes the name of an index or a constraint after the release of that name, in any app.
pub(in crate::detect) fn wait_for_names(context: &Context<'_>, planned: &mut [PlannedOperation]) {
    for it in planned {
        let mut names: BTreeSet<ObjectName> = BTreeSet::new();
        for fact in &it.requires {
            if let Fact::NameFree(_, name) = fact {
                names.insert(name.clone());
            }
        }
        if let Operation::RenameIndex(RenameIndex { after, .. })
        | Operation::RenameConstraint(RenameConstraint { after, .. }) = &it.operation
        {
            names.insert(after.clone());
        }
        it.requires.extend(released_elsewhere(
            context,
            &names,
            |_, model| object_names(model).cloned().collect(),
            Fact::NameFree,
        ));
        it.requires.extend(names.into_iter().map(|name| Fact::NameFree(context.app.clone(), name)));
    }
}

/// Puts all other changes of a model after the rename of its table, which the names of indexes and constraints follow, if
/// the new name of the table must become free first.
pub(in crate::detect) fn wait_for_table_names(context: &Context<'_>, planned: &mut [PlannedOperation]) {
    let provided: BTreeSet<Fact> = planned.iter().flat_map(|it| &it.provides).cloned().collect();
    let mut late = BTreeSet::new();
    for it in &mut *planned {
        let waits = it.requires.iter().any(|fact| fact.app() != context.app || provided.contains(fact));
        if let Operation::AlterModelTable(alter) = &it.operation
            && waits
            // A table that is dropped is renamed last: what is taken out of its model is removed by its earlier name.
            && context.target.contains(&ModelKey::new(context.app, &alter.model))
        {
            late.insert(alter.model.clone());
            it.provides.push(Fact::TableNamed(ModelKey::new(context.app, &alter.model)));
        }
    }
    for it in planned {
        let is_named = matches!(it.operation, Operation::AlterModelTable(_));
        let (Some(model), Some(after)) = it.operation.behaviour().models() else { continue };
        let model = model.clone();
        if !is_named
            && model == *after
            && late.contains(&model)
            && !removes_by_chosen_name(context, &it.operation)
        {
            it.requires.push(Fact::TableNamed(ModelKey::new(context.app, model)));
        }
    }
}

/// Plans the renames of fields that hints declare, applies them to the state, and asks about other possible renames.
pub(in crate::detect) fn fields(
    context: &Context<'_>,
    state: &mut ProjectState,
    found: &mut Findings,
) -> Result<Vec<PlannedOperation>, DetectError> {
    let mut planned = Vec::new();
    let mut to_rename: Vec<(ModelKey, Vec<Rename<FieldName>>)> = Vec::new();
    for (key, after) in context.models() {
        let Some(source) = context.wanted.get(key) else { continue };
        let Ok(before) = state.model(key) else {
            ask_about_circles(key, source, found);
            continue;
        };
        // Fields that exchange their names may leave the model as it is.
        let has_hints = source.hints.fields.values().any(|hints| hints.renamed_from.is_some());
        if !has_hints && **before == *after {
            continue;
        }
        let origins = rename_hints::of_fields(state, context.wanted, source, (key, before, after));
        let pair = Pair { key, before, after };
        ask_about_fields(context, state.former_names(), &pair, &origins, found);
        if !origins.renames.is_empty() {
            to_rename.push((key.clone(), origins.renames));
        }
    }
    for (key, renames) in to_rename {
        for rename in renames {
            let rename = plan_field_rename(context, state, &key, rename);
            planned.push(rename.map_err(|source| DetectError::Model { model: key.clone(), source })?);
        }
    }
    Ok(planned)
}

/// Returns whether an index or a constraint is removed whose name does not follow that of the table.
fn removes_by_chosen_name(context: &Context<'_>, operation: &Operation) -> bool {
    let (model, name) = if let Operation::RemoveIndex(RemoveIndex { model, name }) = operation {
        (model, name)
    } else if let Operation::RemoveConstraint(RemoveConstraint { model, name }) = operation {
        (model, name)
    } else {
        return false;
    };
    let recorded = context.recorded.model(&ModelKey::new(context.app, model));
    recorded.is_ok_and(|model| {
        let bare = Model::clone(model).without_derived_names(context.app);
        object_names(&bare).any(|it| it == name)
    })
}

fn plan_field_rename(
    context: &Context<'_>,
    state: &mut ProjectState,
    key: &ModelKey,
    rename: Rename<FieldName>,
) -> Result<PlannedOperation, StateError> {
    let had = join_table(key, state.model(key)?, &rename.before);
    let operation = rename_field(state, &context.target, key, &rename)?;
    let has = join_table(key, state.model(key)?, &rename.after);
    let renamed = Fact::FieldRenamed(key.clone(), rename.after);
    let references = context.recorded.references_to(key, &rename.before).filter(|(by, _)| by.app != key.app);
    let requires: Vec<Fact> = references.map(|(by, _)| Fact::ModelExists(by.clone())).collect();
    let rename =
        PlannedOperation::new(Operation::RenameField(operation)).provides(renamed).requires(requires);
    Ok(rename.frees_tables(context, &had, &has).takes_tables_of_others(context, &had, &has))
}

fn ask_about_fields(
    context: &Context<'_>,
    past: &FormerNames,
    pair: &Pair<'_>,
    Origins { renames, invalid_hints }: &Origins<FieldName>,
    found: &mut Findings,
) {
    let taken: BTreeSet<&FieldName> = renames.iter().flat_map(|it| [&it.before, &it.after]).collect();
    let removed: Vec<&Field> = pair.removed().filter(|field| !taken.contains(&field.name)).collect();
    for (name, hint) in invalid_hints {
        let known = removed.iter().map(|field| field.name.to_string()).collect();
        let can_keep = pair.after.field(name).is_some_and(|field| pair.can_keep(field));
        found.ask(pair.key, Some(name), question(hint, known, can_keep));
    }
    // No value can be lost in a table that modelshift does not manage.
    if !pair.before.managed {
        return;
    }
    let replaced: Vec<&Field> =
        replaced_fields(context, pair).filter(|field| !taken.contains(&field.name)).collect();
    let candidates_for = |field: &Field, among: &[&[&Field]]| -> Vec<FieldName> {
        let among = among.iter().copied().flatten();
        let similar = among.filter(|before| {
            alike::fields(before, field, &|one, other| one == other || found.asks_whether(one, other))
        });
        similar.map(|before| before.name.clone()).collect()
    };
    let mut asked = Vec::new();
    let added = pair.added().filter(|field| !taken.contains(&field.name));
    let recreated = pair.after.fields.iter().filter(|field| is_renamed_away(renames, &field.name));
    for field in added.chain(recreated).filter(|field| !has_hint(invalid_hints, field)) {
        if context.field_hints(pair.key, &field.name).is_some_and(|hints| hints.new) {
            continue;
        }
        let mut candidates = candidates_for(field, &[&removed, &replaced]);
        // A `renamed_from` that is followed has no effect.
        candidates.retain(|from| !past.had_field(pair.key, &field.name, from));
        if !candidates.is_empty() {
            let missing = context.missing_in_rows(pair.key, field);
            asked.push((&field.name, QuestionKind::RenamedField { candidates, missing }));
        }
    }
    for before in &replaced {
        let Some(field) = pair.after.field(&before.name).filter(|field| !has_hint(invalid_hints, field))
        else {
            continue;
        };
        let mut candidates = candidates_for(field, &[&removed]);
        candidates.retain(|from| {
            !past.had_field(pair.key, &field.name, from)
                && !past.was_field_renamed(pair.key, &field.name, from)
        });
        if !candidates.is_empty() {
            let candidates = candidates.iter().map(ToString::to_string).collect();
            let taken = TakenName { candidates, is_said: false, can_keep: pair.can_keep(field) };
            asked.push((&field.name, QuestionKind::TakenName(taken)));
        }
    }
    for (name, kind) in asked {
        found.ask(pair.key, Some(name), kind);
    }
}

fn is_renamed_away(renames: &[Rename<FieldName>], name: &FieldName) -> bool {
    renames.iter().any(|it| it.before == *name) && renames.iter().all(|it| it.last.as_ref() != Some(name))
}

fn has_hint<T>(hints: &[(FieldName, T)], field: &Field) -> bool {
    hints.iter().any(|(name, _)| *name == field.name)
}

/// Asks about fields of a new model that exchanged names, or took each other's, by their hints: no such fields exist yet,
/// and the next build would do that.
fn ask_about_circles(key: &ModelKey, source: &SourceModel, found: &mut Findings) {
    for field in &source.model.fields {
        if let Some(from) = declared_origin(source, &field.name)
            && (declared_origin(source, from).is_some()
                || (is_new(source, &field.name)
                    && is_new(source, from)
                    && source.model.field(from).is_some_and(|it| it.is_stored_like(field))))
        {
            let kind = QuestionKind::UnknownOrigin { from: from.to_string(), candidates: Vec::new() };
            found.ask(key, Some(&field.name), kind);
        }
    }
}

fn is_new(source: &SourceModel, name: &FieldName) -> bool {
    source.hints.fields.get(name).is_some_and(|hints| hints.new)
}

fn declared_origin<'a>(source: &'a SourceModel, name: &FieldName) -> Option<&'a FieldName> {
    let hints = source.hints.fields.get(name).filter(|hints| !hints.is_shared)?;
    hints.renamed_from.as_ref()
}

/// Returns the recorded fields whose names belong to fields of another kind in the source.
fn replaced_fields<'a>(context: &Context<'_>, pair: &Pair<'a>) -> impl Iterator<Item = &'a Field> {
    let (key, after) = (pair.key, pair.after);
    pair.before.fields.iter().filter(move |before| {
        let is_said = context.field_hints(key, &before.name).is_some_and(|hints| hints.keep_values);
        let is_another = after
            .field(&before.name)
            .is_some_and(|field| alike::is_another(before, field) && !(is_said && pair.can_keep(field)));
        is_another && before.has_column()
    })
}

fn question<N: ToString>(hint: &InvalidHint<N>, candidates: Vec<String>, can_keep: bool) -> QuestionKind {
    match hint {
        InvalidHint::Unknown { from } => QuestionKind::UnknownOrigin { from: from.to_string(), candidates },
        InvalidHint::StillThere { from } => QuestionKind::OriginStillThere { from: from.to_string() },
        InvalidHint::Taken { from } => {
            QuestionKind::TakenName(TakenName { candidates: vec![from.to_string()], is_said: true, can_keep })
        }
        InvalidHint::Shared { from, other } => {
            QuestionKind::SharedOrigin { from: from.to_string(), other: other.to_string() }
        }
    }
}
