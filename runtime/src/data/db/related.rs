//! `ManyToMany` fields, by the keys of their rows.

use super::{Db, model};
use crate::data::error::Result;
use crate::data::relation::Relation;
use crate::data::request::{Request, Values};
use crate::data::row::{Cells, Key, Row};

impl Db<'_> {
    /// Returns the keys of the rows to which a row leads by a `ManyToMany` field, in order.
    ///
    /// # Errors
    /// If the database reports an error.
    pub async fn related<R: Row, K: Key>(&mut self, relation: Relation<R, K>, row: R::Key) -> Result<Vec<K>> {
        let (model, field, key) = (model::<R>(), relation.field, row.to_literals());
        let answer = self.ask(Request::Related { model, field, key }).await?;
        answer.rows.iter().map(|row| K::from_cells(&mut Cells::new(&[], row))).collect()
    }

    /// Adds rows to a `ManyToMany` field, by their keys; those that are there stay.
    ///
    /// # Errors
    /// If the database refuses it.
    pub async fn relate<R: Row, K: Key>(
        &mut self,
        relation: Relation<R, K>,
        row: R::Key,
        others: impl IntoIterator<Item = K>,
    ) -> Result {
        let mut known = literals(self.related(relation, row.clone()).await?);
        let mut added = Vec::new();
        for other in literals(others) {
            if !known.contains(&other) {
                known.push(other.clone());
                added.push(other);
            }
        }
        self.change(relation, &row, added, true).await
    }

    /// Removes rows from a `ManyToMany` field, by their keys.
    ///
    /// # Errors
    /// If the database refuses it.
    pub async fn unrelate<R: Row, K: Key>(
        &mut self,
        relation: Relation<R, K>,
        row: R::Key,
        others: impl IntoIterator<Item = K>,
    ) -> Result {
        self.change(relation, &row, literals(others), false).await
    }

    /// Makes these the rows of a `ManyToMany` field, by their keys.
    ///
    /// # Errors
    /// If the database refuses it.
    pub async fn set_related<R: Row, K: Key>(
        &mut self,
        relation: Relation<R, K>,
        row: R::Key,
        others: impl IntoIterator<Item = K>,
    ) -> Result {
        let others: Vec<K> = others.into_iter().collect();
        let wanted: Vec<Values> = others.iter().map(Key::to_literals).collect();
        let mut gone = self.related(relation, row.clone()).await?;
        gone.retain(|key| !wanted.contains(&key.to_literals()));
        self.unrelate(relation, row.clone(), gone).await?;
        self.relate(relation, row, others).await
    }

    async fn change<R: Row, K: Key>(
        &mut self,
        relation: Relation<R, K>,
        row: &R::Key,
        others: Vec<Values>,
        is_added: bool,
    ) -> Result {
        if !others.is_empty() {
            let (model, field, key) = (model::<R>(), relation.field, row.to_literals());
            self.ask(Request::Relate { model, field, key, others, is_added }).await?;
        }
        Ok(())
    }
}

fn literals<K: Key>(keys: impl IntoIterator<Item = K>) -> Vec<Values> {
    keys.into_iter().map(|key| key.to_literals()).collect()
}
