//! Suggestions for values and raw text that read something which does not exist or may be NULL.

use super::suggestion::Suggestion;
use crate::detect::answer::{Answer, Subject};
use crate::name::{ColumnName, FieldName};

/// Returns the suggestions for a name that no field has.
pub(super) fn unknown(name: &str, known: &[FieldName]) -> Vec<Suggestion> {
    let near = known.iter().rev().max_by_key(|it| likeness(it.as_str(), name));
    let mut suggestions: Vec<Suggestion> = near
        .map(|it| Suggestion::new(format!("`{it}` in its place"), "a field that is there"))
        .into_iter()
        .collect();
    suggestions.push(Suggestion::new(format!("`\"{name}\"` in its place"), "the text itself"));
    suggestions.push(Suggestion::new("sql(\"…\")", "whatever the database can compute"));
    suggestions
}

/// Returns the suggestions for the name of a field that may be NULL.
pub(super) fn null(name: &str, sample: &str, about: &Subject) -> Vec<Suggestion> {
    vec![
        Suggestion::new(
            format!("`coalesce({name}, {sample})` in place of `{name}`"),
            "rows that hold NULL there get the value beside it",
        )
        .with_answer(about, Answer::default())
        .with_value(format!("coalesce({name}, {sample})")),
        Suggestion::new(
            format!("`sql(\"…\")` with the column of `{name}`"),
            "no row holds NULL there: the migration fails where one does",
        ),
        Suggestion::new("Option<…>", "rows that hold NULL there hold NULL here"),
    ]
}

/// Returns the suggestions for a column that raw text names, and that no field has any longer.
pub(super) fn raw_column(column: &ColumnName, now: Option<&ColumnName>) -> Vec<Suggestion> {
    let first = match now {
        Some(now) => Suggestion::new(
            format!("`{now}` in place of `{column}` in the text"),
            "the name that the column has then",
        ),
        None => Suggestion::new(format!("the text without `{column}`"), "the column is gone then"),
    };
    let other = Suggestion::new(
        format!("another word for `{column}` in the text"),
        "not a column there, but a word of SQL: write a synonym",
    );
    vec![first, other]
}

/// Returns how similar two names are: twice the number of common letters, minus the number of all letters, and more if one
/// contains the other.
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
