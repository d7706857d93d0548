//! `collation = "…"`, and `collation(postgres = "…", mysql = "…")` where the databases have different words for it.

use modelshift_schema::dialect::Dialect;
use modelshift_schema::per_database::PerDatabase;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, parenthesized};

use super::{comma, comment, database_name};
use crate::grammar::ident;

/// Reads the value of `collation`.
pub(super) fn collation(key: &Ident, input: ParseStream<'_>) -> syn::Result<PerDatabase> {
    const SAMPLE: &str =
        "collation(sqlite = \"NOCASE\", postgres = \"und-x-icu\", mysql = \"utf8mb4_general_ci\")";
    read(key, input, SAMPLE, |key, input| database_name(key, input, "\"NOCASE\""))
}

/// Reads the value of `sql_type`.
pub(super) fn sql_type(key: &Ident, input: ParseStream<'_>) -> syn::Result<PerDatabase> {
    const SAMPLE: &str = "sql_type(postgres = \"citext\")";
    read(key, input, SAMPLE, |key, input| comment(key, input, "\"citext\""))
}

fn read(
    key: &Ident,
    input: ParseStream<'_>,
    sample: &str,
    word: impl Fn(&Ident, ParseStream<'_>) -> syn::Result<String>,
) -> syn::Result<PerDatabase> {
    if !input.peek(syn::token::Paren) {
        return word(key, input).map(PerDatabase::everywhere);
    }
    let content;
    parenthesized!(content in input);
    let mut words = PerDatabase::default();
    while !content.is_empty() {
        let database = content.call(Ident::parse_any)?;
        let name = ident::name(&database);
        let Ok(dialect) = name.parse::<Dialect>() else {
            let known = Dialect::ALL.map(Dialect::name).join("`, `");
            let message = format!("unknown database `{name}`; expected one of `{known}`");
            return Err(syn::Error::new(database.span(), message));
        };
        if words.insert(dialect, word(&database, &content)?).is_some() {
            return Err(syn::Error::new(database.span(), format!("duplicate attribute `{name}`; keep one")));
        }
        comma(&content)?;
    }
    if words.is_empty() {
        return Err(syn::Error::new(key.span(), format!("expected a name, such as `{sample}`")));
    }
    Ok(words)
}
