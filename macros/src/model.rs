//! A struct -> the code that the derive adds to it, as little as possible.
//!
//! The code is written as text and lexed by the compiler in one go: for a macro that is not optimized, which is what a
//! debug build has, that takes a fraction of the time that putting token by token together takes.

use std::str::FromStr;

use modelshift_syntax::{ParsedModel, ident, schema_text, text};
use proc_macro::TokenStream;
use quote::quote;
use syn::DeriveInput;

use crate::columns::{self, Member, Prefix, struct_of_columns};

/// Returns the items of a model that is right.
pub(crate) fn items(item: &DeriveInput, parsed: &ParsedModel, table: &str) -> TokenStream {
    let (columns, key) = (columns::columns(parsed, Prefix::Fixed), columns::key(item, parsed));
    implementation(item, &Parts { columns, key, table, schema: &schema_text(parsed) })
}

/// The parts of the implementation of a struct.
pub(crate) struct Parts<'a> {
    pub(crate) columns: Vec<Member>,
    pub(crate) key: proc_macro2::TokenStream,
    pub(crate) table: &'a str,
    pub(crate) schema: &'a str,
}

/// Returns the implementation of `Model` and the constant of the columns.
///
/// The struct of the columns stands in a nameless constant, so that it takes no name from the user's module; its own
/// name is what an editor shows.
pub(crate) fn implementation(item: &DeriveInput, parts: &Parts<'_>) -> TokenStream {
    let name = ident::name(&item.ident);
    let ident = ident::spell(&name);
    let (table, schema) = (text::quoted(parts.table), text::raw(parts.schema));
    let (definition, value) = struct_of_columns(&name, &parts.columns);
    let columns = format!(
        "const _: () = {{ {definition} impl {ident} {{ #[doc = \"The columns of the table.\"] \
         pub const COLUMNS: {name}Columns = {value}; }} }};"
    );
    let key = &parts.key;
    let code = format!(
        "impl ::modelshift::Model for {ident} {{ type Key = {key}; const TABLE: &'static str = {table}; \
         const SCHEMA: &'static str = {schema}; }}{columns}"
    );
    // The type of a key may hold what is no text, such as the `$crate` of a macro.
    TokenStream::from_str(&code).unwrap_or_else(|_| {
        let (ident, table, schema) = (&item.ident, parts.table, parts.schema);
        let columns = TokenStream::from_str(&columns).unwrap_or_default();
        let model = quote! {
            impl ::modelshift::Model for #ident {
                type Key = #key;
                const TABLE: &'static str = #table;
                const SCHEMA: &'static str = #schema;
            }
        };
        [TokenStream::from(model), columns].into_iter().collect()
    })
}
