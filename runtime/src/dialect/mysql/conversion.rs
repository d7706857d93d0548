//! Conversions of columns that the server does not support.

use modelshift_schema::table::Column;

use crate::dialect::render::conversion::{Kind, refusal, refuse_addresses, refuse_strange};
use crate::dialect::{Dialect, Unsupported};

/// Refuses a change of type that the server cannot do. For example, it does not convert a UUID between its sixteen bytes
/// and its text.
pub(super) fn refuse_conversion(old: &Column, new: &Column) -> Result<(), Unsupported> {
    refuse_strange(Dialect::Mysql, old, new)?;
    refuse_addresses(Dialect::Mysql, old, new)?;
    match (old.column_type.family(), new.column_type.family()) {
        (Kind::Uuid, Kind::Text) | (Kind::Text, Kind::Uuid) => Err(refusal(Dialect::Mysql, old, new)),
        _ => Ok(()),
    }
}
