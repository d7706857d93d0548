//! `index(…)` of `#[model(…)]` and of a migration, and the lists of fields and expressions that rules share with it.

use modelshift_schema::index::{IndexMethod, Nulls};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Token, parenthesized};

use super::{At, comma, database_name, one_of, set, value};
use crate::grammar::expr;
use crate::grammar::expr::Spelled;
use crate::grammar::ident;

/// `index(fields(a, -b), name = "…", when = …)` or `index(on(…), …)`.
#[derive(Clone, Debug)]
pub(crate) struct IndexAttr {
    pub(crate) name: Option<At<String>>,
    pub(crate) parts: Vec<PartAttr>,
    pub(crate) when: Option<At<Spelled>>,
    pub(crate) include: Vec<At<String>>,
    pub(crate) method: Option<At<IndexMethod>>,
}

/// One part of an index.
#[derive(Clone, Debug)]
pub(crate) struct PartAttr {
    pub(crate) value: Spelled,
    pub(crate) descending: bool,
    pub(crate) nulls: Option<Nulls>,
    pub(crate) operator_class: Option<String>,
}

impl PartAttr {
    /// Takes a field or an expression for a part, and nothing more.
    pub(crate) fn plain(value: Spelled) -> Self {
        Self { value, descending: false, nulls: None, operator_class: None }
    }
}

/// Reads `(…)` after `index`.
pub(crate) fn index(key: &Ident, input: ParseStream<'_>) -> syn::Result<IndexAttr> {
    let content = content(key, input, "index(fields(author, -published_at))")?;
    let mut fields = None;
    let mut on = None;
    let mut name = None;
    let mut when = None;
    let mut include = None;
    let mut method = None;
    while !content.is_empty() {
        let key = content.call(Ident::parse_any)?;
        match ident::name(&key).as_str() {
            "fields" => set(&mut fields, &key, field_parts(&key, &content)?)?,
            "on" => set(&mut on, &key, expression_parts(&key, &content, "on(desc(lower(email)))")?)?,
            "name" => set(&mut name, &key, database_name(&key, &content, SAMPLE_NAME)?)?,
            "when" => set(&mut when, &key, value(&key, &content, SAMPLE_WHEN)?)?,
            "include" => set(&mut include, &key, plain_fields(&key, &content, "include(title)")?)?,
            "method" => set(&mut method, &key, index_method(&key, &content)?)?,
            other => {
                let message = format!(
                    "unknown index attribute `{other}`; expected `fields(…)` or `on(…)`, `name = \"…\"`, `when = …`, \
                     `include(…)`, `method = …`"
                );
                return Err(syn::Error::new(key.span(), message));
            }
        }
        comma(&content)?;
    }
    let parts = match (fields, on) {
        (Some(_), Some(on)) => {
            let message = "`on` cannot be used with `fields`; put the fields into `on(…)`, such as `on(author, lower(title))`";
            return Err(syn::Error::new(on.span, message));
        }
        (Some(parts), None) | (None, Some(parts)) => parts.value,
        (None, None) => {
            return Err(syn::Error::new(
                key.span(),
                "expected fields, such as `index(fields(author, -published_at))`",
            ));
        }
    };
    let include = include.map(|include| include.value).unwrap_or_default();
    Ok(IndexAttr { name, parts, when, include, method })
}

pub(super) const SAMPLE_NAME: &str = "\"post_by_title\"";
pub(super) const SAMPLE_WHEN: &str = "deleted_at.is_none()";

pub(super) fn content<'a>(
    key: &Ident,
    input: ParseStream<'a>,
    sample: &str,
) -> syn::Result<syn::parse::ParseBuffer<'a>> {
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(
            key.span(),
            format!("expected a list in parentheses, such as `{sample}`"),
        ));
    }
    let content;
    parenthesized!(content in input);
    Ok(content)
}

/// Reads `(a, -b)`.
fn field_parts(key: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<PartAttr>> {
    let content = content(key, input, "fields(author, -published_at)")?;
    let mut parts = Vec::new();
    while !content.is_empty() {
        let descending = content.parse::<Option<Token![-]>>()?.is_some();
        let field = field_name(&content, "write `index(on(…))` for expressions, such as `on(lower(email))`")?;
        parts.push(PartAttr { descending, ..PartAttr::plain(Spelled::field(&field)) });
        comma(&content)?;
    }
    not_empty(key, parts, "fields(author, -published_at)")
}

/// Reads `= gin`.
pub(super) fn index_method(key: &Ident, input: ParseStream<'_>) -> syn::Result<IndexMethod> {
    one_of(key, input, IndexMethod::ALL, IndexMethod::name, "gin")
}

/// Reads `(lower(email), desc(author), ops(title, "varchar_pattern_ops"), nulls_last(desc(published_at)))`.
pub(super) fn expression_parts(
    key: &Ident,
    input: ParseStream<'_>,
    sample: &str,
) -> syn::Result<Vec<PartAttr>> {
    let content = content(key, input, sample)?;
    let mut parts = Vec::new();
    while !content.is_empty() {
        parts.push(with_nulls(&content)?);
        comma(&content)?;
    }
    not_empty(key, parts, sample)
}

/// Reads a part, or one in `nulls_first(…)` or `nulls_last(…)`.
pub(super) fn with_nulls(input: ParseStream<'_>) -> syn::Result<PartAttr> {
    for nulls in Nulls::ALL {
        if let Some(inside) = wrapped(input, nulls.name(), "nulls_last(desc(published_at))")? {
            let part = PartAttr { nulls: Some(nulls), ..with_order(&inside)? };
            return alone(&inside, "nulls_last(desc(published_at))").map(|()| part);
        }
    }
    with_order(input)
}

/// Reads a part, or one in `desc(…)`.
fn with_order(input: ParseStream<'_>) -> syn::Result<PartAttr> {
    let Some(inside) = wrapped(input, "desc", "desc(lower(email))")? else {
        return with_operator_class(input);
    };
    let part = PartAttr { descending: true, ..with_operator_class(&inside)? };
    alone(&inside, "desc(lower(email))").map(|()| part)
}

fn alone(inside: ParseStream<'_>, sample: &str) -> syn::Result<()> {
    if inside.is_empty() {
        return Ok(());
    }
    Err(inside.error(format!("expected one expression, such as `{sample}`")))
}

/// Returns the content of `word(…)`, if that is next.
pub(super) fn wrapped<'a>(
    input: ParseStream<'a>,
    word: &str,
    sample: &str,
) -> syn::Result<Option<syn::parse::ParseBuffer<'a>>> {
    let is_next = input.peek2(syn::token::Paren)
        && input.fork().call(Ident::parse_any).is_ok_and(|ident| ident == word);
    if !is_next {
        return Ok(None);
    }
    let key = input.call(Ident::parse_any)?;
    content(&key, input, sample).map(Some)
}

/// Reads an expression, or `ops(title, "varchar_pattern_ops")`.
fn with_operator_class(input: ParseStream<'_>) -> syn::Result<PartAttr> {
    const SAMPLE: &str = "ops(title, \"varchar_pattern_ops\")";
    let Some(inside) = wrapped(input, "ops", SAMPLE)? else { return Ok(PartAttr::plain(expr::read(input)?)) };
    let value = expr::read(&inside)?;
    comma(&inside)?;
    let class = inside.parse::<LitStr>().map(|literal| literal.value()).ok();
    match class.filter(|class| !class.is_empty() && inside.is_empty()) {
        Some(class) => Ok(PartAttr { operator_class: Some(class), ..PartAttr::plain(value) }),
        None => Err(value.error(format!("expected an operator class, such as `{SAMPLE}`"))),
    }
}

pub(super) fn plain_fields(
    key: &Ident,
    input: ParseStream<'_>,
    sample: &str,
) -> syn::Result<Vec<At<String>>> {
    let fields = bare_fields(key, input, sample)?;
    Ok(fields.iter().map(|field| At { value: ident::name(field), span: field.span() }).collect())
}

/// Reads `(author, slug)`.
pub(super) fn bare_fields(key: &Ident, input: ParseStream<'_>, sample: &str) -> syn::Result<Vec<Ident>> {
    let content = content(key, input, sample)?;
    let mut fields = Vec::new();
    while !content.is_empty() {
        fields.push(field_name(&content, "write `on(…)` for expressions; here stand plain fields")?);
        comma(&content)?;
    }
    not_empty(key, fields, sample)
}

fn field_name(input: ParseStream<'_>, remedy: &str) -> syn::Result<Ident> {
    let at = input.span();
    match input.call(Ident::parse_any) {
        Ok(ident) if input.is_empty() || input.peek(Token![,]) => Ok(ident),
        Ok(_) | Err(_) => Err(syn::Error::new(at, format!("expected the bare name of a field; {remedy}"))),
    }
}

pub(super) fn not_empty<T>(key: &Ident, list: Vec<T>, sample: &str) -> syn::Result<Vec<T>> {
    if list.is_empty() {
        return Err(syn::Error::new(key.span(), format!("expected one or more, such as `{sample}`")));
    }
    Ok(list)
}
