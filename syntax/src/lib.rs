//! The one grammar of modelshift: struct source <-> model, migration file <-> migration.
//!
//! The derive, `migration!` and the build script all read through this crate, so that a struct and a migration file
//! have one reading each.

#![forbid(unsafe_code)]

pub mod files;
pub mod grammar;
pub mod migration;
pub mod structs;

pub use self::files::answers;
pub use self::files::findings;
pub use self::files::source_edits;
pub use self::grammar::ident;
pub use self::grammar::nesting;
pub use self::grammar::resolver;
pub use self::grammar::text;
pub use self::migration::historical;
pub use self::migration::trailer;
pub use self::structs as model;
pub use self::structs::derives;
pub use self::structs::enums as choices;
pub use self::structs::variants;

pub use self::grammar::resolver::{AsWritten, NamedType, Resolver};
pub use self::grammar::rust_type::{bare as bare_type, spell as spelled_type};
pub use self::migration::{
    MigrationBody, ReadError, beside_migration, parse_migration, print_module, read_module, with_dependencies,
};
pub use self::structs::attr::symbol::closest;
pub use self::structs::attr::symbol::nearest;
pub use self::structs::derives::{derives_choices, derives_model, is_abstract, is_from_row, model_name};
pub use self::structs::enums::{ParsedChoices, choices_hash, parse_choices};
pub use self::structs::flatten::{Flattened, SharedField};
pub use self::structs::source::{SourceItem, SourceStruct, print_source, source_crates};
pub use self::structs::{ParsedModel, parse_model, parse_struct, schema_hash, schema_text};
