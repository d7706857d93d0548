//! The types of the columns of our own two tables.

/// How a dialect declares the columns of our own tables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnTypes {
    /// A number that counts by itself and is the key.
    pub(crate) position: &'static str,
    /// A text of at most 255 characters, which can be a key, compared by its bytes.
    pub(crate) name: &'static str,
    /// A text of any length.
    pub(crate) text: &'static str,
    /// An integer.
    pub(crate) number: &'static str,
    /// The time now, as text in UTC such as `2026-11-30T09:30:00Z`.
    pub(crate) now: &'static str,
}
