//! The pure data of modelshift: what a model is, what an operation does to it, and what a database must do.
//!
//! The ground floor. It knows no files, no clock, no database and no syntax tree; everything here is a value that can
//! be compared, printed and stored.
//!
//! The rooms, from the ground up; each uses only those before it:
//! - [`name`], [`dialect`], [`hash`], [`checksum`], [`json`]: names, and text as it is stored. [`error_code`]: the codes of errors.
//! - [`model`]: what a model is, field by field, and what can be said in it.
//! - [`state`]: all models at one point of the history. [`table`]: the same as tables, with every name resolved.
//! - [`step`]: what a dialect must do, computed from the tables on both sides.
//! - [`operation`]: what a migration does, a file for each.
//! - [`migration`]: migrations, their order, and lists that are made shorter, merged or squashed.
//! - [`detect`]: two states -> operations, or questions.

#![forbid(unsafe_code)]

pub mod checksum;
pub mod detect;
pub mod dialect;
pub mod error;
pub mod error_code;
pub mod hash;
pub mod json;
pub mod migration;
pub mod model;
pub mod name;
#[cfg(test)]
mod notation;
pub mod operation;
pub mod state;
pub mod step;
pub mod table;

pub use self::detect::answers;
pub use self::detect::question;
pub use self::hash as fingerprint;
pub use self::migration::applied;
pub use self::migration::graph;
pub use self::migration::merge;
pub use self::migration::optimize;
pub use self::migration::replay;
pub use self::migration::squash;
pub use self::model::canonical;
pub use self::model::choices;
pub use self::model::collation;
pub use self::model::column_type;
pub use self::model::constant;
pub use self::model::constraint;
pub use self::model::conversion;
pub use self::model::expr;
pub use self::model::field;
pub use self::model::generated;
pub use self::model::hints;
pub use self::model::index;
pub use self::model::naming;
pub use self::model::native_type;
pub use self::model::per_database;
pub use self::model::references;
pub use self::model::relation;
pub use self::model::sqlite_options;
pub use self::model::type_family;
pub use self::operation::footprint as touch;
pub use self::operation::sql;
pub use self::state::past_references as referred;
pub use self::step::between_states as steps;
pub use self::table::from_model as image;
