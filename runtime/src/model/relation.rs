//! References to other models, as fields of structs.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::Model;

/// A reference to a row of `T`, which contains the key of the row.
///
/// A reference by another field (`#[field(to_field = "slug")]`) contains a value of that field, and names its type:
/// `ForeignKey<Author, String>`.
///
/// The column of a field `author` is `author_id`, which `#[model(from_row)]` reads; `#[derive(sqlx::FromRow)]` needs
/// `#[sqlx(rename = "author_id")]`.
pub struct ForeignKey<T: Model, V = <T as Model>::Key>(pub V, PhantomData<fn() -> T>);

impl<T: Model, V> ForeignKey<T, V> {
    /// Creates a reference to the row with this key, or with this value of the referenced field.
    pub const fn new(key: V) -> Self {
        Self(key, PhantomData)
    }

    /// Returns the key of the referenced row, or the value of the referenced field.
    pub const fn key(&self) -> &V {
        &self.0
    }
}

/// A one-to-one relation: a [`ForeignKey`] with a unique column.
pub type OneToOne<T, V = <T as Model>::Key> = ForeignKey<T, V>;

// Derived implementations would require `T: Clone` and so on.

impl<T: Model, V: Clone> Clone for ForeignKey<T, V> {
    fn clone(&self) -> Self {
        Self::new(self.0.clone())
    }
}

impl<T: Model, V: Copy> Copy for ForeignKey<T, V> {}

impl<T: Model, V: fmt::Debug> fmt::Debug for ForeignKey<T, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ForeignKey").field(&self.0).finish()
    }
}

impl<T: Model, V: fmt::Display> fmt::Display for ForeignKey<T, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Model, V: Default> Default for ForeignKey<T, V> {
    fn default() -> Self {
        Self::new(V::default())
    }
}

impl<T: Model, V: PartialEq> PartialEq for ForeignKey<T, V> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Model, V: Eq> Eq for ForeignKey<T, V> {}

impl<T: Model, V: PartialOrd> PartialOrd for ForeignKey<T, V> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.0.partial_cmp(&other.0)
    }
}

impl<T: Model, V: Ord> Ord for ForeignKey<T, V> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<T: Model, V: Hash> Hash for ForeignKey<T, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T: Model, V: Serialize> Serialize for ForeignKey<T, V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Model, V: Deserialize<'de>> Deserialize<'de> for ForeignKey<T, V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        V::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(feature = "database")]
mod database {
    use sqlx::encode::IsNull;
    use sqlx::error::BoxDynError;
    use sqlx::{Database, Decode, Encode, Type};

    use super::{ForeignKey, Model};

    impl<D: Database, T: Model, V: Type<D>> Type<D> for ForeignKey<T, V> {
        fn type_info() -> D::TypeInfo {
            V::type_info()
        }

        fn compatible(info: &D::TypeInfo) -> bool {
            V::compatible(info)
        }
    }

    impl<'q, D: Database, T: Model, V: Encode<'q, D>> Encode<'q, D> for ForeignKey<T, V> {
        fn encode_by_ref(&self, buffer: &mut D::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
            self.0.encode_by_ref(buffer)
        }

        fn produces(&self) -> Option<D::TypeInfo> {
            self.0.produces()
        }

        fn size_hint(&self) -> usize {
            self.0.size_hint()
        }
    }

    impl<'r, D: Database, T: Model, V: Decode<'r, D>> Decode<'r, D> for ForeignKey<T, V> {
        fn decode(value: D::ValueRef<'r>) -> Result<Self, BoxDynError> {
            V::decode(value).map(Self::new)
        }
    }
}
