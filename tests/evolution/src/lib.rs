//! Random evolutions of projects: what people do to models between two builds, what the build writes for it, and what
//! must hold of that (the invariants of `ARCHITECTURE.md`).
//!
//! Adding a kind is an entry in one table: of a field in [`fields::KINDS`], an attribute of a field in
//! [`fields::ATTRIBUTES`], an index or a constraint in [`objects::FORMS`], an edit in [`edits::EDITS`]. A column type
//! comes of itself, by its sample. Everything follows from a seed, and what happened is a [`story::Story`]: text that
//! keeps a failure when the tables have changed.

#![forbid(unsafe_code)]

mod answers;
pub mod attributes;
pub mod builds;
pub mod campaign;
pub mod edits;
pub mod fields;
pub mod found;
pub mod laws;
pub mod minimise;
mod names;
pub mod objects;
pub mod project;
pub mod random;
pub mod rewritten;
pub mod sequence;
pub mod source;
pub mod sources;
pub mod story;
mod values;
pub mod write;
