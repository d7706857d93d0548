//! Pages that describe a repository, with all that they ever said.

use accounts::User;
use chrono::{DateTime, Utc};
use modelshift::{ForeignKey, Model};

use crate::code::Repository;

/// A page of the wiki of a repository.
#[derive(Debug, Model)]
#[model(unique(fields(repository, slug)))]
pub struct WikiPage {
    /// The key, given out by the database.
    pub id: i64,
    /// Of which repository.
    #[field(on_delete = cascade, related_name = "wiki_pages")]
    pub repository: ForeignKey<Repository>,
    /// The name in addresses.
    #[field(max_length = 100)]
    pub slug: String,
    /// The title.
    #[field(max_length = 200)]
    pub title: String,
}

/// A revision of a page.
#[derive(Debug, Model)]
#[model(index(fields(page, -written_at)))]
pub struct WikiRevision {
    /// The key, given out by the database.
    pub id: i64,
    /// Which page.
    #[field(on_delete = cascade, related_name = "revisions")]
    pub page: ForeignKey<WikiPage>,
    /// The author.
    #[field(on_delete = set_null, related_name = "wiki_revisions")]
    pub author: Option<ForeignKey<User>>,
    /// The text.
    pub body: String,
    /// The time.
    #[field(default = now())]
    pub written_at: DateTime<Utc>,
}
