//! Types that an author spells.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Expr;

use crate::dialect::render::conversion::Kind;
use crate::dialect::render::spelled_types::Words;

/// Returns the [`ColumnType`] with the same values as a type of the server; `None` if the server may change values
/// silently, such as spaces at the end (`char`) or fractions of a second.
pub(super) fn known_type(words: &Words) -> Option<ColumnType> {
    let name = words.name.split(" character set ").next().unwrap_or_default();
    let name = name.split(" collate ").next().unwrap_or_default();
    let is_micro = words.numbers.as_deref() == Some(&[6]);
    match name {
        "tinyint" => Some(ColumnType::I8),
        "smallint" => Some(ColumnType::I16),
        "int" | "integer" => Some(ColumnType::I32),
        "bigint" => Some(ColumnType::I64),
        "tinyint unsigned" => Some(ColumnType::U8),
        "smallint unsigned" => Some(ColumnType::U16),
        "int unsigned" | "integer unsigned" => Some(ColumnType::U32),
        "bigint unsigned" => Some(ColumnType::U64),
        "float" => words.plain(ColumnType::F32),
        "double" | "double precision" => words.plain(ColumnType::F64),
        "decimal" | "numeric" => words.decimal(),
        "varchar" => words.varchar(),
        "tinytext" | "text" | "mediumtext" | "longtext" => words.plain(ColumnType::Text),
        "tinyblob" | "blob" | "mediumblob" | "longblob" => words.plain(ColumnType::Bytes),
        "varbinary" => match words.numbers.as_deref() {
            Some([max_length]) => Some(ColumnType::Varbinary { max_length: *max_length }),
            _ => None,
        },
        "date" => words.plain(ColumnType::Date),
        "time" => is_micro.then_some(ColumnType::Time),
        "datetime" => is_micro.then_some(ColumnType::DateTime),
        "json" => words.plain(ColumnType::Json),
        _ => None,
    }
}

/// Returns whether the server converts values between the types by assignment.
pub(super) fn assigns(from: &ColumnType, to: &ColumnType) -> bool {
    // A UUID is stored as sixteen bytes, and text is not converted to a Boolean.
    ![from, to].iter().any(|holds| holds.family() == Kind::Uuid) && to.family() != Kind::Bool
}

/// Returns whether a default is the keyword for the time now that a column of this type has without parentheses. MySQL keeps
/// the same between parentheses as another default.
pub(super) fn is_current_timestamp(default: &Expr, spelled: &str) -> bool {
    let Expr::Raw(text) = default else { return false };
    let words = Words::of(spelled);
    let expected = match (words.name.as_str(), words.numbers.as_deref()) {
        ("timestamp" | "datetime", Some([] | [0])) => "current_timestamp".to_owned(),
        ("timestamp" | "datetime", Some([digits])) => format!("current_timestamp({digits})"),
        _ => return false,
    };
    text.eq_ignore_ascii_case(&expected)
}
