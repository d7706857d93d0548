//! The derives and macros of modelshift; use them through the crate `modelshift`.

#![forbid(unsafe_code)]

mod abstract_struct;
mod choices;
mod columns;
mod data_files;
mod derive;
mod fallback;
mod lookup;
mod migration;
mod migrations;
mod model;
mod row;

use modelshift_syntax::nesting::{self, Limit};
use proc_macro::TokenStream;
use syn::DeriveInput;

#[doc = include_str!("../docs/model.md")]
#[proc_macro_derive(Model, attributes(model, field))]
pub fn derive_model(input: TokenStream) -> TokenStream {
    within_limits(input, derive::expand)
}

#[doc = include_str!("../docs/choices.md")]
#[proc_macro_derive(Choices, attributes(choices, choice))]
pub fn derive_choices(input: TokenStream) -> TokenStream {
    within_limits(input, choices::expand)
}

#[doc = include_str!("../docs/migration.md")]
#[proc_macro]
pub fn migration(input: TokenStream) -> TokenStream {
    migration::expand(input)
}

/// Declares a module for every migration that lies in the folder beside the file, and `pub fn all() -> Migrations`.
///
/// An app of its own goes by its label: `modelshift::migrations!(blog);`.
#[proc_macro]
pub fn migrations(input: TokenStream) -> TokenStream {
    let mut items = migrations::expand(input.into());
    items.extend(proc_macro2::TokenStream::from(lookup::watch_off()));
    items.into()
}

/// Parses an item that does not nest too deep, and expands it.
fn within_limits(input: TokenStream, expand: fn(&DeriveInput) -> TokenStream) -> TokenStream {
    let checked = nesting::check(input.clone().into(), Limit::ITEM);
    match checked.and_then(|()| syn::parse(input)) {
        Ok(item) => expand(&item),
        Err(error) => error.to_compile_error().into(),
    }
}
