//! [`ColumnType`] -> the declared type of a SQLite column.
//!
//! The declared type determines the affinity of a column, and the Rust types that sqlx accepts for it. Each type has its
//! own name, so that the schema of a database shows which type was meant.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::native_type::NativeType;

use crate::dialect::{Dialect, Unsupported, no_native_type};

/// Writes the type.
pub(super) fn column_type(holds: &ColumnType) -> Result<String, Unsupported> {
    Ok(match holds {
        ColumnType::Bool => "boolean".to_owned(),
        ColumnType::I8 => "tinyint".to_owned(),
        ColumnType::I16 => "smallint".to_owned(),
        ColumnType::I32 => "integer".to_owned(),
        ColumnType::I64 => "bigint".to_owned(),
        ColumnType::U8 => "unsigned tinyint".to_owned(),
        ColumnType::U16 => "unsigned smallint".to_owned(),
        ColumnType::U32 => "unsigned integer".to_owned(),
        ColumnType::U64 => "unsigned bigint".to_owned(),
        ColumnType::F32 => "real".to_owned(),
        ColumnType::F64 => "double".to_owned(),
        ColumnType::Text => "text".to_owned(),
        ColumnType::Varchar { max_length } => format!("varchar({max_length})"),
        ColumnType::Bytes => "blob".to_owned(),
        ColumnType::Varbinary { max_length } => format!("blob({max_length})"),
        ColumnType::Date => "date".to_owned(),
        ColumnType::Time => "time".to_owned(),
        ColumnType::DateTime => "datetime".to_owned(),
        ColumnType::DateTimeTz => "timestamp".to_owned(),
        // sqlx writes a `Uuid` as sixteen bytes.
        ColumnType::Uuid => "uuid_blob".to_owned(),
        // Text keeps all digits. A number of SQLite keeps about fifteen.
        ColumnType::Decimal { precision, scale } => format!("decimal_text({precision}, {scale})"),
        ColumnType::Json => "json_text".to_owned(),
        // SQLite has no enum types; a check in the definition of the column replaces them.
        ColumnType::Choices(choices) if choices.is_native() => "text".to_owned(),
        ColumnType::Choices(choices) => return column_type(&choices.stored()),
        // sqlx writes an `IpAddr` as `sqlx::types::Text`.
        ColumnType::Native(NativeType::Inet) => "inet_text".to_owned(),
        ColumnType::Array(_) | ColumnType::Native(_) => return Err(no_native_type(Dialect::Sqlite, holds)),
    })
}
