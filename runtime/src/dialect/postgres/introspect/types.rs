//! The type of a PostgreSQL column, as `format_type` writes it -> [`ColumnType`].

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::native_type::NativeType;

use super::super::spelled;
use crate::dialect::render::spelled_types::Words;

/// The digits of a `numeric` without a size that the type of Rust holds.
const DIGITS: (u32, u32) = (28, 10);

/// Returns a type for the values of a column, and what the type does not say; `None` if there is none.
pub(super) fn column_type(declared: &str) -> (Option<ColumnType>, Option<String>) {
    if let Some(item) = declared.strip_suffix("[]") {
        let (item, note) = column_type(item);
        let is_list = |it: &ColumnType| matches!(it, ColumnType::Array(_) | ColumnType::Native(_));
        return (item.filter(|it| !is_list(it)).map(|it| ColumnType::Array(Box::new(it))), note);
    }
    let words = Words::of(declared);
    if let Some(known) = spelled::known_type(&words) {
        return (Some(known), None);
    }
    match words.name.as_str() {
        "numeric" => {
            let note = "`numeric` without a size holds more digits than the field reads.".to_owned();
            let (precision, scale) = DIGITS;
            (Some(ColumnType::Decimal { precision, scale }), Some(note))
        }
        "character" => (words.varchar(), Some("The database fills the text up with spaces.".to_owned())),
        "json" => (Some(ColumnType::Json), None),
        "name" | "\"char\"" | "xml" => (Some(ColumnType::Text), None),
        "time without time zone" => (Some(ColumnType::Time), None),
        "timestamp without time zone" => (Some(ColumnType::DateTime), None),
        "timestamp with time zone" => (Some(ColumnType::DateTimeTz), None),
        "time with time zone" => (Some(ColumnType::Native(NativeType::TimeTz)), None),
        "bit varying" | "bit" => (Some(ColumnType::Native(NativeType::VarBit)), None),
        "interval" => (Some(ColumnType::Native(NativeType::Interval)), None),
        _ => (None, None),
    }
}
