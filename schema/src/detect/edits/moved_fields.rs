//! Fields that may have moved to another model: a field is removed from one model, and another model has a new field of the
//! same name and a similar type.

use crate::detect::order::Fact;
use crate::detect::question::{MovedField, MovedValues, QuestionKind};
use crate::detect::{Context, Findings, alike};
use crate::model::Model;
use crate::model::choices::Choices;
use crate::model::expr::{Expr, Function, Literal};
use crate::model::field::{Field, FieldKind};
use crate::model::references::Link;
use crate::name::{ColumnName, ModelKey, TableName};
use crate::state::ProjectState;

/// Asks about new fields that may have moved from another model.
pub(in crate::detect) fn ask(context: &Context<'_>, state: &ProjectState, found: &mut Findings) {
    let removed = removed_fields(context, state);
    if removed.is_empty() {
        return;
    }
    let mut added: Vec<(&ModelKey, &Field)> = Vec::new();
    for (key, after) in context.models().filter(|(_, model)| model.managed) {
        match state.model(key) {
            Ok(before) if before.managed => {
                added.extend(
                    after.fields.iter().filter(|it| before.field(&it.name).is_none()).map(|it| (key, it)),
                );
            }
            Ok(_) => {}
            Err(_) => added.extend(after.fields.iter().map(|field| (key, field))),
        }
    }
    for (key, field) in added.into_iter().filter(|(_, field)| field.generated.is_none()) {
        let hints = context.field_hints(key, &field.name);
        let is_answered = hints.is_some_and(|hints| hints.new || hints.backfill.is_some());
        // A question whether it was renamed is joined with this one.
        let renamed =
            found.questions.iter().position(|it| it.model == *key && it.field.as_ref() == Some(&field.name));
        let candidates = match renamed.map(|position| &found.questions[position].kind) {
            Some(QuestionKind::RenamedField { candidates, .. }) => candidates.clone(),
            Some(_) => continue,
            None => Vec::new(),
        };
        if is_answered || found.has_asked_about(key) {
            continue;
        }
        let is_new_model = !state.contains(key);
        let origin = removed.iter().find(|(from, before)| {
            *from != key
                && before.name == field.name
                && alike::fields(before, field, &|one, other| one == other || found.asks_whether(one, other))
                // For a field that moves with its model to a new one, the question is about the models.
                && (!is_new_model || (context.target.contains(from) && are_related(context, key, from)))
        });
        let Some((from, before)) = origin else { continue };
        let values = if is_new_model { None } else { values(context, state, key, field, (*from, *before)) };
        let missing = if is_new_model { None } else { context.missing_in_rows(key, field) };
        let moved =
            MovedField { from: (*from).clone(), field: field.name.clone(), values, candidates, missing };
        found.questions.retain(|it| it.model != *key || it.field.as_ref() != Some(&field.name));
        found.ask(key, Some(&field.name), QuestionKind::MovedField(moved));
    }
}

/// Requires that new fields have their values which may read those of a field that is removed from another model.
pub(in crate::detect) fn values_moved(context: &Context<'_>, key: &ModelKey, removed: &Field) -> Vec<Fact> {
    let mut facts = Vec::new();
    for (to, model) in context.target.models() {
        let is_new_there = to != key
            && model.field(&removed.name).is_some()
            && context.after_renames.model(to).is_ok_and(|before| before.field(&removed.name).is_none());
        let hints = context.field_hints(to, &removed.name).filter(|_| is_new_there);
        if hints.is_some_and(|hints| hints.backfill.as_ref().is_some_and(has_raw)) {
            facts.push(Fact::FieldExists(to.clone(), removed.name.clone()));
        }
    }
    facts
}

/// Returns whether a value may read other tables.
fn has_raw(value: &Expr) -> bool {
    let mut has_raw = false;
    value.visit(&mut |node| has_raw |= matches!(node, Expr::Raw(_)));
    has_raw
}

/// Returns the fields that are removed with their values, of every app that is compared.
fn removed_fields<'s>(context: &'s Context<'_>, state: &'s ProjectState) -> Vec<(&'s ModelKey, &'s Field)> {
    let own = state.models().filter(|(key, _)| key.app == *context.app);
    let others = context
        .after_renames
        .models()
        .filter(|(key, _)| key.app != *context.app && context.apps.contains(&key.app));
    let mut removed = Vec::new();
    for (key, before) in own.chain(others).filter(|(_, model)| model.managed) {
        let after = context.target.model(key).ok();
        let automatic = before.automatic_key().map(|key| &key.name);
        for field in before.fields.iter().filter(|field| field.generated.is_none()) {
            let is_removed = after.is_none_or(|after| after.field(&field.name).is_none());
            if is_removed && Some(&field.name) != automatic {
                removed.push((key, field));
            }
        }
    }
    removed
}

/// Returns whether one of two models refers to the other in the source.
fn are_related(context: &Context<'_>, one: &ModelKey, other: &ModelKey) -> bool {
    refers(context, one, other) || refers(context, other, one)
}

fn refers(context: &Context<'_>, from: &ModelKey, to: &ModelKey) -> bool {
    context.target.model(from).is_ok_and(|model| model.targets().any(|target| target == to))
}

/// Returns the expression that reads the values of a removed field, if one reference connects the two models.
fn values(
    context: &Context<'_>,
    state: &ProjectState,
    key: &ModelKey,
    field: &Field,
    (from, before): (&ModelKey, &Field),
) -> Option<MovedValues> {
    // On PostgreSQL each column has an enum type of its own, and no SQL for all databases converts one to the other.
    if field.choices().is_some_and(Choices::is_native) || before.choices().is_some_and(Choices::is_native) {
        return None;
    }
    let own = state.model(key).ok()?;
    let source = context.before(state, from)?;
    let column = before.has_column().then(|| before.column_name())?;
    let lookup = Lookup { column, table: source.table_name(&from.app), own_table: own.table_name(&key.app) };
    let of_own: Vec<&Field> = references_to(own, from).collect();
    let of_source: Vec<&Field> = references_to(source, key).collect();
    let (text, is_complete) = match (of_own.as_slice(), of_source.as_slice()) {
        ([reference], []) => {
            let end = referred_field(source, reference)?;
            (lookup.text(end, reference), !reference.null && !before.null)
        }
        // Otherwise several rows of the other model may belong to one row.
        ([], [reference]) if reference.unique || reference.primary_key => {
            let end = referred_field(own, reference)?;
            (lookup.text(reference, end), false)
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

/// A query for the value of a removed column.
struct Lookup {
    column: ColumnName,
    table: TableName,
    own_table: TableName,
}

impl Lookup {
    /// Returns the query for the row in which `by` has the value that `value` has in the own row.
    fn text(&self, by: &Field, value: &Field) -> String {
        let (by, value) = (quoted(by.column_name().as_str()), quoted(value.column_name().as_str()));
        let (to, own_table) = (qualified(&self.table), qualified(&self.own_table));
        let column = quoted(self.column.as_str());
        format!("(SELECT moved.{column} FROM {to} moved WHERE moved.{by} = {own_table}.{value})")
    }
}

/// Writes the name of a table between quotes, with its schema.
fn qualified(table: &TableName) -> String {
    let name = quoted(table.as_str());
    table.schema().map_or_else(|| name.clone(), |schema| format!("{}.{name}", quoted(schema.as_str())))
}

fn references_to<'a>(model: &'a Model, to: &'a ModelKey) -> impl Iterator<Item = &'a Field> {
    model.links().filter(move |link| link.target() == Some(to)).filter_map(Link::field)
}

/// Returns the field of a model to which a reference refers.
fn referred_field<'a>(model: &'a Model, reference: &Field) -> Option<&'a Field> {
    if let Some(name) = &reference.relation()?.to_field {
        return model.field(name);
    }
    let mut key = model.primary_key();
    key.next().filter(|_| key.next().is_none())
}

/// Returns a value for a row without a matching row, and its form in the source.
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

/// Lowercase words that SQLite never accepts as a bare name.
const RESERVED_BY_SQLITE: [&str; 22] = [
    "add", "all", "and", "as", "check", "default", "from", "group", "in", "index", "into", "join", "limit",
    "not", "on", "order", "select", "set", "table", "to", "unique", "where",
];

/// Writes a name, with quotes if it needs them.
fn quoted(name: &str) -> String {
    let is_bare = name.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
        && !name.starts_with(|it: char| it.is_ascii_digit());
    if is_bare && !RESERVED_BY_SQLITE.contains(&name) { name.to_owned() } else { format!("\"{name}\"") }
}
