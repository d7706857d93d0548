//! `derive(Model)`: what the struct gets, and what is wrong with it.

use modelshift_syntax::{AsWritten, ParsedModel, parse_model};
use proc_macro::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{DeriveInput, Path};

use crate::{abstract_struct, choices, fallback, lookup, model, row};

/// Expands the derive. Errors come with working items, so that one mistake is one message.
pub(crate) fn expand(item: &DeriveInput) -> TokenStream {
    match parse_model(item, &AsWritten) {
        Ok(parsed) => {
            let found = lookup::model(item, &parsed);
            // What cannot be flattened has no columns, which the compiler would say again.
            let mut items = if found.is_flattened_wrong {
                fallback::model(item)
            } else if parsed.is_abstract {
                abstract_struct::items(item, &parsed)
            } else {
                model::items(item, &parsed, &found.table)
            };
            if !found.is_flattened_wrong {
                items.extend(TokenStream::from(row::items(item, &parsed)));
            }
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

/// Names the models of attributes in code, so that an import that only attributes need is used.
fn mentions(parsed: &ParsedModel) -> TokenStream {
    parsed.models_in_attributes().map(|path| TokenStream::from(mention(path))).collect()
}

fn mention(path: &Path) -> proc_macro2::TokenStream {
    quote_spanned!(path.span() => const _: ::core::marker::PhantomData<#path> = ::core::marker::PhantomData;)
}
