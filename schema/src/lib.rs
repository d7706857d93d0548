//! The pure data of modelshift: what a model is, what an operation does to it, and what a database must do.
//!
//! The ground floor. It knows no files, no clock, no database and no syntax tree; everything here is a value that can
//! be compared, printed and stored.
//!
//! The path through the modules, from names to plans:
//! [`name`] · [X · [`field`], [`relation`], [`index`], [`constraint`] · [`model`], [`hints`] ·
//! [`state`] · [`operation`], [`migration`] · [`graph`], [`replay`] · [`detect`] (asks by [`question`]),
//! [`optimize`] (looks at [`touch`]), [`naming`] · [`squash`], [`merge`] · [`table`] (made by [`image`]) · [`step`] (made by [`steps`]).

#![forbid(unsafe_code)]

mod agreement;
pub mod answers;
pub mod applied;
pub mod canonical;
pub mod checksum;
mod choice_steps;
pub mod choices;
pub mod collation;
pub mod column_type;
pub mod constant;
pub mod constraint;
pub mod conversion;
pub mod detect;
pub mod error;
pub mod expr;
pub mod field;
pub mod fingerprint;
mod former_names;
pub mod generated;
mod given_up;
pub mod graph;
pub mod hints;
pub mod image;
pub mod index;
mod join_table;
pub mod json;
pub mod merge;
pub mod migration;
pub mod model;
pub mod name;
pub mod naming;
pub mod native_type;
#[cfg(test)]
mod notation;
pub mod operation;
pub mod optimize;
pub mod per_database;
pub mod question;
mod raw_sql;
pub mod references;
pub mod referred;
pub mod relation;
mod renames;
pub mod replay;
pub mod sql;
pub mod squash;
pub mod state;
pub mod step;
pub mod steps;
pub mod table;
mod table_diff;
pub mod touch;
mod translation;
