//! What is given out under a tag.

use chrono::{DateTime, Utc};
use modelshift::{ForeignKey, Model, OneToOne};

use crate::code::Tag;

/// What is given out under a tag.
#[derive(Debug, Model)]
pub struct Release {
    /// The key, given out by the database.
    pub id: i64,
    /// What is given out.
    #[field(on_delete = cascade, related_name = "release")]
    pub tag: OneToOne<Tag>,
    /// The title.
    #[field(max_length = 200)]
    pub title: String,
    /// What is new.
    #[field(default = "")]
    pub notes: String,
    /// Whether only members see it.
    #[field(default = true)]
    pub is_draft: bool,
    /// When it was given out.
    pub published_at: Option<DateTime<Utc>>,
}

/// A file that comes with a release.
#[derive(Debug, Model)]
#[model(
    unique(fields(release, name)),
    check(name = "code_release_asset_counts", size >= 0 && downloads >= 0)
)]
pub struct ReleaseAsset {
    /// The key, given out by the database.
    pub id: i64,
    /// Of which release.
    #[field(on_delete = cascade, related_name = "assets")]
    pub release: ForeignKey<Release>,
    /// The name of the file.
    #[field(max_length = 200)]
    pub name: String,
    /// What is in it.
    #[field(max_length = 100, default = "application/octet-stream")]
    pub content_type: String,
    /// How many bytes.
    pub size: i64,
    /// How often it was fetched.
    #[field(default = 0)]
    pub downloads: i32,
    /// How many bytes went out for it.
    #[field(generated = size * downloads)]
    pub traffic: i64,
}
