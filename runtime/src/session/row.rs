//! A row of text values, by the names of its columns.

use std::sync::Arc;

/// A row of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TextRow {
    names: Arc<[String]>,
    values: Vec<Option<String>>,
}

/// The names of the columns of rows. Rows that follow each other share them, since a query may return many rows.
#[derive(Debug, Default)]
pub(crate) struct Names(Arc<[String]>);

impl Names {
    /// Returns the names of the columns of the next row; a text of several queries has rows with different columns.
    pub(crate) fn of<'a>(&mut self, columns: impl Iterator<Item = &'a str> + Clone) -> Arc<[String]> {
        if !columns.clone().eq(self.0.iter().map(String::as_str)) {
            self.0 = columns.map(str::to_owned).collect();
        }
        Arc::clone(&self.0)
    }
}

impl TextRow {
    /// Creates a row with these columns and values; NULL is `None`.
    pub(crate) fn new(names: Arc<[String]>, values: Vec<Option<String>>) -> Self {
        Self { names, values }
    }

    /// Returns the value of a column; `None` for NULL, and if the column does not exist.
    pub(crate) fn get(&self, column: &str) -> Option<&str> {
        let at = self.names.iter().position(|name| name == column)?;
        self.values.get(at)?.as_deref()
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
        self.names.iter().map(String::as_str)
    }

    /// Returns all values, in order.
    pub(crate) fn into_values(self) -> Vec<Option<String>> {
        self.values
    }

    /// Returns the value of the first column.
    pub(crate) fn first(&self) -> Option<&str> {
        self.values.first().and_then(Option::as_deref)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_with_the_same_columns_share_their_names() {
        let mut names = Names::default();
        let first = names.of(["id", "title"].into_iter());
        assert!(Arc::ptr_eq(&first, &names.of(["id", "title"].into_iter())));
        let row = TextRow::new(names.of(["count"].into_iter()), vec![Some("7".to_owned())]);
        assert_eq!((row.get("count"), row.get("id"), row.first()), (Some("7"), None, Some("7")));
        assert_eq!(*first, ["id", "title"]);
    }
}
