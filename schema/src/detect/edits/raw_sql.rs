//! Raw SQL text: removals come after it, and a column that it names must exist under that name.
//!
//! What the text reads is unknown. A case that no order of operations solves is asked.

use std::collections::BTreeSet;

use crate::detect::order::{Fact, PlannedOperation};
use crate::detect::question::QuestionKind;
use crate::detect::requirements::raw_text::has_text;
use crate::detect::{Context, Findings, Pair};
use crate::model::Model;
use crate::model::expr::Expr;
use crate::model::field::Field;
use crate::model::raw_sql::names_column;
use crate::name::{ColumnName, ObjectName};
use crate::operation::{AddField, AlterField, Operation};
use crate::state::ProjectState;

/// Puts removals after all values for existing rows that raw text reads: what the text reads is unknown.
pub(in crate::detect) fn let_removals_wait(context: &Context<'_>, planned: &mut [PlannedOperation]) {
    for it in planned {
        if backfill_text(&it.operation).is_some() {
            it.provides.push(Fact::TextRead(context.app.clone()));
        }
        if matches!(it.operation, Operation::RemoveField(_) | Operation::DeleteModel(_)) {
            it.prefers.push(Fact::TextRead(context.app.clone()));
        }
    }
}

/// Returns the value for existing rows of an operation if it contains raw text.
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

/// Asks about raw text that names a column which is renamed or dropped. An expression that stays in the database cannot name
/// the old column, and values for existing rows are read after columns are renamed.
pub(in crate::detect) fn ask(
    context: &Context<'_>,
    unrenamed: &ProjectState,
    state: &ProjectState,
    found: &mut Findings,
) {
    for pair in context.pairs(state) {
        let Ok(before) = unrenamed.model(pair.key) else { continue };
        let former = former_columns(before, &pair);
        if former.is_empty() {
            continue;
        }
        for field in &pair.after.fields {
            let lasting = field.expressions().find_map(|it| named_column(it, &former, false));
            let backfill = context.field_hints(pair.key, &field.name).and_then(|it| it.backfill.as_ref());
            let is_new = pair.before.field(&field.name).is_none_or(|before| before.null && !field.null);
            let backfill = backfill.filter(|_| is_new).and_then(|it| named_column(it, &former, true));
            if let Some((column, now)) =
                lasting.or(backfill).filter(|_| !found.has_asked(pair.key, &field.name))
            {
                let kind = QuestionKind::RawColumn { object: None, column, now };
                found.ask(pair.key, Some(&field.name), kind);
            }
        }
        for (object, expressions) in objects(pair.after) {
            if let Some((column, now)) =
                expressions.into_iter().find_map(|it| named_column(it, &former, false))
            {
                found.ask(pair.key, None, QuestionKind::RawColumn { object: Some(object), column, now });
            }
        }
    }
}

/// A column whose name no field has any longer, with its new name, if it stays.
type FormerColumn = (ColumnName, Option<ColumnName>);

/// Returns the columns whose names no field of a model has any longer. Fields have the same order before and after renames.
fn former_columns(before: &Model, pair: &Pair<'_>) -> Vec<FormerColumn> {
    let kept: BTreeSet<ColumnName> =
        pair.after.fields.iter().filter(|field| field.has_column()).map(Field::column_name).collect();
    let mut former = Vec::new();
    for (field, renamed) in before.fields.iter().zip(&pair.before.fields) {
        if field.has_column() && !kept.contains(&field.column_name()) {
            let now = pair.after.field(&renamed.name).filter(|field| field.has_column());
            former.push((field.column_name(), now.map(Field::column_name)));
        }
    }
    former
}

/// Returns the first of the columns that raw text of an expression names. For a value that is read once, only renamed columns
/// count, since a dropped column still exists at that point.
fn named_column(expr: &Expr, former: &[FormerColumn], is_once: bool) -> Option<FormerColumn> {
    let texts = expr.raw_texts();
    let mut candidates = former.iter().filter(|(_, now)| !is_once || now.is_some());
    candidates.find(|(column, _)| texts.iter().any(|text| names_column(text, column.as_str()))).cloned()
}

/// Returns the indexes and constraints of a model by their names, with their expressions.
fn objects(model: &Model) -> Vec<(String, Vec<&Expr>)> {
    let indexes = model.indexes.iter().map(|it| (text(it.name.as_ref()), it.expressions().collect()));
    indexes.chain(model.constraints.iter().map(|it| (text(it.name()), it.expressions()))).collect()
}

fn text(name: Option<&ObjectName>) -> String {
    name.map(ToString::to_string).unwrap_or_default()
}
