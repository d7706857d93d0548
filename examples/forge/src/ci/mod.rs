//! The build machines, their artifacts, and the deployments.

mod deployments;
pub mod migrations;
mod packages;
mod pipelines;
mod runners;
mod statuses;

pub use self::deployments::{Deployment, Environment, Rollback, Secret};
pub use self::packages::{Package, PackageFile, PackageVersion};
pub use self::pipelines::{Artifact, Job, JobStatus, JobStep, Pipeline, Schedule, Span, Stage};
pub use self::runners::{Runner, RunnerTag, UsageRecord};
pub use self::statuses::CommitStatus;
