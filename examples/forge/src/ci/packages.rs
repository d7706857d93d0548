//! Packages that others depend on.

use accounts::User;
use chrono::{DateTime, Utc};
use modelshift::{ForeignKey, Model};
use serde_json::Value;

use crate::code::Repository;

/// Something that others can depend on.
#[derive(Debug, Model)]
#[model(unique(fields(kind, name)))]
pub struct Package {
    /// The key, given out by the database.
    pub id: i64,
    /// Where it is made.
    #[field(on_delete = set_null, related_name = "packages")]
    pub repository: Option<ForeignKey<Repository>>,
    /// For which tool, such as `cargo` or `npm`.
    #[field(max_length = 20)]
    pub kind: String,
    /// The name.
    #[field(max_length = 200)]
    pub name: String,
}

/// One version of a package.
#[derive(Debug, Model)]
#[model(unique(fields(package, version)))]
pub struct PackageVersion {
    /// The key, given out by the database.
    pub id: i64,
    /// Of which package.
    #[field(on_delete = cascade, related_name = "versions")]
    pub package: ForeignKey<Package>,
    /// The version.
    #[field(max_length = 60)]
    pub version: String,
    /// The metadata for the tool.
    pub metadata: Option<Value>,
    /// The publisher.
    #[field(on_delete = set_null, related_name = "published_versions")]
    pub publisher: Option<ForeignKey<User>>,
    /// Whether it was taken back.
    #[field(default = false)]
    pub is_yanked: bool,
    /// The time.
    #[field(default = now())]
    pub published_at: DateTime<Utc>,
}

/// A file of a version.
#[derive(Debug, Model)]
#[model(unique(fields(version, name)))]
pub struct PackageFile {
    /// The key, given out by the database.
    pub id: i64,
    /// Of which version.
    #[field(on_delete = cascade, related_name = "files")]
    pub version: ForeignKey<PackageVersion>,
    /// The name of the file.
    #[field(max_length = 200)]
    pub name: String,
    /// How many bytes.
    pub size: i64,
    /// The hash of the content.
    #[field(max_length = 64, index)]
    pub sha256: String,
}
