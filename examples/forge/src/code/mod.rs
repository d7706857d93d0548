//! Repositories, their content and their members.

mod created;
mod hooks;
pub mod migrations;
mod refs;
mod releases;
mod repositories;
mod wiki;

pub use self::created::Created;
pub use self::hooks::{DeployKey, Mirror, Webhook, WebhookDelivery};
pub use self::refs::{Branch, BranchRule, Tag};
pub use self::releases::{Release, ReleaseAsset};
pub use self::repositories::{
    CodeOwner, Collaborator, LanguageShare, Permission, Repository, Star, Topic, Watch, WatchLevel,
};
pub use self::wiki::{WikiPage, WikiRevision};
