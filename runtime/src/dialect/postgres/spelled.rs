//! What PostgreSQL's own names of types hold, and how values of the others are compared.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::native_type::NativeType;

use crate::dialect::render::spelled_types::Words;

/// Returns the type whose values a type of the server has; none where its values are compared as text.
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

/// Writes the condition that the text of a value is the text that another type writes of it, but for what it may leave out.
///
/// Text that is no value of the type at all is an error of the server, which names it; nothing has changed by then.
pub(super) fn same_text(value: &str, target: &str, left_out: &str) -> String {
    let (text, target) =
        (format!("CAST({value} AS text)"), target.split(" COLLATE ").next().unwrap_or(target));
    let there = format!("CAST({text} AS {target})");
    let bare = |text: &str| {
        if left_out.is_empty() { text.to_owned() } else { format!("translate({text}, '{left_out}', '')") }
    };
    // An address as text has the bits of its network, and written out it has not.
    let written = [format!("format('%s', {there})"), format!("CAST({there} AS text)")].map(|it| bare(&it));
    format!("{} IN ({})", bare(&text), written.join(", "))
}

/// Returns the characters that text may have or not for the same value: quotes and spaces, the sign of a currency, `days`
/// and `day`.
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
