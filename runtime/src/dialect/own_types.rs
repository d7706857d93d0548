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
    /// The expression for the role and, if the database knows it, the host that is connected; NULL if it has no roles.
    pub(crate) who: &'static str,
    /// The beginning and the end of an expression for all values of a text column as one text, each on a line; `None` if the
    /// length of such a text is limited.
    pub(crate) lines: Option<(&'static str, &'static str)>,
    /// The beginning and the end of an expression that says, around the literal of a name, whether there is such a table.
    pub(crate) has_table: (&'static str, &'static str),
}
