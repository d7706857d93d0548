//! The type of a column -> the type of Diesel for it.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::native_type::{NativeType, RangeOf};
use modelshift_schema::table::Column;

use super::identifier::{camel, literal};
use crate::dialect::Dialect;

/// Returns the type, without `Nullable`; none if Diesel has no such type.
pub(super) fn diesel_type(column: &Column, dialect: Dialect) -> Option<String> {
    of_type(&column.column_type, dialect)
}

/// Returns the name of the type of Diesel for a native enum of PostgreSQL, and the attributes that name the enum.
pub(super) fn enum_type(column: &Column, dialect: Dialect) -> Option<(String, String)> {
    let choices = column.column_type.choices()?;
    let schema = choices.schema.as_ref().map(|schema| format!(", schema = {}", literal(&schema.to_string())));
    let named = format!("{}{}", literal(&choices.name), schema.unwrap_or_default());
    (dialect == Dialect::Postgres && choices.is_native()).then(|| (camel(&choices.name), named))
}

fn of_type(holds: &ColumnType, dialect: Dialect) -> Option<String> {
    let unsigned = |mysql: &str, wider: &str| match dialect {
        Dialect::Mysql => format!("Unsigned<{mysql}>"),
        Dialect::Sqlite | Dialect::Postgres => wider.to_owned(),
    };
    let by_dialect = |sqlite: &str, postgres: &str, mysql: &str| match dialect {
        Dialect::Sqlite => sqlite.to_owned(),
        Dialect::Postgres => postgres.to_owned(),
        Dialect::Mysql => mysql.to_owned(),
    };
    Some(match holds {
        ColumnType::Bool => "Bool".to_owned(),
        ColumnType::I8 => by_dialect("SmallInt", "SmallInt", "TinyInt"),
        ColumnType::I16 => "SmallInt".to_owned(),
        ColumnType::I32 => "Integer".to_owned(),
        ColumnType::I64 => "BigInt".to_owned(),
        ColumnType::U8 => unsigned("TinyInt", "SmallInt"),
        ColumnType::U16 => unsigned("SmallInt", "Integer"),
        ColumnType::U32 => unsigned("Integer", "BigInt"),
        ColumnType::U64 => unsigned("BigInt", "BigInt"),
        ColumnType::F32 => "Float".to_owned(),
        ColumnType::F64 => "Double".to_owned(),
        ColumnType::Text => "Text".to_owned(),
        ColumnType::Varchar { .. } => "Varchar".to_owned(),
        ColumnType::Bytes | ColumnType::Varbinary { .. } => "Binary".to_owned(),
        ColumnType::Date => "Date".to_owned(),
        ColumnType::Time => "Time".to_owned(),
        ColumnType::DateTime => by_dialect("Timestamp", "Timestamp", "Datetime"),
        ColumnType::DateTimeTz => by_dialect("TimestamptzSqlite", "Timestamptz", "Datetime"),
        // sqlx, and so modelshift, writes a UUID as sixteen bytes where there is no type for it.
        ColumnType::Uuid => by_dialect("Binary", "Uuid", "Binary"),
        // All digits are kept as text.
        ColumnType::Decimal { .. } => by_dialect("Text", "Numeric", "Numeric"),
        ColumnType::Json => by_dialect("Text", "Jsonb", "Json"),
        ColumnType::Choices(choices) if choices.is_native() => match dialect {
            Dialect::Postgres => camel(&choices.name),
            Dialect::Sqlite | Dialect::Mysql => "Text".to_owned(),
        },
        ColumnType::Choices(choices) => return of_type(&choices.stored(), dialect),
        ColumnType::Array(item) => format!("Array<{}>", of_type(item, dialect)?),
        ColumnType::Native(native) => return of_native(*native, dialect),
    })
}

fn of_native(native: NativeType, dialect: Dialect) -> Option<String> {
    let name = match native {
        NativeType::Inet if dialect != Dialect::Postgres => "Text",
        NativeType::Inet => "Inet",
        NativeType::MacAddr => "MacAddr",
        NativeType::Interval => "Interval",
        NativeType::Range(RangeOf::I32) => "Int4range",
        NativeType::Range(RangeOf::I64) => "Int8range",
        NativeType::Range(RangeOf::Decimal) => "Numrange",
        NativeType::Range(RangeOf::Date) => "Daterange",
        NativeType::Range(RangeOf::DateTime) => "Tsrange",
        NativeType::Range(RangeOf::DateTimeTz) => "Tstzrange",
        NativeType::CiText => "Citext",
        NativeType::Money => "Money",
        NativeType::Oid => "Oid",
        NativeType::TimeTz
        | NativeType::VarBit
        | NativeType::Hstore
        | NativeType::LTree
        | NativeType::LQuery
        | NativeType::Cube
        | NativeType::Point
        | NativeType::Line
        | NativeType::LSeg
        | NativeType::Box
        | NativeType::Path
        | NativeType::Polygon
        | NativeType::Circle => return None,
    };
    Some(name.to_owned())
}
