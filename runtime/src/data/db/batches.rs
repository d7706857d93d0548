//! Rows in batches that are kept one by one, so that a long function goes on where it was cut.

use serde::{Deserialize, Serialize};

use super::{Db, Rows, model};
use crate::data::error::{Error, Result};
use crate::data::request::{Batch, Request, Values};
use crate::data::row::Row;

/// The rows of a query in order of the key, in batches of a thousand.
///
/// In a migration with `atomic = false`, what is written between two calls of `next` is one transaction, which also
/// holds the place: a run that was cut, or that failed, goes on behind the last batch that was kept, and each batch is
/// done once. In any other migration, all batches are in its transaction.
#[derive(Debug)]
#[must_use = "nothing is read before `next`"]
pub struct Batches<R> {
    rows: Rows<R>,
    number: usize,
    /// How many rows the batch has that is not kept yet.
    size: usize,
    is_begun: bool,
    is_done: bool,
}

/// Where a function was cut.
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    /// The number of the batches in the function, from 1.
    batches: usize,
    /// The last key that is done; none where all are.
    after: Option<Values>,
}

impl<R: Row> Batches<R> {
    pub(super) fn new(rows: Rows<R>, number: usize) -> Self {
        Self { rows, number, size: 0, is_begun: false, is_done: false }
    }

    /// Keeps the batch before, and returns the next one; none behind the last.
    ///
    /// # Errors
    /// If the database reports an error, or a value is not one of its field's type.
    pub async fn next(&mut self, db: &mut Db<'_>) -> Result<Option<Vec<R>>> {
        if self.is_done {
            return Ok(None);
        }
        if self.is_begun {
            let after = self.rows.after.clone();
            self.keep(db, after, false).await?;
        } else {
            self.is_begun = true;
            if let Some(place) = self.resume(db).await? {
                if place.batches > self.number || place.after.is_none() {
                    self.is_done = true;
                    return Ok(None);
                }
                self.rows.after = place.after;
            }
        }
        let page = self.rows.page(db).await?;
        self.size = page.len();
        if !page.is_empty() {
            return Ok(Some(page));
        }
        self.is_done = true;
        self.keep(db, None, true).await?;
        Ok(None)
    }

    /// Returns the place where these batches, or later ones, were cut.
    async fn resume(&self, db: &mut Db<'_>) -> Result<Option<Place>> {
        let answer = db.ask(Request::Resume { batches: self.number }).await?;
        let Some(text) = answer.rows.into_iter().flatten().flatten().next() else { return Ok(None) };
        let place: Place = serde_json::from_str(&text)
            .map_err(|error| Error::new(format!("the place where it was cut cannot be read: {error}")))?;
        Ok(Some(place).filter(|place| place.batches >= self.number))
    }

    async fn keep(&self, db: &mut Db<'_>, after: Option<Values>, is_last: bool) -> Result {
        let batch = Batch {
            batches: self.number,
            model: model::<R>(),
            condition: self.rows.condition.expr.clone(),
            after: after.clone().filter(|_| !self.rows.is_done),
            rows: self.size as u64,
        };
        let place = serde_json::to_string(&Place { batches: self.number, after })?;
        db.ask(Request::Keep { place, batch, is_last }).await.map(|_| ())
    }
}
