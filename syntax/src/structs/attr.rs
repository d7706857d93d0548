//! The attributes of one item: a list of `key`, `key = value` and `key(…)`, each at most once.

pub(crate) mod choices;
pub(crate) mod constraint;
pub(crate) mod field;
pub(crate) mod index;
pub(crate) mod model;
pub(crate) mod per_database;
pub(crate) mod relation;
pub(crate) mod symbol;

use proc_macro2::{Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, LitStr, Token};

use crate::grammar::ctxt::Ctxt;
use crate::grammar::expr;
use crate::grammar::expr::Spelled;
use crate::grammar::ident;
use crate::grammar::nesting;
use crate::grammar::nesting::Limit;

/// A value and its place.
#[derive(Clone, Debug)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) span: Span,
}

/// Reads every `#[name(…)]` among the attributes, item by item; after an error it continues with the next item.
pub(crate) fn read_all(
    attributes: &[Attribute],
    name: &str,
    ctxt: &mut Ctxt,
    mut item: impl FnMut(&Ident, ParseStream<'_>) -> syn::Result<()>,
) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident(name)) {
        let syn::Meta::List(list) = &attribute.meta else {
            let message = format!("expected a list in parentheses, such as `#[{name}({})]`", sample(name));
            ctxt.push(syn::Error::new_spanned(&attribute.meta, message));
            continue;
        };
        if let Err(error) = nesting::check(list.tokens.clone(), Limit::MODEL) {
            ctxt.push(error);
            continue;
        }
        let count = ctxt.count();
        let result = list.parse_args_with(|input: ParseStream<'_>| {
            read_list(input, ctxt, &mut item);
            Ok(())
        });
        // After a mistake inside parentheses the rest is not read, which is not another mistake.
        if ctxt.count() == count {
            ctxt.take(result);
        }
    }
}

fn sample(name: &str) -> &'static str {
    match name {
        "model" => "table = \"posts\"",
        "choices" => "integer",
        "choice" => "value = \"gone\"",
        _ => "max_length = 200",
    }
}

/// Reads a list of items to its end; after an error it continues after the next comma.
fn read_list(
    input: ParseStream<'_>,
    ctxt: &mut Ctxt,
    item: &mut impl FnMut(&Ident, ParseStream<'_>) -> syn::Result<()>,
) {
    while !input.is_empty() {
        let result = key(input).and_then(|key| item(&key, input)).and_then(|()| comma(input));
        if let Err(error) = result {
            ctxt.push(error);
            skip_item(input);
        }
    }
}

fn key(input: ParseStream<'_>) -> syn::Result<Ident> {
    if !input.peek(Ident::peek_any) {
        return Err(input.error("expected the name of an attribute, such as `index`"));
    }
    input.call(Ident::parse_any)
}

/// Reads the comma after an item, unless the list ends there.
pub(crate) fn comma(input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    if input.peek(Token![,]) {
        return input.parse::<Token![,]>().map(|_| ());
    }
    Err(input.error(stray(input)))
}

/// Describes what to write in place of SQL, or of another token that cannot follow an item.
fn stray(input: ParseStream<'_>) -> String {
    let word = input.fork().call(Ident::parse_any).map(|ident| ident.to_string().to_lowercase());
    match word.as_deref() {
        Ok("in") => "expected `x.is_in([1, 2])` in place of `in`".to_owned(),
        Ok("like") => "expected `x.like(\"a%\")` in place of `like`".to_owned(),
        Ok("is") => "expected `x.is_none()` or `x.is_some()` in place of `is`".to_owned(),
        Ok("and") => "expected `&&` in place of `and`".to_owned(),
        Ok("or") => "expected `||` in place of `or`".to_owned(),
        Ok("between") => {
            "expected two comparisons, such as `x >= 0 && x <= 5`, in place of `between`".to_owned()
        }
        Ok(_) | Err(_) if input.peek(Token![=]) && !input.peek(Token![==]) => {
            "expected `==` in place of `=`".to_owned()
        }
        Ok(_) | Err(_) => "expected `,`".to_owned(),
    }
}

fn skip_item(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        // A token tree can always be taken where the input is not empty.
        let _ = input.parse::<TokenTree>();
    }
    let _ = input.parse::<Option<Token![,]>>();
}

/// Sets a value, unless it is set already.
pub(crate) fn set<T>(slot: &mut Option<At<T>>, key: &Ident, value: T) -> syn::Result<()> {
    if slot.is_some() {
        return Err(duplicate(key));
    }
    *slot = Some(At { value, span: key.span() });
    Ok(())
}

pub(crate) fn duplicate(key: &Ident) -> syn::Error {
    syn::Error::new(key.span(), format!("duplicate attribute `{}`; keep one", ident::name(key)))
}

/// Refuses a value behind a flag.
pub(crate) fn flag(key: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(());
    }
    let key = ident::name(key);
    Err(input.error(format!("expected `{key}` alone, without a value; leave it out where it does not hold")))
}

fn equals(key: &Ident, input: ParseStream<'_>, sample: &str) -> syn::Result<()> {
    if input.peek(Token![=]) && !input.peek(Token![==]) {
        return input.parse::<Token![=]>().map(|_| ());
    }
    let is_missing = input.is_empty() || input.peek(Token![,]);
    let at = if is_missing { key.span() } else { input.span() };
    Err(syn::Error::new(at, format!("expected a value, such as `{} = {sample}`", ident::name(key))))
}

/// Reads `= "…"`.
pub(crate) fn text(key: &Ident, input: ParseStream<'_>, sample: &str) -> syn::Result<LitStr> {
    literal(key, input, "text", sample)
}

/// Reads `= "…"` of a comment; no database distinguishes an empty comment from none.
pub(crate) fn comment(key: &Ident, input: ParseStream<'_>, sample: &str) -> syn::Result<String> {
    let literal = text(key, input, sample)?;
    let text = literal.value();
    if text.is_empty() || text.contains('\0') {
        let message =
            format!("expected text without NUL characters, such as `{} = {sample}`", ident::name(key));
        return Err(syn::Error::new(literal.span(), message));
    }
    Ok(text)
}

/// Reads `= "…"` that names something in the database.
pub(crate) fn database_name(key: &Ident, input: ParseStream<'_>, sample: &str) -> syn::Result<String> {
    let literal = text(key, input, sample)?;
    let name = literal.value();
    let limit = modelshift_schema::naming::MAX_NAME_BYTES;
    if name.is_empty() || name.len() > limit {
        // A longer one is not known to all databases by the same name.
        let shorter = modelshift_schema::naming::shortened(&name);
        let sample = if name.is_empty() { sample.to_owned() } else { format!("{shorter:?}") };
        let message = format!("expected 1 to {limit} bytes, such as `{} = {sample}`", ident::name(key));
        return Err(syn::Error::new(literal.span(), message));
    }
    Ok(name)
}

/// Reads `= 5`.
pub(crate) fn number(key: &Ident, input: ParseStream<'_>, sample: &str) -> syn::Result<u32> {
    let literal: syn::LitInt = literal(key, input, "a whole number", sample)?;
    literal.base10_parse().map_err(|_| {
        syn::Error::new(
            literal.span(),
            format!("expected a number of 32 bits, such as `{} = {sample}`", ident::name(key)),
        )
    })
}

/// Reads `= true` or `= false`; nothing is `true`.
pub(crate) fn switch(key: &Ident, input: ParseStream<'_>) -> syn::Result<bool> {
    if input.is_empty() || input.peek(Token![,]) {
        return Ok(true);
    }
    let literal: syn::LitBool = literal(key, input, "`true` or `false`", "false")?;
    Ok(literal.value)
}

/// Reads `= <expression>`.
pub(crate) fn value(key: &Ident, input: ParseStream<'_>, sample: &str) -> syn::Result<Spelled> {
    equals(key, input, sample)?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(syn::Error::new(
            key.span(),
            format!("expected a value, such as `{} = {sample}`", ident::name(key)),
        ));
    }
    expr::read(input)
}

fn literal<T: Parse>(key: &Ident, input: ParseStream<'_>, what: &str, sample: &str) -> syn::Result<T> {
    equals(key, input, sample)?;
    let at = if input.is_empty() { key.span() } else { input.span() };
    input.parse().map_err(|_| {
        syn::Error::new(at, format!("expected {what}, such as `{} = {sample}`", ident::name(key)))
    })
}

/// Reads `= gin`: one of these words.
pub(crate) fn one_of<T: Copy, const N: usize>(
    key: &Ident,
    input: ParseStream<'_>,
    values: [T; N],
    name: fn(T) -> &'static str,
    sample: &str,
) -> syn::Result<T> {
    let (at, word) = match input.parse::<Token![=]>() {
        Err(_) => (key.span(), None),
        Ok(_) if input.is_empty() => (key.span(), None),
        Ok(_) => (input.span(), input.call(Ident::parse_any).ok()),
    };
    let known = word.and_then(|word| values.into_iter().find(|known| word == name(*known)));
    known.ok_or_else(|| {
        let names = values.map(name).join("`, `");
        syn::Error::new(at, format!("expected one of `{names}`, such as `{} = {sample}`", ident::name(key)))
    })
}

/// Reads `= "…"` that is a Rust name.
pub(crate) fn identifier(key: &Ident, input: ParseStream<'_>, sample: &str) -> syn::Result<String> {
    let literal = text(key, input, sample)?;
    let name = literal.value();
    let name = name.strip_prefix("r#").unwrap_or(&name);
    syn::parse_str::<Ident>(&ident::spell(name)).map(|_| name.to_owned()).map_err(|_| {
        syn::Error::new(
            literal.span(),
            format!("expected a Rust name, such as `{} = {sample}`", ident::name(key)),
        )
    })
}
