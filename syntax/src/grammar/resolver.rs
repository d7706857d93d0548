//! Which model or enum a path in source means.

use modelshift_schema::choices::Choices;
use modelshift_schema::hints::ChoiceHints;
use modelshift_schema::name::{AppLabel, ModelKey};

/// The meaning of a type that is not a known column type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NamedType {
    /// It is taken as it is written; only the name is known.
    AsWritten,
    /// An enum with `#[derive(Choices)]`.
    Choices(Choices, ChoiceHints),
    /// Nothing that a column can hold.
    Unknown,
    /// A type of another crate that is not exported; the reason, as a sentence.
    Unresolved(String),
}

/// Returns which model or enum a path means.
pub trait Resolver {
    /// Returns the model at a path, as in `ForeignKey<blog::Author>`.
    fn model(&self, path: &syn::Path) -> ModelKey;

    /// Returns the model that `Self` means in a struct of this name.
    fn own(&self, name: &str) -> ModelKey;

    /// Returns the meaning of a type of the crate, as in `status: blog::Status`.
    fn named(&self, path: &syn::Path) -> NamedType;
}

/// Takes paths as they are written: the last segment is the model, and its app is left open.
///
/// The derive sees only that, so hashes are made of it.
#[derive(Clone, Copy, Debug, Default)]
pub struct AsWritten;

/// The label of an app that is not known here.
pub const OPEN_APP: &str = "_";

impl Resolver for AsWritten {
    fn model(&self, path: &syn::Path) -> ModelKey {
        ModelKey::new(OPEN_APP, last_name(path))
    }

    fn own(&self, name: &str) -> ModelKey {
        ModelKey::new(OPEN_APP, name)
    }

    fn named(&self, _path: &syn::Path) -> NamedType {
        NamedType::AsWritten
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
        let app = segments.next().map(|segment| AppLabel::new(crate::grammar::ident::name(&segment.ident)));
        ModelKey::new(app.unwrap_or_else(|| self.app.clone()), last_name(path))
    }

    fn own(&self, name: &str) -> ModelKey {
        ModelKey::new(&self.app, name)
    }

    /// In a migration, each field declares what its enum was.
    fn named(&self, _path: &syn::Path) -> NamedType {
        NamedType::Unknown
    }
}

/// Returns the last name of a path.
pub(crate) fn last_name(path: &syn::Path) -> String {
    path.segments.last().map(|segment| crate::grammar::ident::name(&segment.ident)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse_model;

    #[test]
    fn a_model_with_a_name_of_its_own_is_known_by_it() {
        let source = "#[model(name = \"Author\")] struct Model { id: i64, boss: Option<ForeignKey<Self>> }";
        let parsed = parse_model(&syn::parse_str(source).unwrap(), &AsWritten).unwrap();
        let model = &parsed.written.model;
        assert_eq!(model.name.as_str(), "Author");
        let boss = model.field(&"boss".into()).and_then(|field| field.relation()).unwrap();
        assert_eq!(boss.to, ModelKey::new(OPEN_APP, "Author"));
        for (said, expected) in [
            ("name = \"No name\"", "expected a name such as that of a struct"),
            ("abstract, name = \"A\"", "`name` cannot be used with `abstract`"),
        ] {
            let source = format!("#[model({said})] struct Model {{ id: i64 }}");
            let error = parse_model(&syn::parse_str(&source).unwrap(), &AsWritten).unwrap_err();
            assert!(error.to_string().starts_with(expected), "{error}");
        }
    }
}
