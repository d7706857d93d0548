//! Constraints of `#[model(…)]`: `unique(…)`, `check(…)`, `foreign_key(…)`, `exclude(…)`.

use modelshift_schema::constraint::ExclusionPart;
use modelshift_schema::index::IndexMethod;
use modelshift_schema::relation::{Deferrable, ReferentialAction};
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Path, Token};

use super::index::{
    PartAttr, SAMPLE_NAME, SAMPLE_WHEN, bare_fields, content, expression_parts, index_method, not_empty,
    plain_fields, with_nulls, wrapped,
};
use super::relation::{action, deferrable};
use super::{At, comma, database_name, flag, set, switch, value};
use crate::grammar::expr;
use crate::grammar::expr::Spelled;
use crate::grammar::ident;

/// The words that constraints begin with.
pub(crate) const WORDS: [&str; 4] = ["unique", "check", "foreign_key", "exclude"];

/// A constraint.
#[derive(Clone, Debug)]
pub(crate) enum ConstraintAttr {
    /// `unique(fields(a, b), name = "…", when = …)`.
    Unique(UniqueAttr),
    /// `check(name = "…", …)`.
    Check { name: Option<At<String>>, condition: Spelled },
    /// `foreign_key(fields(a, b), references = Other(x, y), on_delete = cascade)`.
    Reference(Box<ReferenceAttr>),
    /// `exclude(on(with(room, "="), with(during, "&&")), when = …)`.
    Exclude(ExcludeAttr),
}

impl ConstraintAttr {
    /// Returns the target of a reference.
    pub(crate) fn target(&self) -> Option<&Path> {
        match self {
            Self::Reference(rule) => Some(&rule.to),
            Self::Unique(_) | Self::Check { .. } | Self::Exclude(_) => None,
        }
    }
}

/// The content of `unique(…)`.
#[derive(Clone, Debug)]
pub(crate) struct UniqueAttr {
    pub(crate) span: Span,
    pub(crate) name: Option<At<String>>,
    pub(crate) parts: Vec<PartAttr>,
    pub(crate) when: Option<At<Spelled>>,
    pub(crate) include: Vec<At<String>>,
    pub(crate) nulls_not_distinct: Option<At<()>>,
    pub(crate) deferrable: Option<At<Deferrable>>,
}

/// The content of `foreign_key(…)`.
#[derive(Clone, Debug)]
pub(crate) struct ReferenceAttr {
    pub(crate) name: Option<At<String>>,
    pub(crate) fields: Vec<At<String>>,
    pub(crate) to: Path,
    pub(crate) to_fields: Vec<At<String>>,
    pub(crate) on_delete: Option<At<ReferentialAction>>,
    pub(crate) on_update: Option<At<ReferentialAction>>,
    pub(crate) deferrable: Option<At<Deferrable>>,
    pub(crate) index: Option<At<bool>>,
}

/// The content of `exclude(…)`.
#[derive(Clone, Debug)]
pub(crate) struct ExcludeAttr {
    pub(crate) name: Option<At<String>>,
    pub(crate) parts: Vec<(PartAttr, String)>,
    pub(crate) method: Option<At<IndexMethod>>,
    pub(crate) when: Option<At<Spelled>>,
    pub(crate) deferrable: Option<At<Deferrable>>,
}

impl ConstraintAttr {
    /// Returns the name, where one is given.
    pub(crate) fn name(&self) -> Option<&At<String>> {
        match self {
            Self::Unique(UniqueAttr { name, .. })
            | Self::Check { name, .. }
            | Self::Exclude(ExcludeAttr { name, .. }) => name.as_ref(),
            Self::Reference(reference) => reference.name.as_ref(),
        }
    }
}

/// Reads `(…)` after one of the [`WORDS`].
pub(crate) fn constraint(key: &Ident, input: ParseStream<'_>) -> syn::Result<ConstraintAttr> {
    match ident::name(key).as_str() {
        "unique" => unique(key, input).map(ConstraintAttr::Unique),
        "foreign_key" => reference(key, input).map(|it| ConstraintAttr::Reference(Box::new(it))),
        "exclude" => exclude(key, input).map(ConstraintAttr::Exclude),
        _ => check(key, input),
    }
}

fn unknown(constraint: &str, key: &Ident, expected: &str) -> syn::Error {
    let message = format!("unknown {constraint} attribute `{}`; expected {expected}", ident::name(key));
    syn::Error::new(key.span(), message)
}

fn unique(key: &Ident, input: ParseStream<'_>) -> syn::Result<UniqueAttr> {
    const EXPECTED: &str = "`fields(…)` or `on(…)`, `name = \"…\"`, `when = …`, `include(…)`, `nulls_not_distinct`, \
                            `deferrable = …`";
    let content = content(key, input, "unique(fields(author, slug))")?;
    let (mut fields, mut on, mut name, mut when) = (None, None, None, None);
    let (mut include, mut nulls_not_distinct, mut late) = (None, None, None);
    while !content.is_empty() {
        let key = content.call(Ident::parse_any)?;
        match ident::name(&key).as_str() {
            "fields" => set(&mut fields, &key, bare_fields(&key, &content, "fields(author, slug)")?)?,
            "on" => set(&mut on, &key, expression_parts(&key, &content, "on(lower(email))")?)?,
            "name" => set(&mut name, &key, database_name(&key, &content, SAMPLE_NAME)?)?,
            "when" => set(&mut when, &key, value(&key, &content, SAMPLE_WHEN)?)?,
            "include" => set(&mut include, &key, plain_fields(&key, &content, "include(title)")?)?,
            "nulls_not_distinct" => {
                flag(&key, &content)?;
                set(&mut nulls_not_distinct, &key, ())?;
            }
            "deferrable" => set(&mut late, &key, deferrable(&key, &content)?)?,
            _ => return Err(unknown("unique", &key, EXPECTED)),
        }
        comma(&content)?;
    }
    let parts = match (fields, on) {
        (Some(_), Some(on)) => {
            let message = "`on` cannot be used with `fields`; put the fields into `on(…)`, such as `on(author, lower(title))`";
            return Err(syn::Error::new(on.span, message));
        }
        (Some(fields), None) => {
            fields.value.iter().map(|field| PartAttr::plain(Spelled::field(field))).collect()
        }
        (None, Some(on)) => on.value,
        (None, None) => {
            return Err(syn::Error::new(
                key.span(),
                "expected fields, such as `unique(fields(author, slug))`",
            ));
        }
    };
    let include = include.map(|include| include.value).unwrap_or_default();
    Ok(UniqueAttr { span: key.span(), name, parts, when, include, nulls_not_distinct, deferrable: late })
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

fn reference(key: &Ident, input: ParseStream<'_>) -> syn::Result<ReferenceAttr> {
    const SAMPLE: &str = "foreign_key(fields(order, line), references = OrderLine(order, number))";
    const EXPECTED: &str = "`fields(…)`, `references = Model(…)`, `name = \"…\"`, `on_delete = …`, `on_update = …`, \
                            `deferrable = …`, `index = false`";
    let content = content(key, input, SAMPLE)?;
    let (mut fields, mut references, mut name, mut index) = (None, None, None, None);
    let (mut on_delete, mut on_update, mut late) = (None, None, None);
    while !content.is_empty() {
        let key = content.call(Ident::parse_any)?;
        match ident::name(&key).as_str() {
            "fields" => set(&mut fields, &key, plain_fields(&key, &content, "fields(order, line)")?)?,
            "references" => set(&mut references, &key, target(&key, &content)?)?,
            "name" => set(&mut name, &key, database_name(&key, &content, SAMPLE_NAME)?)?,
            "on_delete" => set(&mut on_delete, &key, action(&key, &content)?)?,
            "on_update" => set(&mut on_update, &key, action(&key, &content)?)?,
            "deferrable" => set(&mut late, &key, deferrable(&key, &content)?)?,
            "index" => set(&mut index, &key, switch(&key, &content)?)?,
            _ => return Err(unknown("foreign_key", &key, EXPECTED)),
        }
        comma(&content)?;
    }
    let (Some(fields), Some(references)) = (fields, references) else {
        let message = format!("expected fields and what they refer to, such as `{SAMPLE}`");
        return Err(syn::Error::new(key.span(), message));
    };
    let (to, to_fields) = references.value;
    if fields.value.len() != to_fields.len() {
        let message = format!(
            "expected as many fields on both sides, and there are {} and {}",
            fields.value.len(),
            to_fields.len()
        );
        return Err(syn::Error::new(references.span, message));
    }
    Ok(ReferenceAttr {
        name,
        fields: fields.value,
        to,
        to_fields,
        on_delete,
        on_update,
        deferrable: late,
        index,
    })
}

/// Reads `= OrderLine(order, number)`.
fn target(key: &Ident, input: ParseStream<'_>) -> syn::Result<(Path, Vec<At<String>>)> {
    const SAMPLE: &str = "references = OrderLine(order, number)";
    let path = input.parse::<Token![=]>().and_then(|_| input.call(Path::parse_mod_style)).map_err(|_| {
        syn::Error::new(key.span(), format!("expected a model and its fields, such as `{SAMPLE}`"))
    })?;
    let last = path.segments.last().map_or_else(|| key.clone(), |segment| segment.ident.clone());
    Ok((path, plain_fields(&last, input, SAMPLE)?))
}

fn exclude(key: &Ident, input: ParseStream<'_>) -> syn::Result<ExcludeAttr> {
    const EXPECTED: &str = "`on(with(…))`, `name = \"…\"`, `method = …`, `when = …`, `deferrable = …`";
    let content = content(key, input, SAMPLE_EXCLUDE)?;
    let (mut on, mut name, mut method, mut when, mut late) = (None, None, None, None, None);
    while !content.is_empty() {
        let key = content.call(Ident::parse_any)?;
        match ident::name(&key).as_str() {
            "on" => set(&mut on, &key, excluded(&key, &content)?)?,
            "name" => set(&mut name, &key, database_name(&key, &content, SAMPLE_NAME)?)?,
            "method" => set(&mut method, &key, index_method(&key, &content)?)?,
            "when" => set(&mut when, &key, value(&key, &content, SAMPLE_WHEN)?)?,
            "deferrable" => set(&mut late, &key, deferrable(&key, &content)?)?,
            _ => return Err(unknown("exclude", &key, EXPECTED)),
        }
        comma(&content)?;
    }
    let Some(on) = on else {
        let message = format!("expected what is compared, such as `{SAMPLE_EXCLUDE}`");
        return Err(syn::Error::new(key.span(), message));
    };
    Ok(ExcludeAttr { name, parts: on.value, method, when, deferrable: late })
}

const SAMPLE_EXCLUDE: &str = "exclude(on(with(room, \"=\"), with(during, \"&&\")))";

/// Reads `(with(room, "="), with(ops(during, "range_ops"), "&&"))`.
fn excluded(key: &Ident, input: ParseStream<'_>) -> syn::Result<Vec<(PartAttr, String)>> {
    const SAMPLE: &str = "with(room, \"=\")";
    let list = content(key, input, SAMPLE_EXCLUDE)?;
    let mut parts = Vec::new();
    while !list.is_empty() {
        let at = list.span();
        let Some(inside) = wrapped(&list, "with", SAMPLE)? else {
            return Err(syn::Error::new(at, format!("expected a part and its operator, such as `{SAMPLE}`")));
        };
        let part = with_nulls(&inside)?;
        comma(&inside)?;
        let operator = inside.parse::<LitStr>().map(|literal| literal.value()).ok();
        match operator.filter(|text| ExclusionPart::is_operator(text) && inside.is_empty()) {
            Some(operator) => parts.push((part, operator)),
            None => return Err(part.value.error(format!("expected an operator, such as `{SAMPLE}`"))),
        }
        comma(&list)?;
    }
    not_empty(key, parts, SAMPLE_EXCLUDE)
}
