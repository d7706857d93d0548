//! What was done by whom.

use chrono::{DateTime, Utc};
use modelshift::{ForeignKey, Model};
use serde_json::Value;

use crate::people::User;

/// Something that somebody did.
#[derive(Debug, Model)]
#[model(index(name = "accounts_audit_event_newest", fields(actor, -at)))]
pub struct AuditEvent {
    /// The key, given out by the database.
    pub id: i64,
    /// Who did it; none for the forge itself, and for people who are gone.
    #[field(on_delete = set_null, related_name = "audit_events")]
    pub actor: Option<ForeignKey<User>>,
    /// From which address.
    #[field(max_length = 45)]
    pub address: Option<String>,
    /// What was done, such as `repository.delete`.
    #[field(max_length = 60)]
    pub action: String,
    /// What it was done to.
    #[field(max_length = 200)]
    pub subject: String,
    /// Further data.
    pub details: Option<Value>,
    /// The time.
    #[field(default = now())]
    pub at: DateTime<Utc>,
}

/// That somebody tried to get in.
#[derive(Debug, Model)]
pub struct LoginAttempt {
    /// The key, given out by the database.
    pub id: i64,
    /// As whom they tried.
    #[field(max_length = 40, index)]
    pub login: String,
    /// From which address.
    #[field(max_length = 45)]
    pub address: String,
    /// Whether they got in.
    pub succeeded: bool,
    /// The time.
    #[field(default = now())]
    pub at: DateTime<Utc>,
}
