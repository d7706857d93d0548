//! What the derive adds to a struct with `#[model(abstract)]`, and what its columns are called where it is flattened.

use std::str::FromStr;

use modelshift_syntax::{Flattened, ParsedModel, ident, schema_text, text};
use proc_macro::TokenStream;
use quote::quote;
use syn::{DeriveInput, Path};

use crate::model;
use crate::model::{Member, struct_of_columns};

/// What the names of columns begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prefix {
    /// Nothing, in a model; or what a flattened field says.
    Fixed,
    /// What the struct that flattens this one says, `P`.
    Outer,
}

const SHARED: &str = "::modelshift::shared";

impl Prefix {
    /// Returns a column of the struct itself.
    pub(crate) fn own(self, field: &str, column: &str) -> Member {
        let column = text::quoted(column);
        Member::column(
            field,
            match self {
                Self::Fixed => column,
                Self::Outer => format!("const {{ &{SHARED}::Name::new(P::TEXT, {column}) }}.text()"),
            },
        )
    }

    /// Returns the columns of a struct that is flattened; `number` tells it from others.
    pub(crate) fn embedded(self, number: usize, other: &Flattened) -> Member {
        let field = other.field.as_str();
        let prefix = text::quoted(&other.prefix);
        let (own, item) = if other.prefix.is_empty() {
            (format!("{SHARED}::NoPrefix"), String::new())
        } else {
            let item = format!(
                "#[doc(hidden)] pub struct Prefix{number}; \
                 impl {SHARED}::Prefix for Prefix{number} {{ const TEXT: &'static str = {prefix}; }}"
            );
            (format!("Prefix{number}"), item)
        };
        let whole = match self {
            Self::Fixed => own,
            Self::Outer => format!("{SHARED}::Both<P, {own}>"),
        };
        let path = spelled(&other.shared);
        Member {
            name: ident::spell(field),
            type_name: format!("<{path} as ::modelshift::Abstract>::Columns"),
            value: format!("<{path} as {SHARED}::ColumnsUnder<{whole}>>::COLUMNS"),
            item,
        }
    }
}

fn spelled(path: &Path) -> String {
    quote!(#path).to_string()
}

/// Returns the implementation of `Abstract`, and the constant of the columns.
pub(crate) fn items(item: &DeriveInput, parsed: &ParsedModel) -> TokenStream {
    let columns = model::columns(parsed, Prefix::Outer);
    implementation(item, &columns, &model::key(item, parsed).to_string(), &schema_text(parsed))
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
