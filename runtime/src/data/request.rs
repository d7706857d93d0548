//! What a function asks of the database, as a value. Names are those of fields.

#[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
use std::any::Any;
use std::future::Future;
use std::pin::Pin;

use modelshift_schema::dialect::Dialect;
use modelshift_schema::expr::{Expr, Literal};
use modelshift_schema::name::ModelKey;

use super::error::Result;

/// Values of a row, in the order of the fields; none is NULL.
pub(crate) type Values = Vec<Option<Literal>>;

/// What is asked.
#[cfg_attr(not(feature = "database"), expect(dead_code, reason = "only a database answers"))]
#[derive(Clone, Debug)]
pub(crate) enum Request {
    /// The rows that fulfil a condition, in order of the key, behind one key, and at most so many.
    Select {
        model: ModelKey,
        fields: &'static [&'static str],
        condition: Option<Expr>,
        after: Option<Values>,
        limit: usize,
    },
    /// The number of rows.
    Count { model: ModelKey, condition: Option<Expr> },
    /// New rows; where there is one, its key is the answer.
    Insert { model: ModelKey, fields: &'static [&'static str], rows: Vec<Values> },
    /// New values for all fields of rows, by their keys.
    Update { model: ModelKey, fields: &'static [&'static str], rows: Vec<Values> },
    /// New values for all rows that fulfil a condition.
    UpdateWhere { model: ModelKey, assignments: Vec<(&'static str, Option<Expr>)>, condition: Option<Expr> },
    /// No more rows that fulfil a condition.
    DeleteWhere { model: ModelKey, condition: Option<Expr> },
    /// No more row with a key.
    Delete { model: ModelKey, key: Values },
    /// The keys to which a row leads by a relation.
    Related { model: ModelKey, field: &'static str, key: Values },
    /// More keys to which a row leads, or no more of these.
    Relate { model: ModelKey, field: &'static str, key: Values, others: Vec<Values>, is_added: bool },
    /// The place where an earlier run was cut, if it was; what is written from here on is kept with the next place. The
    /// number is that of the batches in the function.
    Resume { batches: usize },
    /// What was written is kept, with the place to go on from; the last one of a batch ends what `Resume` began.
    Keep { place: String, batch: Batch, is_last: bool },
    /// The connection of the driver is about to be used by the function.
    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    Lend,
    /// A text, with values for its `?`.
    Text { text: String, parameters: Values, has_rows: bool },
}

/// A batch that a function has done.
#[cfg_attr(not(feature = "database"), expect(dead_code, reason = "only a database answers"))]
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    /// The number of the batches in the function, from 1.
    pub(crate) batches: usize,
    /// The model of the rows.
    pub(crate) model: ModelKey,
    /// What the rows fulfil.
    pub(crate) condition: Option<Expr>,
    /// The key of the last row; none where there is no row after it.
    pub(crate) after: Option<Values>,
    /// How many rows it has.
    pub(crate) rows: u64,
}

/// The answer of a database.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answer {
    /// The names of columns.
    pub(crate) names: Vec<String>,
    /// The rows.
    pub(crate) rows: Vec<Vec<Option<String>>>,
    /// How many rows were written.
    pub(crate) written: u64,
}

/// An answer that is waited for.
pub(crate) type Reply<'a> = Pin<Box<dyn Future<Output = Result<Answer>> + Send + 'a>>;

/// What answers.
pub(crate) trait Link: Send {
    /// Does what is asked.
    fn ask(&mut self, request: Request) -> Reply<'_>;

    /// Returns the dialect of the database.
    fn dialect(&self) -> Dialect;

    /// Returns the connection of the driver, which must be asked for before ([`Request::Lend`]).
    ///
    /// # Errors
    /// If it is closed.
    #[cfg(any(feature = "sqlite", feature = "postgres", feature = "mysql"))]
    fn driver(&mut self) -> Result<&mut (dyn Any + Send)>;
}
