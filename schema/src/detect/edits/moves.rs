//! Models that move from one app to another, as `renamed_from = "app.Model"` declares; they keep their tables and rows.
//!
//! The operation is part of a migration of both apps: the migration of the new app moves the model, and the migration of
//! the old app comes after it, so that everything which the old app does next comes after it too.

use crate::detect::apply_hints::{chosen_table, move_model};
use crate::detect::error::DetectError;
use crate::detect::names::tables;
use crate::detect::order::{Fact, PlannedOperation};
use crate::detect::question::QuestionKind;
use crate::detect::{Context, Findings};
use crate::name::{ModelKey, TableName};
use crate::operation::{MoveModel, Operation};
use crate::state::ProjectState;
use crate::state::error::StateError;

/// Plans moves of models, applies them to the state, and asks about hints that cannot be followed.
pub(in crate::detect) fn models(
    context: &Context<'_>,
    state: &mut ProjectState,
    found: &mut Findings,
) -> Result<(), DetectError> {
    for (before, after) in &context.moves {
        plan_move(context, state, found, (before, after))
            .map_err(|source| DetectError::Model { model: after.clone(), source })?;
    }
    ask(context, state, found);
    Ok(())
}

fn plan_move(
    context: &Context<'_>,
    state: &mut ProjectState,
    found: &mut Findings,
    (before, after): (&ModelKey, &ModelKey),
) -> Result<(), StateError> {
    let table = chosen_table(context.recorded, &context.target, before, after)?;
    let had: Vec<TableName> = tables(before, context.recorded.model(before)?).collect();
    let has: Vec<TableName> = tables(after, context.after_moves.model(after)?).collect();
    let (from, to) = (before.clone(), after.clone());
    let operation = Operation::MoveModel(MoveModel { before: from, after: to, table });
    if before.app == *context.app {
        let planned = PlannedOperation::new(operation.clone())
            .provides(Fact::ModelRemoved(before.clone()))
            .requires([Fact::ModelExists(after.clone())])
            .frees_tables(context, &had, &has);
        found.planned.push(planned);
    }
    if after.app == *context.app {
        let referrers = context.recorded.referrers(before).into_iter().map(|(by, _)| by.clone());
        let others = referrers.filter(|by| by.app != after.app).chain([before.clone()]);
        let planned = PlannedOperation::new(operation)
            .provides(Fact::ModelExists(after.clone()))
            .requires(others.map(Fact::ModelExists))
            .takes_tables(context, after, &had, &has);
        move_model(context.recorded, &context.target, state, before, after)?;
        found.planned.push(planned);
    }
    Ok(())
}

/// Puts all other changes of a model that moves from another app after the move.
pub(in crate::detect) fn wait_for_moves(context: &Context<'_>, planned: &mut [PlannedOperation]) {
    for it in planned {
        let Some(model) = it.operation.behaviour().models().0 else { continue };
        let key = ModelKey::new(context.app, model);
        if context.moves.iter().any(|(_, after)| *after == key) {
            it.requires.push(Fact::ModelExists(key));
        }
    }
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
            QuestionKind::UnknownOrigin {
                from: from.to_string(),
                candidates: removed_namesakes(context, key),
            }
        };
        found.ask(key, None, kind);
    }
}

/// Returns the removed models of other apps that have the same name, as `app.Model`.
pub(in crate::detect) fn removed_namesakes(context: &Context<'_>, key: &ModelKey) -> Vec<String> {
    let mut found = Vec::new();
    for (it, _) in context.recorded.models() {
        if it.app != key.app
            && it.name == key.name
            && context.apps.contains(&it.app)
            && !context.target.contains(it)
            && context.moves.iter().all(|(before, _)| before != it)
        {
            found.push(it.to_string());
        }
    }
    found
}
