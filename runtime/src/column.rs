//! The name of a column, as a constant of the struct that has it.

use std::fmt;

/// The name of a column: `Post::COLUMNS.title`.
///
/// With the feature `render` it is a sea-query identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Column(pub &'static str);

impl Column {
    /// Gives the name in the database.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

impl AsRef<str> for Column {
    fn as_ref(&self) -> &str {
        self.0
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(feature = "render")]
impl sea_query::Iden for Column {
    fn quoted(&self) -> std::borrow::Cow<'static, str> {
        std::borrow::Cow::Borrowed(self.0)
    }

    fn unquoted(&self) -> &str {
        self.0
    }
}
