//! `collation = "…"`, and `collation(postgres = "…", mysql = "…")` where the databases have different names for it.

use modelshift_schema::collation::Collation;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, parenthesized};

use super::{comma, database_name};
use crate::ident;

const SAMPLE: &str =
    "collation(sqlite = \"NOCASE\", postgres = \"und-x-icu\", mysql = \"utf8mb4_general_ci\")";

/// Reads what stands behind `collation`.
pub(super) fn read(key: &Ident, input: ParseStream<'_>) -> syn::Result<Collation> {
    if !input.peek(syn::token::Paren) {
        return database_name(key, input, "\"NOCASE\"").map(Collation::everywhere);
    }
    let content;
    parenthesized!(content in input);
    let mut collation = Collation::default();
    while !content.is_empty() {
        let database = content.call(Ident::parse_any)?;
        let name = ident::name(&database);
        let slot = match name.as_str() {
            "sqlite" => &mut collation.sqlite,
            "postgres" => &mut collation.postgres,
            "mysql" => &mut collation.mysql,
            _ => {
                let message =
                    format!("unknown database `{name}`; expected one of `sqlite`, `postgres`, `mysql`");
                return Err(syn::Error::new(database.span(), message));
            }
        };
        let value = database_name(&database, &content, "\"NOCASE\"")?;
        if slot.replace(value).is_some() {
            return Err(syn::Error::new(database.span(), format!("duplicate attribute `{name}`; keep one")));
        }
        comma(&content)?;
    }
    if collation == Collation::default() {
        return Err(syn::Error::new(key.span(), format!("expected a name, such as `{SAMPLE}`")));
    }
    Ok(collation)
}
