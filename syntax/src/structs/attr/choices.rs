//! Attributes about an enum: `choices(Draft = "draft")` of a field, and what replaces removed variants.

use modelshift_schema::choices::{Choice, Storage};
use modelshift_schema::expr::Literal;
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitInt, LitStr, Token, parenthesized};

use super::{At, comma, set};
use crate::grammar::ident;

/// A variant that was removed, and the one that its rows get, if any.
pub(crate) type Move = (At<String>, Option<At<String>>);

/// The attributes of a field about its enum.
#[derive(Clone, Debug, Default)]
pub(crate) struct ChoicesAttrs {
    /// `choices(Draft = "draft", …)`: what the enum was when it was written.
    pub(crate) choices: Option<At<(Storage, Vec<Choice>)>>,
    /// `renamed(Draft -> Sketch)`; for `AlterField` in a migration.
    pub(crate) renamed: Option<At<Vec<Move>>>,
    /// `removed(Archived -> Draft)`; for `AlterField` in a migration.
    pub(crate) removed: Option<At<Vec<Move>>>,
}

impl ChoicesAttrs {
    /// Reads one item, if it is about an enum.
    pub(crate) fn item(
        &mut self,
        key: &Ident,
        name: &str,
        input: ParseStream<'_>,
    ) -> Option<syn::Result<()>> {
        Some(match name {
            "choices" => choices(key, input).and_then(|choices| set(&mut self.choices, key, choices)),
            "renamed" => moves(key, input).and_then(|moves| set(&mut self.renamed, key, moves)),
            "removed" => moves(key, input).and_then(|moves| set(&mut self.removed, key, moves)),
            _ => return None,
        })
    }

    /// Returns the places of the given attributes, with their names.
    pub(crate) fn said(&self) -> impl Iterator<Item = (&'static str, Span)> {
        let said = [
            ("choices", self.choices.as_ref().map(|at| at.span)),
            ("renamed", self.renamed.as_ref().map(|at| at.span)),
            ("removed", self.removed.as_ref().map(|at| at.span)),
        ];
        said.into_iter().filter_map(|(name, span)| span.map(|span| (name, span)))
    }
}

fn listed<'a>(key: &Ident, input: ParseStream<'a>, sample: &str) -> syn::Result<syn::parse::ParseBuffer<'a>> {
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(key.span(), format!("expected `{}({sample})`", ident::name(key))));
    }
    let content;
    parenthesized!(content in input);
    if content.is_empty() {
        return Err(syn::Error::new(key.span(), format!("expected `{}({sample})`", ident::name(key))));
    }
    Ok(content)
}

/// Reads `(native, Happy = "happy", Sad = "sad")`.
fn choices(key: &Ident, input: ParseStream<'_>) -> syn::Result<(Storage, Vec<Choice>)> {
    let content = listed(key, input, "Draft = \"draft\", Published = \"published\"")?;
    let mut storage = Storage::Text;
    let mut variants: Vec<Choice> = Vec::new();
    while !content.is_empty() {
        let name = content.call(Ident::parse_any)?;
        let spelled = ident::name(&name);
        let known = [Storage::Native, Storage::I16, Storage::I32, Storage::I64];
        if !content.peek(Token![=])
            && variants.is_empty()
            && let Some(said) = known.into_iter().find(|storage| storage.word() == Some(spelled.as_str()))
        {
            storage = said;
        } else {
            let value = value(&name, &content, storage)?;
            if variants.iter().any(|variant| variant.name == spelled || variant.value == value) {
                return Err(syn::Error::new(name.span(), format!("duplicate variant `{spelled}`; keep one")));
            }
            variants.push(Choice { name: spelled, value });
        }
        comma(&content)?;
    }
    if variants.is_empty() {
        return Err(syn::Error::new(
            key.span(),
            "expected at least one variant, such as `Draft = \"draft\"`",
        ));
    }
    Ok((storage, variants))
}

fn value(name: &Ident, input: ParseStream<'_>, storage: Storage) -> syn::Result<Literal> {
    let sample = if storage.is_integer() { "1" } else { "\"draft\"" };
    input
        .parse::<Token![=]>()
        .ok()
        .and_then(|_| if storage.is_integer() { integer(input) } else { text(input) })
        .ok_or_else(|| syn::Error::new(name.span(), format!("expected a value, such as `{name} = {sample}`")))
}

fn text(input: ParseStream<'_>) -> Option<Literal> {
    input.parse::<LitStr>().map(|literal| Literal::Text(literal.value())).ok()
}

fn integer(input: ParseStream<'_>) -> Option<Literal> {
    let sign = if input.parse::<Option<Token![-]>>().ok()?.is_some() { "-" } else { "" };
    let literal = input.parse::<LitInt>().ok()?;
    let number: i64 = format!("{sign}{}", literal.base10_digits()).parse().ok()?;
    Some(Literal::Int(number.into()))
}

fn variant(input: ParseStream<'_>) -> syn::Result<At<String>> {
    let ident = input.call(Ident::parse_any)?;
    Ok(At { value: ident::name(&ident), span: ident.span() })
}

/// Reads `(Archived -> Draft, Old)`.
pub(crate) fn moves(key: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<Move>> {
    let content = listed(key, input, "Archived -> Draft")?;
    let mut moves = Vec::new();
    while !content.is_empty() {
        let before = variant(&content)?;
        let after = match content.parse::<Option<Token![->]>>()? {
            Some(_) => Some(variant(&content)?),
            None => None,
        };
        moves.push((before, after));
        comma(&content)?;
    }
    Ok(moves)
}
