//! Types for names, so that the name of a field is never taken for that of a column.
//!
//! Rust side: [`AppLabel`], [`ModelName`], [`FieldName`], [`ModelKey`]. Database side: [`TableName`],
//! [`SchemaName`], [`ColumnName`], [`ObjectName`] (indexes and constraints). History: [`MigrationId`].

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use self::table::TableName;

mod table;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the text as it is; the grammar and the dialects check what they accept.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// Returns the text of the name.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }
    };
}

name! {
    /// The label of an app: a package name in snake case, or the one in `.app("blog", …)`. It is persistent data.
    AppLabel
}
name! {
    /// The name of a model: the identifier of its struct, without `r#`.
    ModelName
}
name! {
    /// The name of a field: the identifier in the struct, without `r#`.
    FieldName
}
name! {
    /// The name of a schema of PostgreSQL, inside of a database.
    SchemaName
}
name! {
    /// The name of a column in the database.
    ColumnName
}
name! {
    /// The name of an index or a constraint in the database.
    ObjectName
}

/// Names one model of a project: `blog.Post`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelKey {
    /// The app that owns the model.
    pub app: AppLabel,
    /// The name of the model.
    pub name: ModelName,
}

impl ModelKey {
    /// Joins an app label and a model name.
    pub fn new(app: impl Into<AppLabel>, name: impl Into<ModelName>) -> Self {
        Self { app: app.into(), name: name.into() }
    }
}

impl From<&AppLabel> for AppLabel {
    fn from(label: &AppLabel) -> Self {
        label.clone()
    }
}

impl From<&ModelName> for ModelName {
    fn from(name: &ModelName) -> Self {
        name.clone()
    }
}

impl fmt::Display for ModelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.app, self.name)
    }
}

impl From<ModelKey> for String {
    fn from(key: ModelKey) -> Self {
        key.to_string()
    }
}

/// A text that is not of the form `app.name`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not of the form `app.name`")]
pub struct NameError {
    /// What was read.
    pub text: String,
}

fn split(text: &str) -> Result<(&str, &str), NameError> {
    match text.split_once('.') {
        Some((app, name)) if !app.is_empty() && !name.is_empty() && !name.contains('.') => Ok((app, name)),
        Some(_) | None => Err(NameError { text: text.to_owned() }),
    }
}

impl FromStr for ModelKey {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        split(text).map(|(app, name)| Self::new(app, name))
    }
}

impl TryFrom<String> for ModelKey {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

/// Names one migration: `blog.0002_author_rating`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MigrationId {
    /// The app that owns the migration.
    pub app: AppLabel,
    /// The number and the name, such as `0002_author_rating`.
    pub name: String,
}

impl MigrationId {
    /// Joins an app label and a migration name.
    pub fn new(app: impl Into<AppLabel>, name: impl Into<String>) -> Self {
        Self { app: app.into(), name: name.into() }
    }

    /// Returns the leading number, where the name has one: `2` for `0002_author_rating`.
    pub fn number(&self) -> Option<u32> {
        let digits: String = self.name.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    }

    /// Returns the number of the last migration that the name mentions: `3` for `0001_squashed_0003` and for `0003_tags`.
    pub fn last_number(&self) -> Option<u32> {
        let squashed = self.name.rsplit_once("_squashed_").map(|(_, last)| last);
        let digits =
            |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok();
        squashed.and_then(digits).or_else(|| self.number())
    }

    /// Returns the name of the module that holds the migration: `m0002_author_rating`.
    pub fn module(&self) -> String {
        format!("m{}", self.name)
    }
}

impl fmt::Display for MigrationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.app, self.name)
    }
}

impl From<MigrationId> for String {
    fn from(id: MigrationId) -> Self {
        id.to_string()
    }
}

impl FromStr for MigrationId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        split(text).map(|(app, name)| Self::new(app, name))
    }
}

impl TryFrom<String> for MigrationId {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ad_147_a_squash_goes_on_after_its_last_number() {
        let expect = [
            ("no_number", None),
            ("0001_initial", Some(1)),
            ("0002_auto_20380101", Some(2)),
            ("0002_squashed_0003", Some(3)),
            ("0002_model2_squashed_0003_other4", Some(3)),
            ("0002_squashed_0003_squashed_0004", Some(4)),
            ("0002_model2_squashed_0003_other4_squashed_0005_other6", Some(5)),
            ("0002_squashed_all", Some(2)),
        ];
        for (name, number) in expect {
            assert_eq!(MigrationId::new("blog", name).last_number(), number, "{name}");
        }
    }

    #[test]
    fn keys_and_ids_survive_their_text() {
        let key = ModelKey::new("blog", "Post");
        assert_eq!(key.to_string().parse(), Ok(key));
        let id: MigrationId = "blog.0002_author_rating".parse().unwrap();
        assert_eq!((id.number(), id.module().as_str()), (Some(2), "m0002_author_rating"));
        assert_eq!(id.last_number(), Some(2));
        assert!("blog".parse::<ModelKey>().is_err() && "a.b.c".parse::<ModelKey>().is_err());
    }
}
