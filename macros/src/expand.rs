//! A struct -> what the derive adds to it: as little code as will do.
//!
//! The code is written as text and lexed by the compiler in one go: for a macro that is not optimized, which is what a
//! debug build has, that takes a fraction of the time that putting token by token together takes.

use std::fmt::Write;
use std::str::FromStr;

use modelshift_syntax::{AsWritten, ParsedModel, ident, parse_model, text};
use proc_macro::TokenStream;
use quote::{ToTokens, quote};
use syn::{Data, DeriveInput, Field, Fields, Type};

use crate::{fallback, lookup};

/// Expands the derive. Errors come with working items, so that one mistake gives one message.
pub(crate) fn model(item: &DeriveInput) -> TokenStream {
    match parse_model(item, &AsWritten) {
        Ok(parsed) => {
            let found = lookup::model(&parsed);
            let mut items = items(item, &parsed, &found.table);
            items.extend(found.errors.iter().map(|error| TokenStream::from(error.to_compile_error())));
            items
        }
        Err(error) => {
            let mut items = fallback::model(item);
            items.extend([TokenStream::from(error.to_compile_error())]);
            items
        }
    }
}

fn items(item: &DeriveInput, parsed: &ParsedModel, table: &str) -> TokenStream {
    let model = &parsed.written.model;
    let columns: Vec<_> = model
        .fields
        .iter()
        .filter(|field| field.has_column())
        .map(|field| (field.name.as_str(), field.column_name().as_str().to_owned()))
        .collect();
    let is_key = |field: &&Field| {
        let name = field.ident.as_ref().map(ident::name).unwrap_or_default();
        model.primary_key().any(|key| key.name == name.as_str())
    };
    let keys: Vec<&Type> = named(item).filter(is_key).map(|field| &field.ty).collect();
    // Our own trees have no map keys that JSON cannot say, so an error cannot arise.
    let schema = serde_json::to_string(&parsed.written).unwrap_or_default();
    implementation(item, &Parts { columns, keys, table, schema: &schema })
}

/// What is to be said of a struct.
pub(crate) struct Parts<'a> {
    pub(crate) columns: Vec<(&'a str, String)>,
    pub(crate) keys: Vec<&'a Type>,
    pub(crate) table: &'a str,
    pub(crate) schema: &'a str,
}

/// Gives the implementation of `Model` and the constant of the columns.
///
/// The struct of the columns stands in a nameless constant, so that it takes no name from the user's module; its own
/// name is what an editor shows.
pub(crate) fn implementation(item: &DeriveInput, parts: &Parts<'_>) -> TokenStream {
    let name = ident::name(&item.ident);
    let ident = ident::spell(&name);
    let (table, schema) = (text::quoted(parts.table), text::raw(parts.schema));
    let mut fields = String::new();
    let mut values = String::new();
    for (field, column) in &parts.columns {
        let field = ident::spell(field);
        // Writing into a `String` cannot fail.
        let _ = write!(fields, "pub {field}: &'static str,");
        let _ = write!(values, "{field}: {},", text::quoted(column));
    }
    let model = |key: &str| {
        format!(
            "impl ::modelshift::Model for {ident} {{ type Key = {key}; const TABLE: &'static str = {table}; \
             const SCHEMA: &'static str = {schema}; }}"
        )
    };
    let columns = format!(
        "const _: () = {{ \
         #[doc(hidden)] pub struct {name}Columns {{ {fields} }} \
         impl {ident} {{ #[doc = \"The columns of the table.\"] \
         pub const COLUMNS: {name}Columns = {name}Columns {{ {values} }}; }} }};"
    );
    let key = match parts.keys.as_slice() {
        [key] => key.to_token_stream(),
        keys => quote!((#(#keys),*)),
    };
    let code = format!("{}{columns}", model(&key.to_string()));
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
