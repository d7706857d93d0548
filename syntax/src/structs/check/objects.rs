//! Rules over the indexes and constraints of a struct.

use std::collections::BTreeSet;

use modelshift_schema::expr::{BinaryOp, Expr, Literal};
use modelshift_schema::model::Model;
use modelshift_schema::relation::ReferentialAction;
use proc_macro2::Span;

use super::kinds;
use crate::grammar::ctxt::Ctxt;
use crate::grammar::expr::Spelled;
use crate::structs::ast::StructAst;
use crate::structs::attr::At;
use crate::structs::attr::constraint::{ConstraintAttr, ReferenceAttr, UniqueAttr};
use crate::structs::attr::index::PartAttr;
use crate::structs::attr::symbol::nearest;

pub(super) fn check(ast: &StructAst, model: &Model, ctxt: &mut Ctxt) {
    for index in &ast.attrs.indexes {
        parts(ast, model, &index.parts, ctxt);
        plain(ast, model, &index.include, ctxt);
        is_not_included(&index.parts, &index.include, ctxt);
        condition(ast, model, index.when.as_ref().map(|when| &when.value), ctxt);
    }
    for constraint in &ast.attrs.constraints {
        rule(ast, model, constraint, ctxt);
    }
    fields_have_other_names(ast, model, ctxt);
    names_differ(ast, ctxt);
}

fn rule(ast: &StructAst, model: &Model, constraint: &ConstraintAttr, ctxt: &mut Ctxt) {
    match constraint {
        ConstraintAttr::Unique(unique) => {
            parts(ast, model, &unique.parts, ctxt);
            plain(ast, model, &unique.include, ctxt);
            is_not_included(&unique.parts, &unique.include, ctxt);
            condition(ast, model, unique.when.as_ref().map(|when| &when.value), ctxt);
            is_put_off_whole(unique, ctxt);
        }
        ConstraintAttr::Check { condition: spelled, .. } => condition(ast, model, Some(spelled), ctxt),
        ConstraintAttr::Reference(reference) => {
            plain(ast, model, &reference.fields, ctxt);
            fields_differ(&reference.to_fields, ctxt);
            actions_are_possible(model, reference, ctxt);
        }
        ConstraintAttr::Exclude(exclude) => {
            let compared: Vec<PartAttr> = exclude.parts.iter().map(|(part, _)| part.clone()).collect();
            parts(ast, model, &compared, ctxt);
            condition(ast, model, exclude.when.as_ref().map(|when| &when.value), ctxt);
        }
    }
}

fn parts(ast: &StructAst, model: &Model, parts: &[PartAttr], ctxt: &mut Ctxt) {
    for (position, part) in parts.iter().enumerate() {
        names_are_fields(ast, model, &part.value.names, ctxt);
        kinds::expression(&part.value, model, ctxt);
        same_at_all_times(&part.value, "an index; index fields, such as `fields(author)`", ctxt);
        if parts[..position].iter().any(|earlier| earlier.value.expr == part.value.expr) {
            ctxt.push(part.value.error("duplicate part; keep one"));
        }
    }
}

/// Reports names that are not fields with columns, and duplicates.
pub(super) fn plain(ast: &StructAst, model: &Model, fields: &[At<String>], ctxt: &mut Ctxt) {
    let names: Vec<_> = fields.iter().map(|field| (field.value.clone(), field.span)).collect();
    names_are_fields(ast, model, &names, ctxt);
    fields_differ(fields, ctxt);
}

/// PostgreSQL defers constraints only; a rule over some rows or over expressions is an index.
fn is_put_off_whole(unique: &UniqueAttr, ctxt: &mut Ctxt) {
    let Some(late) = &unique.deferrable else { return };
    let is_plain =
        unique.parts.iter().all(|part| matches!(part.value.expr, Expr::Name(_)) && !part.descending);
    if unique.when.is_some() || !is_plain {
        let message =
            "`deferrable` cannot be used with `when` or expressions, which make an index; leave one out";
        ctxt.error(late.span, message);
    }
}

/// The database cannot set NULL or a default that the column does not allow.
fn actions_are_possible(model: &Model, reference: &ReferenceAttr, ctxt: &mut Ctxt) {
    let actions = [("on_delete", &reference.on_delete), ("on_update", &reference.on_update)];
    for (name, at) in actions.into_iter().filter_map(|(name, at)| Some((name, at.as_ref()?))) {
        let fields = model.fields.iter();
        let mut own =
            fields.filter(|field| reference.fields.iter().any(|it| field.name == *it.value.as_str()));
        match at.value {
            ReferentialAction::SetNull => {
                if let Some(field) = own.find(|field| !field.null) {
                    let message = format!(
                        "`{name} = set_null` cannot be used with `{}`, which is NOT NULL; write `Option<…>`",
                        field.name
                    );
                    ctxt.error(at.span, message);
                }
            }
            ReferentialAction::SetDefault => {
                if let Some(field) = own.find(|field| field.default.is_none()) {
                    let message = format!(
                        "`{name} = set_default` cannot be used with `{}`, which has no default; write one",
                        field.name
                    );
                    ctxt.error(at.span, message);
                }
            }
            ReferentialAction::NoAction | ReferentialAction::Restrict | ReferentialAction::Cascade => {}
        }
    }
}

fn condition(ast: &StructAst, model: &Model, spelled: Option<&Spelled>, ctxt: &mut Ctxt) {
    let Some(spelled) = spelled else { return };
    names_are_fields(ast, model, &spelled.names, ctxt);
    same_at_all_times(spelled, "a condition; compare fields, such as `rating >= 0`", ctxt);
    if is_no_truth(&spelled.expr) {
        ctxt.push(spelled.error("expected a condition that is true or false, such as `rating >= 0`"));
    } else if spelled.names.is_empty() && !has_raw(&spelled.expr) {
        ctxt.push(spelled.error("expected a condition over fields, such as `rating >= 0`"));
    } else {
        kinds::condition(spelled, model, ctxt);
    }
}

pub(super) fn names_are_fields(ast: &StructAst, model: &Model, names: &[(String, Span)], ctxt: &mut Ctxt) {
    for (name, span) in names {
        match ast.field(name) {
            Some(field) if field.has_column() => {}
            Some(field) if field.attrs.flatten.is_some() => ctxt.error(
                *span,
                format!("field `{name}` is flattened and no column itself; name a field of its struct"),
            ),
            Some(field) if field.attrs.skip.is_none() => ctxt.error(
                *span,
                format!("field `{name}` has no column, since a `ManyToMany<…>` is a table of its own; leave it out"),
            ),
            Some(_) => ctxt.error(
                *span,
                format!("field `{name}` has no column, since it is skipped; take off its `skip`"),
            ),
            // It may be a field of a struct that is flattened.
            None if ast.flattened().next().is_some() => {}
            None => ctxt.error(*span, unknown_field(ast, model, name)),
        }
    }
}

/// The name of a column is a likely slip, since a reference `author` has the column `author_id`.
fn unknown_field(ast: &StructAst, model: &Model, name: &str) -> String {
    let owner = model.fields.iter().find(|field| field.column_name() == *name);
    let near = owner
        .map(|field| field.name.as_str())
        .or_else(|| nearest(name, ast.columns().map(|it| it.name.as_str())));
    let remedy = if let Some(near) = near {
        format!("did you mean `{near}`?")
    } else {
        let known: Vec<&str> = ast.columns().map(|field| field.name.as_str()).collect();
        format!("expected one of `{}`", known.join("`, `"))
    };
    format!("unknown field `{name}`; {remedy}")
}

/// The value for a row must not change by itself, or an index would not match its table any more.
pub(super) fn same_at_all_times(spelled: &Spelled, what: &str, ctxt: &mut Ctxt) {
    let mut culprit = None;
    spelled.expr.visit(&mut |node| {
        if let Expr::Call { function, .. } = node
            && !function.is_immutable()
        {
            culprit = culprit.or(Some(function.name()));
        }
    });
    if let Some(name) = culprit {
        let message = format!("`{name}()`, whose value changes by itself, cannot be used in {what}");
        ctxt.push(spelled.error(message));
    }
}

fn is_no_truth(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(literal) => !matches!(literal, Literal::Bool(_)),
        Expr::Neg(_) => true,
        Expr::Binary { op, left, right } => match op {
            BinaryOp::And | BinaryOp::Or => is_no_truth(left) || is_no_truth(right),
            BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Div | BinaryOp::Rem => true,
            BinaryOp::Eq | BinaryOp::Ne | BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge => false,
        },
        Expr::Not(operand) => is_no_truth(operand),
        Expr::Name(_)
        | Expr::IsNull { .. }
        | Expr::InList { .. }
        | Expr::Like { .. }
        | Expr::Call { .. }
        | Expr::Raw(_)
        | Expr::Variant { .. } => false,
    }
}

fn has_raw(expr: &Expr) -> bool {
    let mut has_raw = false;
    expr.visit(&mut |node| has_raw |= matches!(node, Expr::Raw(_)));
    has_raw
}

/// The index contains its own key columns already.
fn is_not_included(parts: &[PartAttr], include: &[At<String>], ctxt: &mut Ctxt) {
    for field in include {
        if parts.iter().any(|part| part.value.expr == Expr::name(field.value.as_str())) {
            let message =
                format!("field `{}` is in the index already; take it out of `include`", field.value);
            ctxt.error(field.span, message);
        }
    }
}

fn fields_differ(fields: &[At<String>], ctxt: &mut Ctxt) {
    for (position, field) in fields.iter().enumerate() {
        if fields[..position].iter().any(|earlier| earlier.value == field.value) {
            ctxt.error(field.span, format!("duplicate field `{}`; keep one", field.value));
        }
    }
}

/// A rule without a name would get the same name as the rule of the field's own attribute.
fn fields_have_other_names(ast: &StructAst, model: &Model, ctxt: &mut Ctxt) {
    for constraint in &ast.attrs.constraints {
        if let ConstraintAttr::Unique(UniqueAttr { span, parts, deferrable: Some(_), name: None, .. }) =
            constraint
            && let [part] = parts.as_slice()
            && let Expr::Name(name) = &part.value.expr
            && model.fields.iter().any(|field| field.name == *name.as_str() && field.unique)
        {
            let message = format!(
                "the field `{name}` is `unique` already, and this rule would have the same name; write another one, \
                 such as `name = \"…\"`, or leave one of the two out"
            );
            ctxt.error(*span, message);
        }
    }
}

/// Indexes and constraints of a table share one space of names in PostgreSQL.
fn names_differ(ast: &StructAst, ctxt: &mut Ctxt) {
    let of_indexes = ast.attrs.indexes.iter().map(|index| index.name.as_ref());
    let of_constraints = ast.attrs.constraints.iter().map(ConstraintAttr::name);
    let mut seen = BTreeSet::new();
    for name in of_indexes.chain(of_constraints).flatten() {
        if !seen.insert(name.value.to_lowercase()) {
            ctxt.error(name.span, format!("duplicate name `{}`; give one of the two another", name.value));
        }
    }
}
