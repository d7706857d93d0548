//! Which types become which when a column is altered: the same pairs in every database, so that an edit means the same
//! everywhere.
//!
//! A pair is here when every value has one obvious counterpart, or when a migration stops at values that have none.
//! For any other pair the detector asks.

use crate::model::column_type::ColumnType;
use crate::model::native_type::NativeType;
use crate::model::type_family::TypeFamily;

/// Returns whether values of one family can become values of the other.
fn families_convert(from: TypeFamily, to: TypeFamily) -> bool {
    match (from, to) {
        (from, to) if from == to => true,
        (TypeFamily::Bool, TypeFamily::Integer)
        | (TypeFamily::Integer, TypeFamily::Bool)
        | (
            TypeFamily::Integer | TypeFamily::Float | TypeFamily::Decimal,
            TypeFamily::Integer | TypeFamily::Float | TypeFamily::Decimal,
        )
        | (TypeFamily::Date, TypeFamily::DateTime | TypeFamily::Timestamp)
        | (
            TypeFamily::DateTime | TypeFamily::Timestamp,
            TypeFamily::Date | TypeFamily::DateTime | TypeFamily::Timestamp,
        ) => true,
        (TypeFamily::Text, to) | (to, TypeFamily::Text) => to != TypeFamily::Bool && to != TypeFamily::Bytes,
        _ => false,
    }
}

/// Returns whether a column of one type can become one of the other and keep its values.
pub fn becomes(from: &ColumnType, to: &ColumnType) -> bool {
    match (from, to) {
        (ColumnType::Native(NativeType::Hstore), ColumnType::Json) => true,
        (ColumnType::Native(from), ColumnType::Native(to)) => from == to,
        // Items that would need an expression of their own cannot be given one.
        (ColumnType::Array(from), ColumnType::Array(to)) => {
            from == to || (from.family() == to.family() && from.family() != TypeFamily::Native)
        }
        (from, to) => families_convert(from.family(), to.family()),
    }
}
