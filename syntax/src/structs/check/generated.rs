//! Rules over fields whose values the database generates: `generated` and `identity`.

use modelshift_schema::expr::{Expr, Function};
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::model::Model;
use proc_macro2::Span;

use super::{kinds, objects};
use crate::grammar::ctxt::Ctxt;
use crate::grammar::expr::Spelled;
use crate::structs::ast::{FieldAst, StructAst};

pub(super) fn check(ast: &StructAst, field: &FieldAst, model: &Model, ctxt: &mut Ctxt) {
    let attrs = &field.attrs;
    if let Some(is_virtual) = attrs.is_virtual.as_ref().filter(|_| attrs.generated.is_none()) {
        let message = "`virtual` cannot be used without `generated`; write what the value is, such as `generated = price * \
                       quantity`";
        ctxt.error(is_virtual.span, message);
    }
    if let Some(identity) = &attrs.identity {
        let others: &[&str] = if identity.value.counts() {
            &["default", "backfill", "generated"]
        } else {
            &["default", "generated"]
        };
        nobody_else_gives_it(field, "identity", identity.span, others, ctxt);
        let is_lone_key = model.primary_key().map(|key| key.name.as_str()).eq([field.name.as_str()]);
        if !identity.value.counts() && !is_lone_key {
            let message = "`identity = none` cannot be used here: only an integer that is the whole primary key is counted \
                           unasked; leave it out";
            ctxt.error(identity.span, message);
        }
        if let Some(field_type) = field.field_type.as_ref().filter(|field_type| field_type.null) {
            let message = "`identity` cannot be used with `Option`, since every row gets a number; write the type itself";
            ctxt.error(field_type.span, message);
        }
    }
    let Some(generated) = &attrs.generated else { return };
    nobody_else_gives_it(field, "generated", generated.span, &["default", "backfill", "primary_key"], ctxt);
    let spelled = &generated.value;
    objects::names_are_fields(ast, model, &spelled.names, ctxt);
    sources_are_written(ast, field, model, spelled, ctxt);
    objects::same_at_all_times(spelled, "what is generated; compute it from fields", ctxt);
    let lowered = model.fields.iter().find(|lowered| field.name == lowered.name.as_str());
    if let Some(Field { kind: FieldKind::Column(column_type), null, .. }) = lowered {
        kinds::value(spelled, column_type, model, ctxt);
        if !null && let Some(name) = name_that_may_be_null(&spelled.expr, model) {
            let message = format!(
                "field `{name}` may be NULL, and then this would be; make `{}` an `Option<…>`, or write `coalesce({name}, \
                 …)`",
                field.name
            );
            ctxt.error(place(spelled, name).unwrap_or(generated.span), message);
        }
    }
}

/// A value has one origin.
fn nobody_else_gives_it(field: &FieldAst, name: &str, at: Span, others: &[&str], ctxt: &mut Ctxt) {
    for (other, span) in field.attrs.said().filter(|(other, _)| others.contains(other)) {
        let message = format!(
            "`{other}` cannot be used with `{name}`, by which the database generates the value; leave one out"
        );
        // The second of two is the one that is too much.
        ctxt.error(if other == "generated" { at } else { span }, message);
    }
}

/// PostgreSQL computes no generated column from another; none computes one from itself.
fn sources_are_written(ast: &StructAst, field: &FieldAst, model: &Model, spelled: &Spelled, ctxt: &mut Ctxt) {
    for (name, span) in &spelled.names {
        let other = ast.field(name);
        if *name == field.name {
            ctxt.error(*span, format!("field `{name}` cannot be generated from itself; name other fields"));
        } else if other.is_some_and(|other| other.attrs.generated.is_some()) {
            let message = format!("field `{name}` is generated itself; write out what it is computed from");
            ctxt.error(*span, message);
        } else if model.fields.iter().any(|it| it.name == *name.as_str() && it.relation().is_some()) {
            ctxt.error(*span, format!("field `{name}` is a reference; compute it from plain fields"));
        } else if model.automatic_key().is_some_and(|key| key.name == *name.as_str()) {
            let message = format!(
                "field `{name}` gets its value from the database while the row is written; compute it from other fields"
            );
            ctxt.error(*span, message);
        }
    }
}

fn place(spelled: &Spelled, name: &str) -> Option<Span> {
    spelled.names.iter().find(|(other, _)| other == name).map(|(_, span)| *span)
}

/// Returns a field that makes the whole expression NULL if it is NULL; raw SQL is not analyzed.
fn name_that_may_be_null<'a>(expr: &'a Expr, model: &Model) -> Option<&'a str> {
    match expr {
        Expr::Name(name) => {
            model.fields.iter().any(|field| field.name == *name.as_str() && field.null).then_some(name)
        }
        Expr::Literal(_) | Expr::Raw(_) | Expr::IsNull { .. } | Expr::Variant { .. } => None,
        Expr::Not(operand) | Expr::Neg(operand) | Expr::Like { operand, .. } => {
            name_that_may_be_null(operand, model)
        }
        Expr::Binary { left, right, .. } => {
            name_that_may_be_null(left, model).or_else(|| name_that_may_be_null(right, model))
        }
        Expr::InList { operand, list } => {
            [operand.as_ref()].into_iter().chain(list).find_map(|it| name_that_may_be_null(it, model))
        }
        Expr::Call { function: Function::Coalesce, arguments } => {
            let mut names = arguments.iter().map(|it| name_that_may_be_null(it, model));
            let first = names.next().flatten()?;
            names.all(|name| name.is_some()).then_some(first)
        }
        Expr::Call { arguments, .. } => arguments.iter().find_map(|it| name_that_may_be_null(it, model)),
    }
}

#[cfg(test)]
mod tests {
    use crate::{AsWritten, parse_model};

    fn said(fields: &str) -> Vec<String> {
        let item: syn::DeriveInput = syn::parse_str(&format!("struct Post {{ {fields} }}")).unwrap();
        let errors = parse_model(&item, &AsWritten).err().into_iter().flatten();
        errors.map(|error| error.to_string()).collect()
    }

    #[test]
    fn a_key_that_nobody_counts_says_so() {
        assert_eq!(said("#[field(primary_key, identity = none)] number: i32"), [""; 0]);
        assert_eq!(said("#[field(identity = none)] id: i64"), [""; 0]);
        for fields in ["id: i64, #[field(identity = none)] number: i32", "#[field(identity = none)] id: Uuid"]
        {
            let said = said(fields);
            assert!(said.iter().any(|it| it.contains("`identity")), "{fields}: {said:?}");
        }
    }

    #[test]
    fn words_of_others_for_actions_are_answered_with_ours() {
        for (action, expected) in [
            ("set(1)", "`default = 1, on_delete = set_default`"),
            ("protect", "write `restrict`"),
            ("do_nothing", "write `no_action`"),
        ] {
            let said = said(&format!("id: i64, #[field(on_delete = {action})] author: ForeignKey<Author>"));
            assert_eq!(said.len(), 1, "{action}: {said:?}");
            assert!(said[0].contains(expected), "{action}: {said:?}");
        }
    }

    #[test]
    fn bytes_may_have_a_length() {
        assert_eq!(said("id: i64, #[field(max_length = 16, default = b\"a\")] hash: Vec<u8>"), [""; 0]);
        let long = said("id: i64, #[field(max_length = 1, default = b\"ab\")] hash: Vec<u8>");
        assert!(long[0].starts_with("expected at most 1 bytes (`max_length`)"), "{long:?}");
        assert_eq!(said("id: i64, #[field(max_length = 16)] hashes: Vec<Vec<u8>>").len(), 1);
    }
}
