//! An enum with `#[derive(Choices)]` -> the choices that columns of it have, and what it says about the edit.

use std::collections::BTreeSet;

use modelshift_schema::choices::{Choice, Choices, Storage};
use modelshift_schema::expr::Literal;
use modelshift_schema::fingerprint::fingerprint;
use modelshift_schema::hints::ChoiceHints;
use modelshift_schema::naming::{MAX_NAME_BYTES, snake_case};
use proc_macro2::Span;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Expr, ExprLit, ExprUnary, Fields, Ident, Lit, UnOp, Variant};

use crate::grammar::ctxt::Ctxt;
use crate::grammar::ident;
use crate::structs::attr::choices::{Move, moves};
use crate::structs::attr::identifier;
use crate::structs::attr::symbol::nearest;
use crate::structs::attr::{At, flag, read_all, set, switch, text};

/// The most characters of a value that is text; a column is not made larger.
const MOST_CHARACTERS: usize = modelshift_schema::choices::MOST_ROOM as usize;

/// An enum, and where its parts stand.
#[derive(Clone, Debug)]
pub struct ParsedChoices {
    /// The choices.
    pub choices: Choices,
    /// The hints about the edit.
    pub hints: ChoiceHints,
    /// False where the enum brings its own implementations of sqlx's traits.
    pub sqlx: bool,
    /// False where the enum brings its own `FromStr` or `TryFrom`.
    pub conversions: bool,
    /// Where the name of the enum stands.
    pub span: Span,
}

/// Returns the hash of an enum: that of what the derive sees is that of what the build script saw.
pub fn choices_hash(choices: &Choices, hints: &ChoiceHints) -> String {
    // Our own trees have no map keys that JSON cannot say, so an error cannot arise.
    let text = serde_json::to_vec(&(choices, hints)).unwrap_or_default();
    fingerprint(&text)[..16].to_owned()
}

/// Returns what replaces variants, from the attributes.
pub(crate) fn hints(renamed: Option<&At<Vec<Move>>>, removed: Option<&At<Vec<Move>>>) -> ChoiceHints {
    let mut hints = ChoiceHints::default();
    for (before, after) in renamed.into_iter().flat_map(|at| at.value.clone()) {
        hints.moves.renamed.extend(after.map(|after| (before.value, after.value)));
    }
    for (before, after) in removed.into_iter().flat_map(|at| at.value.clone()) {
        match after {
            Some(after) => hints.moves.removed.push((before.value, after.value)),
            None => hints.unused.push(before.value),
        }
    }
    hints
}

/// Reads an enum that derives `Choices`.
///
/// # Errors
/// All mistakes of the enum at once, each at its place and with what to write instead.
pub fn parse_choices(item: &DeriveInput) -> syn::Result<ParsedChoices> {
    let mut ctxt = Ctxt::default();
    let parsed = if let Data::Enum(data) = &item.data {
        let variants: Vec<&Variant> = data.variants.iter().collect();
        Some(read(item, &variants, &mut ctxt))
    } else {
        let message = "`Choices` is for enums without data, such as `enum Status { Draft, Published }`";
        ctxt.error(item.ident.span(), message);
        None
    };
    ctxt.finish(parsed)
}

/// The content of `#[choices(…)]`.
#[derive(Default)]
struct EnumAttrs {
    native: Option<At<()>>,
    integer: Option<At<()>>,
    removed: Option<At<Vec<Move>>>,
    sqlx: Option<At<bool>>,
    conversions: Option<At<bool>>,
}

impl EnumAttrs {
    fn item(&mut self, key: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        match ident::name(key).as_str() {
            "native" => flag(key, input).and_then(|()| set(&mut self.native, key, ())),
            "integer" => flag(key, input).and_then(|()| set(&mut self.integer, key, ())),
            "removed" => moves(key, input).and_then(|moves| set(&mut self.removed, key, moves)),
            "sqlx" => switch(key, input).and_then(|wanted| set(&mut self.sqlx, key, wanted)),
            "conversions" => switch(key, input).and_then(|wanted| set(&mut self.conversions, key, wanted)),
            other => {
                Err(unknown(key, "choices", other, &["conversions", "integer", "native", "removed", "sqlx"]))
            }
        }
    }
}

/// The content of `#[choice(…)]`.
#[derive(Default)]
struct VariantAttrs {
    value: Option<At<String>>,
    renamed_from: Option<At<String>>,
}

impl VariantAttrs {
    fn item(&mut self, key: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        match ident::name(key).as_str() {
            "value" => {
                text(key, input, "\"gone\"").and_then(|literal| set(&mut self.value, key, literal.value()))
            }
            "renamed_from" => {
                identifier(key, input, "\"Draft\"").and_then(|name| set(&mut self.renamed_from, key, name))
            }
            other => Err(unknown(key, "choice", other, &["renamed_from", "value"])),
        }
    }
}

fn unknown(key: &Ident, word: &str, name: &str, known: &[&str]) -> syn::Error {
    let remedy = match nearest(name, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("expected one of `{}`", known.join("`, `")),
    };
    syn::Error::new(key.span(), format!("unknown {word} attribute `{name}`; {remedy}"))
}

fn read(item: &DeriveInput, variants: &[&Variant], ctxt: &mut Ctxt) -> ParsedChoices {
    if let Some(parameter) = item.generics.params.first() {
        let message =
            "`Choices` cannot be used with generics, since its variants hold nothing; leave them out";
        ctxt.push(syn::Error::new_spanned(parameter, message));
    }
    if variants.is_empty() {
        let message = "`Choices` needs at least one variant, such as `enum Status { Draft }`";
        ctxt.error(item.ident.span(), message);
    }
    let mut attrs = EnumAttrs::default();
    read_all(&item.attrs, "choices", ctxt, |key, input| attrs.item(key, input));
    if let (Some(native), Some(_)) = (&attrs.native, &attrs.integer) {
        ctxt.error(native.span, "`native` cannot be used with `integer`; keep one");
    }
    let is_integer = attrs.integer.is_some();
    let mut read = Vec::new();
    let mut renamed: Vec<Move> = Vec::new();
    let mut last = None;
    for variant in variants {
        if !matches!(variant.fields, Fields::Unit) {
            let message = format!(
                "variant `{}` holds data, and a column of choices holds nothing but the choice; write it without",
                variant.ident
            );
            ctxt.push(syn::Error::new_spanned(&variant.fields, message));
        }
        let mut said = VariantAttrs::default();
        read_all(&variant.attrs, "choice", ctxt, |key, input| said.item(key, input));
        let name = ident::name(&variant.ident);
        if let Some(At { value, span }) = said.renamed_from {
            let after = At { value: name.clone(), span: variant.ident.span() };
            renamed.push((At { value, span }, Some(after)));
        }
        let value = if is_integer {
            if let Some(value) = &said.value {
                let message = "`value` cannot be used with `#[choices(integer)]`; write `Low = 1`";
                ctxt.error(value.span, message);
            }
            let number = discriminant(variant, last, ctxt);
            last = Some(number);
            Literal::Int(number.into())
        } else {
            let span = said.value.as_ref().map_or(variant.ident.span(), |value| value.span);
            let value = said.value.map_or_else(|| snake_case(&name), |value| value.value);
            check_text(&value, attrs.native.is_some(), span, ctxt);
            Literal::Text(value)
        };
        read.push((variant.ident.span(), Choice { name, value }));
    }
    values_differ(&read, ctxt);
    check_moves(&read, &renamed, attrs.removed.as_ref(), ctxt);
    let storage = match (&attrs.native, is_integer) {
        (Some(_), _) => Storage::Native,
        (None, true) => width(item, &read, ctxt),
        (None, false) => Storage::Text,
    };
    let renamed = At { value: renamed, span: item.ident.span() };
    let variants = read.into_iter().map(|(_, variant)| variant).collect();
    ParsedChoices {
        choices: Choices { storage, variants, ..Choices::as_written(ident::name(&item.ident)) },
        hints: hints(Some(&renamed), attrs.removed.as_ref()),
        sqlx: attrs.sqlx.is_none_or(|sqlx| sqlx.value),
        conversions: attrs.conversions.is_none_or(|wanted| wanted.value),
        span: item.ident.span(),
    }
}

/// Returns the number of a variant: what it declares, else one more than that of the last.
fn discriminant(variant: &Variant, last: Option<i64>, ctxt: &mut Ctxt) -> i64 {
    let number = match &variant.discriminant {
        Some((_, said)) => integer(said),
        None => last.map_or(Some(0), |last| last.checked_add(1)),
    };
    number.unwrap_or_else(|| {
        let at = variant.discriminant.as_ref().map_or(variant.ident.span(), |(_, said)| said.span());
        let range = format!("from {} to {}", i64::MIN, i64::MAX);
        ctxt.error(at, format!("expected a whole number {range}, such as `{} = 1`", variant.ident));
        0
    })
}

fn integer(said: &Expr) -> Option<i64> {
    if let Expr::Lit(ExprLit { lit: Lit::Int(literal), .. }) = said {
        return literal.base10_digits().parse().ok();
    }
    if let Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) = said
        && let Expr::Lit(ExprLit { lit: Lit::Int(literal), .. }) = &**expr
    {
        return format!("-{}", literal.base10_digits()).parse().ok();
    }
    None
}

fn check_text(value: &str, is_native: bool, at: Span, ctxt: &mut Ctxt) {
    if let Some(wrong) = unfit(value) {
        ctxt.error(at, wrong);
    } else if is_native && value.len() > MAX_NAME_BYTES {
        let message = format!(
            "expected at most {MAX_NAME_BYTES} bytes for `#[choices(native)]`, such as `value = \"gone\"`"
        );
        ctxt.error(at, message);
    } else if value.chars().count() > MOST_CHARACTERS {
        ctxt.error(at, format!("expected at most {MOST_CHARACTERS} characters, such as `value = \"gone\"`"));
    }
}

/// Returns why a text cannot be the value of a variant: some databases store the empty text for a value
/// that is not in the list.
pub(crate) fn unfit(value: &str) -> Option<&'static str> {
    if value.is_empty() {
        Some("a variant cannot have the empty text as its value; expected text, such as `\"gone\"`")
    } else if value.contains('\0') {
        Some("expected text without NUL characters, such as `\"gone\"`")
    } else {
        None
    }
}

/// Case does not count: to MySQL, `Gone` is `gone`. The compiler reports equal numbers.
fn values_differ(variants: &[(Span, Choice)], ctxt: &mut Ctxt) {
    for (position, (span, variant)) in variants.iter().enumerate() {
        let Some(value) = folded(&variant.value) else { continue };
        let mut earlier = variants[..position].iter();
        if let Some((_, other)) = earlier.find(|(_, other)| folded(&other.value).as_ref() == Some(&value)) {
            let message = format!(
                "`{}` and `{}` have one value; give one of them `#[choice(value = \"…\")]`",
                other.name, variant.name
            );
            ctxt.error(*span, message);
        }
    }
}

fn folded(value: &Literal) -> Option<String> {
    match value {
        Literal::Text(text) => Some(text.to_lowercase()),
        Literal::Bool(_) | Literal::Int(_) | Literal::Float(_) | Literal::Bytes(_) => None,
    }
}

/// A removed variant is not in the enum any more, and its replacement is.
fn check_moves(
    variants: &[(Span, Choice)],
    renamed: &[Move],
    removed: Option<&At<Vec<Move>>>,
    ctxt: &mut Ctxt,
) {
    let known: Vec<&str> = variants.iter().map(|(_, variant)| variant.name.as_str()).collect();
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    let removed = removed.into_iter().flat_map(|at| &at.value);
    for (before, after) in renamed.iter().chain(removed) {
        if known.contains(&before.value.as_str()) {
            let message = format!("`{}` is still a variant; expected one that is gone", before.value);
            ctxt.error(before.span, message);
        } else if !seen.insert(&before.value) {
            ctxt.error(before.span, format!("`{}` is said to go twice; keep one", before.value));
        }
        if let Some(after) = after.as_ref().filter(|after| !known.contains(&after.value.as_str())) {
            let message =
                format!("`{}` is not a variant; expected one of `{}`", after.value, known.join("`, `"));
            ctxt.error(after.span, message);
        }
    }
}

/// Returns the integer that the values fit in: that of `#[repr(…)]`, else the smallest.
fn width(item: &DeriveInput, variants: &[(Span, Choice)], ctxt: &mut Ctxt) -> Storage {
    let numbers: Vec<i128> = variants
        .iter()
        .filter_map(|(_, variant)| if let Literal::Int(number) = variant.value { Some(number) } else { None })
        .collect();
    match repr(&item.attrs).as_deref() {
        Some("i8" | "u8" | "i16") => Storage::I16,
        Some("u16" | "i32") => Storage::I32,
        Some("u32" | "i64" | "isize" | "u64" | "usize") => Storage::I64,
        Some(other) => {
            let message =
                format!("`#[repr({other})]` is not an integer of a column; expected one such as `i16`");
            ctxt.error(item.ident.span(), message);
            Storage::I64
        }
        None if numbers.iter().all(|number| i16::try_from(*number).is_ok()) => Storage::I16,
        None if numbers.iter().all(|number| i32::try_from(*number).is_ok()) => Storage::I32,
        None => Storage::I64,
    }
}

/// Returns the integer that `#[repr(…)]` names.
fn repr(attributes: &[Attribute]) -> Option<String> {
    let mut named = None;
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("repr")) {
        // The compiler reports what is wrong with it.
        let _ = attribute.parse_nested_meta(|meta| {
            let word = meta.path.get_ident().map(ToString::to_string);
            if let Some(word) = word.filter(|word| word != "C" && word != "transparent" && word != "align") {
                named = Some(word);
            }
            Ok(())
        });
    }
    named
}

#[cfg(test)]
mod tests;
