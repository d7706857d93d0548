//! Issues, reviews and boards.

mod boards;
mod issues;
pub mod migrations;
mod pulls;
mod talk;

pub use self::boards::{Board, BoardColumn, Card};
pub use self::issues::{Issue, IssueLink, IssueState, Label, Milestone};
pub use self::pulls::{PullRequest, QueuedMerge, Review, ReviewComment, Verdict};
pub use self::talk::{
    Comment, Incident, IssueVisit, Mention, Notification, Reaction, SavedReply, Subscription, TimelineEvent,
};
