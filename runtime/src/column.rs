//! The name of a column, as a constant of the struct that has it.

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

#[cfg(feature = "render")]
impl sea_query::Iden for Column {
    fn quoted(&self) -> std::borrow::Cow<'static, str> {
        // A borrowed name is taken to need no escaping.
        if sea_query::is_static_iden(self.0) { self.0.into() } else { self.0.to_owned().into() }
    }

    fn unquoted(&self) -> &str {
        self.0
    }
}
