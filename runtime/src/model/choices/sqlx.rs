//! sqlx's traits for enums that columns hold, for every database at once.

use sqlx::Database;

/// Implements sqlx's traits: `text`, `native`, or the integer, and the enum.
#[doc(hidden)]
#[macro_export]
macro_rules! __choices_of_sqlx {
    (native $name:ident) => {
        impl<D: $crate::choices::ListsValues> $crate::__sqlx::Type<D> for $name {
            fn type_info() -> D::TypeInfo {
                D::type_of_listed()
            }

            fn compatible(info: &D::TypeInfo) -> bool {
                D::may_be_listed(info)
            }
        }
        $crate::__choices_of_sqlx!(@values $name, ::std::string::String, &'r str);
    };
    (text $name:ident) => {
        $crate::__choices_of_sqlx!(@type $name, ::std::string::String);
        $crate::__choices_of_sqlx!(@values $name, ::std::string::String, &'r str);
    };
    ($integer:ident $name:ident) => {
        $crate::__choices_of_sqlx!(@type $name, $integer);
        $crate::__choices_of_sqlx!(@values $name, $integer, $integer);
    };
    (@type $name:ident, $stored:ty) => {
        impl<D: $crate::__sqlx::Database> $crate::__sqlx::Type<D> for $name
        where
            $stored: $crate::__sqlx::Type<D>,
        {
            fn type_info() -> D::TypeInfo {
                <$stored as $crate::__sqlx::Type<D>>::type_info()
            }

            fn compatible(info: &D::TypeInfo) -> bool {
                <$stored as $crate::__sqlx::Type<D>>::compatible(info)
            }
        }
    };
    (@values $name:ident, $stored:ty, $read:ty) => {
        impl<'q, D: $crate::__sqlx::Database> $crate::__sqlx::Encode<'q, D> for $name
        where
            $stored: $crate::__sqlx::Encode<'q, D>,
        {
            fn encode_by_ref(
                &self,
                buffer: &mut D::ArgumentBuffer,
            ) -> ::core::result::Result<$crate::__sqlx::encode::IsNull, $crate::__sqlx::error::BoxDynError> {
                let value = <$stored>::from($crate::choices::Choices::value(self));
                $crate::__sqlx::Encode::<D>::encode(value, buffer)
            }
        }

        impl<'r, D: $crate::__sqlx::Database> $crate::__sqlx::Decode<'r, D> for $name
        where
            $read: $crate::__sqlx::Decode<'r, D>,
        {
            fn decode(
                value: D::ValueRef<'r>,
            ) -> ::core::result::Result<Self, $crate::__sqlx::error::BoxDynError> {
                let value = <$read as $crate::__sqlx::Decode<'r, D>>::decode(value)?;
                ::core::result::Result::Ok($crate::choices::parse(value)?)
            }
        }
    };
}

/// A database whose columns may be of a type that lists its values.
#[doc(hidden)]
pub trait ListsValues: Database {
    /// Returns the type of a parameter that becomes such a value.
    fn type_of_listed() -> Self::TypeInfo;

    /// Returns whether a column of the type holds such values, or text.
    fn may_be_listed(info: &Self::TypeInfo) -> bool;
}

#[cfg(feature = "sqlite")]
impl ListsValues for sqlx::Sqlite {
    fn type_of_listed() -> Self::TypeInfo {
        <str as sqlx::Type<Self>>::type_info()
    }

    fn may_be_listed(info: &Self::TypeInfo) -> bool {
        <str as sqlx::Type<Self>>::compatible(info)
    }
}

#[cfg(feature = "mysql")]
impl ListsValues for sqlx::MySql {
    fn type_of_listed() -> Self::TypeInfo {
        <str as sqlx::Type<Self>>::type_info()
    }

    fn may_be_listed(info: &Self::TypeInfo) -> bool {
        <str as sqlx::Type<Self>>::compatible(info)
    }
}

#[cfg(feature = "postgres")]
impl ListsValues for sqlx::Postgres {
    /// Each column has a type of its own, so that the server is left to find out which is meant.
    fn type_of_listed() -> Self::TypeInfo {
        const UNKNOWN: sqlx::postgres::types::Oid = sqlx::postgres::types::Oid(705);
        sqlx::postgres::PgTypeInfo::with_oid(UNKNOWN)
    }

    fn may_be_listed(info: &Self::TypeInfo) -> bool {
        matches!(info.kind(), sqlx::postgres::PgTypeKind::Enum(_))
            || <str as sqlx::Type<Self>>::compatible(info)
    }
}
