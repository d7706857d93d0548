//! People, and how to reach them.

use chrono::{DateTime, NaiveDate, Utc};
use modelshift::{ForeignKey, ManyToMany, Model, OneToOne};

use crate::dated::Dated;

/// Somebody who has an account.
#[derive(Debug, Model)]
pub struct User {
    /// The key, given out by the database.
    pub id: i64,
    /// The name in addresses, such as `ada`.
    #[field(max_length = 40, unique)]
    pub login: String,
    /// The login in small letters: no two people have logins that look alike.
    #[field(max_length = 40, unique, generated = lower(login))]
    pub login_key: String,
    /// The name that others see; the login where there is none.
    #[field(max_length = 100)]
    pub display_name: Option<String>,
    /// The password, salted and hashed.
    #[field(max_length = 200)]
    pub password: String,
    /// Whether the person looks after the forge itself.
    #[field(default = false)]
    pub is_staff: bool,
    /// When it was made.
    #[field(flatten)]
    pub dated: Dated,
    /// Whose doings the person hears of.
    #[field(related_name = "followers")]
    pub following: ManyToMany<Self>,
    /// When the person was here last.
    pub last_seen_at: Option<DateTime<Utc>>,
}

/// A way to reach a person, who may have several.
#[derive(Debug, Model)]
pub struct EmailAddress {
    /// The key, given out by the database.
    pub id: i64,
    /// Whose it is.
    #[field(on_delete = cascade, related_name = "email_addresses")]
    pub user: ForeignKey<User>,
    /// The address.
    #[field(max_length = 254, unique)]
    pub address: String,
    /// Whether a letter to it was answered.
    #[field(default = false)]
    pub is_verified: bool,
    /// Whether letters go there.
    #[field(default = false)]
    pub is_primary: bool,
}

/// What a person says of themselves.
#[derive(Debug, Model)]
pub struct Profile {
    /// Whose it is; the two share their key.
    #[field(primary_key, on_delete = cascade, related_name = "profile")]
    pub user: OneToOne<User>,
    /// In some words.
    #[field(default = "")]
    pub about: String,
    /// Where.
    #[field(max_length = 100)]
    pub location: Option<String>,
    /// Where to read more.
    #[field(max_length = 300)]
    pub website: Option<String>,
    /// Since when.
    pub birthday: Option<NaiveDate>,
}

/// That a person wants to hear nothing of another.
#[derive(Debug, Model)]
#[model(unique(fields(user, blocked)), check(name = "accounts_block_others", user != blocked))]
pub struct Block {
    /// The key, given out by the database.
    pub id: i64,
    /// Who wants so.
    #[field(on_delete = cascade, related_name = "blocks")]
    pub user: ForeignKey<User>,
    /// Of whom.
    #[field(on_delete = cascade, related_name = "blocked_by")]
    pub blocked: ForeignKey<User>,
    /// When it was made.
    #[field(flatten)]
    pub dated: Dated,
}
