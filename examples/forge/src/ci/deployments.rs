//! The environments of deployments, and their settings.

use accounts::{Organisation, User};
use chrono::{DateTime, Utc};
use modelshift::{ForeignKey, Model, OneToOne};

use crate::ci::{Pipeline, Span};
use crate::code::Repository;
use crate::tracker::Incident;

/// A place where code runs.
#[derive(Debug, Model)]
#[model(unique(fields(repository, name)))]
pub struct Environment {
    /// The key, given out by the database.
    pub id: i64,
    /// Whose code.
    #[field(on_delete = cascade, related_name = "environments")]
    pub repository: ForeignKey<Repository>,
    /// The name, such as `production`.
    #[field(max_length = 60)]
    pub name: String,
    /// Where to see it.
    #[field(max_length = 300)]
    pub url: Option<String>,
}

/// That code was brought to a place.
#[derive(Debug, Model)]
#[model(index(fields(environment, -at)))]
pub struct Deployment {
    /// The key, given out by the database.
    pub id: i64,
    /// Where to.
    #[field(on_delete = cascade, related_name = "deployments")]
    pub environment: ForeignKey<Environment>,
    /// By which pipeline.
    #[field(on_delete = set_null, related_name = "deployments")]
    pub pipeline: Option<ForeignKey<Pipeline>>,
    /// Which commit.
    #[field(max_length = 40)]
    pub commit: String,
    /// The person who started it.
    #[field(on_delete = set_null, related_name = "deployments")]
    pub creator: Option<ForeignKey<User>>,
    /// The time.
    #[field(default = now())]
    pub at: DateTime<Utc>,
    /// When it ran.
    #[field(flatten)]
    pub span: Span,
}

/// Something that jobs are told and people are not.
#[derive(Debug, Model)]
#[model(
    unique(fields(repository, name)),
    unique(fields(organisation, name)),
    check(name = "ci_secret_one_owner", repository.is_none() != organisation.is_none())
)]
pub struct Secret {
    /// The key, given out by the database.
    pub id: i64,
    /// In which repository.
    #[field(on_delete = cascade, related_name = "secrets")]
    pub repository: Option<ForeignKey<Repository>>,
    /// In all repositories of which organisation.
    #[field(on_delete = cascade, related_name = "secrets")]
    pub organisation: Option<ForeignKey<Organisation>>,
    /// The name.
    #[field(max_length = 100)]
    pub name: String,
    /// The value, encrypted.
    pub value: Vec<u8>,
}

/// The rollback to an older deployment.
#[derive(Debug, Model)]
pub struct Rollback {
    /// The key, given out by the database.
    pub id: i64,
    /// The restored deployment.
    #[field(on_delete = cascade, related_name = "rollback")]
    pub deployment: OneToOne<Deployment>,
    /// Why.
    #[field(on_delete = set_null, related_name = "rollbacks")]
    pub incident: Option<ForeignKey<Incident>>,
    /// The time.
    #[field(default = now())]
    pub at: DateTime<Utc>,
}
