//! The models of the app.

use modelshift::{ForeignKey, Model};

/// What somebody is called; `migrations/m0005_title.rs` loads the first ones.
#[derive(Debug, Model)]
#[model(natural_key(name))]
pub struct Title {
    /// The key, given out by the database.
    pub id: i64,
    /// The title, by which fixtures name it.
    #[field(unique, max_length = 20)]
    pub name: String,
}

/// Somebody.
#[derive(Debug, Model)]
pub struct Person {
    /// The key, given out by the database.
    pub id: i64,
    /// The whole name.
    #[field(max_length = 161, default = "")]
    pub name: String,
    /// The title.
    #[field(on_delete = set_null)]
    pub title: Option<ForeignKey<Title>>,
}
