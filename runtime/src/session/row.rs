//! A row of text values, by the names of its columns.

/// A row of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TextRow {
    cells: Vec<(String, Option<String>)>,
}

impl TextRow {
    /// Creates a row with these columns and values; NULL is `None`.
    pub(crate) fn new(cells: Vec<(String, Option<String>)>) -> Self {
        Self { cells }
    }

    /// Returns the value of a column; `None` for NULL, and if the column does not exist.
    pub(crate) fn get(&self, column: &str) -> Option<&str> {
        self.cells.iter().find(|(name, _)| name == column).and_then(|(_, value)| value.as_deref())
    }

    /// Returns the value of a column, or an empty text.
    pub(crate) fn text(&self, column: &str) -> String {
        self.get(column).unwrap_or_default().to_owned()
    }

    /// Returns whether the value of a column is true, or a number other than 0.
    pub(crate) fn is_true(&self, column: &str) -> bool {
        !matches!(self.get(column), None | Some("0" | "f" | "false"))
    }

    /// Returns the names of the columns, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.cells.iter().map(|(name, _)| name.as_str())
    }

    /// Returns all values, in order.
    pub(crate) fn into_values(self) -> Vec<Option<String>> {
        self.cells.into_iter().map(|(_, value)| value).collect()
    }

    /// Returns the value of the first column.
    pub(crate) fn first(&self) -> Option<&str> {
        self.cells.first().and_then(|(_, value)| value.as_deref())
    }
}
