//! The readers, each with the rules for its result.

use std::str::FromStr;

use modelshift::url::DatabaseUrl;
use modelshift_schema::json;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_schema::operation::Operation;
use modelshift_schema::state::ProjectState;
use modelshift_syntax::answers::{print_answers, read_answers};
use modelshift_syntax::findings::{AppFindings, CrateFindings, ModelFindings, to_text};
use modelshift_syntax::nesting::{self, Limit};
use modelshift_syntax::{AsWritten, parse_choices, parse_model, print_module, read_module, schema_text};
use proc_macro2::TokenStream;
use serde::Serialize;
use serde::de::DeserializeOwned;
use syn::DeriveInput;

/// A struct or an enum, as the input of a derive.
///
/// # Panics
/// If one struct is printed in two ways.
pub fn structs(text: &str) {
    let Ok(tokens) = text.parse::<TokenStream>() else { return };
    if nesting::check(tokens.clone(), Limit::ITEM).is_err() {
        return;
    }
    let Ok(item) = syn::parse2::<DeriveInput>(tokens) else { return };
    if let Ok(parsed) = parse_model(&item, &AsWritten) {
        assert_eq!(schema_text(&parsed), schema_text(&parsed.clone()));
    }
    let _ = parse_choices(&item);
}

/// A source file of a user's crate.
pub fn source(text: &str) {
    let Ok(file) = nesting::parse_file(text) else { return };
    for item in file.items {
        if let syn::Item::Struct(item) = item {
            let _ = parse_model(&item.into(), &AsWritten);
        }
    }
}

/// A migration file.
///
/// # Panics
/// If a migration changes when it is printed and read again (invariant 2).
pub fn migrations(text: &str) {
    let id = MigrationId::new("blog", "0001_initial");
    let Ok(migration) = read_module(&id, text) else { return };
    let printed = print_module(&migration);
    assert_eq!(read_module(&id, &printed).as_ref(), Ok(&migration), "{printed}");
    applied(&migration);
}

/// A file of answers.
///
/// # Panics
/// If answers change when they are printed and read again.
pub fn answers(text: &str) {
    let Ok(answers) = read_answers(text) else { return };
    let printed = print_answers(&answers);
    assert_eq!(read_answers(&printed).as_ref(), Ok(&answers), "{printed}");
}

/// The address of a database.
///
/// # Panics
/// If `Debug` and `Display` of an address differ, so that one of them may contain a secret.
pub fn addresses(text: &str) {
    if let Ok(url) = DatabaseUrl::from_str(text) {
        assert_eq!(format!("{url:?}"), format!("DatabaseUrl({:?})", url.to_string()));
    }
}

/// The operations of a history row.
///
/// # Panics
/// If operations change when they are written and read again.
pub fn history(text: &str) {
    let Ok(operations) = json::read::<Vec<Operation>>(text) else { return };
    same_again(&operations);
    applied(&Migration::new(MigrationId::new("blog", "0001_initial"), Vec::new(), operations));
}

/// The findings that the build script leaves for the macros.
///
/// # Panics
/// If findings change when they are written and read again.
pub fn findings(text: &str) {
    if let Ok(findings) = json::read::<ModelFindings>(text) {
        same_again(&findings);
    }
    if let Ok(findings) = json::read::<CrateFindings>(text) {
        same_again(&findings);
    }
    if let Ok(findings) = json::read::<AppFindings>(text) {
        same_again(&findings);
    }
}

/// Applies a migration and reverts it, as far as the state allows.
fn applied(migration: &Migration) {
    let (mut state, app) = (ProjectState::default(), &migration.id.app);
    for operation in &migration.operations {
        let _ = operation.behaviour().describe();
        let _ = operation.behaviour().invert(app, &state);
        let mut after = state.clone();
        if operation.behaviour().apply(app, &mut after).is_ok() {
            state = after;
        }
    }
}

fn same_again<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: &T) {
    let text = to_text(value);
    assert!(text.is_ok(), "{value:?} cannot be written");
    let read = json::read::<T>(&text.unwrap_or_default());
    assert!(read.as_ref().is_ok_and(|read| read == value), "{value:?} is read as {read:?}");
}
