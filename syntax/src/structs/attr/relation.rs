//! The attributes of a field about its relation.

use modelshift_schema::relation::{Deferrable, ReferentialAction};
use proc_macro2::Span;
use syn::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{LitStr, Token};

use super::{At, database_name, identifier, set, switch, text};
use crate::grammar::ident;
use crate::structs::attr::symbol::nearest;

/// The attributes of a field about its relation.
#[derive(Clone, Debug, Default)]
pub(crate) struct RelationAttrs {
    pub(crate) to_field: Option<At<String>>,
    pub(crate) on_delete: Option<At<ReferentialAction>>,
    pub(crate) on_update: Option<At<ReferentialAction>>,
    pub(crate) related_name: Option<At<String>>,
    pub(crate) db_constraint: Option<At<bool>>,
    pub(crate) deferrable: Option<At<Deferrable>>,
    pub(crate) through: Option<At<syn::Path>>,
    pub(crate) table: Option<At<String>>,
}

impl RelationAttrs {
    /// Reads one item, if it is about relations.
    pub(crate) fn item(
        &mut self,
        key: &Ident,
        name: &str,
        input: ParseStream<'_>,
    ) -> Option<syn::Result<()>> {
        Some(match name {
            "to_field" => {
                identifier(key, input, "\"slug\"").and_then(|name| set(&mut self.to_field, key, name))
            }
            "on_delete" => action(key, input).and_then(|action| set(&mut self.on_delete, key, action)),
            "on_update" => action(key, input).and_then(|action| set(&mut self.on_update, key, action)),
            "related_name" => text(key, input, "\"posts\"")
                .and_then(|literal| set(&mut self.related_name, key, literal.value())),
            "db_constraint" => {
                switch(key, input).and_then(|is_held| set(&mut self.db_constraint, key, is_held))
            }
            "deferrable" => deferrable(key, input).and_then(|when| set(&mut self.deferrable, key, when)),
            "through" => path(key, input).and_then(|path| set(&mut self.through, key, path)),
            "table" => {
                database_name(key, input, "\"post_tags\"").and_then(|name| set(&mut self.table, key, name))
            }
            _ => return None,
        })
    }

    /// Returns the places of the given attributes, with their names.
    pub(crate) fn said(&self) -> impl Iterator<Item = (&'static str, Span)> {
        let of_all = self.related_name.as_ref().map(|at| ("related_name", at.span));
        of_all.into_iter().chain(self.said_of_references()).chain(self.said_of_many_to_many())
    }

    /// Returns the given attributes that only a `ManyToMany` has.
    pub(crate) fn said_of_many_to_many(&self) -> impl Iterator<Item = (&'static str, Span)> {
        let through = self.through.as_ref().map(|at| ("through", at.span));
        through.into_iter().chain(self.table.as_ref().map(|at| ("table", at.span)))
    }

    /// Returns the given attributes that only a reference has.
    pub(crate) fn said_of_references(&self) -> impl Iterator<Item = (&'static str, Span)> {
        [
            ("to_field", self.to_field.as_ref().map(|at| at.span)),
            ("on_delete", self.on_delete.as_ref().map(|at| at.span)),
            ("on_update", self.on_update.as_ref().map(|at| at.span)),
            ("db_constraint", self.db_constraint.as_ref().map(|at| at.span)),
            ("deferrable", self.deferrable.as_ref().map(|at| at.span)),
        ]
        .into_iter()
        .filter_map(|(name, span)| span.map(|span| (name, span)))
    }
}

fn path(key: &Ident, input: ParseStream<'_>) -> syn::Result<syn::Path> {
    input.parse::<Token![=]>().and_then(|_| input.call(syn::Path::parse_mod_style)).map_err(|_| {
        syn::Error::new(key.span(), format!("expected a model, such as `{} = Membership`", ident::name(key)))
    })
}

/// Bare words that an attribute takes.
struct Words<T: 'static> {
    /// What messages call such a word.
    kind: &'static str,
    /// The word that a sample shows.
    sample: &'static str,
    values: &'static [T],
    name: fn(T) -> &'static str,
    /// What to write in place of words of other libraries.
    remedies: &'static [(&'static str, &'static str)],
}

const ACTION: Words<ReferentialAction> = Words {
    kind: "action",
    sample: "cascade",
    values: &ReferentialAction::ALL,
    name: ReferentialAction::name,
    remedies: &[
        ("set", SET),
        ("set_value", SET),
        ("protect", "write `restrict`"),
        ("do_nothing", "write `no_action`"),
    ],
};

/// A database sets a reference to NULL or to the default of its column only.
const SET: &str = "a database sets a reference to NULL or to its default; write `default = 1, on_delete = set_default` with the key";

const DEFERRABLE: Words<Deferrable> = Words {
    kind: "time",
    sample: "deferred",
    values: &Deferrable::ALL,
    name: Deferrable::name,
    remedies: &[],
};

/// Reads `= cascade`.
pub(super) fn action(key: &Ident, input: ParseStream<'_>) -> syn::Result<ReferentialAction> {
    word(key, input, &ACTION)
}

/// Reads `= deferred`.
pub(super) fn deferrable(key: &Ident, input: ParseStream<'_>) -> syn::Result<Deferrable> {
    word(key, input, &DEFERRABLE)
}

fn word<T: Copy>(key: &Ident, input: ParseStream<'_>, words: &Words<T>) -> syn::Result<T> {
    let names: Vec<&str> = words.values.iter().map(|value| (words.name)(*value)).collect();
    let sample = words.sample;
    let expected =
        format!("expected one of `{}`, such as `{} = {sample}`", names.join("`, `"), ident::name(key));
    if !input.peek(Token![=]) {
        return Err(syn::Error::new(key.span(), expected));
    }
    input.parse::<Token![=]>()?;
    if let Ok(literal) = input.fork().parse::<LitStr>() {
        let near = nearest(&literal.value().replace(' ', "_"), names.iter().copied()).unwrap_or(sample);
        return Err(syn::Error::new(literal.span(), format!("expected a bare word, such as `{near}`")));
    }
    let at = if input.is_empty() { key.span() } else { input.span() };
    let word = input.call(Ident::parse_any).map_err(|_| syn::Error::new(at, &expected))?;
    let name = ident::name(&word);
    let known = words.values.iter().find(|value| (words.name)(**value) == name).copied();
    known.ok_or_else(|| {
        let kind = words.kind;
        if let Some((_, remedy)) = words.remedies.iter().find(|(other, _)| *other == name) {
            return syn::Error::new(word.span(), format!("unknown {kind} `{name}`; {remedy}"));
        }
        match nearest(&name, names.iter().copied()) {
            Some(near) => {
                syn::Error::new(word.span(), format!("unknown {kind} `{name}`; did you mean `{near}`?"))
            }
            None => syn::Error::new(word.span(), format!("unknown {kind} `{name}`; {expected}")),
        }
    })
}
