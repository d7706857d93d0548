//! A release under a tag.

use chrono::{DateTime, Utc};
use modelshift::{ForeignKey, Model, OneToOne};

use crate::code::Tag;

/// A release under a tag.
#[derive(Debug, Model)]
pub struct Release {
    /// The key, given out by the database.
    pub id: i64,
    /// The tag.
    #[field(on_delete = cascade, related_name = "release")]
    pub tag: OneToOne<Tag>,
    /// The title.
    #[field(max_length = 200)]
    pub title: String,
    /// The release notes.
    #[field(default = "")]
    pub notes: String,
    /// Whether only members see it.
    #[field(default = true)]
    pub is_draft: bool,
    /// When it was given out.
    pub published_at: Option<DateTime<Utc>>,
}

/// A file of a release.
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
    /// The media type.
    #[field(max_length = 100, default = "application/octet-stream")]
    pub content_type: String,
    /// How many bytes.
    pub size: i64,
    /// How often it was fetched.
    #[field(default = 0)]
    pub downloads: i32,
    /// The number of downloaded bytes.
    #[field(generated = size * downloads)]
    pub traffic: i64,
}
