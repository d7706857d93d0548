//! Ways out where a value, or raw text, is taken from what is not there or may be NULL.

use super::WayOut;
use crate::name::{ColumnName, FieldName};

/// Returns what to write in place of a name that no field has.
pub(super) fn unknown(name: &str, known: &[FieldName]) -> Vec<WayOut> {
    let near = known.iter().rev().max_by_key(|it| likeness(it.as_str(), name));
    let mut ways: Vec<WayOut> = near
        .map(|it| WayOut::new(format!("`{it}` in its place"), "a field that is there"))
        .into_iter()
        .collect();
    ways.push(WayOut::new(format!("`\"{name}\"` in its place"), "the text itself"));
    ways.push(WayOut::new("sql(\"…\")", "whatever the database can compute"));
    ways
}

/// Returns what to write in place of the name of a field that may be NULL.
pub(super) fn null(name: &str, sample: &str) -> Vec<WayOut> {
    vec![
        WayOut::new(
            format!("`coalesce({name}, {sample})` in place of `{name}`"),
            "rows that hold NULL there get the value beside it",
        ),
        WayOut::new(
            format!("`sql(\"…\")` with the column of `{name}`"),
            "no row holds NULL there: the migration fails where one does",
        ),
        WayOut::new("Option<…>", "rows that hold NULL there hold NULL here"),
    ]
}

/// Returns what to write in place of a column that raw text names, and that no field has any longer.
pub(super) fn raw_column(column: &ColumnName, now: Option<&ColumnName>) -> Vec<WayOut> {
    let first = match now {
        Some(now) => WayOut::new(
            format!("`{now}` in place of `{column}` in the text"),
            "the name that the column has then",
        ),
        None => WayOut::new(format!("the text without `{column}`"), "the column is gone then"),
    };
    let other = WayOut::new(
        format!("another word for `{column}` in the text"),
        "it is no column there, but a word of SQL: write a synonym",
    );
    vec![first, other]
}

/// Returns how much one name is like the other: twice the letters that both have, less all that they have, and more where
/// one may be the other with letters left out.
fn likeness(name: &str, written: &str) -> isize {
    let mut left: Vec<char> = written.chars().collect();
    let mut common = 0;
    for letter in name.chars() {
        if let Some(place) = left.iter().position(|it| *it == letter) {
            left.swap_remove(place);
            common += 2;
        }
    }
    let all = name.chars().count() + written.chars().count();
    let holds = if name.contains(written) || written.contains(name) { 2 } else { 0 };
    isize::try_from(common + holds).unwrap_or_default() - isize::try_from(all).unwrap_or_default()
}
