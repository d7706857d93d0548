//! Many-to-many relations, as fields of structs.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use serde::de::{IgnoredAny, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::Model;

/// A relation with any number of rows of `T`. The relation is stored in a join table, and the field contains no value.
///
/// The field has no column, so that `#[model(from_row)]` reads none for it, and `#[derive(sqlx::FromRow)]` needs
/// `#[sqlx(skip)]`. Serde serializes it as none, and deserializes it from any value.
pub struct ManyToMany<T: Model>(PhantomData<fn() -> T>);

impl<T: Model> ManyToMany<T> {
    /// Creates the only value of the field.
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

// Derived implementations would require `T: Clone` and so on.

impl<T: Model> Clone for ManyToMany<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Model> Copy for ManyToMany<T> {}

impl<T: Model> Default for ManyToMany<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Model> fmt::Debug for ManyToMany<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ManyToMany")
    }
}

impl<T: Model> PartialEq for ManyToMany<T> {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl<T: Model> Eq for ManyToMany<T> {}

impl<T: Model> PartialOrd for ManyToMany<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: Model> Ord for ManyToMany<T> {
    fn cmp(&self, _other: &Self) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl<T: Model> Hash for ManyToMany<T> {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}

impl<T: Model> Serialize for ManyToMany<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_none()
    }
}

impl<'de, T: Model> Deserialize<'de> for ManyToMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // An option may be missing from the input.
        deserializer.deserialize_option(Nothing).map(|()| Self::new())
    }
}

struct Nothing;

impl<'de> Visitor<'de> for Nothing {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    fn visit_none<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        IgnoredAny::deserialize(deserializer).map(|_| ())
    }
}
