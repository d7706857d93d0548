//! The one grammar of modelshift: struct source <-> model, migration file <-> migration.
//!
//! The derive, `migration!` and the build script all read through this crate, so that a struct and a migration file
//! have one reading each.

#![forbid(unsafe_code)]

pub mod answers;
mod ast;
mod attr;
mod check;
pub mod choices;
mod ctxt;
pub mod derives;
mod expr;
pub mod findings;
mod flatten;
pub mod ident;
mod lower;
pub mod migration;
pub mod model;
mod native_type;
pub mod nesting;
mod print;
pub mod resolver;
mod rust_type;
mod symbol;
pub mod text;
pub mod trailer;
pub mod variants;

pub use self::choices::{ParsedChoices, choices_hash, parse_choices};
pub use self::derives::{derives_choices, derives_model, is_abstract, model_name};
pub use self::flatten::{Flattened, SharedField};
pub use self::migration::{
    MigrationBody, ReadError, parse_migration, print_module, read_module, with_dependencies,
};
pub use self::model::{ParsedModel, parse_model, parse_struct, schema_hash, schema_text};
pub use self::resolver::{AsWritten, NamedType, Resolver};
pub use self::rust_type::{bare as bare_type, spell as spelled_type};
pub use self::symbol::closest;
pub use self::symbol::nearest;
