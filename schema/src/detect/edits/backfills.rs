//! Values for existing rows: their sources exist when the values are read, and the field can hold them.

use crate::detect::order::{Fact, Requirements};
use crate::detect::question::QuestionKind;
use crate::detect::requirements::field_ready;
use crate::detect::requirements::raw_text::{has_text, other_models_ready};
use crate::detect::{Context, Findings, Pair};
use crate::model::constant;
use crate::model::expr::{Expr, Function};
use crate::model::field::Field;
use crate::name::{FieldName, ModelKey};

/// Returns the value that the source declares for existing rows of a field, whether it is used or not.
pub(in crate::detect) fn backfill<'a>(
    context: &'a Context<'_>,
    key: &ModelKey,
    field: &Field,
) -> Option<&'a Expr> {
    context.field_hints(key, &field.name).and_then(|hints| hints.backfill.as_ref())
}

/// Returns the value that existing rows get, for a new field or one that becomes NOT NULL.
fn used_backfill<'a>(context: &'a Context<'_>, pair: &Pair<'_>, field: &Field) -> Option<&'a Expr> {
    let is_used = pair.counterpart(field).is_none_or(|before| before.null && !field.null);
    backfill(context, pair.key, field).filter(|_| is_used && field.generated.is_none())
}

/// Requires that the fields from which existing rows get the value of a field exist in their final form.
pub(in crate::detect) fn backfill_sources_ready(
    context: &Context<'_>,
    pair: &Pair<'_>,
    field: &Field,
) -> Requirements {
    let Some(value) = used_backfill(context, pair, field) else { return Requirements::default() };
    let names = value.names().into_iter();
    let requires = names.map(|name| Fact::FieldExists(pair.key.clone(), name.into())).collect();
    let read = pair.after.fields.iter().filter(|it| it.name != field.name && value.may_read(it));
    let mut prefers: Vec<Fact> = read.flat_map(|it| field_ready(pair.key, &it.name)).collect();
    if has_text(value) {
        prefers.extend(other_models_ready(context, pair.key, value));
    }
    Requirements { requires, prefers }
}

/// Requires that existing rows have their values before a field from which they are read is removed.
pub(in crate::detect) fn backfill_readers_ready(
    context: &Context<'_>,
    pair: &Pair<'_>,
    removed: &Field,
) -> Requirements {
    let mut requirements = Requirements::default();
    for field in &pair.after.fields {
        let Some(value) = used_backfill(context, pair, field) else { continue };
        if value.names().iter().any(|name| removed.name == **name) {
            requirements.requires.extend(field_ready(pair.key, &field.name));
        } else if value.may_read(removed) {
            requirements.prefers.extend(field_ready(pair.key, &field.name));
        }
    }
    requirements
}

/// Asks about values that are read from an unknown field, that may be NULL, or that do not fit the field.
pub(in crate::detect) fn ask(context: &Context<'_>, pair: &Pair<'_>, found: &mut Findings) {
    for field in &pair.after.fields {
        let Some(value) = used_backfill(context, pair, field) else { continue };
        let is_stored = pair.before.managed && field.has_column();
        let kind = unknown_source(pair, field, value)
            .or_else(|| misfit(context, pair, field, value))
            .or_else(|| null_source(context, pair, field, value).filter(|_| is_stored));
        if let Some(kind) = kind.filter(|_| !found.has_asked(pair.key, &field.name)) {
            found.ask(pair.key, Some(&field.name), kind);
        }
    }
}

/// Returns the fields from which a value can be read: recorded and new fields with columns.
fn readable<'p>(pair: &'p Pair<'_>, field: &'p Field) -> impl Iterator<Item = &'p Field> {
    let is_new = pair.counterpart(field).is_none();
    let fields = pair.before.fields.iter().chain(pair.created()).filter(|it| it.has_column());
    fields.filter(move |it| !is_new || it.name != field.name)
}

fn unknown_source(pair: &Pair<'_>, field: &Field, value: &Expr) -> Option<QuestionKind> {
    let mut names = value.names().into_iter();
    let name = names.find(|name| !readable(pair, field).any(|it| it.name == **name))?;
    let mut known: Vec<FieldName> = readable(pair, field).map(|it| it.name.clone()).collect();
    known.retain(|it| *it != field.name);
    known.sort();
    known.dedup();
    Some(QuestionKind::UnknownSource { name: name.to_owned(), known })
}

/// Returns the question about a constant that does not fit the column. The type of a reference is known only from the whole
/// project.
fn misfit(context: &Context<'_>, pair: &Pair<'_>, field: &Field, value: &Expr) -> Option<QuestionKind> {
    let column_type = context.target.column_type(pair.key, field).ok()?;
    let expected = constant::fits(value, &column_type).err()?;
    Some(QuestionKind::Misfit { expected, missing: context.missing_value(pair.key, field) })
}

fn null_source(context: &Context<'_>, pair: &Pair<'_>, field: &Field, value: &Expr) -> Option<QuestionKind> {
    if field.null {
        return None;
    }
    let name = null_name(pair, value)?;
    let source = pair.after.field(&name.into()).or_else(|| pair.before.field(&name.into()))?;
    let sample = context.missing_value(pair.key, source).sample;
    Some(QuestionKind::NullSource { name: name.to_owned(), sample })
}

/// Returns a name that can make the expression NULL. Raw text is left to its author.
fn null_name<'e>(pair: &Pair<'_>, value: &'e Expr) -> Option<&'e str> {
    match value {
        Expr::Name(name) => Some(name.as_str()).filter(|name| may_be_null(pair, &(*name).into())),
        Expr::Literal(_) | Expr::IsNull { .. } | Expr::Raw(_) | Expr::Variant { .. } => None,
        Expr::Not(operand) | Expr::Neg(operand) | Expr::Like { operand, .. } => null_name(pair, operand),
        Expr::Binary { left, right, .. } => null_name(pair, left).or_else(|| null_name(pair, right)),
        Expr::InList { operand, list } => null_name(pair, operand).or_else(|| first_null_name(pair, list)),
        Expr::Call { function: Function::Coalesce, arguments } => {
            let are_all_null = arguments.iter().all(|it| null_name(pair, it).is_some());
            if are_all_null { first_null_name(pair, arguments) } else { None }
        }
        Expr::Call { arguments, .. } => first_null_name(pair, arguments),
    }
}

fn first_null_name<'e>(pair: &Pair<'_>, values: &'e [Expr]) -> Option<&'e str> {
    values.iter().find_map(|value| null_name(pair, value))
}

/// Returns whether rows may hold NULL in a field when values are read from it. A field that becomes NOT NULL has other
/// values at that point, and a field that becomes nullable does not hold NULL yet.
fn may_be_null(pair: &Pair<'_>, name: &FieldName) -> bool {
    match (pair.before.field(name), pair.after.field(name)) {
        (Some(before), Some(after)) => before.null && after.null,
        (Some(field), None) | (None, Some(field)) => field.null,
        (None, None) => false,
    }
}
