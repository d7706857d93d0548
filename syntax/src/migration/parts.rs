//! The parts of operations: `(Model: before -> after)`, `{ index(…) }`, `("citext")`.

use modelshift_schema::constraint::Constraint;
use modelshift_schema::index::Index;
use modelshift_schema::name::{FieldName, ModelKey, ModelName, SchemaName, TableName};
use modelshift_schema::operation::alter_model_options::Management;
use modelshift_schema::operation::rename_field::Place;
use modelshift_schema::operation::{CollationProvider, NewCollation};
use modelshift_schema::sqlite_options::SqliteOptions;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseBuffer, ParseStream};
use syn::{Ident, LitStr, Token, braced, parenthesized};

use crate::grammar::ident;
use crate::grammar::resolver::Resolver;
use crate::structs::attr;
use crate::structs::attr::constraint::WORDS;
use crate::structs::attr::index;
use crate::structs::lower;

/// Reads `(…)` after the word of an operation.
pub(super) fn in_parentheses<T>(
    word: &Ident,
    input: ParseStream<'_>,
    sample: &str,
    read: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<T> {
    let expected = format!("expected `{word}({sample})`");
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(word.span(), expected));
    }
    let content;
    let parentheses = parenthesized!(content in input);
    match read(&content) {
        Ok(value) if content.is_empty() => Ok(value),
        Ok(_) | Err(_) => Err(syn::Error::new(parentheses.span.join(), expected)),
    }
}

pub(super) fn in_braces<'a>(
    word: &Ident,
    input: ParseStream<'a>,
    sample: &str,
) -> syn::Result<ParseBuffer<'a>> {
    if !input.peek(syn::token::Brace) {
        return Err(syn::Error::new(word.span(), format!("expected `{sample}`")));
    }
    let content;
    braced!(content in input);
    Ok(content)
}

pub(super) fn at_end(input: ParseStream<'_>, expected: &str) -> syn::Result<()> {
    if input.is_empty() {
        Ok(())
    } else {
        Err(input.error(format!("expected {expected}; write one operation for each")))
    }
}

pub(super) fn name(input: ParseStream<'_>) -> syn::Result<String> {
    input.parse::<Ident>().map(|ident| ident::name(&ident))
}

pub(super) fn text(input: ParseStream<'_>) -> syn::Result<String> {
    input.parse::<LitStr>().map(|literal| literal.value())
}

/// Reads `"posts"`, or `()` for the derived name.
pub(super) fn table(input: ParseStream<'_>) -> syn::Result<Option<TableName>> {
    if input.peek(syn::token::Paren) {
        let nothing;
        parenthesized!(nothing in input);
        return at_end(&nothing, "`()`").map(|()| None);
    }
    text(input).map(|name| Some(name.into()))
}

/// Reads `, schema = "audit"`, if it is there.
pub(super) fn chosen_schema(input: ParseStream<'_>) -> syn::Result<Option<SchemaName>> {
    if input.is_empty() {
        return Ok(None);
    }
    input.parse::<Token![,]>()?;
    let key: Ident = input.parse()?;
    if key != "schema" {
        return Err(syn::Error::new(key.span(), "expected `schema = \"audit\"`"));
    }
    attr::model::schema(&key, input).map(|name| Some(name.into()))
}

/// Reads `(order, number)`, or `()` for the order of the fields.
pub(super) fn key_order(input: ParseStream<'_>) -> syn::Result<Vec<FieldName>> {
    let content;
    parenthesized!(content in input);
    let mut order = Vec::new();
    while !content.is_empty() {
        order.push(name(&content)?.into());
        attr::comma(&content)?;
    }
    Ok(order)
}

/// Reads `: "table"`, if it is there.
pub(super) fn chosen_table(input: ParseStream<'_>) -> syn::Result<Option<TableName>> {
    if input.is_empty() {
        return Ok(None);
    }
    input.parse::<Token![:]>()?;
    text(input).map(|name| Some(name.into()))
}

/// Reads `, column = "…"` or `, table = "…"` where it stands.
pub(super) fn chosen_place(input: ParseStream<'_>) -> syn::Result<Option<Place>> {
    if input.is_empty() {
        return Ok(None);
    }
    input.parse::<Token![,]>()?;
    let word: Ident = input.parse()?;
    input.parse::<Token![=]>()?;
    let name = text(input)?;
    match word.to_string().as_str() {
        "column" => Ok(Some(Place::Column(name.into()))),
        "table" => Ok(Some(Place::JoinTable(name.into()))),
        _ => Err(syn::Error::new(word.span(), "expected `column` or `table`")),
    }
}

/// Reads `before -> after`.
pub(super) fn arrow<T>(
    input: ParseStream<'_>,
    part: impl Fn(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<(T, T)> {
    let before = part(input)?;
    input.parse::<Token![->]>()?;
    Ok((before, part(input)?))
}

/// Reads `Model: before -> after`.
pub(super) fn renamed(
    input: ParseStream<'_>,
    part: impl Fn(ParseStream<'_>) -> syn::Result<String>,
) -> syn::Result<(ModelName, (String, String))> {
    of_model(input, |input| arrow(input, part))
}

/// Reads `app.Model`.
pub(super) fn key(input: ParseStream<'_>) -> syn::Result<ModelKey> {
    let app = name(input)?;
    input.parse::<Token![.]>()?;
    Ok(ModelKey::new(app, name(input)?))
}

/// Reads `Model: …`.
pub(super) fn of_model<T>(
    input: ParseStream<'_>,
    part: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<(ModelName, T)> {
    let model = name(input)?;
    input.parse::<Token![:]>()?;
    Ok((model.into(), part(input)?))
}

/// The options of a model in `AlterModelOptions`.
#[derive(Default)]
pub(super) struct Options {
    pub(super) comment: Option<String>,
    pub(super) managed: Management,
    pub(super) sqlite: Option<SqliteOptions>,
}

/// Reads the options of a model, or `()` for none.
pub(super) fn options(input: ParseStream<'_>) -> syn::Result<Options> {
    if input.peek(syn::token::Paren) {
        let nothing;
        parenthesized!(nothing in input);
        return at_end(&nothing, "`()`").map(|()| Options::default());
    }
    let (mut comment, mut managed, mut sqlite) = (None, None, None);
    while !input.is_empty() {
        let key = input.call(Ident::parse_any)?;
        if key == "comment" {
            attr::set(&mut comment, &key, attr::comment(&key, input, "\"what is read\"")?)?;
        } else if key == "managed" {
            input.parse::<Token![=]>()?;
            let word = input.call(Ident::parse_any)?.to_string();
            let way = Management::ALL.into_iter().find(|way| way.spelling() == Some(word.as_str()));
            let expected = "expected `managed = false`, `adopted`, `dropped` or `true`";
            attr::set(&mut managed, &key, way.ok_or_else(|| syn::Error::new(key.span(), expected))?)?;
        } else if key == "sqlite" {
            attr::set(&mut sqlite, &key, attr::model::sqlite_options(&key, input)?)?;
        } else {
            return Err(syn::Error::new(
                key.span(),
                format!("unknown option `{key}`; expected `comment`, `managed` or `sqlite`"),
            ));
        }
        attr::comma(input)?;
    }
    Ok(Options {
        comment: comment.map(|it| it.value),
        managed: managed.map(|it| it.value).unwrap_or_default(),
        sqlite: sqlite.map(|it| it.value),
    })
}

pub(super) fn add_index(word: &Ident, input: ParseStream<'_>) -> syn::Result<(ModelName, Index)> {
    let sample = format!("{word}(Post) {{ index(name = \"post_title_idx\", fields(title)) }}");
    let model = in_parentheses(word, input, "Post", name)?;
    let content = in_braces(word, input, &sample)?;
    let key = content
        .call(Ident::parse_any)
        .map_err(|_| syn::Error::new(word.span(), format!("expected `{sample}`")))?;
    if key != "index" {
        return Err(syn::Error::new(key.span(), format!("expected `{sample}`")));
    }
    let index = index::index(&key, &content)?;
    named(&key, index.name.is_some())?;
    at_end(&content, "one index in an operation")?;
    Ok((model.into(), lower::index(&index)))
}

/// Reads `(Post) { check(…) }` after `AddConstraint` or `AlterConstraint`.
pub(super) fn constraint(
    word: &Ident,
    input: ParseStream<'_>,
    resolver: &dyn Resolver,
) -> syn::Result<(ModelName, Constraint)> {
    let sample = format!("{word}(Post) {{ check(name = \"rating_range\", rating >= 0) }}");
    let model = in_parentheses(word, input, "Post", <Ident as Parse>::parse)?;
    let content = in_braces(word, input, &sample)?;
    let key = content
        .call(Ident::parse_any)
        .map_err(|_| syn::Error::new(word.span(), format!("expected `{sample}`")))?;
    let word_of = ident::name(&key);
    let is_known = WORDS.contains(&word_of.as_str());
    if !is_known || (word == "AddConstraintNotValid" && word_of != "check") {
        return Err(syn::Error::new(key.span(), format!("expected `{sample}`")));
    }
    let constraint =
        lower::constraint(&attr::constraint::constraint(&key, &content)?, &ident::name(&model), resolver);
    named(&key, constraint.name().is_some())?;
    at_end(&content, "one constraint in an operation")?;
    Ok((ident::name(&model).into(), constraint))
}

/// A migration names what it creates, so that a later rule for names does not change what it did.
pub(super) fn named(key: &Ident, is_named: bool) -> syn::Result<()> {
    if is_named {
        return Ok(());
    }
    Err(syn::Error::new(key.span(), format!("expected a name, such as `{key}(name = \"post_title\", …)`")))
}

/// Reads `("citext")`.
pub(super) fn named_object(word: &Ident, input: ParseStream<'_>, sample: &str) -> syn::Result<String> {
    let limit = modelshift_schema::naming::MAX_NAME_BYTES;
    in_parentheses(word, input, sample, |input| {
        let name = text(input)?;
        let is_name = (1..=limit).contains(&name.len()) && !name.contains('\0');
        if is_name { Ok(name) } else { Err(input.error("no name")) }
    })
}

/// Reads `("german") { locale = "de-u-ks-level2", provider = icu, deterministic = false }`.
pub(super) fn collation(word: &Ident, input: ParseStream<'_>) -> syn::Result<NewCollation> {
    let sample = format!("{word}(\"german\") {{ locale = \"de-u-ks-level2\", provider = icu }}");
    let name = named_object(word, input, "\"german\"")?;
    let content = in_braces(word, input, &sample)?;
    let (mut locale, mut provider, mut deterministic) = (None, None, None);
    while !content.is_empty() {
        let key = content.call(Ident::parse_any)?;
        match key.to_string().as_str() {
            "locale" => {
                let text = attr::comment(&key, &content, "\"de-u-ks-level2\"")?;
                attr::set(&mut locale, &key, text)?;
            }
            "provider" => {
                content.parse::<Token![=]>()?;
                let at = content.span();
                let word = content.call(Ident::parse_any).map(|word| word.to_string()).unwrap_or_default();
                let known = CollationProvider::ALL.into_iter().find(|known| known.name() == word);
                let known = known.ok_or_else(|| syn::Error::new(at, "expected `libc` or `icu`"))?;
                attr::set(&mut provider, &key, known)?;
            }
            "deterministic" => {
                attr::set(&mut deterministic, &key, attr::switch(&key, &content)?)?;
            }
            _ => return Err(syn::Error::new(key.span(), format!("expected `{sample}`"))),
        }
        attr::comma(&content)?;
    }
    let Some(locale) = locale else {
        return Err(syn::Error::new(word.span(), format!("expected `{sample}`")));
    };
    Ok(NewCollation {
        name,
        locale: locale.value,
        provider: provider.map(|it| it.value).unwrap_or_default(),
        deterministic: deterministic.is_none_or(|it| it.value),
    })
}
