//! Fields that many models share.

use chrono::{DateTime, Utc};
use modelshift::Model;

/// When a row was made.
#[derive(Debug, Model)]
#[model(abstract)]
pub struct Created {
    /// When it was made.
    #[field(default = now())]
    pub created_at: DateTime<Utc>,
}
