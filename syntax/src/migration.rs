//! The grammar of `migration!`, both ways. What stands inside an operation is the grammar of structs.

mod beside;
mod head;
pub mod historical;
mod load_data;
mod parts;
mod print;
mod read;
mod redirect;
mod refused;
mod run_rust;
mod sql;
pub mod trailer;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::operation::Operation;
use proc_macro2::{LineColumn, TokenStream};
use syn::spanned::Spanned;

use crate::grammar::nesting;

pub use self::beside::beside_migration;
pub use self::print::print_module;
pub use self::redirect::with_dependencies;

/// The content of `migration! { … }`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MigrationBody {
    /// The app that the migration was written for, if it is specified.
    pub app: Option<AppLabel>,
    /// The migrations that must be applied before it.
    pub depends_on: Vec<MigrationId>,
    /// The migrations that must be applied after it.
    pub run_before: Vec<MigrationId>,
    /// The migrations that it replaces.
    pub replaces: Vec<MigrationId>,
    /// Whether it is one transaction, if it is specified.
    pub atomic: Option<bool>,
    /// The operations, in order.
    pub operations: Vec<Operation>,
}

/// Reads the content of `migration! { … }`; `app` is the app that the migration belongs to.
///
/// # Errors
/// All mistakes at once, each at its place and with what to write instead.
pub fn parse_migration(app: &AppLabel, tokens: TokenStream) -> syn::Result<MigrationBody> {
    read::body(app, tokens)
}

/// A migration file that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}:{column}: {message}")]
pub struct ReadError {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
    /// What is wrong, and what to write instead.
    pub message: String,
    /// True if the compiler reports the mistake too, since the text is not Rust or `migration!` refuses it.
    pub is_compile_error: bool,
    /// The app that the file names, if it is another one than it is read for, and nothing else is wrong.
    pub label: Option<AppLabel>,
}

/// Reads a migration file: the one `modelshift::migration! { … }` in it. Other items are left alone.
///
/// # Errors
/// The first mistake in the file, with its place.
pub fn read_module(id: &MigrationId, text: &str) -> Result<Migration, ReadError> {
    let text = trailer::normalised(text);
    let file = nesting::parse_file(&text).map_err(|error| first(&error))?;
    let mut found = None;
    for item in &file.items {
        if let syn::Item::Macro(item) = item
            && is_migration(&item.mac.path)
        {
            if found.is_some() {
                let message = "duplicate `migration!`; keep one, a file is one migration";
                return Err(ReadError {
                    is_compile_error: false,
                    ..first(&syn::Error::new(item.mac.path.span(), message))
                });
            }
            found = Some(&item.mac);
        }
    }
    let Some(found) = found else {
        let message = "expected a migration, such as `modelshift::migration! { }`".to_owned();
        return Err(ReadError { line: 1, column: 1, message, label: None, is_compile_error: false });
    };
    let body = parse_migration(&id.app, found.tokens.clone()).map_err(|error| first(&error))?;
    if let Some(label) = body.app.filter(|label| *label != id.app) {
        let message = format!("this migration is of app `{label}`, and is read for app `{}`", id.app);
        let error = first(&syn::Error::new(found.path.span(), message));
        return Err(ReadError { label: Some(label), is_compile_error: false, ..error });
    }
    Ok(Migration {
        id: id.clone(),
        depends_on: body.depends_on,
        run_before: body.run_before,
        replaces: body.replaces,
        atomic: body.atomic.unwrap_or(true),
        operations: body.operations,
    })
}

fn is_migration(path: &syn::Path) -> bool {
    let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    matches!(
        names.iter().map(String::as_str).collect::<Vec<_>>()[..],
        ["migration"] | ["modelshift", "migration"]
    )
}

/// Returns the mistake that stands first in the file.
fn first(error: &syn::Error) -> ReadError {
    let first = error.clone().into_iter().min_by_key(|error| error.span().start());
    let first = first.as_ref().unwrap_or(error);
    let LineColumn { line, column } = first.span().start();
    ReadError { line, column: column + 1, message: first.to_string(), label: None, is_compile_error: true }
}
