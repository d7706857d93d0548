//! Rows that are read page by page, in order of their keys.

use std::collections::VecDeque;

use super::Db;
use crate::data::column::Condition;
use crate::data::error::Result;
use crate::data::request::Values;
use crate::data::row::{Key, Row};

/// How many rows are read at once.
const PAGE: usize = 1000;

/// The rows of a query in order of the key, read page by page, so that any number of them takes the same memory.
///
/// A page begins behind the last key of the page before, whatever was written meanwhile. It holds no borrow of the database,
/// so that rows can be written between two reads.
#[derive(Debug)]
#[must_use = "nothing is read before `next` or `page`"]
pub struct Rows<R> {
    pub(super) condition: Condition<R>,
    pub(super) after: Option<Values>,
    read: VecDeque<R>,
    pub(super) is_done: bool,
}

impl<R: Row> Rows<R> {
    pub(super) fn new(condition: Condition<R>) -> Self {
        Self { condition, after: None, read: VecDeque::new(), is_done: false }
    }

    /// Returns the next row; none behind the last.
    ///
    /// # Errors
    /// If the database reports an error, or a value is not one of its field's type.
    pub async fn next(&mut self, db: &mut Db<'_>) -> Result<Option<R>> {
        if self.read.is_empty() {
            self.fill(db, PAGE).await?;
        }
        Ok(self.read.pop_front())
    }

    /// Returns the next rows, at most a thousand; empty behind the last.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub async fn page(&mut self, db: &mut Db<'_>) -> Result<Vec<R>> {
        if self.read.is_empty() {
            self.fill(db, PAGE).await?;
        }
        Ok(std::mem::take(&mut self.read).into())
    }

    /// Returns the first row, and reads no other.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub async fn first(mut self, db: &mut Db<'_>) -> Result<Option<R>> {
        self.fill(db, 1).await?;
        Ok(self.read.pop_front())
    }

    /// Returns all rows at once.
    ///
    /// # Errors
    /// As [`Self::next`].
    pub async fn collect(mut self, db: &mut Db<'_>) -> Result<Vec<R>> {
        let mut all = Vec::new();
        loop {
            let page = self.page(db).await?;
            if page.is_empty() {
                return Ok(all);
            }
            all.extend(page);
        }
    }

    async fn fill(&mut self, db: &mut Db<'_>, limit: usize) -> Result<()> {
        if self.is_done {
            return Ok(());
        }
        let rows = db.select(self.condition.expr.clone(), self.after.take(), limit).await?;
        self.is_done = rows.len() < limit;
        self.after = rows.last().map(|row: &R| row.key().to_literals());
        self.read.extend(rows);
        Ok(())
    }
}
