//! Fields that went, came, or are another thing under the same name.

use super::backfills::{self, Before, backfill, sources, takers};
use super::join_table_rows;
use super::join_table_rows::Rows;
use super::models::{join_table, tables};
use super::order::{Fact, PlannedOperation};
use super::raw_sql::{has_text, ready, taken_elsewhere};
use super::renames::leaning_from_other_apps;
use super::{Context, Findings, Pair, choices, moved_fields, no_way};
use crate::detect::question::QuestionKind;
use crate::error::DetectError;
use crate::model::Model;
use crate::model::constraint::{Constraint, ReferenceRule};
use crate::model::field::{Field, FieldKind};
use crate::model::references::Link;
use crate::model::relation::ManyToMany;
use crate::name::{FieldName, ModelKey, TableName};
use crate::operation::{AddField, AlterField, Operation, RemoveField};
use crate::state::ProjectState;

/// Finds fields that went.
///
/// # Errors
/// [`DetectError::KeyMoved`].
pub(super) fn removed(
    context: &Context<'_>,
    state: &ProjectState,
    found: &mut Findings,
) -> Result<(), DetectError> {
    for pair in context.pairs(state) {
        check_key(context, state, &pair, found)?;
        for field in pair.went() {
            let remove = RemoveField { model: pair.key.name.clone(), field: field.name.clone() };
            let leaning = references_removed(context, state, pair.key, &field.name);
            let planned = PlannedOperation::new(Operation::RemoveField(remove))
                .gives(Fact::FieldGone(pair.key.clone(), field.name.clone()))
                .frees_tables(context, &join_table(pair.key, pair.before, &field.name), &[])
                .needs(moved_fields::values_taken(context, pair.key, field))
                .comes_after(takers(context, &pair, field))
                .needs(taken_elsewhere(context, pair.key, pair.before, Some(field)))
                .needs(leaning)
                .comes_after(computed_otherwise(&pair, field))
                .needs(constraints_gone(context, state, &pair, field))
                .needs(after_the_new_key(&pair, field));
            found.planned.push(planned);
        }
    }
    Ok(())
}

/// Finds fields that came, and asks where rows that exist would lack a value.
pub(super) fn added(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    for pair in context.pairs(state) {
        for field in pair.came() {
            let backfill = backfill(context, pair.key, field);
            let is_automatic = pair.after.automatic_key().is_some_and(|key| key.name == field.name);
            let is_filled = field.makes_values() || !pair.before.managed;
            let needs_no_value = field.null || !field.has_column() || is_filled;
            let has_value = needs_no_value || is_automatic || field.default.is_some() || backfill.is_some();
            let is_told = context.field_hints(pair.key, &field.name).is_some_and(|hints| hints.new);
            if pair.is_replaced(field)
                && !is_told
                && pair.before.managed
                && field.generated.is_none()
                && !found.has_asked(pair.key, &field.name)
            {
                let before = pair.before.field(&field.name);
                let rows =
                    before.map(|before| join_table_rows::rows(context, state, pair.key, before, field));
                let Rows { keeper, obstacle } = rows.unwrap_or_default();
                let obstacle = obstacle.or_else(|| before.and_then(|before| no_way(before, field)));
                found.ask(pair.key, Some(&field.name), QuestionKind::ReplacedField { keeper, obstacle });
            }
            if !has_value && !found.has_asked(pair.key, &field.name) {
                let kind = QuestionKind::NewNotNull(context.missing_value(pair.key, field));
                found.ask(pair.key, Some(&field.name), kind);
            }
            let add =
                AddField { model: pair.key.name.clone(), field: field.clone(), backfill: backfill.cloned() };
            let planned = PlannedOperation::new(Operation::AddField(add))
                .gives(Fact::FieldMade(pair.key.clone(), field.name.clone()))
                .comes_after(sources(context, &pair, field))
                .comes_after(sources_made(&pair, field))
                .needs(target_made(context, state, pair.key, field))
                .needs(before_the_new_key(context, state, &pair, field))
                .needs(column_is_free(&pair, field))
                .takes_tables(context, pair.key, &[], &join_table(pair.key, pair.after, &field.name))
                .needs(
                    pair.is_replaced(field).then(|| Fact::FieldGone(pair.key.clone(), field.name.clone())),
                );
            found.planned.push(planned);
        }
    }
}

/// Finds fields that are another thing, and asks where rows that hold NULL would lack a value.
pub(super) fn altered(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    for pair in context.pairs(state) {
        backfills::ask(context, &pair, found);
        let followed = pair.with_text_of_after();
        let mut fields: Vec<&Field> = pair.after.fields.iter().collect();
        fields.sort_by(|one, other| one.name.cmp(&other.name));
        for after in fields {
            let twin = pair.twin(after).and_then(|before| followed.field(&before.name));
            let Some(before) = twin.filter(|before| !before.is_equivalent_to(after)) else {
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
            let moves = choices::moves(context, pair.key, before, after, found);
            let alter = AlterField {
                backfill: backfill.cloned(),
                moves,
                ..AlterField::new(pair.key.name.clone(), after.clone())
            };
            let had = join_table(pair.key, pair.before, &before.name);
            let has = join_table(pair.key, pair.after, &after.name);
            let named = |planned: PlannedOperation| {
                planned.frees_tables(context, &had, &has).takes_tables(context, pair.key, &had, &has)
            };
            let mut planned = PlannedOperation::new(Operation::AlterField(alter))
                .gives(Fact::FieldAltered(pair.key.clone(), after.name.clone()))
                .comes_after(sources(context, &pair, after))
                .comes_after(sources_made(&pair, after))
                .wishes(computed_no_longer(&pair, before))
                .needs(target_made(context, state, pair.key, after))
                .needs(end_altered(context, pair.key, after))
                .needs(before_the_new_key(context, state, &pair, after))
                .needs(column_is_free(&pair, after));
            if let Some(field) = named_first(context, state, before, after, &had) {
                let alter = AlterField::new(pair.key.name.clone(), field);
                found.planned.push(named(PlannedOperation::new(Operation::AlterField(alter))));
            } else {
                planned = named(planned);
            }
            if !after.primary_key {
                planned = planned.needs(after_the_new_key(&pair, before));
            }
            // A constraint goes by the name that it has before columns change.
            if before.column_name() != after.column_name() {
                planned = planned.needs(constraints_gone(context, state, &pair, before));
            }
            if is_unique_over(pair.before, &before.name) && !is_unique_over(pair.after, &after.name) {
                planned = planned.needs(references_removed(context, state, pair.key, &after.name));
            }
            found.planned.push(planned);
        }
    }
}

/// Returns a field with no more than the name that its join table is to have, where a new model takes the name that it had
/// and is to be referred to: neither could come first otherwise.
fn named_first(
    context: &Context<'_>,
    state: &ProjectState,
    before: &Field,
    after: &Field,
    had: &[TableName],
) -> Option<Field> {
    let takes = |to: &ModelKey| {
        let taker = context.target.model(to).ok().filter(|_| context.before(state, to).is_none());
        taker.is_some_and(|model| tables(to, model).any(|table| had.contains(&table)))
    };
    if !after.targets().any(takes) {
        return None;
    }
    let (FieldKind::ManyToMany(old), FieldKind::ManyToMany(new)) = (&before.kind, &after.kind) else {
        return None;
    };
    let named = ManyToMany { table: new.table.clone(), ..old.clone() };
    Some(Field { kind: FieldKind::ManyToMany(named), ..before.clone() })
}

/// Says that the fields are there, as they are to be, from which the value of a field is computed.
fn sources_made(pair: &Pair<'_>, field: &Field) -> Before {
    let made = |name: &str| Fact::FieldMade(pair.key.clone(), name.into());
    let needs = field.reckoned_from().into_iter().map(made).collect();
    // Most fields read none, so that not all pairs of fields are looked at.
    let mut reading = field.expressions().filter(|expr| !expr.names().is_empty() || has_text(expr));
    if reading.next().is_none() {
        return Before { needs, wishes: Vec::new() };
    }
    let is_read = |it: &&Field| it.name != field.name && field.expressions().any(|expr| expr.may_read(it));
    let read = pair.after.fields.iter().filter(is_read);
    Before { needs, wishes: read.flat_map(|it| ready(pair.key, &it.name)).collect() }
}

/// Says that no field is computed any longer from one that goes.
fn computed_otherwise(pair: &Pair<'_>, gone: &Field) -> Before {
    let mut before = Before::default();
    let is_other = |field: &&Field| field.name != gone.name && field.generated.is_some();
    for field in pair.before.fields.iter().filter(is_other) {
        let (key, name) = (pair.key.clone(), field.name.clone());
        let facts = [Fact::FieldAltered(key.clone(), name.clone()), Fact::FieldGone(key, name)];
        if field.reckoned_from().iter().any(|name| gone.name == *name) {
            before.needs.extend(facts);
        } else if field.expressions().any(|expr| expr.may_read(gone)) {
            before.wishes.extend(facts);
        }
    }
    before
}

/// Says that what was computed from a field which changes is gone, or is computed otherwise.
fn computed_no_longer(pair: &Pair<'_>, changed: &Field) -> Vec<Fact> {
    let reads = |field: &Field| field.expressions().any(|expr| expr.may_read(changed));
    let is_other = |field: &&Field| field.name != changed.name && field.generated.is_some() && reads(field);
    let mut facts = Vec::new();
    for field in pair.before.fields.iter().filter(is_other) {
        let (key, name) = (pair.key.clone(), field.name.clone());
        match pair.after.field(&field.name).filter(|after| pair.becomes(field, after)) {
            None => facts.push(Fact::FieldGone(key, name)),
            Some(after) if !reads(after) => facts.push(Fact::FieldAltered(key, name)),
            Some(_) => {}
        }
    }
    facts
}

fn is_filled(context: &Context<'_>, key: &ModelKey, field: &Field) -> bool {
    context.field_hints(key, &field.name).is_some_and(|hints| hints.filled)
}

/// Says that the models that a field of model `own` refers to are there, with the keys that they are to have.
pub(super) fn target_made(
    context: &Context<'_>,
    state: &ProjectState,
    own: &ModelKey,
    field: &Field,
) -> Vec<Fact> {
    let mut facts: Vec<Fact> = field.targets().map(|to| Fact::ModelMade(to.clone())).collect();
    let ends = field.targets().chain(field.join().map(|_| own));
    for to in ends.filter(|to| field.holds_keys_of(own, to)) {
        if let (Some(before), Ok(after)) = (context.before(state, to), context.target.model(to)) {
            let pair = Pair { key: to, before, after };
            facts.extend(old_key_left(&pair));
        }
    }
    facts.extend(target_held_apart(context, state, field));
    facts
}

/// Says of a reference by which others may refer that those which it follows are as they are to be: until then one of them
/// might lead back to it.
fn end_altered(context: &Context<'_>, own: &ModelKey, field: &Field) -> Vec<Fact> {
    let mut facts = Vec::new();
    let (mut key, mut end) = (own, field);
    // The models are checked, so that no reference leads back in the end.
    while let Some(relation) = end.relation().filter(|_| field.primary_key || field.unique)
        && let Ok(next) = context.target.target_field(key, end, relation)
    {
        (key, end) = (&relation.to, next);
        facts.push(Fact::FieldAltered(key.clone(), end.name.clone()));
    }
    facts
}

/// Says that the field which a reference names is there, and that its values differ.
fn target_held_apart(context: &Context<'_>, state: &ProjectState, field: &Field) -> Vec<Fact> {
    let Some(relation) = field.relation() else { return Vec::new() };
    let (to, Some(name)) = (&relation.to, &relation.to_field) else { return Vec::new() };
    let mut facts = vec![Fact::FieldRenamed(to.clone(), name.clone())];
    let sides = [context.before(state, to), context.target.model(to).ok().map(AsRef::as_ref)];
    let stays_apart = |how: fn(&Model, &FieldName) -> bool| {
        sides.into_iter().all(|model| model.is_some_and(|model| how(model, name)))
    };
    if stays_apart(is_unique) || stays_apart(is_whole_key) {
        return facts;
    }
    facts.extend([Fact::FieldMade(to.clone(), name.clone()), Fact::FieldAltered(to.clone(), name.clone())]);
    facts.extend(apart_made(context, state, to, std::slice::from_ref(name)));
    facts
}

/// Returns whether the field by itself holds rows apart, without a constraint that says so.
fn is_unique_over(model: &Model, name: &FieldName) -> bool {
    is_unique(model, name) || is_whole_key(model, name)
}

fn is_unique(model: &Model, name: &FieldName) -> bool {
    model.field(name).is_some_and(|field| field.unique)
}

fn is_whole_key(model: &Model, name: &FieldName) -> bool {
    is_key(model, std::slice::from_ref(name))
}

fn is_key(model: &Model, names: &[FieldName]) -> bool {
    model.primary_key().count() == names.len() && model.primary_key().all(|field| names.contains(&field.name))
}

/// Says that what holds rows apart by these fields is there: the constraint, or the key without what leaves it.
fn apart_made(context: &Context<'_>, state: &ProjectState, to: &ModelKey, names: &[FieldName]) -> Vec<Fact> {
    let mut facts: Vec<Fact> = constraint_made(context, to, names).into_iter().collect();
    if let (Some(before), Ok(after)) = (context.before(state, to), context.target.model(to))
        && is_key(after, names)
    {
        facts.extend(old_key_left(&Pair { key: to, before, after }));
    }
    facts
}

/// Says that the fields which leave the primary key have left it.
fn old_key_left(pair: &Pair<'_>) -> Vec<Fact> {
    let left = |field: &Field| {
        let (key, name) = (pair.key.clone(), field.name.clone());
        [Fact::FieldGone(key.clone(), name.clone()), Fact::FieldAltered(key, name)]
    };
    pair.left_key().flat_map(left).collect()
}

/// Says that the constraint is there which holds rows apart by these fields.
fn constraint_made(context: &Context<'_>, key: &ModelKey, names: &[FieldName]) -> Option<Fact> {
    let model = context.target.model(key).ok()?;
    let constraint = model.unique_constraint(names)?.name()?;
    Some(Fact::ConstraintMade(key.clone(), constraint.clone()))
}

/// Says that what a reference over several fields leads to is there, as it is to be.
pub(super) fn rule_made(context: &Context<'_>, state: &ProjectState, rule: &ReferenceRule) -> Vec<Fact> {
    let to = || rule.to.clone();
    let of_field = |field: &FieldName| {
        [
            Fact::FieldRenamed(to(), field.clone()),
            Fact::FieldMade(to(), field.clone()),
            Fact::FieldAltered(to(), field.clone()),
        ]
    };
    let mut facts: Vec<Fact> = rule.to_fields.iter().flat_map(of_field).collect();
    facts.extend(apart_made(context, state, &rule.to, &rule.to_fields));
    facts.push(Fact::ModelMade(to()));
    facts
}

/// Says that what referred to a field refers to it no longer, or that the field is held apart by something else.
pub(super) fn references_removed(
    context: &Context<'_>,
    state: &ProjectState,
    key: &ModelKey,
    name: &FieldName,
) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (by, link) in state.references_to(key, name) {
        facts.extend(link_let_go(context, key, name, (by, link)));
    }
    facts.extend(foreign_let_go(context, key, name, |_| true));
    facts
}

/// Says the same of what referred to the fields of a rule that held rows apart.
pub(super) fn rule_let_go(
    context: &Context<'_>,
    state: &ProjectState,
    key: &ModelKey,
    fields: &[FieldName],
) -> Vec<Fact> {
    let Some(first) = fields.first() else { return Vec::new() };
    // The key holds the rows apart as well.
    let sides = [state, &context.target].map(|side| side.model(key));
    if sides.into_iter().all(|model| model.is_ok_and(|model| is_key(model, fields))) {
        return Vec::new();
    }
    let is_about = |link: &Link<'_>| {
        link.named().len() == fields.len() && link.named().iter().all(|name| fields.contains(name))
    };
    let own = state.references_to(key, first).filter(|(_, link)| is_about(link));
    let mut facts: Vec<Fact> = own.flat_map(|it| link_let_go(context, key, first, it)).collect();
    facts.extend(foreign_let_go(context, key, first, is_about));
    facts
}

fn link_let_go(
    context: &Context<'_>,
    key: &ModelKey,
    name: &FieldName,
    (by, link): (&ModelKey, Link<'_>),
) -> Vec<Fact> {
    let leans = |it: &Link<'_>| it.name() == link.name() && it.leads_to(key) && it.named().contains(name);
    let Some(still) = context.target.model(by).ok().and_then(|model| model.links().find(leans)) else {
        return gone(by, link);
    };
    let altered = still.named().iter().map(|name| Fact::FieldAltered(key.clone(), name.clone()));
    altered.chain(constraint_made(context, key, still.named())).collect()
}

/// Says the same of other apps: what they let go of is not in the state, which has their models as they are to be.
fn foreign_let_go(
    context: &Context<'_>,
    key: &ModelKey,
    name: &FieldName,
    is_about: impl Fn(&Link<'_>) -> bool,
) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (by, link) in
        leaning_from_other_apps(context, key, name).into_iter().filter(|(_, link)| is_about(link))
    {
        facts.extend(gone(by, link));
    }
    facts
}

/// Says that something refers to a model no longer, or to another field of it; what goes with a model is taken out of it
/// before, unless it is part of the key.
pub(super) fn gone(by: &ModelKey, link: Link<'_>) -> Vec<Fact> {
    let field = match link {
        Link::Rule(rule) => {
            let name = rule.name.iter().cloned();
            return name.map(|name| Fact::ConstraintGone(by.clone(), name)).collect();
        }
        Link::Field(field) => field,
    };
    let name = || field.name.clone();
    let mut facts = vec![Fact::FieldGone(by.clone(), name()), Fact::FieldAltered(by.clone(), name())];
    facts.extend(field.primary_key.then(|| Fact::ModelGone(by.clone())));
    facts
}

/// Says that a field joins the primary key when no reference to the old one is left.
fn before_the_new_key(
    context: &Context<'_>,
    state: &ProjectState,
    pair: &Pair<'_>,
    field: &Field,
) -> Vec<Fact> {
    if !pair.joined_key().any(|it| it.name == field.name) {
        return Vec::new();
    }
    // What was the key by itself holds nothing apart any longer.
    let loose = |it: &&Field| {
        is_whole_key(pair.before, &it.name)
            && !(is_unique(pair.before, &it.name) && is_unique(pair.after, &it.name))
    };
    let loose = pair.before.primary_key().filter(loose);
    let leaning: Vec<Fact> =
        loose.flat_map(|it| references_removed(context, state, pair.key, &it.name)).collect();
    let facts = |(by, field): (&ModelKey, &Field)| gone(by, Link::Field(field));
    let mut found: Vec<Fact> = references(state, pair.key).into_iter().flat_map(facts).collect();
    // What other apps let go of is not in the state, which has their models as they are to be.
    let foreign = references(&context.named, pair.key).into_iter().filter(|(by, _)| by.app != pair.key.app);
    found.extend(foreign.flat_map(facts));
    found.extend(leaning);
    found
}

/// Says that constraints over a field are gone, as far as they go, and go later than others since something leans on
/// them.
fn constraints_gone(
    context: &Context<'_>,
    state: &ProjectState,
    pair: &Pair<'_>,
    field: &Field,
) -> Vec<Fact> {
    let reads = |it: &Constraint| it.expressions().into_iter().any(|expr| expr.may_read(field));
    let uses = |it: &&Constraint| it.field_names().iter().any(|name| field.name == **name) || reads(it);
    let is_leaned_on = |field: &FieldName| !references_removed(context, state, pair.key, field).is_empty();
    let constraints = pair.before.constraints.iter().filter(uses);
    let late = constraints.filter(|it| it.unique_fields().iter().any(is_leaned_on));
    let names = late.filter_map(Constraint::name);
    names.map(|name| Fact::ConstraintGone(pair.key.clone(), name.clone())).collect()
}

/// Says that the field which had the column before has it no longer.
fn column_is_free(pair: &Pair<'_>, field: &Field) -> Vec<Fact> {
    let column = field.column_name();
    let is_other = |it: &&Field| it.name != field.name && it.has_column() && it.column_name() == column;
    let had = if field.has_column() { pair.before.fields.iter().find(is_other) } else { None };
    let facts = |name: &FieldName| {
        [Fact::FieldGone(pair.key.clone(), name.clone()), Fact::FieldAltered(pair.key.clone(), name.clone())]
    };
    had.into_iter().flat_map(|it| facts(&it.name)).collect()
}

/// Returns the references to a model, its own included.
fn references<'a>(state: &'a ProjectState, key: &'a ModelKey) -> Vec<(&'a ModelKey, &'a Field)> {
    let of_others = state.referrers(key).into_iter();
    let mut found: Vec<_> = of_others.filter_map(|(by, link)| Some((by, link.field()?))).collect();
    if let Ok(model) = state.model(key) {
        found.extend(model.fields.iter().map(|field| (key, field)));
    }
    found.retain(|(own, field)| field.holds_keys_of(own, key));
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
    context: &Context<'_>,
    state: &ProjectState,
    pair: &Pair<'_>,
    found: &Findings,
) -> Result<(), DetectError> {
    let (Some(left), Some(joined)) = (pair.left_key().next(), pair.joined_key().next()) else {
        return Ok(());
    };
    // It may be the same key under another name.
    if found.has_asked(pair.key, &joined.name) {
        return Ok(());
    }
    let stays = |(by, field): &(&ModelKey, &Field)| {
        let after = context.target.model(by).ok().and_then(|model| model.field(&field.name));
        after.is_some_and(|after| after.is_stored_like(field) && after.holds_keys_of(by, pair.key))
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
