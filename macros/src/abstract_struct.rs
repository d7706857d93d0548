//! What the derive adds to a struct with `#[model(abstract)]`, and the constant of its columns.

use std::str::FromStr;

use modelshift_syntax::{ParsedModel, ident, schema_text, text};
use proc_macro::TokenStream;
use syn::DeriveInput;

use crate::columns;
use crate::columns::{Member, Prefix, struct_of_columns};

const SHARED: &str = "::modelshift::shared";

/// Returns the implementation of `Abstract`, and the constant of the columns.
pub(crate) fn items(item: &DeriveInput, parsed: &ParsedModel) -> TokenStream {
    let members = columns::columns(parsed, Prefix::Outer);
    implementation(item, &members, &columns::key(item, parsed).to_string(), &schema_text(parsed))
}

/// Returns the implementation of `Abstract` for these columns.
pub(crate) fn implementation(item: &DeriveInput, columns: &[Member], key: &str, schema: &str) -> TokenStream {
    let name = ident::name(&item.ident);
    let (ident, schema) = (ident::spell(&name), text::raw(schema));
    let (definition, value) = struct_of_columns(&name, columns);
    let code = format!(
        "const _: () = {{ {definition} \
         impl ::modelshift::Abstract for {ident} {{ type Key = {key}; type Columns = {name}Columns; \
         const SCHEMA: &'static str = {schema}; }} \
         impl<P: {SHARED}::Prefix> {SHARED}::ColumnsUnder<P> for {ident} {{ const COLUMNS: {name}Columns = {value}; }} \
         impl {ident} {{ #[doc = \"The columns, as they are named without a prefix.\"] \
         pub const COLUMNS: {name}Columns = <Self as {SHARED}::ColumnsUnder<{SHARED}::NoPrefix>>::COLUMNS; }} }};"
    );
    TokenStream::from_str(&code).unwrap_or_default()
}
