//! The type of a column -> the type of a field of an entity, with its attributes.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::native_type::NativeType;
use modelshift_schema::table::Column;
use modelshift_schema::type_family::TypeFamily;

use super::identifier::camel;
use crate::dialect::Dialect;

/// The type of a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct EntityType {
    /// The type in Rust, without `Option`.
    pub(super) rust: String,
    /// The value of the attribute `column_type`; `None` if the Rust type is enough.
    pub(super) column_type: Option<String>,
}

/// Returns the type; none if SeaORM has no such type.
pub(super) fn entity_type(column: &Column, dialect: Dialect) -> Option<EntityType> {
    if let Some(name) = enum_name(column, dialect) {
        return Some(EntityType { rust: camel(name), column_type: None });
    }
    let stored = column.column_type.stored();
    let column_type = match (stored.max_length(), stored.digits()) {
        (Some(length), _) if stored.family() == TypeFamily::Text => {
            Some(format!("String(StringLen::N({length}))"))
        }
        (_, Some((precision, scale))) if dialect != Dialect::Sqlite => {
            Some(format!("Decimal(Some(({precision}, {scale})))"))
        }
        _ if stored == ColumnType::Text => Some("Text".to_owned()),
        _ if stored == ColumnType::Json && dialect == Dialect::Postgres => Some("JsonBinary".to_owned()),
        _ => None,
    };
    Some(EntityType { rust: rust_type(&column.column_type, dialect)?, column_type })
}

/// Returns the name of the enum that the database has for the column.
pub(super) fn enum_name(column: &Column, dialect: Dialect) -> Option<&str> {
    let choices = column.column_type.choices().filter(|choices| choices.is_native())?;
    match dialect {
        Dialect::Postgres | Dialect::Mysql => Some(&choices.name),
        Dialect::Sqlite => None,
    }
}

fn rust_type(holds: &ColumnType, dialect: Dialect) -> Option<String> {
    let of_mysql = |mysql: &'static str, others: &'static str| match dialect {
        Dialect::Mysql => mysql,
        Dialect::Sqlite | Dialect::Postgres => others,
    };
    let name = match holds {
        ColumnType::Bool => "bool",
        ColumnType::I8 => of_mysql("i8", "i16"),
        ColumnType::I16 => "i16",
        ColumnType::I32 => "i32",
        ColumnType::I64 => "i64",
        ColumnType::U8 => of_mysql("u8", "i16"),
        ColumnType::U16 => of_mysql("u16", "i32"),
        ColumnType::U32 => of_mysql("u32", "i64"),
        ColumnType::U64 => of_mysql("u64", "i64"),
        ColumnType::F32 => "f32",
        ColumnType::F64 => "f64",
        ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Native(NativeType::CiText) => "String",
        ColumnType::Bytes | ColumnType::Varbinary { .. } => "Vec<u8>",
        ColumnType::Date => "Date",
        ColumnType::Time => "Time",
        ColumnType::DateTime => "DateTime",
        ColumnType::DateTimeTz => "DateTimeUtc",
        ColumnType::Uuid => "Uuid",
        // All digits are kept as text.
        ColumnType::Decimal { .. } if dialect == Dialect::Sqlite => "String",
        ColumnType::Decimal { .. } => "Decimal",
        ColumnType::Json => "Json",
        ColumnType::Choices(choices) if choices.is_native() => "String",
        ColumnType::Choices(choices) => return rust_type(&choices.stored(), dialect),
        ColumnType::Array(item) => return Some(format!("Vec<{}>", rust_type(item, dialect)?)),
        ColumnType::Native(NativeType::Inet) if dialect != Dialect::Postgres => "String",
        ColumnType::Native(_) => return None,
    };
    Some(name.to_owned())
}
