//! The code for a struct with mistakes: items that compile, so that one mistake is one message.

use modelshift_syntax::{ident, is_abstract, text};
use proc_macro::TokenStream;
use quote::ToTokens;
use syn::{DeriveInput, Field, Type, parse_quote};

use crate::abstract_struct;
use crate::columns::{Member, named};
use crate::model::{Parts, implementation};
use crate::row;

/// Returns an implementation in which only the names are right.
pub(crate) fn model(item: &DeriveInput) -> TokenStream {
    if !item.generics.params.is_empty() {
        // `Columns` could not be told apart for every choice of parameters; nothing else can be said either.
        return TokenStream::new();
    }
    let columns: Vec<Member> = named(item).filter_map(member).collect();
    let id = named(item).find(|field| field.ident.as_ref().is_some_and(|name| name == "id"));
    let fallback: Type = parse_quote!(i64);
    let key = id.map_or(&fallback, |field| &field.ty).to_token_stream();
    let mut items = TokenStream::from(row::fallback(item));
    items.extend(if is_abstract(&item.attrs) {
        abstract_struct::implementation(item, &columns, &key.to_string(), "")
    } else {
        implementation(item, &Parts { columns, key, table: "", schema: "" })
    });
    items
}

/// Returns the column that a field may have; the fields of a flattened struct are left out.
fn member(field: &Field) -> Option<Member> {
    let name = ident::name(field.ident.as_ref()?);
    let is_flattened = field.attrs.iter().any(|attribute| {
        attribute.path().is_ident("field") && attribute.meta.to_token_stream().to_string().contains("flatten")
    });
    (!is_flattened).then(|| Member::column(&name, text::quoted(&name)))
}
