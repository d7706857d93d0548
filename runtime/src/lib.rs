//! Django's migrations for Rust: models in, numbered migrations out, databases in step.

#![forbid(unsafe_code)]

mod column;
mod model;
mod relation;
mod stored;

pub use self::column::Column;
pub use self::model::Model;
pub use self::relation::ForeignKey;
pub use self::stored::{Migrations, StoredError, StoredMigration};
