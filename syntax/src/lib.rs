//! The one grammar of modelshift: struct source <-> model, migration file <-> migration.
//!
//! The derive, `migration!` and the build script all read through this crate, so that a struct and a migration file
//! have one reading each.

#![forbid(unsafe_code)]

pub mod derives;
pub mod findings;
pub mod ident;
pub mod resolver;
pub mod trailer;

pub use self::derives::derives_model;
pub use self::resolver::{AsWritten, Resolver};
