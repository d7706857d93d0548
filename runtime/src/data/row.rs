//! What the structs of `models` implement, and the rows of other queries.

use modelshift_schema::expr::Literal;

use super::error::{Error, Result};
use super::stored::Stored;

/// A model as it stands at a `RunRust`. The build script writes the implementations.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a model of this migration",
    note = "name models in `models::…`: the build script writes them as they stand at the `RunRust` of this file"
)]
pub trait Row: Clone + Send + Sync + 'static {
    /// The label of the app, and the name of the model.
    const MODEL: (&'static str, &'static str);
    /// The fields with a column, in order.
    const FIELDS: &'static [&'static str];
    /// The fields of the primary key, in order.
    const KEY: &'static [&'static str];
    /// The type of the primary key; a tuple where it has several fields.
    type Key: Key;

    /// Returns the primary key.
    fn key(&self) -> Self::Key;

    /// Reads a row.
    ///
    /// # Errors
    /// If a value is not one of its field's type.
    fn from_cells(cells: &mut Cells<'_>) -> Result<Self>;

    /// Returns the values of the fields, in order.
    fn to_literals(&self) -> Vec<Option<Literal>>;
}

/// A primary key.
pub trait Key: Clone + Send + Sync + 'static {
    /// Returns the values of its fields, in order.
    fn to_literals(&self) -> Vec<Option<Literal>>;

    /// Reads the values of its fields.
    ///
    /// # Errors
    /// If a value is not one of its field's type.
    fn from_cells(cells: &mut Cells<'_>) -> Result<Self>;
}

impl<T: Stored> Key for T {
    fn to_literals(&self) -> Vec<Option<Literal>> {
        vec![self.to_literal()]
    }

    fn from_cells(cells: &mut Cells<'_>) -> Result<Self> {
        cells.read()
    }
}

macro_rules! tuples {
    ($(($($name:ident $position:tt),+))*) => {
        $(impl<$($name: Stored),+> Key for ($($name,)+) {
            fn to_literals(&self) -> Vec<Option<Literal>> {
                vec![$(self.$position.to_literal()),+]
            }

            fn from_cells(cells: &mut Cells<'_>) -> Result<Self> {
                Ok(($(cells.read::<$name>()?,)+))
            }
        })*
    };
}

tuples! {
    (A 0, B 1)
    (A 0, B 1, C 2)
    (A 0, B 1, C 2, D 3)
    (A 0, B 1, C 2, D 3, E 4)
}

/// The values of a row, which are read one after the other.
#[derive(Debug)]
pub struct Cells<'a> {
    names: &'a [&'static str],
    values: std::slice::Iter<'a, Option<String>>,
    position: usize,
}

impl<'a> Cells<'a> {
    /// Creates the values of fields with these names.
    pub(crate) fn new(names: &'a [&'static str], values: &'a [Option<String>]) -> Self {
        Self { names, values: values.iter(), position: 0 }
    }

    /// Reads the next value.
    ///
    /// # Errors
    /// If it is not a value of the type.
    pub fn read<T: Stored>(&mut self) -> Result<T> {
        let name = self.names.get(self.position).copied().unwrap_or("key");
        self.position += 1;
        let value = self.values.next().and_then(Option::as_deref);
        T::from_text(value).map_err(|error| Error::new(error).about(&format!("field `{name}`")))
    }
}

/// A row of a query in SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    pub(crate) names: std::sync::Arc<[String]>,
    pub(crate) values: Vec<Option<String>>,
}

impl Record {
    /// Returns the value of a column.
    ///
    /// # Errors
    /// If there is no such column, or its text is not a value of the type.
    pub fn get<T: Stored>(&self, column: &str) -> Result<T> {
        let position = self.names.iter().position(|name| name == column);
        let Some(position) = position else {
            let names = self.names.join("`, `");
            return Err(Error::new(format!("the query has no column `{column}`; it has `{names}`")));
        };
        let value = self.values.get(position).and_then(Option::as_deref);
        T::from_text(value).map_err(|error| Error::new(error).about(&format!("column `{column}`")))
    }
}
