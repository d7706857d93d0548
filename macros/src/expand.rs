//! A struct -> what the derive adds to it: as little code as will do.

use modelshift_schema::hints::SourceModel;
use modelshift_syntax::{AsWritten, ParsedModel, ident, parse_model};
use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Data, DeriveInput, Field, Fields, Ident, Type};

use crate::{fallback, lookup};

/// Expands the derive. Errors come with working items, so that one mistake gives one message.
pub(crate) fn model(item: &DeriveInput) -> TokenStream {
    match parse_model(item, &AsWritten) {
        Ok(parsed) => {
            let found = lookup::model(&parsed);
            let errors = found.errors.iter().map(syn::Error::to_compile_error);
            let items = items(item, &parsed, &found.table);
            quote!(#(#errors)* #items)
        }
        Err(error) => {
            let error = error.to_compile_error();
            let items = fallback::model(item);
            quote!(#error #items)
        }
    }
}

fn items(item: &DeriveInput, parsed: &ParsedModel, table: &str) -> TokenStream {
    let model = &parsed.written.model;
    let mut columns = Vec::new();
    let mut keys = Vec::new();
    for field in named(item) {
        let Some(ident) = &field.ident else { continue };
        let name = ident::name(ident);
        let Some(lowered) = model.fields.iter().find(|lowered| lowered.name == name.as_str()) else {
            continue;
        };
        columns.push((ident, lowered.column_name().as_str().to_owned()));
        if lowered.primary_key {
            keys.push(&field.ty);
        }
    }
    implementation(item, &Parts { columns, keys, table, schema: &schema(&parsed.written) })
}

/// What is to be said of a struct.
pub(crate) struct Parts<'a> {
    pub(crate) columns: Vec<(&'a Ident, String)>,
    pub(crate) keys: Vec<&'a Type>,
    pub(crate) table: &'a str,
    pub(crate) schema: &'a str,
}

/// Gives the implementation of `Model` and the constant of the columns.
///
/// The struct of the columns stands in a nameless constant, so that it takes no name from the user's module; its own
/// name is what an editor shows.
pub(crate) fn implementation(item: &DeriveInput, parts: &Parts<'_>) -> TokenStream {
    let Parts { columns, keys, table, schema } = parts;
    let ident = &item.ident;
    let (impl_generics, type_generics, where_clause) = item.generics.split_for_impl();
    let key = match keys.as_slice() {
        [key] => quote!(#key),
        keys => quote!((#(#keys),*)),
    };
    let type_name = format_ident!("{}Columns", ident);
    let names: Vec<&Ident> = columns.iter().map(|(name, _)| *name).collect();
    let texts = columns.iter().map(|(_, text)| text);
    quote! {
        impl #impl_generics ::modelshift::Model for #ident #type_generics #where_clause {
            type Key = #key;
            const TABLE: &'static str = #table;
            const SCHEMA: &'static str = #schema;
        }
        const _: () = {
            #[doc(hidden)]
            #[allow(missing_debug_implementations, non_snake_case)]
            pub struct #type_name { #(pub #names: ::modelshift::Column),* }
            impl #impl_generics #ident #type_generics #where_clause {
                #[doc = "The columns of the table."]
                #[allow(dead_code)]
                pub const COLUMNS: #type_name = #type_name { #(#names: ::modelshift::Column(#texts)),* };
            }
        };
    }
}

/// Gives the fields that have names.
pub(crate) fn named(item: &DeriveInput) -> impl Iterator<Item = &Field> {
    let fields = match &item.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => Some(&fields.named),
            Fields::Unnamed(_) | Fields::Unit => None,
        },
        Data::Enum(_) | Data::Union(_) => None,
    };
    fields.into_iter().flatten()
}

fn schema(source: &SourceModel) -> String {
    // Our own trees have no map keys that JSON cannot say, so an error cannot arise.
    serde_json::to_string(source).unwrap_or_default()
}
