//! The types that a `STRICT` table of SQLite takes, and how other tables treat a declared type.

#[cfg(feature = "sqlite")]
use super::definition::Definition;
#[cfg(feature = "sqlite")]
use super::lexer::tokens;

/// How SQLite stores the values of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
    Numeric,
}

/// Returns the affinity of a declared type, by the rules of <https://www.sqlite.org/datatype3.html>.
pub(super) fn affinity(declared: &str) -> Affinity {
    let declared = declared.to_ascii_uppercase();
    let has = |words: &[&str]| words.iter().any(|word| declared.contains(word));
    if has(&["INT"]) {
        Affinity::Integer
    } else if has(&["CHAR", "CLOB", "TEXT"]) {
        Affinity::Text
    } else if declared.is_empty() || has(&["BLOB"]) {
        Affinity::Blob
    } else if has(&["REAL", "FLOA", "DOUB"]) {
        Affinity::Real
    } else {
        Affinity::Numeric
    }
}

/// Returns whether a table is `STRICT`, by the text that the database keeps of it.
#[cfg(feature = "sqlite")]
pub(crate) fn is_strict(definition: &str) -> bool {
    Definition::read(definition).is_some_and(|table| has_strict(table.options))
}

/// Returns whether the words behind the columns of a table say `STRICT`.
#[cfg(feature = "sqlite")]
pub(super) fn has_strict(options: &str) -> bool {
    tokens(options).iter().any(|token| token.is("STRICT"))
}

/// Returns the type that a `STRICT` table takes in place of another.
pub(super) fn declared(declared: &str) -> String {
    let own = ["INT", "INTEGER", "REAL", "TEXT", "BLOB", "ANY"];
    if own.iter().any(|word| declared.eq_ignore_ascii_case(word)) {
        return declared.to_owned();
    }
    match affinity(declared) {
        Affinity::Integer => "integer",
        Affinity::Text => "text",
        Affinity::Blob => "blob",
        Affinity::Real => "real",
        // Such as truth values, dates and times: kept as they come.
        Affinity::Numeric => "any",
    }
    .to_owned()
}
