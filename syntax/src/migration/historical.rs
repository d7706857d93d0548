//! The models that the functions of a migration file name: `models::Post`, `models::accounts::User`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

use crate::grammar::{ident, nesting};

/// The name of the module that holds the models as they stand at a `RunRust`.
pub const MODULE: &str = "models";

/// A name in `models`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NamedModel {
    /// `models::Post`.
    Own(String),
    /// `models::accounts::User`: the label of an app, and a model of it.
    Other(String, String),
    /// `models::*`.
    AllOwn,
    /// `models::accounts::*`.
    AllOther(String),
}

impl NamedModel {
    /// Returns the label of the other app.
    pub fn app(&self) -> Option<&str> {
        match self {
            Self::Own(_) | Self::AllOwn => None,
            Self::Other(app, _) | Self::AllOther(app) => Some(app),
        }
    }
}

/// Returns what a file names in `models`, in order; nothing where the file is not Rust.
///
/// A path that leads to another module of that name, such as `crate::models::Post`, is none of them.
pub fn named_models(text: &str) -> BTreeSet<NamedModel> {
    let mut found = BTreeSet::new();
    if let Ok(file) = nesting::parse_file(text) {
        for item in &file.items {
            // What stands in `migration!` is about today's names of no module.
            if !matches!(item, syn::Item::Macro(_)) {
                scan(&quote::ToTokens::to_token_stream(item), &mut found);
            }
        }
    }
    found
}

/// Returns the file in `OUT_DIR` with the models of a migration; `folder` is that of the checkout, and `module` is the path
/// of the migration file from the folder of the package.
pub fn models_file(folder: &Path, module: &Path) -> PathBuf {
    let names: Vec<String> =
        module.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
    folder.join("historical").join(names.join("."))
}

fn scan(tokens: &TokenStream, found: &mut BTreeSet<NamedModel>) {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for (position, token) in tokens.iter().enumerate() {
        match token {
            TokenTree::Group(group) => scan(&group.stream(), found),
            TokenTree::Ident(name) if name == MODULE && is_of_module(&tokens[..position]) => {
                if let Some(rest) = behind_colons(&tokens[position + 1..]) {
                    path(rest, None, found);
                }
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Returns whether `models` after these tokens is the module of the migration: it begins a path, or follows `self::`.
fn is_of_module(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Ident(first), one, other] if is_colon(one) && is_colon(other) => {
            first == "self"
                && !matches!(before, [.., one, other, _, _, _] if is_colon(one) && is_colon(other))
        }
        [.., one, other] if is_colon(one) && is_colon(other) => false,
        [.., last] => !matches!(last, TokenTree::Punct(punct) if punct.as_char() == '.'),
        [] => true,
    }
}

fn is_colon(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == ':')
}

/// Returns the tokens behind `::`.
fn behind_colons(tokens: &[TokenTree]) -> Option<&[TokenTree]> {
    match tokens {
        [one, other, rest @ ..] if is_colon(one) && is_colon(other) => Some(rest),
        _ => None,
    }
}

/// Reads the rest of a path: `Post`, `accounts::User`, `{…}` or `*`; `app` is the app that was read already.
fn path(tokens: &[TokenTree], app: Option<&str>, found: &mut BTreeSet<NamedModel>) {
    match tokens {
        [TokenTree::Ident(name), rest @ ..] => {
            let name = ident::name(name);
            match (app, behind_colons(rest)) {
                // A model begins with a capital letter, and what follows is of the model: `models::Post::COLUMNS`.
                (None, Some(rest)) if !name.starts_with(char::is_uppercase) => path(rest, Some(&name), found),
                // `use models::accounts;` hands on the whole module.
                (None, None) if !name.starts_with(char::is_uppercase) => {
                    found.insert(NamedModel::AllOther(name));
                }
                (None, _) => {
                    found.insert(NamedModel::Own(name));
                }
                (Some(app), _) => {
                    found.insert(NamedModel::Other(app.to_owned(), name));
                }
            }
        }
        [TokenTree::Group(group), ..] => {
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(it) if it.as_char() == ',');
            inside.split(is_comma).for_each(|part| path(part, app, found));
        }
        [TokenTree::Punct(star), ..] if star.as_char() == '*' => {
            found.insert(app.map_or(NamedModel::AllOwn, |app| NamedModel::AllOther(app.to_owned())));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_in_the_module_of_the_migration_are_found() {
        let text = "
            use models::{Author, accounts::{User, Team as Group}};
            modelshift::migration! { CreateModel { struct Post { id: i64 } } }
            async fn fill(db: &mut Db<'_>) -> Result {
                let mut rows = db.find(models::Post::COLUMNS.rating.gt(3));
                let user: Option<self::models::shop::Order> = None;
                let other = crate::models::Today { id: 1 };
                settings.models::<Nothing>();
                Ok(())
            }";
        let own = |name: &str| NamedModel::Own(name.to_owned());
        let other = |app: &str, name: &str| NamedModel::Other(app.to_owned(), name.to_owned());
        let wanted = [
            own("Author"),
            own("Post"),
            other("accounts", "Team"),
            other("accounts", "User"),
            other("shop", "Order"),
        ];
        assert_eq!(named_models(text), BTreeSet::from(wanted));
        let globs = named_models("use models::*; use models::accounts::*;");
        assert_eq!(globs, BTreeSet::from([NamedModel::AllOwn, NamedModel::AllOther("accounts".to_owned())]));
    }
}
