//! A reference to another model, as the field of a struct.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::Model;

/// A reference to the primary key of `T`: it holds the key, and nothing else.
///
/// The column of a field `author` is `author_id`; for `sqlx::FromRow` say `#[sqlx(rename = "author_id")]`.
pub struct ForeignKey<T: Model>(pub T::Key);

impl<T: Model> ForeignKey<T> {
    /// Refers to the row with this key.
    pub const fn new(key: T::Key) -> Self {
        Self(key)
    }

    /// Gives the key of the row referred to.
    pub const fn key(&self) -> &T::Key {
        &self.0
    }
}

/// A reference that no other row shares: a [`ForeignKey`] whose column is unique.
pub type OneToOne<T> = ForeignKey<T>;

// Derived implementations would ask `T: Clone` and so on; what counts is the key.

impl<T: Model<Key: Clone>> Clone for ForeignKey<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Model<Key: Copy>> Copy for ForeignKey<T> {}

impl<T: Model<Key: fmt::Debug>> fmt::Debug for ForeignKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ForeignKey").field(&self.0).finish()
    }
}

impl<T: Model<Key: fmt::Display>> fmt::Display for ForeignKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<T: Model<Key: Default>> Default for ForeignKey<T> {
    fn default() -> Self {
        Self(T::Key::default())
    }
}

impl<T: Model<Key: PartialEq>> PartialEq for ForeignKey<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: Model<Key: Eq>> Eq for ForeignKey<T> {}

impl<T: Model<Key: PartialOrd>> PartialOrd for ForeignKey<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        self.0.partial_cmp(&other.0)
    }
}

impl<T: Model<Key: Ord>> Ord for ForeignKey<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<T: Model<Key: Hash>> Hash for ForeignKey<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T: Model<Key: Serialize>> Serialize for ForeignKey<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, T: Model<Key: Deserialize<'de>>> Deserialize<'de> for ForeignKey<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::Key::deserialize(deserializer).map(Self)
    }
}

#[cfg(feature = "database")]
mod database {
    use sqlx::encode::IsNull;
    use sqlx::error::BoxDynError;
    use sqlx::{Database, Decode, Encode, Type};

    use super::{ForeignKey, Model};

    impl<D: Database, T: Model<Key: Type<D>>> Type<D> for ForeignKey<T> {
        fn type_info() -> D::TypeInfo {
            T::Key::type_info()
        }

        fn compatible(info: &D::TypeInfo) -> bool {
            T::Key::compatible(info)
        }
    }

    impl<'q, D: Database, T: Model<Key: Encode<'q, D>>> Encode<'q, D> for ForeignKey<T> {
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

    impl<'r, D: Database, T: Model<Key: Decode<'r, D>>> Decode<'r, D> for ForeignKey<T> {
        fn decode(value: D::ValueRef<'r>) -> Result<Self, BoxDynError> {
            T::Key::decode(value).map(Self)
        }
    }
}
