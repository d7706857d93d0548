//! `#[model(…)]`, and the indexes and constraints that also stand alone in a migration.

use modelshift_schema::index::IndexMethod;
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, LitStr, Token, parenthesized};

use super::field::identifier;
use super::{At, comma, comment, database_name, flag, read_all, set, value};
use crate::ctxt::Ctxt;
use crate::expr::{self, Spelled};
use crate::ident;
use crate::symbol::{self, Owner};

/// What `#[model(…)]` says.
#[derive(Clone, Debug, Default)]
pub(crate) struct ModelAttrs {
    pub(crate) is_abstract: Option<At<()>>,
    pub(crate) table: Option<At<String>>,
    pub(crate) comment: Option<At<String>>,
    pub(crate) renamed_from: Option<At<String>>,
    pub(crate) new: Option<At<()>>,
    pub(crate) indexes: Vec<IndexAttr>,
    pub(crate) constraints: Vec<ConstraintAttr>,
}

/// `index(fields(a, -b), name = "…", when = …)` or `index(on(…), …)`.
#[derive(Clone, Debug)]
pub(crate) struct IndexAttr {
    pub(crate) span: Span,
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
    pub(crate) operator_class: Option<String>,
}

/// A constraint.
#[derive(Clone, Debug)]
pub(crate) enum ConstraintAttr {
    /// `unique(fields(a, b), name = "…", when = …)`.
    Unique { span: Span, name: Option<At<String>>, fields: Vec<At<String>>, when: Option<At<Spelled>> },
    /// `check(name = "…", …)`.
    Check { name: Option<At<String>>, condition: Spelled },
}

impl ConstraintAttr {
    /// Gives the name, where one is given.
    pub(crate) fn name(&self) -> Option<&At<String>> {
        match self {
            Self::Unique { name, .. } | Self::Check { name, .. } => name.as_ref(),
        }
    }
}

impl ModelAttrs {
    /// Reads the attributes of a struct.
    pub(crate) fn read(attributes: &[Attribute], ctxt: &mut Ctxt) -> Self {
        let mut read = Self::default();
        read_all(attributes, "model", ctxt, |key, input| read.item(key, input));
        read
    }

    fn item(&mut self, key: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        match ident::name(key).as_str() {
            "abstract" => flag(key, input).and_then(|()| set(&mut self.is_abstract, key, ())),
            "table" => {
                database_name(key, input, "\"posts\"").and_then(|name| set(&mut self.table, key, name))
            }
            "comment" => {
                comment(key, input, "\"what is read\"").and_then(|text| set(&mut self.comment, key, text))
            }
            "renamed_from" => {
                identifier(key, input, "\"Article\"").and_then(|name| set(&mut self.renamed_from, key, name))
            }
            "new" => flag(key, input).and_then(|()| set(&mut self.new, key, ())),
            "index" => index(key, input).map(|index| self.indexes.push(index)),
            "unique" | "check" => constraint(key, input).map(|constraint| self.constraints.push(constraint)),
            unknown => Err(syn::Error::new(key.span(), symbol::unknown(Owner::Model, unknown))),
        }
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
            "on" => set(&mut on, &key, expression_parts(&key, &content)?)?,
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
    Ok(IndexAttr { span: key.span(), name, parts, when, include, method })
}

const SAMPLE_NAME: &str = "\"post_by_title\"";
const SAMPLE_WHEN: &str = "deleted_at.is_none()";

/// Reads `(…)` after `unique` or `check`.
pub(crate) fn constraint(key: &Ident, input: ParseStream<'_>) -> syn::Result<ConstraintAttr> {
    if ident::name(key) == "unique" { unique(key, input) } else { check(key, input) }
}

fn unique(key: &Ident, input: ParseStream<'_>) -> syn::Result<ConstraintAttr> {
    let content = content(key, input, "unique(fields(author, slug))")?;
    let mut fields = None;
    let mut name = None;
    let mut when = None;
    while !content.is_empty() {
        let key = content.call(Ident::parse_any)?;
        match ident::name(&key).as_str() {
            "fields" => set(&mut fields, &key, plain_fields(&key, &content, "fields(author, slug)")?)?,
            "name" => set(&mut name, &key, database_name(&key, &content, SAMPLE_NAME)?)?,
            "when" => set(&mut when, &key, value(&key, &content, SAMPLE_WHEN)?)?,
            other => {
                let message = format!(
                    "unknown unique attribute `{other}`; expected `fields(…)`, `name = \"…\"`, `when = …`"
                );
                return Err(syn::Error::new(key.span(), message));
            }
        }
        comma(&content)?;
    }
    match fields {
        Some(fields) => Ok(ConstraintAttr::Unique { span: key.span(), name, fields: fields.value, when }),
        None => Err(syn::Error::new(key.span(), "expected fields, such as `unique(fields(author, slug))`")),
    }
}

/// `check(name == 5)` is a condition over a field `name`, so `==` is looked for before `name =`.
fn check(key: &Ident, input: ParseStream<'_>) -> syn::Result<ConstraintAttr> {
    const SAMPLE: &str = "check(rating >= 0 && rating <= 5)";
    let content = content(key, input, SAMPLE)?;
    let mut name = None;
    let mut condition: Option<Spelled> = None;
    while !content.is_empty() {
        let is_name = content.fork().call(Ident::parse_any).is_ok_and(|ident| ident == "name")
            && content.peek2(Token![=])
            && !content.peek2(Token![==]);
        if is_name {
            let key = content.call(Ident::parse_any)?;
            database_name(&key, &content, "\"rating_range\"").and_then(|text| set(&mut name, &key, text))?;
        } else {
            let spelled = expr::read(&content)?;
            if condition.is_some() {
                let message = "duplicate condition; join the two with `&&`, or write two `check(…)`";
                return Err(spelled.error(message));
            }
            condition = Some(spelled);
        }
        comma(&content)?;
    }
    match condition {
        Some(condition) => Ok(ConstraintAttr::Check { name, condition }),
        None => Err(syn::Error::new(key.span(), format!("expected a condition, such as `{SAMPLE}`"))),
    }
}

fn content<'a>(
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
        parts.push(PartAttr { value: Spelled::field(&field), descending, operator_class: None });
        comma(&content)?;
    }
    not_empty(key, parts, "fields(author, -published_at)")
}

/// Reads `= gin`.
fn index_method(key: &Ident, input: ParseStream<'_>) -> syn::Result<IndexMethod> {
    let names = IndexMethod::ALL.map(IndexMethod::name);
    let expected =
        |at| syn::Error::new(at, format!("expected one of `{}`, such as `method = gin`", names.join("`, `")));
    input.parse::<Token![=]>().map_err(|_| expected(key.span()))?;
    let at = if input.is_empty() { key.span() } else { input.span() };
    let word = input.call(Ident::parse_any).map_err(|_| expected(at))?;
    let known = IndexMethod::ALL.into_iter().find(|method| word == method.name());
    known.ok_or_else(|| expected(word.span()))
}

/// Reads `(lower(email), desc(author), ops(title, "varchar_pattern_ops"))`.
fn expression_parts(key: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<PartAttr>> {
    let content = content(key, input, "on(desc(lower(email)))")?;
    let mut parts = Vec::new();
    while !content.is_empty() {
        parts.push(match wrapped(&content, "desc", "desc(lower(email))")? {
            Some(inside) => {
                let part = PartAttr { descending: true, ..with_operator_class(&inside)? };
                if !inside.is_empty() {
                    return Err(inside.error("expected one expression, such as `desc(lower(email))`"));
                }
                part
            }
            None => with_operator_class(&content)?,
        });
        comma(&content)?;
    }
    not_empty(key, parts, "on(desc(lower(email)))")
}

/// Gives what stands in `word(…)`, where that comes next.
fn wrapped<'a>(
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
    let part = |value, operator_class| PartAttr { value, descending: false, operator_class };
    let Some(inside) = wrapped(input, "ops", SAMPLE)? else { return Ok(part(expr::read(input)?, None)) };
    let value = expr::read(&inside)?;
    comma(&inside)?;
    let class = inside.parse::<LitStr>().map(|literal| literal.value()).ok();
    match class.filter(|class| !class.is_empty() && inside.is_empty()) {
        Some(class) => Ok(part(value, Some(class))),
        None => Err(value.error(format!("expected an operator class, such as `{SAMPLE}`"))),
    }
}

fn plain_fields(key: &Ident, input: ParseStream<'_>, sample: &str) -> syn::Result<Vec<At<String>>> {
    let content = content(key, input, sample)?;
    let mut fields = Vec::new();
    while !content.is_empty() {
        let field = field_name(&content, "write `index(on(…))` for expressions; here stand plain fields")?;
        fields.push(At { value: ident::name(&field), span: field.span() });
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

fn not_empty<T>(key: &Ident, list: Vec<T>, sample: &str) -> syn::Result<Vec<T>> {
    if list.is_empty() {
        return Err(syn::Error::new(key.span(), format!("expected one or more, such as `{sample}`")));
    }
    Ok(list)
}
