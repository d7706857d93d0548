//! What a person or a program gets in with.

use chrono::{DateTime, Utc};
use modelshift::{ForeignKey, Model};
use uuid::Uuid;

use crate::dated::Dated;
use crate::people::User;

/// A key that a person pushes with.
#[derive(Debug, Model)]
pub struct SshKey {
    /// The key, given out by the database.
    pub id: i64,
    /// Whose it is.
    #[field(on_delete = cascade, related_name = "ssh_keys")]
    pub user: ForeignKey<User>,
    /// What the owner calls it.
    #[field(max_length = 100)]
    pub title: String,
    /// The key, as `ssh-keygen` writes it.
    pub public_key: String,
    /// The hash by which a connection finds it; no two people share a key.
    #[field(max_length = 64, unique)]
    pub fingerprint: String,
    /// When it was made.
    #[field(flatten)]
    pub dated: Dated,
}

/// What a program gets in with.
#[derive(Debug, Model)]
pub struct ApiToken {
    /// The key, given out by the database.
    pub id: i64,
    /// In whose name.
    #[field(on_delete = cascade, related_name = "api_tokens")]
    pub user: ForeignKey<User>,
    /// What the owner calls it.
    #[field(max_length = 100)]
    pub name: String,
    /// The hash of the token; the token itself is nowhere.
    #[field(max_length = 64, unique)]
    pub digest: String,
    /// What it may do.
    #[field(max_length = 200, default = "")]
    pub scopes: String,
    /// Until when; none for ever.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was made.
    #[field(flatten)]
    pub dated: Dated,
    /// When it was last used.
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A browser that is let in.
#[derive(Debug, Model)]
pub struct Session {
    /// The key, in the cookie.
    pub id: Uuid,
    /// As whom.
    #[field(on_delete = cascade, related_name = "sessions")]
    pub user: ForeignKey<User>,
    /// What the browser says that it is.
    #[field(max_length = 300, default = "")]
    pub agent: String,
    /// Until when.
    #[field(index)]
    pub expires_at: DateTime<Utc>,
    /// When it was made.
    #[field(flatten)]
    pub dated: Dated,
}
