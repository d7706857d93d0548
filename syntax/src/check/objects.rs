//! Rules over the indexes and constraints of a struct.

use std::collections::BTreeSet;

use modelshift_schema::expr::{BinaryOp, Expr, Literal};
use modelshift_schema::index::Index;
use modelshift_schema::model::Model;
use proc_macro2::Span;

use super::kinds;
use crate::ast::StructAst;
use crate::attr::At;
use crate::attr::container::{ConstraintAttr, IndexAttr, PartAttr};
use crate::ctxt::Ctxt;
use crate::expr::Spelled;
use crate::lower;
use crate::symbol::nearest;

pub(super) fn check(ast: &StructAst, model: &Model, ctxt: &mut Ctxt) {
    for index in &ast.attrs.indexes {
        for part in &index.parts {
            names_are_fields(ast, model, &part.value.names, ctxt);
            kinds::expression(&part.value, model, ctxt);
            same_at_all_times(&part.value, "an index; index fields, such as `fields(author)`", ctxt);
        }
        let names: Vec<_> = index.include.iter().map(|field| (field.value.clone(), field.span)).collect();
        names_are_fields(ast, model, &names, ctxt);
        fields_differ(&index.include, ctxt);
        parts_differ(index, ctxt);
        is_not_included(index, ctxt);
        condition(ast, model, index.when.as_ref().map(|when| &when.value), ctxt);
    }
    for constraint in &ast.attrs.constraints {
        match constraint {
            ConstraintAttr::Unique { fields, when, .. } => {
                let names: Vec<_> = fields.iter().map(|field| (field.value.clone(), field.span)).collect();
                names_are_fields(ast, model, &names, ctxt);
                fields_differ(fields, ctxt);
                condition(ast, model, when.as_ref().map(|when| &when.value), ctxt);
            }
            ConstraintAttr::Check { condition: spelled, .. } => condition(ast, model, Some(spelled), ctxt),
        }
    }
    objects_differ(ast, ctxt);
    fields_say_it_already(ast, model, ctxt);
    names_differ(ast, ctxt);
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
    let known = || ast.columns().map(|field| field.name.as_str()).collect::<Vec<_>>().join("`, `");
    let remedy = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("expected one of `{}`", known()),
    };
    format!("unknown field `{name}`; {remedy}")
}

/// What is true of a row today must be true tomorrow, or an index and its table would disagree.
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
        | Expr::Raw(_) => false,
    }
}

fn has_raw(expr: &Expr) -> bool {
    let mut has_raw = false;
    expr.visit(&mut |node| has_raw |= matches!(node, Expr::Raw(_)));
    has_raw
}

fn parts_differ(index: &IndexAttr, ctxt: &mut Ctxt) {
    for (position, part) in index.parts.iter().enumerate() {
        if index.parts[..position].iter().any(|earlier| earlier.value.expr == part.value.expr) {
            ctxt.push(part.value.error("duplicate part of an index; keep one"));
        }
    }
}

/// What the index is searched by, it holds already.
fn is_not_included(index: &IndexAttr, ctxt: &mut Ctxt) {
    for field in &index.include {
        let is_it = |part: &PartAttr| part.value.expr == Expr::name(field.value.as_str());
        if index.parts.iter().any(is_it) {
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

/// Two indexes that do the same cost twice; without names they would also bear one name.
fn objects_differ(ast: &StructAst, ctxt: &mut Ctxt) {
    let mut seen: Vec<Index> = Vec::new();
    for index in &ast.attrs.indexes {
        let lowered = lower::index(index);
        if seen.iter().any(|earlier| earlier.has_content_of(&lowered)) {
            ctxt.error(index.span, "duplicate index; keep one");
        }
        seen.push(lowered);
    }
    let mut seen = Vec::new();
    for constraint in &ast.attrs.constraints {
        let mut lowered = lower::constraint(constraint);
        lowered.set_name("".into());
        if seen.contains(&lowered) {
            let message = "duplicate constraint; keep one";
            ctxt.push(match constraint {
                ConstraintAttr::Unique { span, .. } => syn::Error::new(*span, message),
                ConstraintAttr::Check { condition, .. } => condition.error(message),
            });
        }
        seen.push(lowered);
    }
}

/// `index` and `unique` of a field do the same as an attribute of the struct over that field alone.
fn fields_say_it_already(ast: &StructAst, model: &Model, ctxt: &mut Ctxt) {
    let field = |name: &str| model.fields.iter().find(|field| field.name == name);
    let message = |attribute: &str, name: &str| {
        format!(
            "duplicate {attribute} of `{name}`: the field says `{attribute}` already; leave one of the two out"
        )
    };
    for index in ast.attrs.indexes.iter().filter(|index| index.when.is_none()) {
        if let [part] = index.parts.as_slice()
            && let Expr::Name(name) = &part.value.expr
            && !part.descending
            && field(name).is_some_and(|field| field.index)
        {
            ctxt.error(index.span, message("index", name));
        }
    }
    for constraint in &ast.attrs.constraints {
        if let ConstraintAttr::Unique { span, fields, when: None, .. } = constraint
            && let [name] = fields.as_slice()
            && field(&name.value).is_some_and(|field| field.unique)
        {
            ctxt.error(*span, message("unique", &name.value));
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
