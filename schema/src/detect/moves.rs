//! Models that go from one app to another, as `renamed_from = "app.Model"` says; they keep their tables and rows.
//!
//! The operation stands in a migration of both apps: the one that gets the model does it, the one that had it comes
//! after, so that whatever that app does next comes after as well.

use std::collections::{BTreeMap, BTreeSet};

use super::models::tables;
use super::order::{Fact, PlannedOperation};
use super::{Context, Findings};
use crate::detect::question::QuestionKind;
use crate::error::{DetectError, StateError};
use crate::model::Model;
use crate::model::hints::SourceModel;
use crate::name::{AppLabel, ModelKey, TableName};
use crate::operation::{MoveModel, Operation};
use crate::state::ProjectState;

/// Returns the moves that the hints tell, by the keys before and after; each model goes once.
pub(super) fn between(
    recorded: &ProjectState,
    wanted: &BTreeMap<ModelKey, SourceModel>,
    apps: &BTreeSet<AppLabel>,
) -> Vec<(ModelKey, ModelKey)> {
    let mut moves: Vec<(ModelKey, ModelKey)> = Vec::new();
    for (key, source) in wanted.iter().filter(|(key, _)| !recorded.contains(key)) {
        let Some(from) = &source.hints.moved_from else { continue };
        let is_free = from.app != key.app && apps.contains(&from.app) && apps.contains(&key.app);
        let is_gone = recorded.contains(from) && !wanted.contains_key(from);
        if is_free && is_gone && moves.iter().all(|(before, _)| before != from) {
            moves.push((from.clone(), key.clone()));
        }
    }
    moves
}

/// Moves models in the state, and asks about hints that cannot be followed.
pub(super) fn models(
    context: &Context<'_>,
    state: &mut ProjectState,
    found: &mut Findings,
) -> Result<(), DetectError> {
    for (before, after) in &context.moves {
        let wrong = |source| DetectError::Model { model: after.clone(), source };
        let table = chosen_table(context.recorded, &context.target, before, after).map_err(wrong)?;
        let tables_of = |state: &ProjectState, key| Ok(tables(key, state.model(key)?).collect::<Vec<_>>());
        let had = tables_of(context.recorded, before).map_err(wrong)?;
        let has = tables_of(&context.arrived, after).map_err(wrong)?;
        let (from, to) = (before.clone(), after.clone());
        let operation = Operation::MoveModel(MoveModel { before: from, after: to, table: table.clone() });
        if before.app == *context.app {
            let planned = PlannedOperation::new(operation.clone())
                .gives(Fact::ModelGone(before.clone()))
                .needs([Fact::ModelMade(after.clone())])
                .frees_tables(context, &had, &has);
            found.planned.push(planned);
        }
        if after.app == *context.app {
            let referrers = context.recorded.referrers(before).into_iter().map(|(by, _)| by.clone());
            let others = referrers.filter(|by| by.app != after.app).chain([before.clone()]);
            let planned = PlannedOperation::new(operation)
                .gives(Fact::ModelMade(after.clone()))
                .needs(others.map(Fact::ModelMade))
                .takes_tables(context, after, &had, &has);
            if table.is_some() {
                state.set_table(before, table).map_err(wrong)?;
            }
            state.move_model(before, after).map_err(wrong)?;
            found.planned.push(planned);
        }
    }
    ask(context, state, found);
    Ok(())
}

/// Returns the recorded state with the moves made.
///
/// # Errors
/// Where a model cannot go where it is to go.
pub(super) fn arrived(
    recorded: &ProjectState,
    target: &ProjectState,
    moves: &[(ModelKey, ModelKey)],
) -> Result<ProjectState, DetectError> {
    let mut state = recorded.clone();
    for (before, after) in moves {
        let wrong = |source| DetectError::Model { model: after.clone(), source };
        if let Some(table) = chosen_table(recorded, target, before, after).map_err(wrong)? {
            state.set_table(before, Some(table)).map_err(wrong)?;
        }
        state.move_model(before, after).map_err(wrong)?;
    }
    Ok(state)
}

/// Returns those of the names that other apps give up, by what says so: what a model keeps when it goes to another app is
/// given up there.
pub(super) fn given_up_elsewhere<N: Ord>(
    context: &Context<'_>,
    names: &BTreeSet<N>,
    names_of: impl Fn(&ModelKey, &Model) -> Vec<N>,
    fact: impl Fn(AppLabel, N) -> Fact,
) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (key, model) in context.recorded.models().filter(|_| !names.is_empty()) {
        let moved = context.moves.iter().find(|(before, _)| before == key);
        if moved.is_none() && key.app == *context.app {
            continue;
        }
        let moved = moved.and_then(|(_, after)| Some((after, context.arrived.model(after).ok()?)));
        let kept = moved.map(|(after, model)| names_of(after, model)).unwrap_or_default();
        for name in names_of(key, model).into_iter().filter(|name| names.contains(name)) {
            let holder = moved.filter(|_| kept.contains(&name)).map_or(&key.app, |(after, _)| &after.app);
            facts.extend((holder != context.app).then(|| fact(holder.clone(), name)));
        }
    }
    facts
}

/// Lets whatever else becomes of a model that comes from another app wait until it is there.
pub(super) fn wait_for_moves(context: &Context<'_>, planned: &mut [PlannedOperation]) {
    for it in planned {
        let Some(model) = it.operation.behaviour().models().0 else { continue };
        let key = ModelKey::new(context.app, model);
        if context.moves.iter().any(|(_, after)| *after == key) {
            it.needs.push(Fact::ModelMade(key));
        }
    }
}

/// Returns the name that a model's table is to have, where another one is chosen than it had.
///
/// The move says it, so that the table is renamed once, or not at all.
fn chosen_table(
    recorded: &ProjectState,
    target: &ProjectState,
    before: &ModelKey,
    after: &ModelKey,
) -> Result<Option<TableName>, StateError> {
    let had = &recorded.model(before)?.table;
    Ok(target.model(after)?.table.clone().filter(|table| had.as_ref() != Some(table)))
}

fn ask(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    for (key, _) in context.models().filter(|(key, _)| !state.contains(key)) {
        let Some(from) = context.hints(key).and_then(|hints| hints.moved_from.as_ref()) else { continue };
        let shared = context.moves.iter().find(|(before, _)| before == from);
        let kind = if let Some((_, other)) = shared {
            QuestionKind::SharedOrigin { from: from.to_string(), other: other.to_string() }
        } else if context.recorded.contains(from) && context.wanted.contains_key(from) {
            QuestionKind::OriginStillThere { from: from.to_string() }
        } else {
            QuestionKind::UnknownOrigin { from: from.to_string(), candidates: strays(context, key) }
        };
        found.ask(key, None, kind);
    }
}

/// Returns the models of other apps that went and bear the same name, as `app.Model`.
pub(super) fn strays(context: &Context<'_>, key: &ModelKey) -> Vec<String> {
    let went = |it: &&ModelKey| {
        it.app != key.app
            && it.name == key.name
            && context.apps.contains(&it.app)
            && !context.target.contains(it)
            && context.moves.iter().all(|(before, _)| before != *it)
    };
    context.recorded.models().map(|(it, _)| it).filter(went).map(ToString::to_string).collect()
}
