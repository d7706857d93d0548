//! Rules over several attributes of a struct: each may be valid, and both together invalid.
//!
//! They apply to structs in source. A migration is history: it stays readable, whatever rule is added
//! later, so only the grammar itself applies to it.
//!
//! A struct that flattens others is looked at twice: by itself, where names that it does not know may be those of the
//! other structs, and by the build script with their fields in it ([`embedded`]).

mod abstract_struct;
mod field;
mod generated;
mod key;
mod kinds;
mod objects;

use modelshift_schema::expr::Literal;
use modelshift_schema::model::Model;

use crate::grammar::ctxt::Ctxt;
use crate::structs::ast::StructAst;
use crate::structs::enums;

/// Notes every contradiction in a struct.
pub(crate) fn model(ast: &StructAst, model: &Model, ctxt: &mut Ctxt) {
    abstract_struct::check(ast, ctxt);
    key_is_there(ast, ctxt);
    key::check(ast, model, ctxt);
    columns_differ(ast, model, ctxt);
    hints_agree(ast, ctxt);
    table_is_of_no_schema(ast, ctxt);
    for field in &ast.fields {
        self::field::check(ast, field, model, ctxt);
    }
    objects::check(ast, model, ctxt);
    values_fit(ast, ctxt);
}

/// Reports contradictions between the fields of flattened structs and those of the struct.
///
/// `ast` has all fields and the attributes of the struct alone: what the other structs say was looked at by itself.
pub(crate) fn embedded(ast: &StructAst, model: &Model, ctxt: &mut Ctxt) {
    if !abstract_struct::fields_differ(ast, ctxt) {
        return;
    }
    if model.primary_key().next().is_none() && ast.attrs.is_abstract.is_none() {
        ctxt.error(ast.ident.span(), NO_KEY);
    }
    key::check(ast, model, ctxt);
    columns_differ(ast, model, ctxt);
    for field in ast.fields.iter().filter(|field| field.shared.is_none()) {
        self::field::check(ast, field, model, ctxt);
    }
    objects::check(ast, model, ctxt);
}

const NO_KEY: &str =
    "expected a primary key, such as a field `id: i64`, or `#[field(primary_key)]` on another field";

/// A row that nothing names can be neither referred to nor changed, and SQLite's rebuild would lose its order.
fn key_is_there(ast: &StructAst, ctxt: &mut Ctxt) {
    let mut columns = ast.columns();
    let has_key = columns.any(|field| field.name == "id") || ast.has_said_key();
    // If the fields cannot be read, that is reported already.
    let is_unread = ast.fields.is_empty() && ctxt.count() > 0;
    if has_key || is_unread || ast.attrs.is_abstract.is_some() {
        return;
    }
    // A flattened struct may have it.
    match ast.flattened().count() {
        0 => ctxt.error(ast.ident.span(), NO_KEY),
        1 => {}
        _ => ctxt.error(
            ast.ident.span(),
            "expected a primary key among the fields of the struct itself, such as `id: i64`, since more than one \
             struct is flattened",
        ),
    }
}

/// `author: ForeignKey<Author>` has the column `author_id`, which a field `author_id` has as well. Case does not count:
/// SQLite and MySQL take `Name` and `name` for one column.
fn columns_differ(ast: &StructAst, model: &Model, ctxt: &mut Ctxt) {
    let with_columns = model.fields.iter().filter(|field| field.has_column());
    let columns: Vec<_> = with_columns.map(|field| (field, field.column_name())).collect();
    for (position, (field, column)) in columns.iter().enumerate() {
        let mut earlier = columns[..position].iter();
        let owner = earlier.find(|(_, other)| other.as_str().eq_ignore_ascii_case(column.as_str()));
        let Some((owner, _)) = owner else { continue };
        if let Some(place) = ast.field(field.name.as_str()) {
            let message = format!(
                "duplicate column `{column}`: fields `{}` and `{}` both have it; give one of them \
                 `#[field(column = \"…\")]`, or drop the one that only repeats the reference",
                owner.name, field.name
            );
            ctxt.error(place.span, message);
        }
    }
}

/// A name with a dot would be the name of one table, and not of a table in a schema.
fn table_is_of_no_schema(ast: &StructAst, ctxt: &mut Ctxt) {
    let Some(table) = &ast.attrs.table else { return };
    if let Some((schema, name)) = table.value.rsplit_once('.') {
        let message = format!(
            "`table` names a table of the schema `{schema}`, which has an attribute of its own; write \
             `#[model(schema = \"{schema}\", table = \"{name}\")]`"
        );
        ctxt.error(table.span, message);
    }
}

/// `renamed_from` is the earlier name of the model.
fn hints_agree(ast: &StructAst, ctxt: &mut Ctxt) {
    let attrs = &ast.attrs;
    let Some(renamed) = &attrs.renamed_from else { return };
    if renamed.value == ast.name() {
        ctxt.error(
            renamed.span,
            "`renamed_from` names the struct itself; expected the name that it had before",
        );
    }
}

/// Reports values of described enums that a variant cannot have.
fn values_fit(ast: &StructAst, ctxt: &mut Ctxt) {
    for said in ast.fields.iter().filter_map(|field| field.attrs.choices.choices.as_ref()) {
        let (_, variants) = &said.value;
        let texts = variants.iter().filter_map(|variant| match &variant.value {
            Literal::Text(text) => Some(text),
            Literal::Bool(_) | Literal::Int(_) | Literal::Float(_) | Literal::Bytes(_) => None,
        });
        for wrong in texts.filter_map(|text| enums::unfit(text)) {
            ctxt.error(said.span, wrong);
        }
    }
}
