//! `#[field(…)]`.

use modelshift_schema::collation::Collation;
use modelshift_schema::generated::Identity;
use modelshift_schema::per_database::PerDatabase;
use proc_macro2::TokenStream;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, Type};

use super::choices::ChoicesAttrs;
use super::relation::RelationAttrs;
use super::{
    At, comment, database_name, flag, identifier, number, one_of, per_database, read_all, set, switch, text,
    value,
};
use crate::grammar::ctxt::Ctxt;
use crate::grammar::expr::Spelled;
use crate::grammar::ident;
use crate::grammar::nesting;
use crate::grammar::nesting::Limit;
use crate::structs::attr::symbol;
use crate::structs::attr::symbol::Owner;

/// The content of `#[field(…)]`.
#[derive(Clone, Debug, Default)]
pub(crate) struct FieldAttrs {
    pub(crate) primary_key: Option<At<()>>,
    pub(crate) unique: Option<At<()>>,
    pub(crate) index: Option<At<bool>>,
    pub(crate) max_length: Option<At<u32>>,
    pub(crate) precision: Option<At<u32>>,
    pub(crate) scale: Option<At<u32>>,
    pub(crate) default: Option<At<Spelled>>,
    pub(crate) backfill: Option<At<Spelled>>,
    pub(crate) column: Option<At<String>>,
    pub(crate) comment: Option<At<String>>,
    pub(crate) collation: Option<At<Collation>>,
    pub(crate) renamed_from: Option<At<String>>,
    pub(crate) new: Option<At<()>>,
    pub(crate) keep_rows: Option<At<()>>,
    pub(crate) keep_values: Option<At<()>>,
    pub(crate) was: Option<At<String>>,
    pub(crate) filled: Option<At<()>>,
    pub(crate) skip: Option<At<()>>,
    pub(crate) flatten: Option<At<()>>,
    pub(crate) prefix: Option<At<String>>,
    pub(crate) generated: Option<At<Spelled>>,
    pub(crate) is_virtual: Option<At<()>>,
    pub(crate) identity: Option<At<Identity>>,
    pub(crate) sql_type: Option<At<PerDatabase>>,
    pub(crate) rust_type: Option<At<Box<Type>>>,
    pub(crate) relation: RelationAttrs,
    pub(crate) choices: ChoicesAttrs,
}

impl FieldAttrs {
    /// Reads the attributes of a field.
    pub(crate) fn read(attributes: &[Attribute], ctxt: &mut Ctxt) -> Self {
        let mut read = Self::default();
        read_all(attributes, "field", ctxt, |key, input| read.item(key, input));
        read
    }

    fn item(&mut self, key: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        match ident::name(key).as_str() {
            "primary_key" => flag(key, input).and_then(|()| set(&mut self.primary_key, key, ())),
            "unique" => flag(key, input).and_then(|()| set(&mut self.unique, key, ())),
            "new" => flag(key, input).and_then(|()| set(&mut self.new, key, ())),
            "keep_rows" => flag(key, input).and_then(|()| set(&mut self.keep_rows, key, ())),
            "keep_values" => flag(key, input).and_then(|()| set(&mut self.keep_values, key, ())),
            "was" => was(key, input).and_then(|text| set(&mut self.was, key, text)),
            "filled" => flag(key, input).and_then(|()| set(&mut self.filled, key, ())),
            "skip" => flag(key, input).and_then(|()| set(&mut self.skip, key, ())),
            "flatten" => flag(key, input).and_then(|()| set(&mut self.flatten, key, ())),
            "prefix" => {
                identifier(key, input, "\"billing_\"").and_then(|text| set(&mut self.prefix, key, text))
            }
            "index" => switch(key, input).and_then(|index| set(&mut self.index, key, index)),
            "max_length" => {
                number(key, input, "200").and_then(|number| set(&mut self.max_length, key, number))
            }
            "precision" => number(key, input, "10").and_then(|number| set(&mut self.precision, key, number)),
            "scale" => number(key, input, "2").and_then(|number| set(&mut self.scale, key, number)),
            "default" => value(key, input, "0").and_then(|value| set(&mut self.default, key, value)),
            "backfill" => value(key, input, "0").and_then(|value| set(&mut self.backfill, key, value)),
            "column" => {
                database_name(key, input, "\"author_no\"").and_then(|name| set(&mut self.column, key, name))
            }
            "comment" => {
                comment(key, input, "\"shown to all\"").and_then(|text| set(&mut self.comment, key, text))
            }
            "collation" => {
                per_database::collation(key, input).and_then(|word| set(&mut self.collation, key, word))
            }
            "generated" => {
                value(key, input, "price * quantity").and_then(|value| set(&mut self.generated, key, value))
            }
            "virtual" => flag(key, input).and_then(|()| set(&mut self.is_virtual, key, ())),
            "identity" => identity(key, input).and_then(|identity| set(&mut self.identity, key, identity)),
            "sql_type" => {
                per_database::sql_type(key, input).and_then(|word| set(&mut self.sql_type, key, word))
            }
            "renamed_from" => earlier(key, input).and_then(|name| set(&mut self.renamed_from, key, name)),
            "as" => rust_type(key, input).and_then(|rust_type| set(&mut self.rust_type, key, rust_type)),
            other => {
                match self.relation.item(key, other, input).or_else(|| self.choices.item(key, other, input)) {
                    Some(result) => result,
                    None => Err(syn::Error::new(key.span(), symbol::unknown(Owner::Field, other))),
                }
            }
        }
    }

    /// Returns the given attributes except `skip` and `flatten`, with their names.
    pub(crate) fn said(&self) -> impl Iterator<Item = (&'static str, proc_macro2::Span)> {
        [
            ("primary_key", self.primary_key.as_ref().map(|at| at.span)),
            ("unique", self.unique.as_ref().map(|at| at.span)),
            ("index", self.index.as_ref().map(|at| at.span)),
            ("max_length", self.max_length.as_ref().map(|at| at.span)),
            ("precision", self.precision.as_ref().map(|at| at.span)),
            ("scale", self.scale.as_ref().map(|at| at.span)),
            ("default", self.default.as_ref().map(|at| at.span)),
            ("backfill", self.backfill.as_ref().map(|at| at.span)),
            ("column", self.column.as_ref().map(|at| at.span)),
            ("comment", self.comment.as_ref().map(|at| at.span)),
            ("collation", self.collation.as_ref().map(|at| at.span)),
            ("generated", self.generated.as_ref().map(|at| at.span)),
            ("virtual", self.is_virtual.as_ref().map(|at| at.span)),
            ("identity", self.identity.as_ref().map(|at| at.span)),
            ("sql_type", self.sql_type.as_ref().map(|at| at.span)),
            ("renamed_from", self.renamed_from.as_ref().map(|at| at.span)),
            ("new", self.new.as_ref().map(|at| at.span)),
            ("keep_rows", self.keep_rows.as_ref().map(|at| at.span)),
            ("keep_values", self.keep_values.as_ref().map(|at| at.span)),
            ("was", self.was.as_ref().map(|at| at.span)),
            ("filled", self.filled.as_ref().map(|at| at.span)),
            ("as", self.rust_type.as_ref().map(|at| at.span)),
        ]
        .into_iter()
        .filter_map(|(name, span)| span.map(|span| (name, span)))
        .chain(self.relation.said())
        .chain(self.choices.said())
    }
}

/// Reads `= "…"` that is a Rust name, or nothing, which a prefix may have been.
fn earlier(key: &Ident, input: ParseStream<'_>) -> syn::Result<String> {
    let ahead = input.fork();
    match text(key, &ahead, "\"name\"") {
        Ok(literal) if literal.value().is_empty() => text(key, input, "\"name\"").map(|it| it.value()),
        Ok(_) | Err(_) => identifier(key, input, "\"name\""),
    }
}

/// Reads `= "…"` that says what the recorded field is.
fn was(key: &Ident, input: ParseStream<'_>) -> syn::Result<String> {
    text(key, input, "\"text\"").map(|text| text.value())
}

/// Reads `= always`, `= by_default` or `= none`.
fn identity(key: &Ident, input: ParseStream<'_>) -> syn::Result<Identity> {
    one_of(key, input, Identity::ALL, Identity::name, "always")
}

fn rust_type(key: &Ident, input: ParseStream<'_>) -> syn::Result<Box<Type>> {
    let literal = text(key, input, "\"i64\"")?;
    literal
        .parse_with(type_within_limits)
        .map_err(|_| syn::Error::new(literal.span(), "expected a Rust type, such as `as = \"i64\"`"))
}

fn type_within_limits(input: ParseStream<'_>) -> syn::Result<Box<Type>> {
    let tokens: TokenStream = input.parse()?;
    nesting::check(tokens.clone(), Limit::MODEL)?;
    syn::parse2(tokens)
}
