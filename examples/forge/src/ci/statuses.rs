//! Statuses that programs set on commits.

use chrono::{DateTime, Utc};
use modelshift::{ForeignKey, Model};

use crate::code::Repository;

/// A status that a program sets on a commit.
#[derive(Debug, Model)]
#[model(unique(fields(repository, commit, context)))]
pub struct CommitStatus {
    /// The key, given out by the database.
    pub id: i64,
    /// Where.
    #[field(on_delete = cascade, related_name = "commit_statuses")]
    pub repository: ForeignKey<Repository>,
    /// Of which commit.
    #[field(max_length = 40)]
    pub commit: String,
    /// Which program, such as `ci/build`.
    #[field(max_length = 100)]
    pub context: String,
    /// The state.
    #[field(max_length = 10, default = "pending")]
    pub state: String,
    /// Where to read more.
    #[field(max_length = 500)]
    pub url: Option<String>,
    /// The time.
    #[field(default = now())]
    pub at: DateTime<Utc>,
}
