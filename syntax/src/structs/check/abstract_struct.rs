//! Rules over structs that others flatten, and over the fields by which they do.

use crate::grammar::ctxt::Ctxt;
use crate::structs::ast::StructAst;
use crate::structs::attr::constraint::ConstraintAttr;

pub(super) fn check(ast: &StructAst, ctxt: &mut Ctxt) {
    an_abstract_struct_has_no_table(ast, ctxt);
    names_are_left_to_the_models(ast, ctxt);
    flatten_stands_alone(ast, ctxt);
}

/// An abstract struct has no table, so attributes of tables have no meaning.
fn an_abstract_struct_has_no_table(ast: &StructAst, ctxt: &mut Ctxt) {
    let attrs = &ast.attrs;
    if attrs.is_abstract.is_none() {
        return;
    }
    let of_tables = [
        ("name", attrs.name.as_ref().map(|at| at.span)),
        ("table", attrs.table.as_ref().map(|at| at.span)),
        ("schema", attrs.schema.as_ref().map(|at| at.span)),
        ("comment", attrs.comment.as_ref().map(|at| at.span)),
        ("managed", attrs.managed.as_ref().map(|at| at.span)),
        ("sqlite", attrs.sqlite.as_ref().map(|at| at.span)),
        ("primary_key", attrs.primary_key.as_ref().map(|at| at.span)),
        ("natural_key", attrs.natural_key.as_ref().map(|at| at.span)),
        ("renamed_from", attrs.renamed_from.as_ref().map(|at| at.span)),
        ("new", attrs.new.as_ref().map(|at| at.span)),
    ];
    for (name, span) in of_tables {
        let Some(span) = span else { continue };
        let message = format!("`{name}` cannot be used with `abstract`, which has no table; leave it out");
        ctxt.error(span, message);
    }
}

/// One name cannot be that of an index of every model that flattens the struct.
fn names_are_left_to_the_models(ast: &StructAst, ctxt: &mut Ctxt) {
    if ast.attrs.is_abstract.is_none() {
        return;
    }
    let of_indexes = ast.attrs.indexes.iter().map(|index| index.name.as_ref());
    let of_constraints = ast.attrs.constraints.iter().map(ConstraintAttr::name);
    for name in of_indexes.chain(of_constraints).flatten() {
        let message = "`name` cannot be used with `abstract`, since every model has its own; leave it out, and it \
                       comes of the model's table";
        ctxt.error(name.span, message);
    }
}

/// Attributes of a column belong to the struct that has the column.
fn flatten_stands_alone(ast: &StructAst, ctxt: &mut Ctxt) {
    for field in &ast.fields {
        let attrs = &field.attrs;
        if let Some(prefix) = attrs.prefix.as_ref().filter(|_| attrs.flatten.is_none()) {
            ctxt.error(
                prefix.span,
                "`prefix` cannot be used without `flatten`; write `column = \"…\"` for another name",
            );
        }
        let Some(flatten) = &attrs.flatten else { continue };
        if attrs.skip.is_some() {
            ctxt.error(flatten.span, "`flatten` cannot be used with `skip`; keep one of them");
            continue;
        }
        let prefix = attrs.prefix.as_ref().map_or("", |prefix| prefix.value.as_str());
        if let Some(earlier) = attrs.renamed_from.as_ref().filter(|earlier| earlier.value == prefix) {
            let message =
                "`renamed_from` names the prefix itself; expected the one that the names began with before";
            ctxt.error(earlier.span, message);
        }
        // What names began with is said where they begin with something else.
        for (name, span) in attrs.said().filter(|(name, _)| *name != "renamed_from") {
            let message = format!(
                "`{name}` cannot be used with `flatten`; say it at the field of the struct that is flattened"
            );
            ctxt.error(span, message);
        }
    }
}

/// Two fields of one name would be one column. Returns whether there are none.
pub(super) fn fields_differ(ast: &StructAst, ctxt: &mut Ctxt) -> bool {
    let mut differ = true;
    for (position, field) in ast.fields.iter().enumerate() {
        let Some(earlier) = ast.fields[..position].iter().find(|earlier| earlier.name == field.name) else {
            continue;
        };
        // The field by which the other comes is where a prefix can be given.
        let place = if field.shared.is_some() { field } else { earlier };
        let name = &field.name;
        let message = format!(
            "duplicate field `{name}`: a struct that is flattened here has it too; rename one of the two, or give a \
             prefix, such as `#[field(flatten, prefix = \"billing_\")]`"
        );
        ctxt.error(place.span, message);
        differ = false;
    }
    differ
}
