//! `ManyToMany` fields, whose rows are in a join table.

use std::marker::PhantomData;

use super::row::Row;

/// A `ManyToMany` field of a model `R` to rows with keys `K`; `Post::RELATIONS` has them all.
#[derive(Debug)]
pub struct Relation<R, K> {
    pub(crate) field: &'static str,
    of: PhantomData<fn() -> (R, K)>,
}

impl<R, K> Clone for Relation<R, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, K> Copy for Relation<R, K> {}

impl<R: Row, K> Relation<R, K> {
    /// Creates a relation by the name of its field.
    pub const fn new(field: &'static str) -> Self {
        Self { field, of: PhantomData }
    }
}
