//! `#[model(…)]`.

use modelshift_schema::sqlite_options::SqliteOptions;
use syn::ext::IdentExt as _;
use syn::parse::ParseStream;
use syn::{Attribute, Ident};

use super::constraint::{self, ConstraintAttr};
use super::index::{IndexAttr, index, plain_fields};
use super::{At, comment, database_name, flag, read_all, set, text};
use crate::grammar::ctxt::Ctxt;
use crate::grammar::ident;
use crate::structs::attr::symbol;
use crate::structs::attr::symbol::Owner;

/// The content of `#[model(…)]`.
#[derive(Clone, Debug, Default)]
pub(crate) struct ModelAttrs {
    pub(crate) is_abstract: Option<At<()>>,
    pub(crate) from_row: Option<At<()>>,
    pub(crate) name: Option<At<String>>,
    pub(crate) table: Option<At<String>>,
    pub(crate) schema: Option<At<String>>,
    pub(crate) comment: Option<At<String>>,
    pub(crate) managed: Option<At<bool>>,
    pub(crate) sqlite: Option<At<SqliteOptions>>,
    pub(crate) primary_key: Option<At<Vec<At<String>>>>,
    pub(crate) natural_key: Option<At<Vec<At<String>>>>,
    pub(crate) renamed_from: Option<At<String>>,
    pub(crate) new: Option<At<()>>,
    pub(crate) indexes: Vec<IndexAttr>,
    pub(crate) constraints: Vec<ConstraintAttr>,
}

impl ModelAttrs {
    /// Returns whether the struct declares that the field is part of its key.
    pub(crate) fn has_in_key(&self, field: &str) -> bool {
        self.primary_key.as_ref().is_some_and(|key| key.value.iter().any(|it| it.value == field))
    }

    /// Reads the attributes of a struct.
    pub(crate) fn read(attributes: &[Attribute], ctxt: &mut Ctxt) -> Self {
        let mut read = Self::default();
        read_all(attributes, "model", ctxt, |key, input| read.item(key, input));
        read
    }

    fn item(&mut self, key: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        match ident::name(key).as_str() {
            "abstract" => flag(key, input).and_then(|()| set(&mut self.is_abstract, key, ())),
            "from_row" => flag(key, input).and_then(|()| set(&mut self.from_row, key, ())),
            "name" => model_name(key, input).and_then(|name| set(&mut self.name, key, name)),
            "table" => {
                database_name(key, input, "\"posts\"").and_then(|name| set(&mut self.table, key, name))
            }
            "schema" => schema(key, input).and_then(|name| set(&mut self.schema, key, name)),
            "comment" => {
                comment(key, input, "\"what is read\"").and_then(|text| set(&mut self.comment, key, text))
            }
            "managed" => managed(key, input).and_then(|managed| set(&mut self.managed, key, managed)),
            "sqlite" => sqlite_options(key, input).and_then(|options| set(&mut self.sqlite, key, options)),
            "primary_key" => plain_fields(key, input, SAMPLE_KEY)
                .and_then(|fields| set(&mut self.primary_key, key, fields)),
            "natural_key" => plain_fields(key, input, "natural_key(slug)")
                .and_then(|fields| set(&mut self.natural_key, key, fields)),
            "renamed_from" => origin(key, input).and_then(|name| set(&mut self.renamed_from, key, name)),
            "new" => flag(key, input).and_then(|()| set(&mut self.new, key, ())),
            "index" => index(key, input).map(|index| self.indexes.push(index)),
            word if constraint::WORDS.contains(&word) => {
                constraint::constraint(key, input).map(|constraint| self.constraints.push(constraint))
            }
            unknown => Err(syn::Error::new(key.span(), symbol::unknown(Owner::Model, unknown))),
        }
    }
}

/// Reads the name of a model in migrations and databases, if it is not that of the struct.
fn model_name(key: &Ident, input: ParseStream<'_>) -> syn::Result<String> {
    let literal = text(key, input, "\"Author\"")?;
    rust_name(&literal.value()).ok_or_else(|| {
        let message = "expected a name such as that of a struct, such as `name = \"Author\"`";
        syn::Error::new(literal.span(), message)
    })
}

/// Returns a name without `r#`, if it is a name in Rust.
fn rust_name(text: &str) -> Option<String> {
    let name = text.strip_prefix("r#").unwrap_or(text);
    syn::parse_str::<Ident>(&ident::spell(name)).ok().map(|_| name.to_owned())
}

/// Reads the name of a schema of PostgreSQL.
pub(crate) fn schema(key: &Ident, input: ParseStream<'_>) -> syn::Result<String> {
    let name = database_name(key, input, "\"audit\"")?;
    let message = if name.contains('.') {
        "a schema has no dot in its name, and the table is named by `table`"
    } else if name.starts_with("pg_") || name == "information_schema" {
        "PostgreSQL keeps this schema for itself; choose another name, such as `schema = \"audit\"`"
    } else {
        return Ok(name);
    };
    Err(syn::Error::new(key.span(), message))
}

/// Reads `= false`.
fn managed(key: &Ident, input: ParseStream<'_>) -> syn::Result<bool> {
    input
        .parse::<syn::Token![=]>()
        .and_then(|_| input.parse::<syn::LitBool>())
        .map(|literal| literal.value)
        .map_err(|_| {
            syn::Error::new(key.span(), "expected `managed = false`, where something else makes the table")
        })
}

/// Reads the options of a table in SQLite: `(strict, without_rowid)`.
pub(crate) fn sqlite_options(key: &Ident, input: ParseStream<'_>) -> syn::Result<SqliteOptions> {
    let expected = "expected `sqlite(strict)`, `sqlite(without_rowid)`, or both";
    if !input.peek(syn::token::Paren) {
        return Err(syn::Error::new(key.span(), expected));
    }
    let words;
    syn::parenthesized!(words in input);
    let mut options = SqliteOptions::default();
    while !words.is_empty() {
        let word = words.call(Ident::parse_any)?;
        let known = SqliteOptions::WORDS.into_iter().find(|(known, _)| word == *known);
        let (_, option) = known.ok_or_else(|| syn::Error::new(word.span(), expected))?;
        if options.and(option) == options {
            return Err(syn::Error::new(word.span(), format!("`{word}` is there twice")));
        }
        options = options.and(option);
        super::comma(&words)?;
    }
    Ok(options)
}

/// Reads the name that a struct had, with its app where that was another one: `"Article"`, `"blog.Article"`.
fn origin(key: &Ident, input: ParseStream<'_>) -> syn::Result<String> {
    let literal = text(key, input, "\"Article\"")?;
    let value = literal.value();
    let name = match value.split_once('.') {
        None => rust_name(&value),
        Some((app, name)) => rust_name(app).zip(rust_name(name)).map(|(app, name)| format!("{app}.{name}")),
    };
    name.ok_or_else(|| {
        let message = "expected the name of a struct, such as `renamed_from = \"Article\"`, with its app where that \
                       was another one: `renamed_from = \"blog.Article\"`";
        syn::Error::new(literal.span(), message)
    })
}

pub(crate) const SAMPLE_KEY: &str = "primary_key(order, number)";
