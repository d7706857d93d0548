//! A struct -> what the derive adds to it: as little code as will do.
//!
//! The code is written as text and lexed by the compiler in one go: for a macro that is not optimized, which is what a
//! debug build has, that takes a fraction of the time that putting token by token together takes.

use std::fmt::Write;
use std::str::FromStr;

use modelshift_syntax::{AsWritten, Flattened, ParsedModel, ident, parse_model, schema_text, text};
use proc_macro::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Field, Fields, Path, Type};

use crate::{abstract_struct, choices, fallback, lookup};

/// Expands the derive. Errors come with working items, so that one mistake gives one message.
pub(crate) fn model(item: &DeriveInput) -> TokenStream {
    match parse_model(item, &AsWritten) {
        Ok(parsed) => {
            let found = lookup::model(item, &parsed);
            // What cannot be flattened has no columns, which the compiler would say again.
            let mut items = if found.is_flattened_wrong {
                fallback::model(item)
            } else if parsed.is_abstract {
                abstract_struct::items(item, &parsed)
            } else {
                items(item, &parsed, &found.table)
            };
            if found.errors.is_empty() {
                items.extend(choices::agreements(item, &parsed, &found.choices));
                items.extend(mentions(&parsed));
            }
            items.extend(found.errors.iter().map(|error| TokenStream::from(error.to_compile_error())));
            items.extend(lookup::watch_off());
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
    let columns = columns(parsed, abstract_struct::Prefix::Fixed);
    implementation(item, &Parts { columns, key: key(item, parsed), table, schema: &schema_text(parsed) })
}

/// Says the models that attributes name where the compiler reads: an import that only they need is used then.
fn mentions(parsed: &ParsedModel) -> TokenStream {
    let mention = |path: &Path| quote_spanned!(path.span() => const _: ::core::marker::PhantomData<#path> = ::core::marker::PhantomData;);
    parsed.models_in_attributes().map(|path| TokenStream::from(mention(path))).collect()
}

/// Returns the columns of a struct, and in their place those of the structs that it flattens.
pub(crate) fn columns(parsed: &ParsedModel, prefix: abstract_struct::Prefix) -> Vec<Member> {
    let mut columns = Vec::new();
    let mut flattened = parsed.flattened.iter().peekable();
    for (position, field) in parsed.written.model.fields.iter().enumerate() {
        while let Some(other) = flattened.next_if(|other| other.position <= position) {
            columns.push(prefix.embedded(columns.len(), other));
        }
        if field.has_column() {
            columns.push(prefix.own(field.name.as_str(), field.column_name().as_str()));
        }
    }
    for other in flattened {
        columns.push(prefix.embedded(columns.len(), other));
    }
    columns
}

/// Returns the type of the primary key, in the order of its fields, which may be that of the one struct that is flattened.
pub(crate) fn key(item: &DeriveInput, parsed: &ParsedModel) -> proc_macro2::TokenStream {
    let model = &parsed.written.model;
    let is_it =
        |field: &&Field, key: &str| field.ident.as_ref().is_some_and(|ident| ident::name(ident) == key);
    let own = model.primary_key().filter_map(|key| named(item).find(|field| is_it(field, key.name.as_str())));
    let keys: Vec<&Type> = own.map(|field| &field.ty).collect();
    match (keys.as_slice(), parsed.flattened.as_slice()) {
        ([], [Flattened { shared, .. }]) => quote!(<#shared as ::modelshift::Abstract>::Key),
        ([key], _) => key.to_token_stream(),
        (keys, _) => quote!((#(#keys),*)),
    }
}

/// What is to be said of a struct.
pub(crate) struct Parts<'a> {
    pub(crate) columns: Vec<Member>,
    pub(crate) key: proc_macro2::TokenStream,
    pub(crate) table: &'a str,
    pub(crate) schema: &'a str,
}

/// A field of the struct of columns, as text.
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) type_name: String,
    pub(crate) value: String,
    /// What must stand beside it.
    pub(crate) item: String,
}

impl Member {
    /// Returns a column by its name.
    pub(crate) fn column(field: &str, value: String) -> Self {
        Self { name: ident::spell(field), type_name: "&'static str".to_owned(), value, item: String::new() }
    }
}

/// Returns the struct of columns with its value, and what must stand beside both.
pub(crate) fn struct_of_columns(name: &str, columns: &[Member]) -> (String, String) {
    let (mut fields, mut values, mut items) = (String::new(), String::new(), String::new());
    for Member { name, type_name, value, item } in columns {
        // Writing into a `String` cannot fail.
        let _ = write!(fields, "pub {name}: {type_name},");
        let _ = write!(values, "{name}: {value},");
        items.push_str(item);
    }
    let definition = format!("#[doc(hidden)] pub struct {name}Columns {{ {fields} }} {items}");
    (definition, format!("{name}Columns {{ {values} }}"))
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
    let model = |key: &str| {
        format!(
            "impl ::modelshift::Model for {ident} {{ type Key = {key}; const TABLE: &'static str = {table}; \
             const SCHEMA: &'static str = {schema}; }}"
        )
    };
    let columns = format!(
        "const _: () = {{ {definition} impl {ident} {{ #[doc = \"The columns of the table.\"] \
         pub const COLUMNS: {name}Columns = {value}; }} }};"
    );
    let key = &parts.key;
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

/// Returns the fields that have names.
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
