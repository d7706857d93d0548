//! Organisations, their teams, and who is in them.

use chrono::{DateTime, Utc};
use modelshift::{Choices, ForeignKey, ManyToMany, Model};
use uuid::Uuid;

use crate::dated::Dated;
use crate::people::User;

/// A group of people that owns repositories together.
#[derive(Debug, Model)]
#[model(comment = "Owns repositories, as a person does")]
pub struct Organisation {
    /// The key, given out by the database.
    pub id: i64,
    /// The name in addresses.
    #[field(max_length = 40, unique)]
    pub name: String,
    /// The name for people to read.
    #[field(max_length = 120, default = "")]
    pub title: String,
    /// When it was made.
    #[field(flatten)]
    pub dated: Dated,
}

/// That a person is in an organisation, and as what.
#[derive(Debug, Model)]
#[model(unique(fields(organisation, user)))]
pub struct Membership {
    /// The key, given out by the database.
    pub id: i64,
    /// Where.
    #[field(on_delete = cascade, related_name = "memberships")]
    pub organisation: ForeignKey<Organisation>,
    /// The person.
    #[field(on_delete = cascade, related_name = "memberships")]
    pub user: ForeignKey<User>,
    /// As what.
    #[field(default = Role::Member)]
    pub role: Role,
}

/// Some of the people of an organisation.
#[derive(Debug, Model)]
#[model(unique(fields(organisation, name)))]
pub struct Team {
    /// The key, given out by the database.
    pub id: i64,
    /// Where.
    #[field(on_delete = cascade, related_name = "teams")]
    pub organisation: ForeignKey<Organisation>,
    /// The name.
    #[field(max_length = 60)]
    pub name: String,
    /// The team that it is a part of.
    #[field(on_delete = set_null, related_name = "children")]
    pub parent: Option<ForeignKey<Self>>,
    /// Who is in it.
    #[field(through = TeamMember, related_name = "teams")]
    pub members: ManyToMany<User>,
}

/// That somebody is asked to join.
#[derive(Debug, Model)]
#[model(unique(fields(organisation, email)))]
pub struct Invitation {
    /// The key, given out by the database.
    pub id: i64,
    /// Where.
    #[field(on_delete = cascade, related_name = "invitations")]
    pub organisation: ForeignKey<Organisation>,
    /// Who, by an address.
    #[field(max_length = 254)]
    pub email: String,
    /// Who asks.
    #[field(on_delete = set_null, related_name = "sent_invitations")]
    pub invited_by: Option<ForeignKey<User>>,
    /// What the letter holds.
    #[field(unique)]
    pub token: Uuid,
    /// When they said yes.
    pub accepted_at: Option<DateTime<Utc>>,
    /// When it was made.
    #[field(flatten)]
    pub dated: Dated,
}

/// That a person is in a team.
#[derive(Debug, Model)]
#[model(unique(fields(team, user)))]
pub struct TeamMember {
    /// The key, given out by the database.
    pub id: i64,
    /// Where.
    #[field(on_delete = cascade, related_name = "memberships")]
    pub team: ForeignKey<Team>,
    /// The person.
    #[field(on_delete = cascade, related_name = "team_memberships")]
    pub user: ForeignKey<User>,
    /// Whether the person may let others in.
    #[field(default = false)]
    pub is_maintainer: bool,
}

/// Who sees what belongs to somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choices)]
pub enum Visibility {
    /// Everybody.
    Public,
    /// Whoever has an account.
    Internal,
    /// Members.
    Private,
}

/// What somebody is in an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choices)]
pub enum Role {
    /// May delete it.
    Owner,
    /// May let others in.
    Admin,
    /// May see it.
    Member,
}
