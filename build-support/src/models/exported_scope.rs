//! Resolves paths in the source of a struct that another crate exports.

use modelshift_schema::name::ModelKey;
use modelshift_syntax::{NamedType, Resolver};
use quote::ToTokens;

use crate::crates::exported_types::{ExportedStruct, ExportedTypes};
use crate::resolve::NOWHERE;

/// Resolves the paths of a struct that another crate exports.
pub(crate) struct ExportedScope<'a> {
    pub(crate) exported: &'a ExportedTypes,
    pub(crate) shared: &'a ExportedStruct,
    /// The meaning of `Self`.
    pub(crate) own: ModelKey,
    /// The number of the form of enums, if they have several.
    pub(crate) pick: usize,
}

impl Resolver for ExportedScope<'_> {
    fn own(&self, _name: &str) -> ModelKey {
        self.own.clone()
    }

    fn model(&self, path: &syn::Path) -> ModelKey {
        let key = self.shared.models.get(&text(path)).cloned();
        key.unwrap_or_else(|| ModelKey::new(NOWHERE, text(path).replace(' ', "")))
    }

    fn named(&self, path: &syn::Path) -> NamedType {
        let exported = self.shared.choices.get(&text(path)).and_then(|id| self.exported.choices.get(id));
        let exported = exported.map(|exported| exported.form(self.pick));
        exported.map_or(NamedType::Unknown, |it| NamedType::Choices(it.choices.clone(), it.hints.clone()))
    }
}

impl ExportedScope<'_> {
    /// Returns the name of the struct that a path in this one resolves to.
    pub(crate) fn shared(&self, path: &syn::Path) -> Option<&str> {
        self.shared.structs.get(&text(path)).map(String::as_str)
    }
}

fn text(path: &syn::Path) -> String {
    path.to_token_stream().to_string()
}
