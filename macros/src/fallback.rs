//! What the derive emits for a struct that is wrong: items that work, so that one mistake gives one message.

use modelshift_syntax::ident;
use proc_macro::TokenStream;
use syn::{DeriveInput, Type, parse_quote};

use crate::expand::{Parts, implementation, named};

/// Gives an implementation in which only the names are right.
pub(crate) fn model(item: &DeriveInput) -> TokenStream {
    if !item.generics.params.is_empty() {
        // `Columns` could not be told apart for every choice of parameters; nothing else can be said either.
        return TokenStream::new();
    }
    let names: Vec<String> = named(item).filter_map(|field| field.ident.as_ref()).map(ident::name).collect();
    let columns = names.iter().map(|name| (name.as_str(), name.clone())).collect();
    let id = named(item).find(|field| field.ident.as_ref().is_some_and(|name| name == "id"));
    let fallback: Type = parse_quote!(i64);
    let key = id.map_or(&fallback, |field| &field.ty);
    implementation(item, &Parts { columns, keys: vec![key], table: "", schema: "" })
}
