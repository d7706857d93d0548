//! Machines that are told of pushes, or that push themselves.

use chrono::{DateTime, Utc};
use modelshift::{ForeignKey, Model, OneToOne};
use serde_json::Value;

use crate::code::Repository;

/// A URL that receives events.
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
    /// The key that signs deliveries.
    #[field(max_length = 100, default = "")]
    pub secret: String,
    /// The events that it receives.
    pub events: Value,
    /// Whether it is active.
    #[field(default = true)]
    pub is_active: bool,
}

/// A delivery to a webhook.
#[derive(Debug, Model)]
#[model(index(fields(webhook, -at)))]
pub struct WebhookDelivery {
    /// The key, given out by the database.
    pub id: i64,
    /// The webhook.
    #[field(on_delete = cascade, related_name = "deliveries")]
    pub webhook: ForeignKey<Webhook>,
    /// The delivered payload.
    pub request: Value,
    /// The status code of the response; none without a response.
    pub status: Option<i16>,
    /// The time.
    #[field(default = now())]
    pub at: DateTime<Utc>,
}

/// A key by which a machine accesses one repository.
#[derive(Debug, Model)]
pub struct DeployKey {
    /// The key, given out by the database.
    pub id: i64,
    /// The repository.
    #[field(on_delete = cascade, related_name = "deploy_keys")]
    pub repository: ForeignKey<Repository>,
    /// The title.
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
    /// The URL of the other repository.
    #[field(max_length = 500)]
    pub url: String,
    /// How often, in seconds.
    #[field(default = 3600, comment = "In seconds")]
    pub interval: i32,
    /// When it looked last.
    pub fetched_at: Option<DateTime<Utc>>,
}
