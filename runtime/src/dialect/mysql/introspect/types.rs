//! The type of a MySQL column, as SHOW CREATE TABLE writes it -> [`ColumnType`].

use modelshift_schema::column_type::ColumnType;

use super::super::spelled;
use crate::dialect::render::spelled_types::Words;

/// Returns a type for the values of a column, and what the type does not say; `None` if there is none.
pub(super) fn column_type(declared: &str) -> (Option<ColumnType>, Option<String>) {
    let words = Words::of(declared);
    if declared == "tinyint(1)" {
        return (Some(ColumnType::Bool), None);
    }
    if words.numbers.as_deref() == Some(&[16]) && words.name == "binary" {
        return (Some(ColumnType::Uuid), None);
    }
    if let Some(known) = spelled::known_type(&words) {
        return (Some(known), None);
    }
    match words.name.as_str() {
        "mediumint" => (Some(ColumnType::I32), None),
        "mediumint unsigned" => (Some(ColumnType::U32), None),
        "year" => (Some(ColumnType::U16), None),
        "char" => (words.varchar(), Some("The database takes spaces from the end of the text.".to_owned())),
        "binary" => match words.numbers.as_deref() {
            Some([max_length]) => (
                Some(ColumnType::Varbinary { max_length: *max_length }),
                Some("The database fills the bytes up with zeros.".to_owned()),
            ),
            _ => (None, None),
        },
        "time" => (
            Some(ColumnType::Time),
            Some("The column keeps fewer digits of a second than the field.".to_owned()),
        ),
        "datetime" => (
            Some(ColumnType::DateTime),
            Some("The column keeps fewer digits of a second than the field.".to_owned()),
        ),
        "timestamp" => (Some(ColumnType::DateTimeTz), Some("The column ends in the year 2038.".to_owned())),
        "float" | "double" => (Some(ColumnType::F64), None),
        "uuid" => (Some(ColumnType::Uuid), None),
        _ if declared.starts_with("set(") => {
            (Some(ColumnType::Text), Some("The column holds a set of values, joined by commas.".to_owned()))
        }
        _ => (None, None),
    }
}
