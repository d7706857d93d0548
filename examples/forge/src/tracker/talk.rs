//! Comments on issues, and notifications.

use accounts::User;
use chrono::{DateTime, Utc};
use modelshift::{ForeignKey, Model, OneToOne};
use serde_json::Value;

use crate::ci::{Deployment, Rollback};
use crate::tracker::Issue;

/// Something that was said of an issue.
#[derive(Debug, Model)]
#[model(index(fields(issue, created_at)))]
pub struct Comment {
    /// The key, given out by the database.
    pub id: i64,
    /// The issue.
    #[field(on_delete = cascade, related_name = "comments")]
    pub issue: ForeignKey<Issue>,
    /// The author.
    #[field(on_delete = restrict, related_name = "comments")]
    pub author: ForeignKey<User>,
    /// The text.
    pub body: String,
    /// When it was said.
    #[field(default = now())]
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub edited_at: Option<DateTime<Utc>>,
}

/// The reaction of a person to a comment.
#[derive(Debug, Model)]
#[model(unique(fields(comment, user, emoji)))]
pub struct Reaction {
    /// The key, given out by the database.
    pub id: i64,
    /// Of which comment.
    #[field(on_delete = cascade, related_name = "reactions")]
    pub comment: ForeignKey<Comment>,
    /// The person.
    #[field(on_delete = cascade, related_name = "reactions")]
    pub user: ForeignKey<User>,
    /// The picture, by its name.
    #[field(max_length = 20)]
    pub emoji: String,
}

/// That a person wants to hear of an issue.
#[derive(Debug, Model)]
#[model(unique(fields(user, issue)), table = "tracker_issue_subscription")]
pub struct Subscription {
    /// The key, given out by the database.
    pub id: i64,
    /// The person.
    #[field(on_delete = cascade, related_name = "subscriptions")]
    pub user: ForeignKey<User>,
    /// Of what.
    #[field(on_delete = cascade, related_name = "subscriptions")]
    pub issue: ForeignKey<Issue>,
}

/// Something that a person should hear of.
#[derive(Debug, Model)]
#[model(index(fields(user, -created_at)))]
pub struct Notification {
    /// The key, given out by the database.
    pub id: i64,
    /// The person.
    #[field(on_delete = cascade, related_name = "notifications")]
    pub user: ForeignKey<User>,
    /// Of what.
    #[field(on_delete = cascade, related_name = "notifications")]
    pub issue: ForeignKey<Issue>,
    /// Why: `mention`, `assign`, `review` or `subscribed`.
    #[field(max_length = 20)]
    pub reason: String,
    /// When they heard of it.
    pub read_at: Option<DateTime<Utc>>,
    /// When it was made.
    #[field(default = now())]
    pub created_at: DateTime<Utc>,
}

/// A saved reply of a person.
#[derive(Debug, Model)]
pub struct SavedReply {
    /// The key, given out by the database.
    pub id: i64,
    /// The owner.
    #[field(on_delete = cascade, related_name = "saved_replies")]
    pub user: ForeignKey<User>,
    /// The keyword.
    #[field(max_length = 100)]
    pub title: String,
    /// The text.
    pub body: String,
}

/// Something that was done to an issue.
#[derive(Debug, Model)]
#[model(index(fields(issue, at)))]
pub struct TimelineEvent {
    /// The key, given out by the database.
    pub id: i64,
    /// Which issue.
    #[field(on_delete = cascade, related_name = "timeline")]
    pub issue: ForeignKey<Issue>,
    /// The actor.
    #[field(on_delete = set_null, related_name = "timeline_events")]
    pub actor: Option<ForeignKey<User>>,
    /// The action, such as `labelled`.
    #[field(max_length = 30)]
    pub kind: String,
    /// Further data.
    pub details: Option<Value>,
    /// The time.
    #[field(default = now())]
    pub at: DateTime<Utc>,
}

/// That a comment names a person.
#[derive(Debug, Model)]
#[model(unique(fields(comment, login)))]
pub struct Mention {
    /// The key, given out by the database.
    pub id: i64,
    /// Which comment.
    #[field(on_delete = cascade, related_name = "mentions")]
    pub comment: ForeignKey<Comment>,
    /// The mentioned person, by the name in the text.
    #[field(to_field = "login", on_delete = cascade, on_update = cascade, related_name = "mentions")]
    pub login: ForeignKey<User, String>,
}

/// When a person looked at an issue last.
#[derive(Debug, Model)]
pub struct IssueVisit {
    /// The reader.
    #[field(primary_key, on_delete = cascade, related_name = "issue_visits")]
    pub user: ForeignKey<User>,
    /// At which issue.
    #[field(primary_key, on_delete = cascade, related_name = "visits")]
    pub issue: ForeignKey<Issue>,
    /// The time.
    #[field(default = now())]
    pub at: DateTime<Utc>,
}

/// An incident in an environment.
#[derive(Debug, Model)]
pub struct Incident {
    /// The issue in which it is told.
    #[field(primary_key, on_delete = cascade, related_name = "incident")]
    pub issue: OneToOne<Issue>,
    /// The problem.
    #[field(on_delete = set_null, related_name = "incidents")]
    pub deployment: Option<ForeignKey<Deployment>>,
    /// The resolution.
    #[field(on_delete = set_null, related_name = "ended_incidents")]
    pub rollback: Option<ForeignKey<Rollback>>,
}
