//! What stands before the operations of a migration: `app = "blog";`, `depends_on = ["blog.0001_initial"];`.

use modelshift_schema::name::{AppLabel, MigrationId};
use syn::parse::ParseStream;
use syn::{Ident, LitBool, LitStr, Token, bracketed};

use super::MigrationBody;
use super::parts::text;
use crate::structs::attr;

/// The words of these items.
pub(super) const HEAD: [&str; 5] = ["app", "depends_on", "run_before", "replaces", "atomic"];

/// Reads an item that stands before the operations; returns whether the word begins one.
pub(super) fn head(word: &Ident, input: ParseStream<'_>, body: &mut MigrationBody) -> syn::Result<bool> {
    let key = word.to_string();
    let is_first = match key.as_str() {
        "app" => body.app.is_none(),
        "depends_on" => body.depends_on.is_empty(),
        "run_before" => body.run_before.is_empty(),
        "replaces" => body.replaces.is_empty(),
        "atomic" => body.atomic.is_none(),
        _ => return Ok(false),
    };
    if !is_first || !body.operations.is_empty() {
        let message = format!("expected one `{word}`, before the operations");
        return Err(syn::Error::new(word.span(), message));
    }
    match key.as_str() {
        "app" => body.app = Some(label(word, input)?),
        "depends_on" => body.depends_on = migrations(word, input)?,
        "run_before" => body.run_before = migrations(word, input)?,
        "replaces" => body.replaces = migrations(word, input)?,
        _ => body.atomic = Some(atomic(word, input)?),
    }
    Ok(true)
}

/// Reads `= "blog"`.
fn label(word: &Ident, input: ParseStream<'_>) -> syn::Result<AppLabel> {
    input
        .parse::<Token![=]>()
        .and_then(|_| text(input))
        .ok()
        .filter(|label| !label.is_empty() && !label.contains('.'))
        .map(AppLabel::new)
        .ok_or_else(|| {
            syn::Error::new(word.span(), "expected the label of an app, such as `app = \"blog\";`")
        })
}

/// Reads `= false`.
fn atomic(word: &Ident, input: ParseStream<'_>) -> syn::Result<bool> {
    input
        .parse::<Token![=]>()
        .and_then(|_| input.parse::<LitBool>())
        .map(|literal| literal.value)
        .map_err(|_| syn::Error::new(word.span(), "expected `atomic = false;`"))
}

/// Reads `= ["blog.0001_initial"]`.
fn migrations(word: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<MigrationId>> {
    let sample = format!("expected migrations, such as `{word} = [\"blog.0001_initial\"];`");
    if input.parse::<Token![=]>().is_err() || !input.peek(syn::token::Bracket) {
        return Err(syn::Error::new(word.span(), &sample));
    }
    let content;
    bracketed!(content in input);
    let mut ids: Vec<MigrationId> = Vec::new();
    while !content.is_empty() {
        let at = content.span();
        let literal: LitStr = content.parse().map_err(|_| syn::Error::new(at, &sample))?;
        let id = literal.value().parse::<MigrationId>();
        let id = id.map_err(|error| syn::Error::new(literal.span(), format!("{error}; {sample}")))?;
        if ids.contains(&id) {
            return Err(syn::Error::new(literal.span(), format!("duplicate migration `{id}`; keep one")));
        }
        ids.push(id);
        attr::comma(&content)?;
    }
    Ok(ids)
}
