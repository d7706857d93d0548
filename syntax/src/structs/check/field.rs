//! Rules over the attributes of one field.

use modelshift_schema::constant;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::FieldKind;
use modelshift_schema::model::Model;
use modelshift_schema::relation::ReferentialAction;

use super::generated;
use crate::grammar::ctxt::Ctxt;
use crate::grammar::expr::Spelled;
use crate::grammar::rust_type::Shape;
use crate::structs::ast::{FieldAst, StructAst};
use crate::structs::attr::At;

pub(super) fn check(ast: &StructAst, field: &FieldAst, model: &Model, ctxt: &mut Ctxt) {
    skip_stands_alone(field, ctxt);
    a_relation_has_no_column(field, ctxt);
    key_holds_a_value(ast, field, ctxt);
    rules_are_said_once(ast, field, ctxt);
    hints_agree(field, ctxt);
    rows_have_a_keeper(field, ctxt);
    actions_are_possible(field, ctxt);
    rules_are_held_to(field, ctxt);
    generated::check(ast, field, model, ctxt);
    values_fit(ast, field, model, ctxt);
    rows_are_filled_once(field, ctxt);
}

/// A skipped field has no column, so other attributes have no meaning.
fn skip_stands_alone(field: &FieldAst, ctxt: &mut Ctxt) {
    if field.attrs.skip.is_some() {
        for (name, span) in field.attrs.said() {
            ctxt.error(span, format!("`{name}` cannot be used with `skip`; keep one of them"));
        }
    }
}

/// A `ManyToMany` field has a join table, so attributes of columns have no meaning.
fn a_relation_has_no_column(field: &FieldAst, ctxt: &mut Ctxt) {
    let Some(field_type) = field.field_type.as_ref().filter(|it| it.shape.is_many_to_many()) else { return };
    let of_columns = ["primary_key", "unique", "index", "default", "backfill", "filled", "column", "comment"];
    for (name, span) in field.attrs.said().filter(|(name, _)| of_columns.contains(name)) {
        let message =
            format!("`{name}` cannot be used with `ManyToMany<…>`, which has no column; leave it out");
        ctxt.error(span, message);
    }
    if field_type.null {
        let message = "`ManyToMany<…>` cannot be used with `Option`; no rows say the same, so write it alone";
        ctxt.error(field_type.span, message);
    }
    if let (Some(_), Some(table)) = (&field.attrs.relation.through, &field.attrs.relation.table) {
        let message =
            "`table` cannot be used with `through`, whose model names its table itself; leave it out";
        ctxt.error(table.span, message);
    }
}

/// A key that may be NULL names no row, and existing rows have their keys already.
fn key_holds_a_value(ast: &StructAst, field: &FieldAst, ctxt: &mut Ctxt) {
    let is_key = is_key(ast, field);
    if is_key && let Some(field_type) = field.field_type.as_ref().filter(|field_type| field_type.null) {
        let message = "a primary key cannot be used with `Option`; expected the type itself, such as `i64` (an insert \
                       may leave an automatic key out)";
        ctxt.error(field_type.span, message);
    }
    if is_key && let Some(backfill) = &field.attrs.backfill {
        let message = "`backfill` cannot be used with `primary_key`: rows would get one and the same key; write a \
                       `default` such as `random_uuid()`";
        ctxt.error(backfill.span, message);
    }
}

/// A key is unique and indexed, and a unique field is indexed; saying so again would ask for a second index.
fn rules_are_said_once(ast: &StructAst, field: &FieldAst, ctxt: &mut Ctxt) {
    let attrs = &field.attrs;
    let index = attrs.index.as_ref().filter(|index| index.value);
    if is_key(ast, field) && keys(ast) == 1 {
        if let Some(unique) = &attrs.unique {
            ctxt.error(
                unique.span,
                "`unique` cannot be used with the primary key, which is unique already; leave it out",
            );
        }
        if let Some(index) = index {
            ctxt.error(
                index.span,
                "`index` cannot be used with the primary key, which is indexed already; leave it out",
            );
        }
    } else if let (Some(_), Some(index)) = (&attrs.unique, index) {
        ctxt.error(
            index.span,
            "`index` cannot be used with `unique`, which makes an index already; leave it out",
        );
    }
    let is_one_to_one = field.field_type.as_ref().is_some_and(|it| matches!(it.shape, Shape::OneToOne(_)));
    if let Some(unique) = attrs.unique.as_ref().filter(|_| is_one_to_one) {
        ctxt.error(
            unique.span,
            "`unique` cannot be used with `OneToOne<…>`, which says so already; leave it out",
        );
    }
    if let Some(index) = attrs.index.as_ref().filter(|index| !index.value) {
        let is_reference = field.field_type.as_ref().is_some_and(|it| it.shape.is_reference());
        if field.field_type.is_some() && !is_reference {
            ctxt.error(index.span, "`index = false` cannot be used here: only a `ForeignKey<…>` has an index unasked; leave it out");
        }
    }
}

/// If no row has NULL, there is nothing to backfill.
fn rows_are_filled_once(field: &FieldAst, ctxt: &mut Ctxt) {
    if let (Some(filled), Some(_)) = (&field.attrs.filled, &field.attrs.backfill) {
        ctxt.error(filled.span, "`filled` cannot be used with `backfill`; keep the one that is true");
    }
}

/// Only the table of a model can replace a join table.
fn rows_have_a_keeper(field: &FieldAst, ctxt: &mut Ctxt) {
    if let Some(keep) = &field.attrs.keep_rows {
        if field.attrs.relation.through.is_none() {
            let message = "`keep_rows` cannot be used without `through`: it makes a join table the table of the model that \
                           the relation goes through; leave it out";
            ctxt.error(keep.span, message);
        } else if field.attrs.new.is_some() {
            ctxt.error(keep.span, "`keep_rows` cannot be used with `new`; keep the one that is true");
        }
    }
}

/// What is new keeps no values. A name that is still a field may have been released and used again, which the history
/// shows.
fn hints_agree(field: &FieldAst, ctxt: &mut Ctxt) {
    if let (Some(keep), Some(_)) = (&field.attrs.keep_values, &field.attrs.new) {
        ctxt.error(keep.span, "`keep_values` cannot be used with `new`; keep the one that is true");
    }
    if let Some(was) = &field.attrs.was
        && field.attrs.new.is_none()
        && field.attrs.keep_values.is_none()
    {
        ctxt.error(
            was.span,
            "`was` cannot be used without `new` or `keep_values`: it names what the recorded field is",
        );
    }
    // At a flattened field it is not a name but a prefix.
    let Some(renamed) = field.attrs.renamed_from.as_ref().filter(|_| field.attrs.flatten.is_none()) else {
        return;
    };
    if renamed.value.is_empty() {
        ctxt.error(renamed.span, "expected a Rust name, such as `renamed_from = \"name\"`");
    }
    if renamed.value == field.name {
        ctxt.error(
            renamed.span,
            "`renamed_from` names the field itself; expected the name that it had before",
        );
    }
}

/// A reference that the database does not check has no rules.
fn rules_are_held_to(field: &FieldAst, ctxt: &mut Ctxt) {
    let relation = &field.attrs.relation;
    if relation.db_constraint.as_ref().is_none_or(|held| held.value) {
        return;
    }
    let rules = [
        ("on_delete", relation.on_delete.as_ref().map(|at| at.span)),
        ("on_update", relation.on_update.as_ref().map(|at| at.span)),
        ("deferrable", relation.deferrable.as_ref().map(|at| at.span)),
    ];
    for (name, span) in rules {
        let Some(span) = span else { continue };
        ctxt.error(
            span,
            format!(
                "`{name}` cannot be used with `db_constraint = false`, which leaves the database no rule; keep one"
            ),
        );
    }
}

/// The database cannot set NULL or a default that the column does not allow.
fn actions_are_possible(field: &FieldAst, ctxt: &mut Ctxt) {
    let attrs = &field.attrs;
    let null = field.field_type.as_ref().is_some_and(|field_type| field_type.null);
    for (name, action) in [("on_delete", &attrs.relation.on_delete), ("on_update", &attrs.relation.on_update)]
    {
        let Some(At { value, span }) = action else { continue };
        match value {
            ReferentialAction::SetNull if !null && field.field_type.is_some() => ctxt.error(
                *span,
                format!("`{name} = set_null` cannot be used with a field that is NOT NULL; write `Option<ForeignKey<…>>`"),
            ),
            ReferentialAction::SetDefault if attrs.default.is_none() => {
                ctxt.error(*span, format!("`{name} = set_default` cannot be used without a default; write one, such as `default = 1`"));
            }
            ReferentialAction::SetNull
            | ReferentialAction::SetDefault
            | ReferentialAction::NoAction
            | ReferentialAction::Restrict
            | ReferentialAction::Cascade => {}
        }
    }
}

/// A default does not depend on other fields, a backfill may read them; both must be values that the column takes.
fn values_fit(ast: &StructAst, field: &FieldAst, model: &Model, ctxt: &mut Ctxt) {
    let lowered = model.fields.iter().find(|lowered| field.name == lowered.name.as_str());
    for (name, said) in [("default", &field.attrs.default), ("backfill", &field.attrs.backfill)] {
        let Some(At { value: spelled, .. }) = said else { continue };
        for (used, span) in &spelled.names {
            // A name of no field may have been one: only the history knows, and the build step asks.
            let is_readable = field.name != *used && ast.field(used).is_none_or(FieldAst::has_column);
            if name != "backfill" || !is_readable {
                ctxt.error(*span, unexpected_name(ast, name, used));
            }
        }
        if let (true, Some(FieldKind::Column(column_type))) =
            (spelled.names.is_empty(), lowered.map(|lowered| &lowered.kind))
            && let Err(expected) = constant::fits(&spelled.expr, column_type)
        {
            ctxt.push(
                spelled.error(format!("{expected}, such as `{name} = {}`", constant::sample(column_type))),
            );
        }
        refuse_text_with_nul(name, spelled, ctxt);
    }
}

/// A name has no meaning in a value; a bare word is mostly text without quotes, or a function without parentheses.
fn unexpected_name(ast: &StructAst, attribute: &str, used: &str) -> String {
    let remedy = if attribute == "backfill" && ast.field(used).is_some_and(|other| !other.has_column()) {
        format!("`{used}` has no column; name a field that has one, or give a value")
    } else if is_function(used) {
        format!("write `{used}()`")
    } else if ast.field(used).is_some() {
        "a default cannot depend on other fields, and a `backfill` not on its own; `sql(\"…\")` is the way out".to_owned()
    } else {
        format!("write `\"{used}\"` for text")
    };
    format!("unknown name `{used}` in `{attribute}`; {remedy}")
}

fn is_function(name: &str) -> bool {
    modelshift_schema::expr::Function::ALL.iter().any(|function| function.name() == name)
}

/// PostgreSQL does not store text with NUL, and other databases cut it off in some places.
fn refuse_text_with_nul(name: &str, spelled: &Spelled, ctxt: &mut Ctxt) {
    let mut has_nul = false;
    spelled.expr.visit(&mut |node| {
        if let Expr::Literal(modelshift_schema::expr::Literal::Text(text)) = node {
            has_nul |= text.contains('\0');
        }
    });
    if has_nul {
        ctxt.push(spelled.error(format!(
            "expected text without `\\0`, such as `{name} = \"draft\"`; use `Vec<u8>` for bytes"
        )));
    }
}

fn is_key(ast: &StructAst, field: &FieldAst) -> bool {
    ast.says_key(field) || (field.name == "id" && field.attrs.skip.is_none() && !ast.has_said_key())
}

fn keys(ast: &StructAst) -> usize {
    ast.columns().filter(|field| is_key(ast, field)).count()
}
