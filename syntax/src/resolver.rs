//! Which model a path in source means.

use modelshift_schema::name::{AppLabel, ModelKey};

/// Tells which model a path means.
pub trait Resolver {
    /// Gives the model that the path, as in `ForeignKey<blog::Author>`, leads to.
    fn model(&self, path: &syn::Path) -> ModelKey;
}

/// Takes paths as they are written: the last segment is the model, and its app is left open.
///
/// What the derive sees is no more than that, so hashes are made of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct AsWritten;

/// The label that stands for "an app that is not known here".
pub const OPEN_APP: &str = "_";

impl Resolver for AsWritten {
    fn model(&self, path: &syn::Path) -> ModelKey {
        ModelKey::new(OPEN_APP, last_name(path))
    }
}

/// Takes paths as a migration spells them: `Author` is of the app itself, `accounts::User` of the app `accounts`.
#[derive(Clone, Debug)]
pub struct InMigration {
    app: AppLabel,
}

impl InMigration {
    /// Reads paths for the migrations of an app.
    pub fn new(app: AppLabel) -> Self {
        Self { app }
    }
}

impl Resolver for InMigration {
    fn model(&self, path: &syn::Path) -> ModelKey {
        let mut segments = path.segments.iter().rev().skip(1);
        let app = segments.next().map(|segment| AppLabel::new(crate::ident::name(&segment.ident)));
        ModelKey::new(app.unwrap_or_else(|| self.app.clone()), last_name(path))
    }
}

fn last_name(path: &syn::Path) -> String {
    path.segments.last().map(|segment| crate::ident::name(&segment.ident)).unwrap_or_default()
}
