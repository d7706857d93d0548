//! Fields that may have moved to another model: one is gone here, and one of its name and a fitting type is new there.

use super::order::Fact;
use super::{Context, Findings, alike};
use crate::detect::question::{MovedField, MovedValues, QuestionKind};
use crate::model::Model;
use crate::model::expr::{Expr, Function, Literal};
use crate::model::field::{Field, FieldKind};
use crate::model::references::Link;
use crate::name::ModelKey;
use crate::state::ProjectState;

/// Asks about new fields that may have moved from another model.
pub(super) fn ask(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    let gone = gone(context, state);
    if gone.is_empty() {
        return;
    }
    let mut came: Vec<(&ModelKey, &Field)> = Vec::new();
    for (key, after) in context.models().filter(|(_, model)| model.managed) {
        match state.model(key) {
            Ok(before) if before.managed => {
                came.extend(
                    after.fields.iter().filter(|it| before.field(&it.name).is_none()).map(|it| (key, it)),
                );
            }
            Ok(_) => {}
            Err(_) => came.extend(after.fields.iter().map(|field| (key, field))),
        }
    }
    for (key, field) in came.into_iter().filter(|(_, field)| field.generated.is_none()) {
        let hints = context.field_hints(key, &field.name);
        let is_said = hints.is_some_and(|hints| hints.new || hints.backfill.is_some());
        // That it may be renamed as well is asked together.
        let renamed =
            found.questions.iter().position(|it| it.model == *key && it.field.as_ref() == Some(&field.name));
        let candidates = match renamed.map(|position| &found.questions[position].kind) {
            Some(QuestionKind::RenamedField { candidates, .. }) => candidates.clone(),
            Some(_) => continue,
            None => Vec::new(),
        };
        if is_said || found.has_asked_about(key) {
            continue;
        }
        let is_new_model = !state.contains(key);
        let same = |one: &ModelKey, other: &ModelKey| one == other || found.asks_whether(one, other);
        let fits = |(from, before): &&(&ModelKey, &Field)| {
            *from != key
                && before.name == field.name
                && alike::fields(before, field, &same)
                // What goes with its model to a new one is asked about with the models.
                && (!is_new_model || (context.target.contains(from) && are_related(context, key, from)))
        };
        let Some((from, before)) = gone.iter().find(fits) else { continue };
        let values = if is_new_model { None } else { values(context, state, key, field, (*from, *before)) };
        let missing = if is_new_model { None } else { context.missing_in_rows(key, field) };
        let moved =
            MovedField { from: (*from).clone(), field: field.name.clone(), values, candidates, missing };
        found.questions.retain(|it| it.model != *key || it.field.as_ref() != Some(&field.name));
        found.ask(key, Some(&field.name), QuestionKind::MovedField(moved));
    }
}

/// Says that new fields have their values which may read those of a field that goes from another model.
pub(super) fn values_taken(context: &Context<'_>, key: &ModelKey, gone: &Field) -> Vec<Fact> {
    let takes = |(to, model): &(&ModelKey, &std::sync::Arc<Model>)| {
        *to != key
            && model.field(&gone.name).is_some()
            && context.named.model(to).is_ok_and(|before| before.field(&gone.name).is_none())
            && context
                .field_hints(to, &gone.name)
                .is_some_and(|hints| hints.backfill.as_ref().is_some_and(has_raw))
    };
    let models = context.target.models().filter(takes);
    models.map(|(to, _)| Fact::FieldMade(to.clone(), gone.name.clone())).collect()
}

/// Returns whether a value may read other tables.
fn has_raw(value: &Expr) -> bool {
    let mut has_raw = false;
    value.visit(&mut |node| has_raw |= matches!(node, Expr::Raw(_)));
    has_raw
}

/// Returns the fields that go with values in them, of every app that is compared.
fn gone<'s>(context: &'s Context<'_>, state: &'s ProjectState) -> Vec<(&'s ModelKey, &'s Field)> {
    let own = state.models().filter(|(key, _)| key.app == *context.app);
    let others =
        context.named.models().filter(|(key, _)| key.app != *context.app && context.apps.contains(&key.app));
    let mut gone = Vec::new();
    for (key, before) in own.chain(others).filter(|(_, model)| model.managed) {
        let after = context.target.model(key).ok();
        let automatic = before.automatic_key().map(|key| &key.name);
        let goes = |field: &&Field| {
            after.is_none_or(|after| after.field(&field.name).is_none())
                && field.generated.is_none()
                && Some(&field.name) != automatic
        };
        gone.extend(before.fields.iter().filter(goes).map(|field| (key, field)));
    }
    gone
}

/// Returns whether one of two models refers to the other from now on.
fn are_related(context: &Context<'_>, one: &ModelKey, other: &ModelKey) -> bool {
    let refers = |from: &ModelKey, to: &ModelKey| {
        context.target.model(from).is_ok_and(|model| model.targets().any(|target| target == to))
    };
    refers(one, other) || refers(other, one)
}

/// Returns what reads the values of a field that goes, where one reference leads from the one model to the other.
fn values(
    context: &Context<'_>,
    state: &ProjectState,
    key: &ModelKey,
    field: &Field,
    (from, before): (&ModelKey, &Field),
) -> Option<MovedValues> {
    let own = state.model(key).ok()?;
    let source = context.before(state, from)?;
    let (to, own_table) = (source.table_name(&from.app), own.table_name(&key.app));
    let column = before.has_column().then(|| before.column_name())?;
    let lookup = |by: &Field, value: &Field| {
        let (by, value) = (quoted(by.column_name().as_str()), quoted(value.column_name().as_str()));
        let (to, own_table) = (quoted(to.as_str()), quoted(own_table.as_str()));
        let column = quoted(column.as_str());
        format!("(SELECT moved.{column} FROM {to} moved WHERE moved.{by} = {own_table}.{value})")
    };
    let refers = |model: &Model, to: &ModelKey| -> Vec<Field> {
        let fields = model.links().filter(|link| link.target() == Some(to)).filter_map(Link::field);
        fields.cloned().collect()
    };
    let (text, is_complete) = match (refers(own, from).as_slice(), refers(source, key).as_slice()) {
        ([reference], []) => {
            let end = own_end(source, reference)?;
            (lookup(end, reference), !reference.null && !before.null)
        }
        // More rows of the other model may belong to one of this.
        ([], [reference]) if reference.unique || reference.primary_key => {
            let end = own_end(own, reference)?;
            (lookup(reference, end), false)
        }
        (_, _) => return None,
    };
    let raw = Expr::Raw(text.clone());
    let spelled = format!("sql({text:?})");
    if is_complete || field.null {
        return Some(MovedValues { value: raw, spelled });
    }
    let (neutral, neutral_spelled) = neutral(field)?;
    let value = Expr::Call { function: Function::Coalesce, arguments: vec![raw, neutral] };
    Some(MovedValues { value, spelled: format!("coalesce({spelled}, {neutral_spelled})") })
}

/// Returns the field of a model that a reference to it leads to.
fn own_end<'a>(model: &'a Model, reference: &Field) -> Option<&'a Field> {
    if let Some(name) = &reference.relation()?.to_field {
        return model.field(name);
    }
    let mut key = model.primary_key();
    key.next().filter(|_| key.next().is_none())
}

/// Returns the value of a row to which none belongs, and how source spells it.
fn neutral(field: &Field) -> Option<(Expr, String)> {
    let FieldKind::Column(_) = &field.kind else { return None };
    let value = field.neutral_value()?;
    let spelled = match &value {
        Expr::Literal(Literal::Bool(value)) => value.to_string(),
        Expr::Literal(Literal::Int(value)) => value.to_string(),
        Expr::Literal(Literal::Float(digits)) => digits.clone(),
        Expr::Literal(Literal::Text(text)) if text.is_empty() => "\"\"".to_owned(),
        Expr::Literal(Literal::Text(_) | Literal::Bytes(_))
        | Expr::Name(_)
        | Expr::Not(_)
        | Expr::Neg(_)
        | Expr::Binary { .. }
        | Expr::IsNull { .. }
        | Expr::InList { .. }
        | Expr::Like { .. }
        | Expr::Call { .. }
        | Expr::Raw(_)
        | Expr::Variant { .. } => return None,
    };
    Some((value, spelled))
}

/// Words that SQLite takes for a name at no place.
const KEPT_BY_SQLITE: [&str; 22] = [
    "add", "all", "and", "as", "check", "default", "from", "group", "in", "index", "into", "join", "limit",
    "not", "on", "order", "select", "set", "table", "to", "unique", "where",
];

/// Writes a name that stands behind a point, so that it needs no quotes in most cases.
fn quoted(name: &str) -> String {
    let is_plain = |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_';
    let is_bare = name.chars().all(is_plain) && !name.starts_with(|it: char| it.is_ascii_digit());
    if is_bare && !KEPT_BY_SQLITE.contains(&name) { name.to_owned() } else { format!("\"{name}\"") }
}
