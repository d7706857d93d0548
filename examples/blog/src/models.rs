//! The models. Edit them, build, and look into `src/migrations`.

use chrono::{DateTime, Utc};
use modelshift::{ForeignKey, Model};

/// Somebody who writes.
#[derive(Debug, Model)]
pub struct Author {
    /// The key, given out by the database.
    pub id: i64,
    /// The name.
    #[field(max_length = 100, renamed_from = "name")]
    pub full_name: String,
    /// Where to write to; every author has another.
    #[field(max_length = 254, unique)]
    pub email: String,
}

/// What somebody wrote.
#[derive(Debug, Model)]
#[model(
    index(fields(author, -published_at)),
    unique(fields(author, slug)),
    check(name = "blog_post_rating_range", rating >= 0 && rating <= 5)
)]
pub struct Post {
    /// The key, given out by the database.
    pub id: i64,
    /// The title.
    #[field(max_length = 200)]
    pub title: String,
    /// The piece of the address that tells of the post.
    #[field(max_length = 80, backfill = lower(title))]
    pub slug: String,
    /// The text.
    pub body: String,
    /// Who wrote it; the posts go with their author.
    #[field(on_delete = cascade, related_name = "posts")]
    pub author: ForeignKey<Author>,
    /// When it came out; none for a draft.
    pub published_at: Option<DateTime<Utc>>,
    /// What readers think of it, from 0 to 5.
    #[field(default = 0)]
    pub rating: i16,
}

/// What somebody says of a post.
///
/// It is read by sqlx as well: derives of others do not mind each other.
#[derive(Debug, Model, sqlx::FromRow)]
#[model(renamed_from = "Remark")]
pub struct Comment {
    /// The key, given out by the database.
    pub id: i64,
    /// What it is about.
    #[field(on_delete = cascade, related_name = "comments")]
    #[sqlx(rename = "post_id")]
    pub post: ForeignKey<Post>,
    /// The text; it was cut at 500 characters once.
    pub body: String,
    /// When it was said.
    #[field(default = now())]
    pub created_at: DateTime<Utc>,
}
