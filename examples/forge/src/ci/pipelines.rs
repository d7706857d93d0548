//! Pipelines, and the jobs of which they are made.

use accounts::User;
use chrono::{DateTime, NaiveDate, Utc};
use modelshift::{Choices, ForeignKey, Model};

use crate::ci::Runner;
use crate::code::{Branch, Repository};

/// When work began and ended.
#[derive(Debug, Model)]
#[model(abstract)]
pub struct Span {
    /// When it began.
    pub started_at: Option<DateTime<Utc>>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
}

/// All that is built and tested for one commit.
#[derive(Debug, Model)]
#[model(index(fields(repository, -created_at)))]
pub struct Pipeline {
    /// The key, given out by the database.
    pub id: i64,
    /// Of what.
    #[field(on_delete = cascade, related_name = "pipelines")]
    pub repository: ForeignKey<Repository>,
    /// The name of the branch that was pushed; it may be gone.
    #[field(max_length = 200)]
    pub branch: String,
    /// The commit.
    #[field(max_length = 40)]
    pub commit: String,
    /// How it stands.
    #[field(default = JobStatus::Pending)]
    pub status: JobStatus,
    /// The trigger; none for a push.
    #[field(on_delete = set_null, related_name = "pipelines")]
    pub schedule: Option<ForeignKey<Schedule>>,
    /// When it was made.
    #[field(default = now())]
    pub created_at: DateTime<Utc>,
    /// When it ran.
    #[field(flatten)]
    pub span: Span,
}

/// The jobs of a pipeline that run side by side.
#[derive(Debug, Model)]
#[model(unique(fields(pipeline, name)))]
pub struct Stage {
    /// The key, given out by the database.
    pub id: i64,
    /// Of which pipeline.
    #[field(on_delete = cascade, related_name = "stages")]
    pub pipeline: ForeignKey<Pipeline>,
    /// The name.
    #[field(max_length = 60)]
    pub name: String,
    /// When it runs: after those with smaller numbers.
    #[field(default = 0)]
    pub position: i16,
}

/// One piece of work of a pipeline.
#[derive(Debug, Model)]
pub struct Job {
    /// The key, given out by the database.
    pub id: i64,
    /// The stage that it is a part of.
    #[field(on_delete = cascade, related_name = "jobs")]
    pub stage: ForeignKey<Stage>,
    /// The name.
    #[field(max_length = 100)]
    pub name: String,
    /// How it stands.
    #[field(default = JobStatus::Pending)]
    pub status: JobStatus,
    /// The machine that took it.
    #[field(on_delete = set_null, related_name = "jobs")]
    pub runner: Option<ForeignKey<Runner>>,
    /// When it ran.
    #[field(flatten)]
    pub span: Span,
}

/// A file that a job leaves.
#[derive(Debug, Model)]
pub struct Artifact {
    /// The key, given out by the database.
    pub id: i64,
    /// Of which job.
    #[field(on_delete = cascade, related_name = "artifacts")]
    pub job: ForeignKey<Job>,
    /// Its name, with folders.
    #[field(max_length = 400)]
    pub path: String,
    /// How many bytes.
    #[field(default = 0)]
    pub size: i64,
    /// When it may go.
    pub expires_on: Option<NaiveDate>,
}

/// One command of a job.
#[derive(Debug, Model)]
#[model(unique(fields(job, position)))]
pub struct JobStep {
    /// The key, given out by the database.
    pub id: i64,
    /// Of which job.
    #[field(on_delete = cascade, related_name = "steps")]
    pub job: ForeignKey<Job>,
    /// When in the job, from 0.
    pub position: i16,
    /// The name.
    #[field(max_length = 200)]
    pub name: String,
    /// How it ended; none while it runs.
    pub exit_code: Option<i16>,
    /// The output.
    #[field(default = "")]
    pub log: String,
}

/// That a pipeline runs again and again.
#[derive(Debug, Model)]
pub struct Schedule {
    /// The key, given out by the database.
    pub id: i64,
    /// Of which branch.
    #[field(on_delete = cascade, related_name = "schedules")]
    pub branch: ForeignKey<Branch>,
    /// When, as `cron` writes it.
    #[field(max_length = 60)]
    pub cron: String,
    /// In whose name.
    #[field(on_delete = cascade, related_name = "schedules")]
    pub owner: ForeignKey<User>,
    /// Whether it runs at all.
    #[field(default = true)]
    pub is_active: bool,
    /// When next.
    #[field(index)]
    pub next_run_at: Option<DateTime<Utc>>,
}

/// How work stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choices)]
#[choices(removed(Skipped -> Failed))]
pub enum JobStatus {
    /// Nobody took it yet.
    Pending,
    /// A runner is at it.
    Running,
    /// It succeeded.
    #[choice(renamed_from = "Passed")]
    Succeeded,
    /// It did not.
    Failed,
}
