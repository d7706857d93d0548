//! Checks that the types of fields are those that the grammar assumes.
//!
//! The grammar reads names: `Uuid` is a UUID. Another type with such a name, of the crate or by `use … as`, is not, and its
//! field must declare how it is stored.

use std::collections::BTreeMap;

use modelshift_schema::name::FieldName;
use modelshift_syntax::findings::FoundQuestion;
use proc_macro2::{TokenStream, TokenTree};
use syn::{Field, GenericArgument, PathArguments, Type};

use crate::resolve::{Target, resolve};
use crate::scan::crate_tree::{Found, Tree};
use crate::scan::modules::plain;

/// Returns a question for each field whose type has a known name and is another type.
///
/// The fields in `named` are checked elsewhere.
pub(crate) fn questions(
    found: &Found,
    tree: &Tree,
    named: &BTreeMap<FieldName, syn::Path>,
) -> Vec<FoundQuestion> {
    let syn::Data::Struct(data) = &found.item.data else { return Vec::new() };
    let undeclared = data.fields.iter().filter(|field| {
        let name = field.ident.as_ref().map(plain).unwrap_or_default();
        let is_declared = ["as", "skip", "flatten", "choices"].iter().any(|key| has_attribute(field, key));
        !is_declared && !named.contains_key(&FieldName::new(name))
    });
    undeclared.filter_map(|field| question(field, found, tree)).collect()
}

fn question(field: &Field, found: &Found, tree: &Tree) -> Option<FoundQuestion> {
    let mut paths = Vec::new();
    named_types(&field.ty, &mut paths);
    let (name, meant) = paths.iter().find_map(|path| {
        let name = plain(&path.segments.last()?.ident);
        let meant = match resolve(tree, &found.module, path) {
            Target::Own(module, own) => {
                Some(["crate".to_owned()].into_iter().chain(module).chain([own]).collect::<Vec<_>>())
            }
            Target::Foreign(there) if there.last() != Some(&name) => Some(there),
            Target::Foreign(_) | Target::Module(_) | Target::Unknown => None,
        };
        Some((name, meant?.join("::")))
    })?;
    let ident = plain(field.ident.as_ref()?);
    let message = format!(
        "the type `{name}` of `{model}.{ident}` is `{meant}`, not a type that modelshift knows by that name\n\
         declare how it is stored, with the Rust type of the column: `#[field(as = \"i64\")]`",
        model = found.name()
    );
    Some(FoundQuestion::new(Some(ident), message))
}

/// Collects the paths in a type whose names the grammar reads, without the target of a relation.
fn named_types<'a>(ty: &'a Type, paths: &mut Vec<&'a syn::Path>) {
    if let Type::Group(group) = ty {
        named_types(&group.elem, paths);
    } else if let Type::Paren(paren) = ty {
        named_types(&paren.elem, paths);
    } else if let Type::Path(path) = ty
        && path.qself.is_none()
    {
        paths.push(&path.path);
        let Some(last) = path.path.segments.last() else { return };
        let PathArguments::AngleBracketed(arguments) = &last.arguments else { return };
        if ["ForeignKey", "OneToOne", "ManyToMany"].iter().any(|relation| last.ident == relation) {
            return;
        }
        for argument in &arguments.args {
            if let GenericArgument::Type(inner) = argument {
                named_types(inner, paths);
            }
        }
    }
}

/// Returns whether a `#[field(…)]` has the key at its top level.
fn has_attribute(field: &Field, key: &str) -> bool {
    let lists = field.attrs.iter().filter(|attribute| attribute.path().is_ident("field"));
    lists.filter_map(|attribute| attribute.meta.require_list().ok()).any(|list| has_key(&list.tokens, key))
}

fn has_key(tokens: &TokenStream, key: &str) -> bool {
    let mut at_start = true;
    for token in tokens.clone() {
        if at_start && matches!(&token, TokenTree::Ident(ident) if ident == key) {
            return true;
        }
        at_start = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ',');
    }
    false
}
