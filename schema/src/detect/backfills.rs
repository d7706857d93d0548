//! Values for existing rows: what they are taken from is there when they are taken, and can be what the field holds.

use super::order::Fact;
use super::raw_sql::{has_text, others_ready, ready};
use super::{Context, Findings, Pair};
use crate::detect::question::QuestionKind;
use crate::model::constant;
use crate::model::expr::{Expr, Function};
use crate::model::field::Field;
use crate::name::{FieldName, ModelKey};

/// What is needed before, and what is better there before as far as nothing needs it the other way round.
#[derive(Default)]
pub(super) struct Before {
    pub(super) needs: Vec<Fact>,
    pub(super) wishes: Vec<Fact>,
}

/// Returns the value that is given for existing rows of a field, be it used or not.
pub(super) fn backfill<'a>(context: &'a Context<'_>, key: &ModelKey, field: &Field) -> Option<&'a Expr> {
    context.field_hints(key, &field.name).and_then(|hints| hints.backfill.as_ref())
}

/// Returns the value that existing rows get: of a field that is new, or forbids NULL from now on.
fn used<'a>(context: &'a Context<'_>, pair: &Pair<'_>, field: &Field) -> Option<&'a Expr> {
    let is_used = pair.twin(field).is_none_or(|before| before.null && !field.null);
    backfill(context, pair.key, field).filter(|_| is_used && field.generated.is_none())
}

/// Says that the fields are there from which existing rows get the value of a field, each as it is to be.
pub(super) fn sources(context: &Context<'_>, pair: &Pair<'_>, field: &Field) -> Before {
    let Some(value) = used(context, pair, field) else { return Before::default() };
    let made = |name: &str| Fact::FieldMade(pair.key.clone(), name.into());
    let needs = value.names().into_iter().map(made).collect();
    let read = pair.after.fields.iter().filter(|it| it.name != field.name && value.may_read(it));
    let mut wishes: Vec<Fact> = read.flat_map(|it| ready(pair.key, &it.name)).collect();
    if has_text(value) {
        wishes.extend(others_ready(context, pair.key, value));
    }
    Before { needs, wishes }
}

/// Says that the values are taken which existing rows get from a field that goes.
pub(super) fn takers(context: &Context<'_>, pair: &Pair<'_>, gone: &Field) -> Before {
    let mut before = Before::default();
    for field in &pair.after.fields {
        let Some(value) = used(context, pair, field) else { continue };
        if value.names().iter().any(|name| gone.name == **name) {
            before.needs.extend(ready(pair.key, &field.name));
        } else if value.may_read(gone) {
            before.wishes.extend(ready(pair.key, &field.name));
        }
    }
    before
}

/// Asks about values that are taken from what is no field, that may be NULL, or that the field does not take.
pub(super) fn ask(context: &Context<'_>, pair: &Pair<'_>, found: &mut Findings) {
    for field in &pair.after.fields {
        let Some(value) = used(context, pair, field) else { continue };
        let is_stored = pair.before.managed && field.has_column();
        let kind = unknown(pair, field, value)
            .or_else(|| misfit(context, pair, field, value))
            .or_else(|| null_source(context, pair, field, value).filter(|_| is_stored));
        if let Some(kind) = kind.filter(|_| !found.has_asked(pair.key, &field.name)) {
            found.ask(pair.key, Some(&field.name), kind);
        }
    }
}

/// Returns the fields of which a value can be taken: those that were there or come, with columns.
fn readable<'p>(pair: &'p Pair<'_>, field: &'p Field) -> impl Iterator<Item = &'p Field> {
    let is_new = pair.twin(field).is_none();
    let fields = pair.before.fields.iter().chain(pair.came()).filter(|it| it.has_column());
    fields.filter(move |it| !is_new || it.name != field.name)
}

fn unknown(pair: &Pair<'_>, field: &Field, value: &Expr) -> Option<QuestionKind> {
    let is_known = |name: &str| readable(pair, field).any(|it| it.name == *name);
    let name = value.names().into_iter().find(|name| !is_known(name))?;
    let mut known: Vec<FieldName> = readable(pair, field).map(|it| it.name.clone()).collect();
    known.retain(|it| *it != field.name);
    known.sort();
    known.dedup();
    Some(QuestionKind::UnknownSource { name: name.to_owned(), known })
}

/// A constant for a reference is one of the type that it refers to, which only the whole project tells.
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

/// Returns a name by which the expression may be NULL; raw text is its author's affair.
fn null_name<'e>(pair: &Pair<'_>, value: &'e Expr) -> Option<&'e str> {
    let any = |values: &'e [Expr]| values.iter().find_map(|it| null_name(pair, it));
    match value {
        Expr::Name(name) => Some(name.as_str()).filter(|name| may_be_null(pair, &(*name).into())),
        Expr::Literal(_) | Expr::IsNull { .. } | Expr::Raw(_) | Expr::Variant { .. } => None,
        Expr::Not(operand) | Expr::Neg(operand) | Expr::Like { operand, .. } => null_name(pair, operand),
        Expr::Binary { left, right, .. } => null_name(pair, left).or_else(|| null_name(pair, right)),
        Expr::InList { operand, list } => null_name(pair, operand).or_else(|| any(list)),
        Expr::Call { function: Function::Coalesce, arguments } => {
            let are_all_null = arguments.iter().all(|it| null_name(pair, it).is_some());
            if are_all_null { any(arguments) } else { None }
        }
        Expr::Call { arguments, .. } => any(arguments),
    }
}

/// Returns whether rows may hold NULL in a field when values are taken from it: what forbids it from now on has other
/// values by then, and what allows it from now on holds none yet.
fn may_be_null(pair: &Pair<'_>, name: &FieldName) -> bool {
    match (pair.before.field(name), pair.after.field(name)) {
        (Some(before), Some(after)) => before.null && after.null,
        (Some(field), None) | (None, Some(field)) => field.null,
        (None, None) => false,
    }
}
