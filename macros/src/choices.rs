//! An enum -> what the derive adds to it; and the check that a field's enum is the one that the build script saw.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::str::FromStr;

use modelshift_schema::choices::Storage;
use modelshift_schema::expr::Literal;
use modelshift_syntax::{ParsedChoices, ParsedModel, bare_type, choices_hash, ident, parse_choices, text};
use proc_macro::TokenStream;
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{Data, DeriveInput};

use crate::columns::named;
use crate::lookup;

/// Expands the derive. Errors come with working items, so that one mistake is one message.
pub(crate) fn expand(item: &DeriveInput) -> TokenStream {
    match parse_choices(item) {
        Ok(parsed) => {
            let mut items = items(item, &parsed);
            let errors = lookup::choices(&parsed);
            items.extend(errors.iter().map(|error| TokenStream::from(error.to_compile_error())));
            items
        }
        Err(error) => {
            let mut items = fallback(item);
            items.extend([TokenStream::from(error.to_compile_error())]);
            items
        }
    }
}

/// Returns implementations that work where nothing of the enum is known, so that one mistake is one message.
fn fallback(item: &DeriveInput) -> TokenStream {
    if !item.generics.params.is_empty() {
        return TokenStream::new();
    }
    let name = ident::spell(&ident::name(&item.ident));
    let code = format!(
        "impl ::modelshift::Choices for {name} {{ \
         type Value<'a> = &'a str; \
         const ALL: &'static [Self] = &[]; \
         const NAME: &'static str = \"\"; \
         const HASH: u64 = 0; \
         fn value(&self) -> &'static str {{ \"\" }} \
         fn from_value(_: &str) -> ::core::option::Option<Self> {{ ::core::option::Option::None }} }} \
         ::modelshift::__choices_of_sqlx!(text {name});"
    );
    TokenStream::from_str(&code).unwrap_or_default()
}

fn items(item: &DeriveInput, parsed: &ParsedChoices) -> TokenStream {
    let choices = &parsed.choices;
    let name = ident::spell(&choices.name);
    let integer = choices.storage.word().filter(|_| choices.storage.is_integer());
    let (mut all, mut values, mut found) = (String::new(), String::new(), String::new());
    let Data::Enum(data) = &item.data else { return TokenStream::new() };
    for (variant, choice) in data.variants.iter().zip(&choices.variants) {
        let (variant, value) = (&variant.ident, literal(&choice.value));
        // Writing into a `String` cannot fail.
        let _ = write!(all, "Self::{variant},");
        let _ = write!(values, "Self::{variant} => {value},");
        let _ = write!(found, "{value} => Self::{variant},");
    }
    let hash = number(&choices_hash(choices, &parsed.hints));
    let label = text::quoted(&choices.name);
    let mut code = format!(
        "impl ::modelshift::Choices for {name} {{ \
         type Value<'a> = {}; \
         const ALL: &'static [Self] = &[{all}]; \
         const NAME: &'static str = {label}; \
         const HASH: u64 = {hash}; \
         fn value(&self) -> {} {{ match self {{ {values} }} }} \
         fn from_value(value: {}) -> ::core::option::Option<Self> {{ \
         ::core::option::Option::Some(match value {{ {found} _ => return ::core::option::Option::None }}) }} }}",
        value_type(integer, "'a"),
        value_type(integer, "'static"),
        value_type(integer, "'_"),
    );
    if parsed.conversions {
        let _ = match integer {
            Some(integer) => write!(code, "::modelshift::__choices_of_integer!({name}, {integer});"),
            None => write!(code, "::modelshift::__choices_of_text!({name});"),
        };
    }
    if parsed.sqlx {
        let kind = if choices.storage == Storage::Native { "native" } else { integer.unwrap_or("text") };
        let _ = write!(code, "::modelshift::__choices_of_sqlx!({kind} {name});");
    }
    TokenStream::from_str(&code).unwrap_or_default()
}

/// Returns the type of a variant's value: the integer that the column stores, else text.
fn value_type(integer: Option<&str>, lifetime: &str) -> String {
    integer.map_or_else(|| format!("&{lifetime} str"), str::to_owned)
}

fn literal(value: &Literal) -> String {
    match value {
        Literal::Text(value) => text::quoted(value),
        Literal::Int(number) => number.to_string(),
        Literal::Float(digits) => digits.clone(),
        Literal::Bool(flag) => flag.to_string(),
        Literal::Bytes(bytes) => format!("b\"{}\"", bytes.escape_ascii()),
    }
}

/// Returns the number that a hash spells; zero means an enum that nobody saw.
fn number(hash: &str) -> u64 {
    u64::from_str_radix(hash, 16).unwrap_or_default().max(1)
}

/// Returns the constants by which the compiler finds an enum that is another than the build script saw.
pub(crate) fn agreements(
    item: &DeriveInput,
    parsed: &ParsedModel,
    seen: &BTreeMap<String, String>,
) -> TokenStream {
    let mut tokens = TokenStream::new();
    for field in named(item) {
        let name = field.ident.as_ref().map(ident::name).unwrap_or_default();
        if !parsed.named.contains_key(&name.as_str().into()) {
            continue;
        }
        let hash = seen.get(&name).map_or(0, |hash| number(hash));
        let of = bare_type(&field.ty);
        let check = quote_spanned!(of.span() => const _: () = ::modelshift::choices::agree::<#of>(#hash););
        tokens.extend(TokenStream::from(check));
    }
    tokens
}
