//! Values that a column holds in another form than sqlx expects of their type.

use sqlx::error::BoxDynError;
use sqlx::{Database, Decode, Error, Row, Type};

use crate::model::abstract_struct::Prefix;

/// A struct that is made of the columns of a row whose names begin with a prefix.
pub trait FromRowUnder<'r, R: Row, P: Prefix>: Sized {
    /// Returns the struct.
    ///
    /// # Errors
    /// If a column is missing, or its value is none of the field's type.
    fn from_row_under(row: &'r R) -> Result<Self, Error>;
}

/// An exact decimal: a number of the database, and on SQLite text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exact<T>(pub T);

/// An integer: on PostgreSQL, which has fewer types of integers, that of the next wider type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Narrow<T>(pub T);

/// An address of a network: on PostgreSQL a type of its own, elsewhere text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address<T>(pub T);

/// Implements sqlx's traits for a wrapper as another type has them.
macro_rules! read_as {
    ($wrapper:ident, $database:ty, $read:ty, |$value:ident| $content:expr) => {
        impl<T> Type<$database> for $wrapper<T>
        where
            $read: Type<$database>,
        {
            fn type_info() -> <$database as Database>::TypeInfo {
                <$read as Type<$database>>::type_info()
            }

            fn compatible(info: &<$database as Database>::TypeInfo) -> bool {
                <$read as Type<$database>>::compatible(info)
            }
        }

        impl<'r, T> Decode<'r, $database> for $wrapper<T>
        where
            $read: Decode<'r, $database>,
        {
            fn decode(value: <$database as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let $value = <$read as Decode<'r, $database>>::decode(value)?;
                Ok(Self($content))
            }
        }
    };
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::{Address, BoxDynError, Database, Decode, Exact, Narrow, Type};
    use sqlx::Sqlite;
    use sqlx::types::Text;

    read_as!(Exact, Sqlite, Text<T>, |value| value.0);
    read_as!(Address, Sqlite, Text<T>, |value| value.0);
    read_as!(Narrow, Sqlite, T, |value| value);
}

#[cfg(feature = "mysql")]
mod mysql {
    use super::{Address, BoxDynError, Database, Decode, Exact, Narrow, Type};
    use sqlx::MySql;
    use sqlx::types::Text;

    read_as!(Exact, MySql, T, |value| value);
    read_as!(Address, MySql, Text<T>, |value| value.0);
    read_as!(Narrow, MySql, T, |value| value);
}

#[cfg(feature = "postgres")]
mod postgres {
    use super::{Address, BoxDynError, Database, Decode, Exact, Narrow, Type};
    use sqlx::Postgres;
    use sqlx::postgres::{PgTypeInfo, PgValueRef};

    read_as!(Exact, Postgres, T, |value| value);
    read_as!(Address, Postgres, T, |value| value);

    impl<T> Type<Postgres> for Narrow<T> {
        fn type_info() -> PgTypeInfo {
            <i64 as Type<Postgres>>::type_info()
        }

        fn compatible(info: &PgTypeInfo) -> bool {
            let known: [fn(&PgTypeInfo) -> bool; 3] = [
                <i16 as Type<Postgres>>::compatible,
                <i32 as Type<Postgres>>::compatible,
                <i64 as Type<Postgres>>::compatible,
            ];
            known.iter().any(|is_it| is_it(info))
        }
    }

    impl<'r, T> Decode<'r, Postgres> for Narrow<T>
    where
        T: TryFrom<i64>,
        BoxDynError: From<T::Error>,
    {
        fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
            // sqlx reads an integer of any of the three widths.
            let number = <i64 as Decode<'r, Postgres>>::decode(value)?;
            Ok(Self(T::try_from(number)?))
        }
    }
}
