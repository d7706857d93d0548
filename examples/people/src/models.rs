//! The models of the app.

use modelshift::Model;

/// Somebody.
#[derive(Debug, Model)]
pub struct Person {
    /// The key, given out by the database.
    pub id: i64,
    /// The whole name.
    #[field(max_length = 161, default = "")]
    pub name: String,
}
