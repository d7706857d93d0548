//! Models that go from one app to another, as `renamed_from = "app.Model"` says; they keep their tables and rows.
//!
//! The operation stands in a migration of both apps: the one that gets the model does it, the one that had it comes
//! after, so that whatever that app does next comes after as well.

use std::collections::{BTreeMap, BTreeSet};

use super::models::{tables, tables_free};
use super::order::{Fact, Planned};
use super::{Found, Sight};
use crate::error::{DetectError, StateError};
use crate::hints::SourceModel;
use crate::name::{AppLabel, ModelKey, TableName};
use crate::operation::{MoveModel, Operation};
use crate::question::QuestionKind;
use crate::state::ProjectState;

/// Gives the moves that the hints tell, by the keys before and after; each model goes once.
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
    sight: &Sight<'_>,
    state: &mut ProjectState,
    found: &mut Found,
) -> Result<(), DetectError> {
    for (before, after) in &sight.moves {
        let wrong = |source| DetectError::Model { model: after.clone(), source };
        let table = chosen_table(sight.recorded, &sight.target, before, after).map_err(wrong)?;
        let (from, to) = (before.clone(), after.clone());
        let operation = Operation::MoveModel(MoveModel { before: from, after: to, table: table.clone() });
        if before.app == *sight.app {
            let mut planned = Planned::new(operation.clone())
                .gives(Fact::ModelGone(before.clone()))
                .needs([Fact::ModelMade(after.clone())]);
            if let Ok(model) = sight.recorded.model(before) {
                let tables = tables(before, model);
                planned.gives.extend(tables.map(|table| Fact::TableFree(before.app.clone(), table)));
            }
            found.planned.push(planned);
        }
        if after.app == *sight.app {
            let referrers = sight.recorded.referrers(before).into_iter().map(|(by, _)| by.clone());
            let others = referrers.filter(|by| by.app != after.app).chain([before.clone()]);
            let wanted = sight.target.model(after).map_err(wrong)?;
            // It brings its own table along.
            let own: Vec<TableName> =
                sight.recorded.model(before).map(|it| tables(before, it).collect()).unwrap_or_default();
            let mut free = tables_free(sight, after, wanted);
            free.retain(|fact| !matches!(fact, Fact::TableFree(_, table) if own.contains(table)));
            let planned = Planned::new(operation)
                .gives(Fact::ModelMade(after.clone()))
                .needs(others.map(Fact::ModelMade))
                .needs(free);
            if table.is_some() {
                state.set_table(before, table).map_err(wrong)?;
            }
            state.move_model(before, after).map_err(wrong)?;
            found.planned.push(planned);
        }
    }
    ask(sight, state, found);
    Ok(())
}

/// Lets whatever else becomes of a model that comes from another app wait until it is there.
pub(super) fn wait_for_moves(sight: &Sight<'_>, planned: &mut [Planned]) {
    for it in planned {
        let Some(model) = it.operation.behaviour().models().0 else { continue };
        let key = ModelKey::new(sight.app, model);
        if sight.moves.iter().any(|(_, after)| *after == key) {
            it.needs.push(Fact::ModelMade(key));
        }
    }
}

/// Gives the name that a model's table is to have, where another one is chosen than it had.
///
/// The move says it, so that the table is renamed once, or not at all.
pub(super) fn chosen_table(
    recorded: &ProjectState,
    target: &ProjectState,
    before: &ModelKey,
    after: &ModelKey,
) -> Result<Option<TableName>, StateError> {
    let had = &recorded.model(before)?.table;
    Ok(target.model(after)?.table.clone().filter(|table| had.as_ref() != Some(table)))
}

fn ask(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    for (key, _) in sight.models().filter(|(key, _)| !state.contains(key)) {
        let Some(from) = sight.hints(key).and_then(|hints| hints.moved_from.as_ref()) else { continue };
        let shared = sight.moves.iter().find(|(before, _)| before == from);
        let kind = if let Some((_, other)) = shared {
            QuestionKind::SharedOrigin { from: from.to_string(), other: other.to_string() }
        } else if sight.recorded.contains(from) && sight.wanted.contains_key(from) {
            QuestionKind::OriginStillThere { from: from.to_string() }
        } else {
            QuestionKind::UnknownOrigin { from: from.to_string(), candidates: strays(sight, key) }
        };
        found.ask(key, None, kind);
    }
}

/// Gives the models of other apps that went and bear the same name, as `app.Model`.
pub(super) fn strays(sight: &Sight<'_>, key: &ModelKey) -> Vec<String> {
    let went = |it: &&ModelKey| {
        it.app != key.app
            && it.name == key.name
            && sight.apps.contains(&it.app)
            && !sight.target.contains(it)
            && sight.moves.iter().all(|(before, _)| before != *it)
    };
    sight.recorded.models().map(|(it, _)| it).filter(went).map(ToString::to_string).collect()
}
