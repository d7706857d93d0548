//! Issues, and how they are sorted.

use accounts::User;
use chrono::{DateTime, NaiveDate, Utc};
use modelshift::{Choices, ForeignKey, ManyToMany, Model};
use rust_decimal::Decimal;

use crate::code::{Created, Repository};

/// Something to be done, or talked about.
#[derive(Debug, Model)]
#[model(unique(fields(repository, number)))]
pub struct Issue {
    /// The key, given out by the database.
    pub id: i64,
    /// The repository.
    #[field(on_delete = cascade, related_name = "issues")]
    pub repository: ForeignKey<Repository>,
    /// The number within the repository, from 1.
    pub number: i32,
    /// The title.
    #[field(max_length = 200)]
    pub title: String,
    /// What is the matter.
    #[field(default = "")]
    pub body: String,
    /// Who wrote it; people who wrote are not deleted.
    #[field(on_delete = restrict, related_name = "issues")]
    pub author: ForeignKey<User>,
    /// By when it is to be done.
    #[field(on_delete = set_null, related_name = "issues")]
    pub milestone: Option<ForeignKey<Milestone>>,
    /// How many days it takes.
    #[field(precision = 6, scale = 2, comment = "In days")]
    pub estimate: Option<Decimal>,
    /// How it stands.
    #[field(default = IssueState::Open)]
    pub state: IssueState,
    /// When it was made.
    #[field(flatten)]
    pub created: Created,
    /// How it is sorted.
    #[field(related_name = "issues")]
    pub labels: ManyToMany<Label>,
    /// Who takes care of it.
    #[field(related_name = "assigned_issues")]
    pub assignees: ManyToMany<User>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
    /// Whether only members may speak.
    #[field(default = false)]
    pub is_locked: bool,
    /// What waits for it.
    #[field(through = IssueLink, related_name = "blocked_by")]
    pub blocks: ManyToMany<Self>,
}

/// A word to sort issues by.
#[derive(Debug, Model)]
#[model(unique(fields(repository, name)))]
pub struct Label {
    /// The key, given out by the database.
    pub id: i64,
    /// Where it is used.
    #[field(on_delete = cascade, related_name = "labels")]
    pub repository: ForeignKey<Repository>,
    /// The word.
    #[field(max_length = 50)]
    pub name: String,
    /// The colour that it is shown in, with eight digits where light comes through.
    #[field(max_length = 9, default = "#888888")]
    pub colour: String,
    /// What it means.
    #[field(max_length = 200, default = "")]
    pub description: String,
}

/// A day by which issues are to be closed.
#[derive(Debug, Model)]
#[model(unique(fields(repository, title)))]
pub struct Milestone {
    /// The key, given out by the database.
    pub id: i64,
    /// Whose issues.
    #[field(on_delete = cascade, related_name = "milestones")]
    pub repository: ForeignKey<Repository>,
    /// The name.
    #[field(max_length = 100)]
    pub title: String,
    /// The day.
    pub due_on: Option<NaiveDate>,
    /// Whether it is over.
    #[field(default = false)]
    pub is_closed: bool,
}

/// That an issue cannot be done before another.
#[derive(Debug, Model)]
#[model(unique(fields(blocker, blocked)))]
pub struct IssueLink {
    /// The key, given out by the database.
    pub id: i64,
    /// What comes first.
    #[field(on_delete = cascade, related_name = "blocked_links")]
    pub blocker: ForeignKey<Issue>,
    /// What comes afterwards.
    #[field(on_delete = cascade, related_name = "blocker_links")]
    pub blocked: ForeignKey<Issue>,
}

/// How an issue stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choices)]
pub enum IssueState {
    /// There is something to be done.
    Open,
    /// It is done, or will not be.
    Closed,
}
