//! The models. Edit them, build, and read `src/migrations`.

use chrono::{DateTime, Utc};
use modelshift::{ForeignKey, Model};

/// An author of posts.
#[derive(Debug, Model)]
pub struct Author {
    /// The key, given out by the database.
    pub id: i64,
    /// The name.
    #[field(max_length = 100, renamed_from = "name")]
    pub full_name: String,
    /// The email address, unique for each author.
    #[field(max_length = 254, unique)]
    pub email: String,
}

/// A post of the blog.
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
    /// The part of the URL that identifies the post.
    #[field(max_length = 80, backfill = lower(title))]
    pub slug: String,
    /// The text.
    pub body: String,
    /// The author; posts are deleted with their author.
    #[field(on_delete = cascade, related_name = "posts")]
    pub author: ForeignKey<Author>,
    /// The time of publication; none for a draft.
    pub published_at: Option<DateTime<Utc>>,
    /// The rating by readers, from 0 to 5.
    #[field(default = 0)]
    pub rating: i16,
}

/// A comment on a post.
///
/// sqlx reads it as well: derives of other crates can be combined.
#[derive(Debug, Model, sqlx::FromRow)]
#[model(renamed_from = "Remark")]
pub struct Comment {
    /// The key, given out by the database.
    pub id: i64,
    /// The post.
    #[field(on_delete = cascade, related_name = "comments")]
    #[sqlx(rename = "post_id")]
    pub post: ForeignKey<Post>,
    /// The text; earlier versions had a limit of 500 characters.
    pub body: String,
    /// The time of the comment.
    #[field(default = now())]
    pub created_at: DateTime<Utc>,
}
