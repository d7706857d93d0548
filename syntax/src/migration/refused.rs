//! What structs may have, and migrations may not.

use modelshift_schema::expr::Expr;
use modelshift_schema::operation::Operation;
use syn::Ident;

use crate::grammar::ctxt::Ctxt;
use crate::structs::ast::FieldAst;

pub(super) const HINT: &str = "`renamed_from`, `new`, `keep_rows`, `keep_values`, `was`, `filled`, `skip`, `abstract`, `from_row` and `flatten` cannot be used in a migration; they are for \
     structs, leave them out";

pub(super) fn refuse_hints(field: &FieldAst, ctxt: &mut Ctxt) {
    let attrs = &field.attrs;
    let renamed_from = attrs.renamed_from.as_ref().map(|at| at.span);
    let was = attrs.was.as_ref().map(|at| at.span);
    let flags =
        [&attrs.new, &attrs.keep_rows, &attrs.keep_values, &attrs.filled, &attrs.skip, &attrs.flatten]
            .map(Option::as_ref);
    let said = flags.into_iter().flatten().map(|at| at.span).chain(renamed_from).chain(was);
    said.for_each(|span| ctxt.error(span, HINT));
}

/// Only an existing variant can be renamed or removed.
pub(super) fn refuse_moves(field: &FieldAst, ctxt: &mut Ctxt) {
    let moves = [&field.attrs.choices.renamed, &field.attrs.choices.removed];
    for moves in moves.into_iter().flatten() {
        ctxt.error(moves.span, "`renamed(…)` and `removed(…)` are for `AlterField`; leave them out");
    }
}

/// The value of a variant is known in the source of its enum only, so a migration has values.
pub(super) fn refuse_variants(operation: &Operation, word: &Ident, ctxt: &mut Ctxt) {
    let mut found = None;
    for expr in operation.behaviour().expressions() {
        expr.visit(&mut |node| {
            if let Expr::Variant { choices, variant } = node {
                found = found.take().or_else(|| Some(format!("{choices}::{variant}")));
            }
        });
    }
    if let Some(variant) = found {
        let message =
            format!("expected a value in place of `{variant}`, such as `\"draft\"`: what the column holds");
        ctxt.error(word.span(), message);
    }
}
