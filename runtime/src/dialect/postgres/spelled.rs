//! Types that an author spells, and how values of unknown types are compared.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::native_type::NativeType;

use crate::dialect::render::spelled_types::Words;

/// Returns the [`ColumnType`] with the same values as a type of the server; `None` if values are compared as text.
pub(super) fn known_type(words: &Words) -> Option<ColumnType> {
    match words.name.as_str() {
        "smallint" | "int2" => words.plain(ColumnType::I16),
        "integer" | "int" | "int4" => words.plain(ColumnType::I32),
        "bigint" | "int8" => words.plain(ColumnType::I64),
        "real" | "float4" => words.plain(ColumnType::F32),
        "double precision" | "float8" => words.plain(ColumnType::F64),
        "numeric" | "decimal" => words.decimal(),
        "text" => words.plain(ColumnType::Text),
        "varchar" | "character varying" => words.varchar().or_else(|| words.plain(ColumnType::Text)),
        "boolean" | "bool" => words.plain(ColumnType::Bool),
        "bytea" => words.plain(ColumnType::Bytes),
        "date" => words.plain(ColumnType::Date),
        "time" | "time without time zone" => words.plain(ColumnType::Time),
        "timestamp" | "timestamp without time zone" => words.plain(ColumnType::DateTime),
        "timestamptz" | "timestamp with time zone" => words.plain(ColumnType::DateTimeTz),
        "uuid" => words.plain(ColumnType::Uuid),
        "jsonb" => words.plain(ColumnType::Json),
        name => words.plain(ColumnType::Native(NativeType::all().find(|native| native.name() == name)?)),
    }
}

/// Writes the condition that a value has the same text in another type, apart from characters that can be omitted.
///
/// For text that is not a value of the type, the server reports an error that contains the text, before any change.
pub(super) fn same_text(value: &str, target: &str, left_out: &str) -> String {
    let (text, target) =
        (format!("CAST({value} AS text)"), target.split(" COLLATE ").next().unwrap_or(target));
    let there = format!("CAST({text} AS {target})");
    // `CAST` writes an address with the length of its network, and `format` without it.
    let written = [format!("format('%s', {there})"), format!("CAST({there} AS text)")];
    let written = written.map(|it| without_characters(it, left_out));
    format!("{} IN ({})", without_characters(text, left_out), written.join(", "))
}

fn without_characters(text: String, characters: &str) -> String {
    if characters.is_empty() { text } else { format!("translate({text}, '{characters}', '')") }
}

/// Returns the characters that the text of a value can omit: quotes and spaces, a currency sign, the `s` of `days`.
pub(super) fn left_out(native: NativeType) -> &'static str {
    match native {
        NativeType::CiText => "",
        NativeType::Money => "$, ",
        NativeType::Interval => "s ",
        NativeType::Inet
        | NativeType::MacAddr
        | NativeType::TimeTz
        | NativeType::Range(_)
        | NativeType::VarBit
        | NativeType::Hstore
        | NativeType::LTree
        | NativeType::LQuery
        | NativeType::Cube
        | NativeType::Oid
        | NativeType::Point
        | NativeType::Line
        | NativeType::LSeg
        | NativeType::Box
        | NativeType::Path
        | NativeType::Polygon
        | NativeType::Circle => "\" ",
    }
}
