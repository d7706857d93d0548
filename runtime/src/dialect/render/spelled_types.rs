//! Types that an author spells (`sql_type`), and the conditions under which values are kept unchanged.

use modelshift_schema::column_type::ColumnType;
use modelshift_schema::conversion::becomes;
use modelshift_schema::table::Column;

use super::super::{Spelling, Unsupported};

/// Writes the condition under which a value is kept unchanged when a column changes; `None` if all values are.
pub(crate) fn fits(
    spelling: &dyn Spelling,
    value: &str,
    old: &Column,
    new: &Column,
) -> Result<Option<String>, Unsupported> {
    let (before, after) = (spelling.spelled(old), spelling.spelled(new));
    if before.is_none() && after.is_none() {
        let is_same = old.column_type == new.column_type;
        return Ok(if is_same { None } else { spelling.fits(value, &old.column_type, &new.column_type) });
    }
    if let (Some(before), Some(after)) = (before, after)
        && Words::of(before) == Words::of(after)
        && old.column_type == new.column_type
    {
        return Ok(None);
    }
    match (meant(spelling, old), meant(spelling, new)) {
        (Some(from), Some(to)) if from == to => Ok(None),
        (Some(from), Some(to)) if becomes(&from, &to) && spelling.assigns(&from, &to) => {
            Ok(spelling.fits(value, &from, &to))
        }
        _ => spelling.fits_unknown(value, old, new),
    }
}

/// Returns the [`ColumnType`] with the values of a column; `None` if the column has an unknown spelled type.
pub(crate) fn meant(spelling: &dyn Spelling, column: &Column) -> Option<ColumnType> {
    match spelling.spelled(column) {
        Some(spelled) => spelling.known_type(&Words::of(spelled)),
        None => Some(column.column_type.clone()),
    }
}

/// A type in words and numbers: `character varying`, with 40.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Words {
    /// The words, in lower case with one space between them, and without the numbers.
    pub(crate) name: String,
    /// The numbers between the parentheses; `None` if there is something else.
    pub(crate) numbers: Option<Vec<u32>>,
}

impl Words {
    /// Reads a type.
    pub(crate) fn of(spelled: &str) -> Self {
        let spelled = spelled.to_lowercase();
        let (name, numbers) = match spelled.split_once('(') {
            Some((before, rest)) => {
                let (inside, behind) = rest.split_once(')').unwrap_or((rest, ""));
                let numbers = inside.split(',').map(|it| it.trim().parse().ok()).collect::<Option<Vec<_>>>();
                (format!("{before} {behind}"), numbers)
            }
            None => (spelled.clone(), Some(Vec::new())),
        };
        // Values between parentheses are part of the name, so that different lists differ.
        let name = if numbers.is_none() { spelled } else { name };
        Self { name: name.split_whitespace().collect::<Vec<_>>().join(" "), numbers }
    }

    /// Returns the type of text with this maximum length.
    pub(crate) fn varchar(&self) -> Option<ColumnType> {
        match self.numbers.as_deref()? {
            [max_length] => Some(ColumnType::Varchar { max_length: *max_length }),
            _ => None,
        }
    }

    /// Returns the decimal type with this precision and scale.
    pub(crate) fn decimal(&self) -> Option<ColumnType> {
        match self.numbers.as_deref()? {
            [precision] => Some(ColumnType::Decimal { precision: *precision, scale: 0 }),
            [precision, scale] => Some(ColumnType::Decimal { precision: *precision, scale: *scale }),
            _ => None,
        }
    }

    /// Returns a type, unless there are numbers.
    pub(crate) fn plain(&self, holds: ColumnType) -> Option<ColumnType> {
        self.numbers.as_ref().is_some_and(Vec::is_empty).then_some(holds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spelled_type_is_read_as_words_and_numbers() {
        let read = |text| {
            let Words { name, numbers } = Words::of(text);
            (name, numbers)
        };
        assert_eq!(read("Numeric( 6,1 )"), ("numeric".to_owned(), Some(vec![6, 1])));
        assert_eq!(
            read("timestamp (3)  WITH time zone"),
            ("timestamp with time zone".to_owned(), Some(vec![3]))
        );
        assert_eq!(read("citext"), ("citext".to_owned(), Some(vec![])));
        assert_eq!(read("enum('a', 'b')"), ("enum('a', 'b')".to_owned(), None));
    }
}
