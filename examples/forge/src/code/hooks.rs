//! Machines that are told of pushes, or that push themselves.

use chrono::{DateTime, Utc};
use modelshift::{ForeignKey, Model, OneToOne};
use serde_json::Value;

use crate::code::Repository;

/// An address that is told of what happens.
#[derive(Debug, Model)]
pub struct Webhook {
    /// The key, given out by the database.
    pub id: i64,
    /// Where.
    #[field(on_delete = cascade, related_name = "webhooks")]
    pub repository: ForeignKey<Repository>,
    /// The address.
    #[field(max_length = 500)]
    pub url: String,
    /// What deliveries are signed with.
    #[field(max_length = 100, default = "")]
    pub secret: String,
    /// The events that it is told of.
    pub events: Value,
    /// Whether it is told at all.
    #[field(default = true)]
    pub is_active: bool,
}

/// One time that an address was told.
#[derive(Debug, Model)]
#[model(index(fields(webhook, -at)))]
pub struct WebhookDelivery {
    /// The key, given out by the database.
    pub id: i64,
    /// Which address.
    #[field(on_delete = cascade, related_name = "deliveries")]
    pub webhook: ForeignKey<Webhook>,
    /// What it was told.
    pub request: Value,
    /// What it answered; none where it did not.
    pub status: Option<i16>,
    /// When.
    #[field(default = now())]
    pub at: DateTime<Utc>,
}

/// A key with which a machine gets at one repository.
#[derive(Debug, Model)]
pub struct DeployKey {
    /// The key, given out by the database.
    pub id: i64,
    /// Which repository.
    #[field(on_delete = cascade, related_name = "deploy_keys")]
    pub repository: ForeignKey<Repository>,
    /// What it is for.
    #[field(max_length = 100)]
    pub title: String,
    /// The key, as `ssh-keygen` writes it.
    pub public_key: String,
    /// Whether it may push.
    #[field(default = false)]
    pub can_write: bool,
}

/// A repository elsewhere that this one follows.
#[derive(Debug, Model)]
pub struct Mirror {
    /// Which repository follows.
    #[field(primary_key, on_delete = cascade, related_name = "mirror")]
    pub repository: OneToOne<Repository>,
    /// What it follows.
    #[field(max_length = 500)]
    pub url: String,
    /// How often, in seconds.
    #[field(default = 3600, comment = "In seconds")]
    pub interval: i32,
    /// When it looked last.
    pub fetched_at: Option<DateTime<Utc>>,
}
