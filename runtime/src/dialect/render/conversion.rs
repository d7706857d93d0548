//! Conversions between types, and the refusal of those that are not supported.

use modelshift_schema::conversion::becomes;
use modelshift_schema::table::Column;

pub(crate) use modelshift_schema::type_family::TypeFamily as Kind;

use crate::dialect::{Dialect, Unsupported};

/// Refuses a change between types without an obvious conversion.
pub(crate) fn refuse_strange(dialect: Dialect, before: &Column, after: &Column) -> Result<(), Unsupported> {
    if becomes(&before.column_type, &after.column_type) {
        return Ok(());
    }
    Err(refusal(dialect, before, after))
}

/// Refuses to convert text to IP addresses, for databases without a type for them.
pub(crate) fn refuse_addresses(dialect: Dialect, before: &Column, after: &Column) -> Result<(), Unsupported> {
    match (before.column_type.family(), after.column_type.family()) {
        (Kind::Text, Kind::Native) => Err(refusal(dialect, before, after)),
        _ => Ok(()),
    }
}

/// Returns the error for a column that cannot change its type.
pub(crate) fn refusal(dialect: Dialect, before: &Column, after: &Column) -> Unsupported {
    let (from, to) = (before.column_type.family().name(), after.column_type.family().name());
    let what = format!("{dialect} has no way from {from} to {to} for the values of column `{}`", after.name);
    Unsupported::new(what, "add a new field, fill it with `RunSql`, and remove the old one")
}
