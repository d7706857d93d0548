//! Proposed changes, and their reviews.

use accounts::User;
use chrono::{DateTime, Utc};
use modelshift::{Choices, ForeignKey, Model, OneToOne};

use crate::code::{Branch, Repository};
use crate::tracker::Issue;

/// An issue that brings a change of the code along.
#[derive(Debug, Model)]
pub struct PullRequest {
    /// The issue that it is; the two share their key.
    #[field(primary_key, on_delete = cascade, related_name = "pull_request")]
    pub issue: OneToOne<Issue>,
    /// The branch with the change; it may be gone once the change is merged.
    #[field(on_delete = set_null, related_name = "proposals")]
    pub source: Option<ForeignKey<Branch>>,
    /// Where the change is to go.
    #[field(on_delete = set_null, related_name = "pull_requests")]
    pub target: Option<ForeignKey<Branch>>,
    /// Whether it is not ready for a review.
    #[field(default = false)]
    pub is_draft: bool,
    /// When it was merged.
    pub merged_at: Option<DateTime<Utc>>,
    /// The person who merged it.
    #[field(on_delete = set_null, related_name = "merges")]
    pub merged_by: Option<ForeignKey<User>>,
    /// The commit that merged it.
    #[field(max_length = 40)]
    pub merge_commit: Option<String>,
}

/// A change that waits to be merged into a branch.
#[derive(Debug, Model)]
#[model(
    unique(fields(repository, branch, position)),
    foreign_key(fields(repository, branch), references = Branch(repository, name), on_delete = cascade)
)]
pub struct QueuedMerge {
    /// The key, given out by the database.
    pub id: i64,
    /// Which change.
    #[field(on_delete = cascade, related_name = "queued")]
    pub pull_request: OneToOne<PullRequest>,
    /// Where the branch is.
    #[field(on_delete = cascade, related_name = "queue")]
    pub repository: ForeignKey<Repository>,
    /// The name of the branch.
    #[field(max_length = 200)]
    pub branch: String,
    /// How many are before it.
    pub position: i32,
}

/// The review of a change by a person.
#[derive(Debug, Model)]
pub struct Review {
    /// The key, given out by the database.
    pub id: i64,
    /// Which change.
    #[field(on_delete = cascade, related_name = "reviews")]
    pub pull_request: ForeignKey<PullRequest>,
    /// The reviewer.
    #[field(on_delete = restrict, related_name = "reviews")]
    pub reviewer: ForeignKey<User>,
    /// What it comes to.
    #[field(default = Verdict::Comment)]
    pub verdict: Verdict,
    /// In words.
    #[field(default = "")]
    pub text: String,
    /// When it was said.
    #[field(default = now())]
    pub submitted_at: DateTime<Utc>,
}

/// What a review says of a line.
#[derive(Debug, Model)]
pub struct ReviewComment {
    /// The key, given out by the database.
    pub id: i64,
    /// Of which review.
    #[field(on_delete = cascade, related_name = "comments")]
    pub review: ForeignKey<Review>,
    /// The file.
    #[field(max_length = 400)]
    pub path: String,
    /// The line, from 1.
    pub line: i32,
    /// The text.
    pub text: String,
}

/// What a review comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choices)]
pub enum Verdict {
    /// The change may go in.
    Approve,
    /// It may not.
    Reject,
    /// Neither of the two.
    Comment,
}
