//! What raw text may read: it is there, as it is to be, when the text runs, and what goes is still there.
//!
//! Nobody knows what the text reads. What it names by a word comes before it, and what goes waits for it, as far as
//! nothing needs the other order. What no order helps is asked.

use std::collections::BTreeSet;

use super::order::{Fact, PlannedOperation};
use super::{Context, Findings, Pair};
use crate::detect::question::QuestionKind;
use crate::model::Model;
use crate::model::expr::Expr;
use crate::model::field::Field;
use crate::model::raw_sql::{holds_word, names_column};
use crate::name::{ColumnName, FieldName, ModelKey, ObjectName};
use crate::operation::{AddField, AlterField, Operation};
use crate::state::ProjectState;

/// Lets what goes wait for all values of existing rows that are taken by raw text: nobody knows what that reads.
pub(super) fn let_removals_wait(context: &Context<'_>, planned: &mut [PlannedOperation]) {
    let read = || Fact::TextRead(context.app.clone());
    for it in planned {
        if backfill_text(&it.operation).is_some() {
            it.gives.push(read());
        }
        if matches!(it.operation, Operation::RemoveField(_) | Operation::DeleteModel(_)) {
            it.wishes.push(read());
        }
    }
}

/// Returns whether an expression holds raw text.
pub(super) fn has_text(expr: &Expr) -> bool {
    !expr.raw_texts().is_empty()
}

/// Returns the values for existing rows that an operation takes by raw text.
fn backfill_text(operation: &Operation) -> Option<&Expr> {
    let backfill = if let Operation::AddField(AddField { backfill, .. })
    | Operation::AlterField(AlterField { backfill, .. }) = operation
    {
        backfill.as_ref()
    } else {
        None
    };
    backfill.filter(|value| has_text(value))
}

/// Says that fields of a model which raw text may read are there, as they are to be: all of them, since an index or a
/// constraint keeps nothing else waiting.
pub(super) fn all_fields_ready<'a>(
    context: &Context<'_>,
    key: &ModelKey,
    expressions: impl IntoIterator<Item = &'a Expr>,
) -> Vec<Fact> {
    let has_text = expressions.into_iter().any(has_text);
    let Some(model) = context.target.model(key).ok().filter(|_| has_text) else { return Vec::new() };
    model.fields.iter().flat_map(|field| ready(key, &field.name)).collect()
}

/// Says that a field is there, as it is to be.
pub(super) fn ready(key: &ModelKey, field: &FieldName) -> [Fact; 2] {
    [Fact::FieldMade(key.clone(), field.clone()), Fact::FieldAltered(key.clone(), field.clone())]
}

/// Says that what raw text names of other models is there: tables that are new, and columns of tables.
pub(super) fn others_ready(context: &Context<'_>, own: &ModelKey, value: &Expr) -> Vec<Fact> {
    let texts = value.raw_texts();
    let is_named = |word: &str| texts.iter().any(|text| holds_word(text, word));
    let mut facts = Vec::new();
    let others = context.target.models().filter(|(key, _)| *key != own && key.app == own.app);
    for (key, model) in others.filter(|(key, model)| is_named(model.table_name(&key.app).as_str())) {
        facts.push(Fact::ModelMade(key.clone()));
        let columns = model.fields.iter().filter(|field| is_named(field.column_name().as_str()));
        facts.extend(columns.flat_map(|field| ready(key, &field.name)));
    }
    facts
}

/// Says that values of other apps' existing rows are taken which may come from a table, or from one column of it.
pub(super) fn taken_elsewhere(
    context: &Context<'_>,
    key: &ModelKey,
    model: &Model,
    field: Option<&Field>,
) -> Vec<Fact> {
    let table = model.table_name(&key.app);
    let reads = |value: &Expr| {
        value.raw_texts().iter().any(|text| {
            holds_word(text, table.as_str())
                && field.is_none_or(|field| holds_word(text, field.column_name().as_str()))
        })
    };
    let mut facts = Vec::new();
    for (other, source) in context.wanted.iter().filter(|(other, _)| other.app != *context.app) {
        let Ok(before) = context.named.model(other) else { continue };
        for (name, hints) in &source.hints.fields {
            let is_open = match (before.field(name), source.model.field(name)) {
                (None, Some(_)) => true,
                (Some(before), Some(after)) => before.null && !after.null,
                (_, None) => false,
            };
            if is_open && hints.backfill.as_ref().is_some_and(reads) {
                facts.extend(ready(other, name));
            }
        }
    }
    facts
}

/// Asks about raw text that names a column which has another name from now on, or goes: what lasts cannot name it, and
/// values are taken when columns have their new names.
pub(super) fn ask(
    context: &Context<'_>,
    unrenamed: &ProjectState,
    state: &ProjectState,
    found: &mut Findings,
) {
    for pair in context.pairs(state) {
        let Ok(before) = unrenamed.model(pair.key) else { continue };
        let gone = gone(before, &pair);
        if gone.is_empty() {
            continue;
        }
        for field in &pair.after.fields {
            let lasting = field.expressions().find_map(|it| named(it, &gone, false));
            let backfill = context.field_hints(pair.key, &field.name).and_then(|it| it.backfill.as_ref());
            let is_new = pair.before.field(&field.name).is_none_or(|before| before.null && !field.null);
            let backfill = backfill.filter(|_| is_new).and_then(|it| named(it, &gone, true));
            if let Some((column, now)) =
                lasting.or(backfill).filter(|_| !found.has_asked(pair.key, &field.name))
            {
                let kind = QuestionKind::RawColumn { object: None, column, now };
                found.ask(pair.key, Some(&field.name), kind);
            }
        }
        for (object, expressions) in objects(pair.after) {
            if let Some((column, now)) = expressions.into_iter().find_map(|it| named(it, &gone, false)) {
                found.ask(pair.key, None, QuestionKind::RawColumn { object: Some(object), column, now });
            }
        }
    }
}

/// A column that no field has any longer, with the name that it has from now on, if it stays.
type Gone = (ColumnName, Option<ColumnName>);

/// Returns the columns whose names no field of a model has any longer; fields stand in one order before and after renames.
fn gone(before: &Model, pair: &Pair<'_>) -> Vec<Gone> {
    let has_column = |field: &&Field| field.has_column();
    let kept: BTreeSet<ColumnName> =
        pair.after.fields.iter().filter(has_column).map(Field::column_name).collect();
    let both = before.fields.iter().zip(&pair.before.fields).filter(|(field, _)| field.has_column());
    let gone = both.filter(|(field, _)| !kept.contains(&field.column_name()));
    let now = |renamed: &Field| pair.after.field(&renamed.name).filter(has_column).map(Field::column_name);
    gone.map(|(field, renamed)| (field.column_name(), now(renamed))).collect()
}

/// Returns the first of the columns that raw text of an expression names; for a value that is taken once, only those that
/// stay under another name, since what goes is still there.
fn named(expr: &Expr, gone: &[Gone], is_once: bool) -> Option<(ColumnName, Option<ColumnName>)> {
    let texts = expr.raw_texts();
    let is_named = |column: &ColumnName| texts.iter().any(|text| names_column(text, column.as_str()));
    gone.iter().filter(|(_, now)| !is_once || now.is_some()).find(|(column, _)| is_named(column)).cloned()
}

/// Returns the indexes and constraints of a model by their names, with what they consist of.
fn objects(model: &Model) -> Vec<(String, Vec<&Expr>)> {
    let named = |name: Option<&ObjectName>| name.map(ToString::to_string).unwrap_or_default();
    let indexes = model.indexes.iter().map(|it| (named(it.name.as_ref()), it.expressions().collect()));
    indexes.chain(model.constraints.iter().map(|it| (named(it.name()), it.expressions()))).collect()
}
