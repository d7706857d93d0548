//! The declared type of a SQLite column -> [`ColumnType`].

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::native_type::NativeType;

use super::super::spelled::affinity::{Affinity, affinity};
use crate::dialect::render::spelled_types::Words;

/// Returns a type for the values of a column, and what the type does not say.
pub(super) fn column_type(declared: &str) -> (ColumnType, Option<String>) {
    let words = Words::of(declared);
    if let Some(known) = known(&words) {
        return (known, None);
    }
    let by_affinity = match affinity(declared) {
        Affinity::Integer => return (ColumnType::I64, None),
        Affinity::Text => return (ColumnType::Text, None),
        Affinity::Real => return (ColumnType::F64, None),
        Affinity::Blob => ColumnType::Bytes,
        Affinity::Numeric => ColumnType::F64,
    };
    let note = match (declared, by_affinity == ColumnType::F64) {
        ("", _) => "The column has no type, so that it holds any value.".to_owned(),
        (declared, true) => format!("SQLite keeps `{declared}` as a number of about fifteen digits."),
        (declared, false) => format!("`{declared}` is unknown to modelshift."),
    };
    (by_affinity, Some(note))
}

fn known(words: &Words) -> Option<ColumnType> {
    match words.name.as_str() {
        "bool" | "boolean" => words.plain(ColumnType::Bool),
        "tinyint" => words.plain(ColumnType::I8),
        "smallint" => words.plain(ColumnType::I16),
        "unsigned tinyint" | "tinyint unsigned" => words.plain(ColumnType::U8),
        "unsigned smallint" | "smallint unsigned" => words.plain(ColumnType::U16),
        "unsigned integer" | "integer unsigned" => words.plain(ColumnType::U32),
        "unsigned bigint" | "bigint unsigned" => words.plain(ColumnType::U64),
        "varchar" | "nvarchar" | "character varying" | "character" | "char" | "nchar" => {
            words.varchar().filter(|it| *it != ColumnType::Varchar { max_length: 0 })
        }
        "blob" => match words.numbers.as_deref() {
            Some([]) => Some(ColumnType::Bytes),
            Some([max_length]) if *max_length > 0 => Some(ColumnType::Varbinary { max_length: *max_length }),
            _ => None,
        },
        "date" => words.plain(ColumnType::Date),
        "time" => words.plain(ColumnType::Time),
        "datetime" => words.plain(ColumnType::DateTime),
        "timestamp" => words.plain(ColumnType::DateTimeTz),
        "uuid_blob" => words.plain(ColumnType::Uuid),
        "json" | "json_text" => words.plain(ColumnType::Json),
        "inet_text" => words.plain(ColumnType::Native(NativeType::Inet)),
        "decimal_text" => words.decimal(),
        _ => None,
    }
}
