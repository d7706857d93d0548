//! Evolutions of a project for property tests: numbers that are read as edits of models.
//!
//! An edit is four numbers, so that a failing sequence shrinks to few and small ones. What a person would answer to the
//! detector's questions is answered here too, by the same attributes.

#![allow(dead_code, reason = "each test uses its part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "this is test code, which fails by panicking")]

pub(crate) mod edit;
pub(crate) mod history;

use std::collections::BTreeMap;

use modelshift_schema::hints::SourceModel;
use modelshift_schema::name::{AppLabel, ModelKey};
use proptest::prelude::*;

/// The models of a project as its source has them.
pub(crate) type Sources = BTreeMap<ModelKey, SourceModel>;

/// The app whose evolution is made.
pub(crate) fn app() -> AppLabel {
    AppLabel::new("blog")
}

/// One edit: what is done, and three numbers that say to what.
pub(crate) type Edit = (u8, u8, u8, u8);

/// Batches of edits; after each batch a migration is written.
pub(crate) fn batches() -> impl Strategy<Value = Vec<Vec<Edit>>> {
    prop::collection::vec(prop::collection::vec(any::<Edit>(), 1..8), 1..9)
}
