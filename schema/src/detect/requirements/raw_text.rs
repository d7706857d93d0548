//! Requirements of raw SQL text, which may read anything.
//!
//! What the text reads is unknown. Objects whose names occur in it are put before it, and removals after it, if no
//! requirement demands the opposite order.

use super::field_ready;
use crate::detect::Context;
use crate::detect::order::Fact;
use crate::model::Model;
use crate::model::expr::Expr;
use crate::model::field::Field;
use crate::model::raw_sql::holds_word;
use crate::name::ModelKey;

/// Returns whether an expression contains raw text.
pub(in crate::detect) fn has_text(expr: &Expr) -> bool {
    !expr.raw_texts().is_empty()
}

/// Requires, if an expression contains raw text, that all fields of the model exist in their final form: an index or a
/// constraint delays nothing else.
pub(in crate::detect) fn all_fields_ready<'a>(
    context: &Context<'_>,
    key: &ModelKey,
    expressions: impl IntoIterator<Item = &'a Expr>,
) -> Vec<Fact> {
    let has_text = expressions.into_iter().any(has_text);
    let Some(model) = context.target.model(key).ok().filter(|_| has_text) else { return Vec::new() };
    model.fields.iter().flat_map(|field| field_ready(key, &field.name)).collect()
}

/// Requires that what raw text names of other models exists: new tables, and columns of tables.
pub(in crate::detect) fn other_models_ready(
    context: &Context<'_>,
    own: &ModelKey,
    value: &Expr,
) -> Vec<Fact> {
    let texts = value.raw_texts();
    let mut facts = Vec::new();
    let others = context.target.models().filter(|(key, _)| *key != own && key.app == own.app);
    for (key, model) in others.filter(|(key, model)| is_named(&texts, model.table_name(&key.app).as_str())) {
        facts.push(Fact::ModelExists(key.clone()));
        let columns = model.fields.iter().filter(|field| is_named(&texts, field.column_name().as_str()));
        facts.extend(columns.flat_map(|field| field_ready(key, &field.name)));
    }
    facts
}

fn is_named(texts: &[&str], word: &str) -> bool {
    texts.iter().any(|text| holds_word(text, word))
}

/// Requires that other apps have read their values for existing rows from a table, or from one column of it.
pub(in crate::detect) fn read_by_other_apps(
    context: &Context<'_>,
    key: &ModelKey,
    model: &Model,
    field: Option<&Field>,
) -> Vec<Fact> {
    let table = model.table_name(&key.app);
    let column = field.map(Field::column_name);
    let mut facts = Vec::new();
    for (other, source) in context.wanted.iter().filter(|(other, _)| other.app != *context.app) {
        let Ok(before) = context.after_renames.model(other) else { continue };
        for (name, hints) in &source.hints.fields {
            let is_open = match (before.field(name), source.model.field(name)) {
                (None, Some(_)) => true,
                (Some(before), Some(after)) => before.null && !after.null,
                (_, None) => false,
            };
            let reads = hints.backfill.as_ref().is_some_and(|value| {
                value.raw_texts().iter().any(|text| {
                    holds_word(text, table.as_str())
                        && column.as_ref().is_none_or(|column| holds_word(text, column.as_str()))
                })
            });
            if is_open && reads {
                facts.extend(field_ready(other, name));
            }
        }
    }
    facts
}
