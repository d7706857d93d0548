//! Fields that went, came, or are another thing under the same name.

use super::order::{Fact, Planned};
use super::{Found, Pair, Sight};
use crate::error::DetectError;
use crate::expr::Expr;
use crate::field::Field;
use crate::name::{FieldName, ModelKey};
use crate::operation::{AddField, AlterField, Operation, RemoveField};
use crate::question::QuestionKind;
use crate::state::ProjectState;

/// Finds fields that went.
///
/// # Errors
/// [`DetectError::KeyMoved`].
pub(super) fn removed(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) -> Result<(), DetectError> {
    for pair in sight.pairs(state) {
        check_key(sight, state, &pair, found)?;
        for field in pair.removed() {
            let remove = RemoveField { model: pair.key.name.clone(), field: field.name.clone() };
            // A value for another field may be taken from this one as long as it is there.
            let takers =
                pair.added().filter(|it| backfill_names(sight, &pair, it).any(|it| field.name == *it));
            let takers = takers.map(|it| Fact::FieldMade(pair.key.clone(), it.name.clone()));
            let planned = Planned::new(Operation::RemoveField(remove))
                .gives(Fact::FieldGone(pair.key.clone(), field.name.clone()))
                .needs(takers)
                .needs(after_the_new_key(&pair, field));
            found.planned.push(planned);
        }
    }
    Ok(())
}

/// Finds fields that came, and asks where rows that exist would lack a value.
pub(super) fn added(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    for pair in sight.pairs(state) {
        for field in pair.added() {
            let backfill = backfill(sight, pair.key, field);
            let is_automatic = pair.after.automatic_key().is_some_and(|key| key.name == field.name);
            let has_value = field.null || is_automatic || field.default.is_some() || backfill.is_some();
            if !has_value && !found.has_asked(pair.key, &field.name) {
                let kind = QuestionKind::NewNotNull(sight.missing_value(pair.key, field));
                found.ask(pair.key, Some(&field.name), kind);
            }
            let taken = backfill_names(sight, &pair, field);
            let taken = taken.map(|name| Fact::FieldMade(pair.key.clone(), name.into())).collect::<Vec<_>>();
            let add =
                AddField { model: pair.key.name.clone(), field: field.clone(), backfill: backfill.cloned() };
            let planned = Planned::new(Operation::AddField(add))
                .gives(Fact::FieldMade(pair.key.clone(), field.name.clone()))
                .needs(taken)
                .needs(target_made(sight, state, field))
                .needs(before_the_new_key(state, &pair, field))
                .needs(column_is_free(&pair, field));
            found.planned.push(planned);
        }
    }
}

/// Finds fields that are another thing, and asks where rows that hold NULL would lack a value.
pub(super) fn altered(sight: &Sight<'_>, state: &ProjectState, found: &mut Found) {
    for pair in sight.pairs(state) {
        for after in &pair.after.fields {
            let Some(before) = pair.before.field(&after.name).filter(|before| !before.agrees_with(after))
            else {
                continue;
            };
            let forbids_null = before.null && !after.null;
            let backfill = backfill(sight, pair.key, after).filter(|_| forbids_null);
            if forbids_null
                && after.default.is_none()
                && backfill.is_none()
                && !found.has_asked(pair.key, &after.name)
            {
                let kind = QuestionKind::NullToNotNull(sight.missing_value(pair.key, after));
                found.ask(pair.key, Some(&after.name), kind);
            }
            let alter = AlterField {
                model: pair.key.name.clone(),
                field: after.clone(),
                backfill: backfill.cloned(),
            };
            let mut planned = Planned::new(Operation::AlterField(alter))
                .gives(Fact::FieldAltered(pair.key.clone(), after.name.clone()))
                .needs(target_made(sight, state, after))
                .needs(before_the_new_key(state, &pair, after))
                .needs(column_is_free(&pair, after));
            if !after.primary_key {
                planned = planned.needs(after_the_new_key(&pair, before));
            }
            found.planned.push(planned);
        }
    }
}

fn backfill<'a>(sight: &'a Sight<'_>, key: &ModelKey, field: &Field) -> Option<&'a Expr> {
    sight.field_hints(key, &field.name).and_then(|hints| hints.backfill.as_ref())
}

fn backfill_names<'a>(
    sight: &'a Sight<'_>,
    pair: &Pair<'_>,
    field: &Field,
) -> impl Iterator<Item = &'a str> + use<'a> {
    backfill(sight, pair.key, field).into_iter().flat_map(Expr::names)
}

/// Says that the model that a field refers to is there, with the key that it is to have.
pub(super) fn target_made(sight: &Sight<'_>, state: &ProjectState, field: &Field) -> Vec<Fact> {
    let Some(to) = field.relation().map(|relation| &relation.to) else { return Vec::new() };
    let mut facts = vec![Fact::ModelMade(to.clone())];
    if let (Ok(before), Ok(after)) = (state.model(to), sight.target.model(to)) {
        let left = Pair { key: to, before, after }.left_key().map(|it| it.name.clone()).collect::<Vec<_>>();
        facts.extend(left.into_iter().flat_map(|name| {
            [Fact::FieldGone(to.clone(), name.clone()), Fact::FieldAltered(to.clone(), name)]
        }));
    }
    facts
}

/// Says that a field joins the primary key when no reference to the old one is left.
fn before_the_new_key(state: &ProjectState, pair: &Pair<'_>, field: &Field) -> Vec<Fact> {
    if !pair.joined_key().any(|it| it.name == field.name) {
        return Vec::new();
    }
    let facts = |(by, field): (&ModelKey, &Field)| {
        let name = &field.name;
        let mut facts =
            vec![Fact::FieldGone(by.clone(), name.clone()), Fact::FieldAltered(by.clone(), name.clone())];
        if field.primary_key {
            facts.push(Fact::ModelGone(by.clone()));
        }
        facts
    };
    references(state, pair.key).into_iter().flat_map(facts).collect()
}

/// Says that the field which had the column before has it no longer.
fn column_is_free(pair: &Pair<'_>, field: &Field) -> Vec<Fact> {
    let column = field.column_name();
    let had = pair.before.fields.iter().find(|it| it.name != field.name && it.column_name() == column);
    let facts = |name: &FieldName| {
        [Fact::FieldGone(pair.key.clone(), name.clone()), Fact::FieldAltered(pair.key.clone(), name.clone())]
    };
    had.into_iter().flat_map(|it| facts(&it.name)).collect()
}

/// Gives the references to a model, its own included.
fn references<'a>(state: &'a ProjectState, key: &'a ModelKey) -> Vec<(&'a ModelKey, &'a Field)> {
    let mut found = state.referrers(key);
    if let Ok(model) = state.model(key) {
        let own = model.fields.iter().filter(|it| it.relation().is_some_and(|relation| relation.to == *key));
        found.extend(own.map(|field| (key, field)));
    }
    found
}

/// Says that a field leaves the primary key when the new one is there: no model is ever without.
fn after_the_new_key(pair: &Pair<'_>, field: &Field) -> Vec<Fact> {
    if !field.primary_key {
        return Vec::new();
    }
    let facts = |name: &FieldName| {
        [Fact::FieldMade(pair.key.clone(), name.clone()), Fact::FieldAltered(pair.key.clone(), name.clone())]
    };
    pair.joined_key().flat_map(|it| facts(&it.name)).collect()
}

/// Checks that no reference that stays would suddenly mean another key.
fn check_key(
    sight: &Sight<'_>,
    state: &ProjectState,
    pair: &Pair<'_>,
    found: &Found,
) -> Result<(), DetectError> {
    let (Some(left), Some(joined)) = (pair.left_key().next(), pair.joined_key().next()) else {
        return Ok(());
    };
    // It may be the same key under another name.
    if found.has_asked(pair.key, &joined.name) {
        return Ok(());
    }
    let stays = |(by, field): &(&ModelKey, &Field)| {
        let after = sight.target.model(by).ok().and_then(|model| model.field(&field.name));
        after.and_then(Field::relation).is_some_and(|relation| relation.to == *pair.key)
    };
    match references(state, pair.key).into_iter().find(stays) {
        None => Ok(()),
        Some((by, field)) => Err(DetectError::KeyMoved {
            model: pair.key.clone(),
            before: left.name.clone(),
            after: joined.name.clone(),
            by: by.clone(),
            field: field.name.clone(),
        }),
    }
}
