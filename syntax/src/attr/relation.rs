//! What the attributes of a field say about a relation.

use modelshift_schema::relation::ReferentialAction;
use syn::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{LitStr, Token};

use super::{At, set, text};
use crate::ident;
use crate::symbol::nearest;

/// What the attributes of a field say about a relation.
#[derive(Clone, Debug, Default)]
pub(crate) struct RelationAttrs {
    pub(crate) on_delete: Option<At<ReferentialAction>>,
    pub(crate) on_update: Option<At<ReferentialAction>>,
    pub(crate) related_name: Option<At<String>>,
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
            "on_delete" => action(key, input).and_then(|action| set(&mut self.on_delete, key, action)),
            "on_update" => action(key, input).and_then(|action| set(&mut self.on_update, key, action)),
            "related_name" => text(key, input, "\"posts\"")
                .and_then(|literal| set(&mut self.related_name, key, literal.value())),
            _ => return None,
        })
    }

    /// Gives what was said, each with its name.
    pub(crate) fn said(&self) -> impl Iterator<Item = (&'static str, proc_macro2::Span)> {
        [
            ("on_delete", self.on_delete.as_ref().map(|at| at.span)),
            ("on_update", self.on_update.as_ref().map(|at| at.span)),
            ("related_name", self.related_name.as_ref().map(|at| at.span)),
        ]
        .into_iter()
        .filter_map(|(name, span)| span.map(|span| (name, span)))
    }
}

fn action(key: &Ident, input: ParseStream<'_>) -> syn::Result<ReferentialAction> {
    let names = ReferentialAction::ALL.map(ReferentialAction::name);
    let expected =
        || format!("expected one of `{}`, such as `{} = cascade`", names.join("`, `"), ident::name(key));
    if !input.peek(Token![=]) {
        return Err(syn::Error::new(key.span(), expected()));
    }
    input.parse::<Token![=]>()?;
    if let Ok(literal) = input.fork().parse::<LitStr>() {
        let near = nearest(&literal.value().replace(' ', "_"), names).unwrap_or("cascade");
        return Err(syn::Error::new(literal.span(), format!("expected a bare word, such as `{near}`")));
    }
    let at = if input.is_empty() { key.span() } else { input.span() };
    let word = input.call(Ident::parse_any).map_err(|_| syn::Error::new(at, expected()))?;
    let name = ident::name(&word);
    let known = ReferentialAction::ALL.into_iter().find(|action| action.name() == name);
    known.ok_or_else(|| match nearest(&name, names) {
        Some(near) => {
            syn::Error::new(word.span(), format!("unknown action `{name}`; did you mean `{near}`?"))
        }
        None => syn::Error::new(word.span(), format!("unknown action `{name}`; {}", expected())),
    })
}
