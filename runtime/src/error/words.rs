//! Words and lists of messages.

use std::fmt;
use std::time::Duration;

pub(super) fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f32())
}

pub(super) fn joined<T: fmt::Display>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// Writes each item in a line of its own.
pub(super) fn items<T: fmt::Display>(items: &[T]) -> String {
    items.iter().flat_map(|item| ["\n  - ".to_owned(), item.to_string()]).collect()
}

pub(super) fn listed<T: fmt::Display>(items: &[T]) -> String {
    items.iter().map(|item| format!("`{item}`")).collect::<Vec<_>>().join(", ")
}

/// Lists some items, since a longer list would not help.
pub(super) fn choice(items: &[String]) -> String {
    const FEW: usize = 5;
    match items {
        [] => "none at all".to_owned(),
        few if few.len() <= FEW => listed(few),
        many => format!("{} and {} more", listed(&many[..FEW]), many.len() - FEW),
    }
}

pub(super) fn pronoun<T>(items: &[T]) -> &'static str {
    if items.len() == 1 { "it" } else { "them" }
}
