//! Fields that are removed, added, or altered under the same name.

use super::backfills::{self, backfill, backfill_readers_ready, backfill_sources_ready};
use super::join_table_rows::{self, Rows};
use super::{choices, moved_fields};
use crate::detect::error::DetectError;
use crate::detect::names::{join_table, tables};
use crate::detect::order::{Fact, PlannedOperation};
use crate::detect::pair::{Pair, is_without_conversion, no_conversion};
use crate::detect::question::QuestionKind;
use crate::detect::requirements::computed::{former_readers_released, readers_released, sources_ready};
use crate::detect::requirements::keys::{
    after_new_key, before_new_key, column_free, constraints_removed, references_to_key,
};
use crate::detect::requirements::raw_text::read_by_other_apps;
use crate::detect::requirements::references::{followed_fields_altered, references_removed, target_ready};
use crate::detect::requirements::uniqueness::is_unique_over;
use crate::detect::{Context, Findings, recorded_kind};
use crate::model::field::{Field, FieldKind};
use crate::model::relation::ManyToMany;
use crate::name::{ModelKey, TableName};
use crate::operation::{AddField, AlterField, Operation, RemoveField};
use crate::state::ProjectState;

/// Plans the removal of fields.
///
/// # Errors
/// Returns [`DetectError::KeyMoved`] if a reference that stays would refer to another key.
pub(in crate::detect) fn removed(
    context: &Context<'_>,
    state: &ProjectState,
    found: &mut Findings,
) -> Result<(), DetectError> {
    for pair in context.pairs(state) {
        check_key(context, state, &pair, found)?;
        for field in pair.dropped() {
            let remove = RemoveField { model: pair.key.name.clone(), field: field.name.clone() };
            let planned = PlannedOperation::new(Operation::RemoveField(remove))
                .provides(Fact::FieldRemoved(pair.key.clone(), field.name.clone()))
                .frees_tables(context, &join_table(pair.key, pair.before, &field.name), &[])
                .requires(moved_fields::values_moved(context, pair.key, field))
                .after(backfill_readers_ready(context, &pair, field))
                .requires(read_by_other_apps(context, pair.key, pair.before, Some(field)))
                .requires(references_removed(context, state, pair.key, &field.name))
                .after(readers_released(&pair, field))
                .requires(constraints_removed(context, state, &pair, field))
                .requires(after_new_key(&pair, field))
                .requires([Fact::NaturalKeyReleased(pair.key.clone())]);
            found.planned.push(planned);
        }
    }
    Ok(())
}

/// Plans new fields, and asks if existing rows would lack a value.
pub(in crate::detect) fn added(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    for pair in context.pairs(state) {
        for field in pair.created() {
            let backfill = backfill(context, pair.key, field);
            let is_automatic = pair.after.automatic_key().is_some_and(|key| key.name == field.name);
            let is_filled = field.makes_values() || !pair.before.managed;
            let needs_no_value = field.null || !field.has_column() || is_filled;
            let has_value = needs_no_value || is_automatic || field.default.is_some() || backfill.is_some();
            if pair.is_replaced(field) {
                ask_about_replaced(context, state, &pair, field, found);
            }
            if !has_value && !found.has_asked(pair.key, &field.name) {
                let kind = QuestionKind::NewNotNull(context.missing_value(pair.key, field));
                found.ask(pair.key, Some(&field.name), kind);
            }
            let add =
                AddField { model: pair.key.name.clone(), field: field.clone(), backfill: backfill.cloned() };
            let planned = PlannedOperation::new(Operation::AddField(add))
                .provides(Fact::FieldExists(pair.key.clone(), field.name.clone()))
                .after(backfill_sources_ready(context, &pair, field))
                .after(sources_ready(&pair, field))
                .requires(target_ready(context, state, pair.key, field))
                .requires(before_new_key(context, state, &pair, field))
                .requires(column_free(&pair, field))
                .takes_tables(context, pair.key, &[], &join_table(pair.key, pair.after, &field.name))
                .requires(
                    pair.is_replaced(field).then(|| Fact::FieldRemoved(pair.key.clone(), field.name.clone())),
                );
            found.planned.push(planned);
        }
    }
}

/// Asks whether a field that cannot become the new one of its name is to be dropped with its values.
fn ask_about_replaced(
    context: &Context<'_>,
    state: &ProjectState,
    pair: &Pair<'_>,
    field: &Field,
    found: &mut Findings,
) {
    let Some(before) = pair.before.field(&field.name) else { return };
    let was = recorded_kind::of_field(before, &pair.key.app, context.wanted, state.former_names());
    // A `new` without `was` may have answered an earlier question.
    let is_answered =
        context.field_hints(pair.key, &field.name).is_some_and(|hints| hints.new && hints.speak_of(&was));
    if is_answered
        || !pair.before.managed
        || field.generated.is_some()
        || found.has_asked(pair.key, &field.name)
    {
        return;
    }
    let Rows { through_model, obstacle } = join_table_rows::rows(context, state, pair.key, before, field);
    let obstacle = obstacle.or_else(|| no_conversion(before, field));
    let kind = QuestionKind::ReplacedField {
        through_model,
        obstacle,
        was: was.spelled,
        missing: None,
        is_used: false,
    };
    found.ask(pair.key, Some(&field.name), kind);
}

/// Plans changes of fields, and asks if rows that hold NULL would lack a value.
pub(in crate::detect) fn altered(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    for pair in context.pairs(state) {
        backfills::ask(context, &pair, found);
        let followed = pair.with_text_of_after();
        let mut fields: Vec<&Field> = pair.after.fields.iter().collect();
        fields.sort_by(|one, other| one.name.cmp(&other.name));
        for after in fields {
            let recorded = pair.counterpart(after).and_then(|before| followed.field(&before.name));
            let Some(before) = recorded.filter(|before| !before.is_equivalent_to(after)) else {
                continue;
            };
            let is_stored = after.generated.is_none() && pair.before.managed;
            let forbids_null = before.null && !after.null && is_stored;
            let backfill = backfill(context, pair.key, after).filter(|_| forbids_null);
            if forbids_null
                && after.default.is_none()
                && backfill.is_none()
                && !is_filled(context, pair.key, after)
                && !found.has_asked(pair.key, &after.name)
            {
                let kind = QuestionKind::NullToNotNull(context.missing_value(pair.key, after));
                found.ask(pair.key, Some(&after.name), kind);
            }
            if is_stored && is_without_conversion(before, after) {
                let missing = after.primary_key.then(|| context.missing_value(pair.key, after));
                let obstacle = no_conversion(before, after);
                let kind = QuestionKind::ReplacedField {
                    through_model: None,
                    obstacle,
                    was: String::new(),
                    missing,
                    is_used: true,
                };
                found.ask(pair.key, Some(&after.name), kind);
            }
            let moves = choices::moves(context, pair.key, before, after, found);
            let alter = AlterField {
                backfill: backfill.cloned(),
                moves,
                ..AlterField::new(pair.key.name.clone(), after.clone())
            };
            let had = join_table(pair.key, pair.before, &before.name);
            let has = join_table(pair.key, pair.after, &after.name);
            let mut planned = PlannedOperation::new(Operation::AlterField(alter))
                .provides(Fact::FieldAltered(pair.key.clone(), after.name.clone()))
                .after(backfill_sources_ready(context, &pair, after))
                .after(sources_ready(&pair, after))
                .prefers(former_readers_released(&pair, before))
                .requires(target_ready(context, state, pair.key, after))
                .requires(followed_fields_altered(context, pair.key, after))
                .requires(before_new_key(context, state, &pair, after))
                .requires(column_free(&pair, after));
            if let Some(field) = renamed_join_table(context, state, before, after, &had) {
                let alter = AlterField::new(pair.key.name.clone(), field);
                let renamed = PlannedOperation::new(Operation::AlterField(alter));
                found.planned.push(
                    renamed.frees_tables(context, &had, &has).takes_tables(context, pair.key, &had, &has),
                );
            } else {
                planned =
                    planned.frees_tables(context, &had, &has).takes_tables(context, pair.key, &had, &has);
            }
            if !after.primary_key {
                planned = planned.requires(after_new_key(&pair, before));
            }
            // A constraint is removed by the name that it has before columns change.
            if before.column_name() != after.column_name() {
                planned = planned.requires(constraints_removed(context, state, &pair, before));
            }
            if is_unique_over(pair.before, &before.name) && !is_unique_over(pair.after, &after.name) {
                planned = planned.requires(references_removed(context, state, pair.key, &after.name));
            }
            found.planned.push(planned);
        }
    }
}

/// Returns the recorded field with the final name of its join table, if a new model takes the old name and the field refers
/// to that model: otherwise neither could come first.
fn renamed_join_table(
    context: &Context<'_>,
    state: &ProjectState,
    before: &Field,
    after: &Field,
    had: &[TableName],
) -> Option<Field> {
    let mut new_targets = after.targets().filter(|to| context.before(state, to).is_none());
    let is_taken = new_targets.any(|to| {
        context.target.model(to).is_ok_and(|model| tables(to, model).any(|table| had.contains(&table)))
    });
    if !is_taken {
        return None;
    }
    let (FieldKind::ManyToMany(old), FieldKind::ManyToMany(new)) = (&before.kind, &after.kind) else {
        return None;
    };
    let named = ManyToMany { table: new.table.clone(), ..old.clone() };
    Some(Field { kind: FieldKind::ManyToMany(named), ..before.clone() })
}

fn is_filled(context: &Context<'_>, key: &ModelKey, field: &Field) -> bool {
    context.field_hints(key, &field.name).is_some_and(|hints| hints.filled)
}

/// Checks that no reference that stays would refer to another key.
fn check_key(
    context: &Context<'_>,
    state: &ProjectState,
    pair: &Pair<'_>,
    found: &Findings,
) -> Result<(), DetectError> {
    let (Some(left), Some(joined)) = (pair.left_key().next(), pair.joined_key().next()) else {
        return Ok(());
    };
    // It may be the same key under another name, or that of another model.
    if found.has_asked(pair.key, &joined.name) || context.may_be_another(pair.key) {
        return Ok(());
    }
    let remaining = references_to_key(state, pair.key).into_iter().find(|(by, field)| {
        let after = context.target.model(by).ok().and_then(|model| model.field(&field.name));
        after.is_some_and(|after| after.is_stored_like(field) && after.holds_keys_of(by, pair.key))
    });
    match remaining {
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
