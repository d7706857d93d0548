//! The models, which are also what the service reads from rows and answers with.

use modelshift::{ForeignKey, Model};
use serde::Serialize;

/// Who writes.
#[derive(Debug, PartialEq, Serialize, Model)]
#[model(from_row)]
pub struct Author {
    /// The key.
    pub id: i64,
    /// The name.
    #[field(max_length = 100, unique)]
    pub name: String,
}

/// What is written.
#[derive(Debug, PartialEq, Serialize, Model)]
#[model(from_row)]
pub struct Post {
    /// The key.
    pub id: i64,
    /// The title.
    #[field(max_length = 200)]
    pub title: String,
    /// Its author; the column is `author_id`.
    #[field(on_delete = cascade)]
    pub author: ForeignKey<Author>,
}
