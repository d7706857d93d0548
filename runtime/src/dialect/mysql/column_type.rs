//! [`ColumnType`] -> the type of a MySQL column.

use modelshift_schema::choices::Choices;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::native_type::NativeType;

use super::Mysql;
use super::labels::refuse_labels;
use crate::dialect::render::enums;
use crate::dialect::{Dialect, Unsupported, no_native_type};

/// The most characters of a `varchar` that is the only column, with four bytes each.
const MAX_VARCHAR: u32 = 16_383;

/// The most bytes of a `varbinary` that is the only column.
const MAX_VARBINARY: u32 = 65_532;

/// The bytes in a row of a column whose values are stored elsewhere.
const POINTER_BYTES: u32 = 12;

/// The most characters of an IP address with the length of its network.
const LONGEST_NETWORK: u32 = 43;

/// Writes the type. Timestamps are stored in UTC as `datetime`, since the type `timestamp` ends in 2038.
pub(super) fn column_type(mysql: Mysql<'_>, holds: &ColumnType) -> Result<String, Unsupported> {
    Ok(match holds {
        ColumnType::Bool => "tinyint(1)",
        ColumnType::I8 => "tinyint",
        ColumnType::I16 => "smallint",
        ColumnType::I32 => "int",
        ColumnType::I64 => "bigint",
        ColumnType::U8 => "tinyint unsigned",
        ColumnType::U16 => "smallint unsigned",
        ColumnType::U32 => "int unsigned",
        ColumnType::U64 => "bigint unsigned",
        ColumnType::F32 => "float",
        ColumnType::F64 => "double",
        ColumnType::Text => "longtext",
        ColumnType::Varchar { max_length } => return varchar(*max_length),
        ColumnType::Bytes => "longblob",
        ColumnType::Varbinary { max_length } => return varbinary(*max_length),
        ColumnType::Date => "date",
        ColumnType::Time => "time(6)",
        ColumnType::DateTime | ColumnType::DateTimeTz => "datetime(6)",
        ColumnType::Uuid => "binary(16)",
        ColumnType::Decimal { precision, scale } => return decimal(*precision, *scale),
        ColumnType::Json => "json",
        ColumnType::Choices(choices) => return enumeration(mysql, choices),
        // sqlx writes an `IpAddr` as text.
        ColumnType::Native(NativeType::Inet) => return varchar(LONGEST_NETWORK),
        ColumnType::Array(_) | ColumnType::Native(_) => return Err(no_native_type(Dialect::Mysql, holds)),
    }
    .to_owned())
}

/// Writes the type of an enum, which is part of the column and has no name.
fn enumeration(mysql: Mysql<'_>, choices: &Choices) -> Result<String, Unsupported> {
    if !choices.is_native() {
        return column_type(mysql, &choices.stored());
    }
    refuse_labels(choices)?;
    let values = enums::list(&mysql, choices.variants.iter().map(|variant| &variant.value))?;
    Ok(format!("enum({values})"))
}

fn varchar(max_length: u32) -> Result<String, Unsupported> {
    if (1..=MAX_VARCHAR).contains(&max_length) {
        return Ok(format!("varchar({max_length})"));
    }
    let what = format!("mysql has no varchar of {max_length} characters");
    Err(Unsupported::new(what, format!("give a `max_length` between 1 and {MAX_VARCHAR}, or none")))
}

fn varbinary(max_length: u32) -> Result<String, Unsupported> {
    if (1..=MAX_VARBINARY).contains(&max_length) {
        return Ok(format!("varbinary({max_length})"));
    }
    let what = format!("mysql has no varbinary of {max_length} bytes");
    Err(Unsupported::new(what, format!("give a `max_length` between 1 and {MAX_VARBINARY}, or none")))
}

fn decimal(precision: u32, scale: u32) -> Result<String, Unsupported> {
    if (1..=65).contains(&precision) && scale <= precision.min(30) {
        return Ok(format!("decimal({precision}, {scale})"));
    }
    let what = format!("mysql has no decimal({precision}, {scale})");
    Err(Unsupported::new(what, "give a `precision` between 1 and 65, and a `scale` of at most 30 within it"))
}

/// Returns whether a default needs parentheses even if it is a constant.
pub(super) fn default_is_expression(holds: &ColumnType) -> bool {
    key_bytes(holds).is_none()
}

/// Returns the bytes that a column takes in a key; `None` if it cannot be part of a key.
pub(super) fn key_bytes(holds: &ColumnType) -> Option<u32> {
    Some(match holds {
        ColumnType::Native(NativeType::Inet) => LONGEST_NETWORK * 4,
        ColumnType::Text
        | ColumnType::Bytes
        | ColumnType::Json
        | ColumnType::Array(_)
        | ColumnType::Native(_) => return None,
        ColumnType::Varchar { max_length } => max_length.saturating_mul(4),
        ColumnType::Varbinary { max_length } => *max_length,
        ColumnType::Uuid => 16,
        ColumnType::Decimal { precision, .. } => precision / 2 + 2,
        ColumnType::Choices(choices) if choices.is_native() => 2,
        ColumnType::Choices(choices) => return key_bytes(&choices.stored()),
        ColumnType::Bool
        | ColumnType::I8
        | ColumnType::I16
        | ColumnType::I32
        | ColumnType::I64
        | ColumnType::U8
        | ColumnType::U16
        | ColumnType::U32
        | ColumnType::U64
        | ColumnType::F32
        | ColumnType::F64
        | ColumnType::Date
        | ColumnType::Time
        | ColumnType::DateTime
        | ColumnType::DateTimeTz => 8,
    })
}

/// Returns the bytes that a column takes in a row.
pub(super) fn row_bytes(holds: &ColumnType) -> u32 {
    match holds {
        ColumnType::Bool | ColumnType::I8 | ColumnType::U8 => 1,
        ColumnType::I16 | ColumnType::U16 => 2,
        ColumnType::Date => 3,
        ColumnType::I32 | ColumnType::U32 | ColumnType::F32 => 4,
        ColumnType::Time => 6,
        ColumnType::I64
        | ColumnType::U64
        | ColumnType::F64
        | ColumnType::DateTime
        | ColumnType::DateTimeTz => 8,
        ColumnType::Uuid => 16,
        ColumnType::Decimal { precision, .. } => precision / 2 + 2,
        ColumnType::Varchar { max_length } => {
            let bytes = max_length.saturating_mul(4);
            bytes.saturating_add(if bytes > 255 { 2 } else { 1 })
        }
        ColumnType::Varbinary { max_length } => max_length.saturating_add(2),
        ColumnType::Choices(choices) if choices.is_native() => 2,
        ColumnType::Choices(choices) => row_bytes(&choices.stored()),
        ColumnType::Text
        | ColumnType::Bytes
        | ColumnType::Json
        | ColumnType::Array(_)
        | ColumnType::Native(_) => POINTER_BYTES,
    }
}
