//! The column types of modelshift's own two tables.

/// The types of the columns of modelshift's own tables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OwnTypes {
    /// An automatic integer that is the primary key.
    pub(crate) position: &'static str,
    /// Text of at most 255 characters that can be a key and is compared by bytes.
    pub(crate) name: &'static str,
    /// Text of any length.
    pub(crate) text: &'static str,
    /// An integer.
    pub(crate) number: &'static str,
    /// The expression for the current time in UTC, as text such as `2026-11-30T09:30:00Z`.
    pub(crate) now: &'static str,
}
