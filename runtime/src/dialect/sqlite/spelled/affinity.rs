//! The affinity of a declared type, and the types that a `STRICT` table accepts.

/// How SQLite stores the values of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::dialect::sqlite) enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
    Numeric,
}

/// Returns the affinity of a declared type, by the rules of <https://www.sqlite.org/datatype3.html>.
pub(in crate::dialect::sqlite) fn affinity(declared: &str) -> Affinity {
    let declared = declared.to_ascii_uppercase();
    if declared.contains("INT") {
        Affinity::Integer
    } else if ["CHAR", "CLOB", "TEXT"].iter().any(|word| declared.contains(word)) {
        Affinity::Text
    } else if declared.is_empty() || declared.contains("BLOB") {
        Affinity::Blob
    } else if ["REAL", "FLOA", "DOUB"].iter().any(|word| declared.contains(word)) {
        Affinity::Real
    } else {
        Affinity::Numeric
    }
}

/// Returns the type that a `STRICT` table accepts in place of a declared type.
pub(in crate::dialect::sqlite) fn strict_type(declared: &str) -> String {
    let own = ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"];
    if own.iter().any(|word| declared.eq_ignore_ascii_case(word)) {
        return declared.to_owned();
    }
    match affinity(declared) {
        Affinity::Integer => "integer",
        Affinity::Text => "text",
        Affinity::Blob => "blob",
        Affinity::Real => "real",
        // Booleans, dates and times, for example, are stored as they are inserted.
        Affinity::Numeric => "any",
    }
    .to_owned()
}
