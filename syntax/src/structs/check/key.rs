//! Rules over `primary_key(…)` and `natural_key(…)` of a struct.

use modelshift_schema::model::Model;

use super::objects;
use crate::grammar::ctxt::Ctxt;
use crate::structs::ast::StructAst;

/// Checks the keys that a struct declares: the primary key with all its fields, in order, and the natural key.
pub(super) fn check(ast: &StructAst, model: &Model, ctxt: &mut Ctxt) {
    if let Some(key) = ast.attrs.natural_key.as_ref().filter(|_| ast.attrs.is_abstract.is_none()) {
        objects::plain(ast, model, &key.value, ctxt);
    }
    let Some(key) = ast.attrs.primary_key.as_ref().filter(|_| ast.attrs.is_abstract.is_none()) else {
        return;
    };
    objects::plain(ast, model, &key.value, ctxt);
    if let [only] = key.value.as_slice() {
        let message = format!(
            "expected two fields or more, whose order counts; write `#[field(primary_key)]` at `{}`",
            only.value
        );
        ctxt.error(only.span, message);
    }
    for field in ast.columns() {
        let Some(said) = &field.attrs.primary_key else { continue };
        // A mistake of another struct is reported where it is flattened.
        let span = if field.shared.is_some() { field.span } else { said.span };
        let remedy = if ast.attrs.has_in_key(&field.name) {
            "leave it out".to_owned()
        } else {
            format!("add `{}` there, or leave it out", field.name)
        };
        let message = format!(
            "`primary_key` cannot be used at a field beside `#[model(primary_key(…))]`, which names the whole key; {remedy}"
        );
        ctxt.error(span, message);
    }
}
