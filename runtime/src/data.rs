//! Rows for the functions of migrations (`RunRust`): reads and writes them by the models as they stand at that place of the
//! history.
//!
//! The build script writes a struct for each model that the file of the migration names, in the module `models`:
//!
//! ```ignore
//! modelshift::migration! {
//!     depends_on = ["people.0001_initial"];
//!
//!     RunRust { forward = combine_names, reverse = () }
//! }
//!
//! async fn combine_names(db: &mut modelshift::data::Db<'_>) -> modelshift::data::Result {
//!     let mut people = db.all::<models::Person>();
//!     while let Some(mut person) = people.next(db).await? {
//!         person.name = format!("{} {}", person.first_name, person.last_name);
//!         db.update(&person).await?;
//!     }
//!     Ok(())
//! }
//! ```
//!
//! `call` is what the compiled program calls, `row` what the structs implement, `column` conditions over their columns, `stored`
//! which Rust types stand for values, `db` the functions, and `request` what is asked of a database, as a value.

mod call;
mod column;
mod db;
mod error;
mod relation;
pub(crate) mod request;
mod row;
mod stored;
mod types;

pub use self::call::{Call, DataFunction};
pub use self::column::{Assignment, Column, Condition, Expression, Operand};
pub use self::db::{Batches, Db, Rows};
pub use self::error::{Error, Result};
pub use self::relation::Relation;
pub use self::row::{Cells, Key, Record, Row};
pub use self::stored::Stored;
pub use self::types::{Date, DateTime, Decimal, Native, Time, Timestamp, Uuid};

/// A JSON document.
pub use serde_json::Value as Json;

/// A value of a statement; none for NULL.
pub use modelshift_schema::expr::Literal;
