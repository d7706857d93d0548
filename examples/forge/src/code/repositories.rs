//! Repositories, and the people around them.

use accounts::{Dated, Organisation, Team, User, Visibility};
use chrono::{DateTime, Utc};
use modelshift::{Choices, ForeignKey, ManyToMany, Model};

use crate::code::{Branch, Created};

/// A repository.
#[derive(Debug, Model)]
#[model(
    unique(fields(owner, name)),
    unique(fields(organisation, name)),
    check(name = "code_repository_one_owner", owner.is_none() != organisation.is_none()),
    comment = "One for each repository on disk",
    index(name = "code_repository_newest", fields(visibility, -created_at))
)]
pub struct Repository {
    /// The key, given out by the database.
    pub id: i64,
    /// The person who owns it.
    #[field(on_delete = cascade, related_name = "repositories")]
    pub owner: Option<ForeignKey<User>>,
    /// The organisation that owns it.
    #[field(on_delete = cascade, related_name = "repositories")]
    pub organisation: Option<ForeignKey<Organisation>>,
    /// The name below the owner, in addresses.
    #[field(max_length = 100)]
    pub name: String,
    /// A one-line description.
    #[field(max_length = 500, default = "")]
    pub description: String,
    /// The default branch; none while there is no branch.
    #[field(on_delete = set_null, related_name = "default_of")]
    pub default_branch: Option<ForeignKey<Branch>>,
    /// The repository that it was made from.
    #[field(on_delete = set_null, related_name = "forks")]
    pub parent: Option<ForeignKey<Self>>,
    /// The topics.
    #[field(related_name = "repositories")]
    pub topics: ManyToMany<Topic>,
    /// The visibility.
    #[field(default = Visibility::Public)]
    pub visibility: Visibility,
    /// How many bytes it weighs on disk.
    #[field(default = 0)]
    pub size: i64,
    /// When it was made.
    #[field(default = now())]
    pub created_at: DateTime<Utc>,
    /// The people who starred it.
    #[field(through = Star, related_name = "starred_repositories")]
    pub stargazers: ManyToMany<User>,
}

/// That a person likes a repository.
#[derive(Debug, Model)]
#[model(unique(fields(user, repository)))]
pub struct Star {
    /// The key, given out by the database.
    pub id: i64,
    /// The person.
    #[field(on_delete = cascade, related_name = "stars")]
    pub user: ForeignKey<User>,
    /// What.
    #[field(on_delete = cascade, related_name = "stars")]
    pub repository: ForeignKey<Repository>,
    /// When it was made.
    #[field(flatten)]
    pub created: Created,
}

/// A word to find repositories by.
#[derive(Debug, Model)]
pub struct Topic {
    /// The key, given out by the database.
    pub id: i64,
    /// The word.
    #[field(max_length = 50, unique)]
    pub name: String,
    /// When it was made.
    #[field(flatten)]
    pub dated: Dated,
}

/// The permission of a person in a repository, beyond the public one.
#[derive(Debug, Model)]
#[model(unique(fields(repository, user)))]
pub struct Collaborator {
    /// The key, given out by the database.
    pub id: i64,
    /// Where.
    #[field(on_delete = cascade, related_name = "collaborators")]
    pub repository: ForeignKey<Repository>,
    /// The person.
    #[field(on_delete = cascade, related_name = "collaborations")]
    pub user: ForeignKey<User>,
    /// The permission.
    #[field(default = Permission::Read)]
    pub permission: Permission,
    /// When it was made.
    #[field(flatten)]
    pub dated: Dated,
}

/// The members of a team who review changes of a part of a repository.
#[derive(Debug, Model)]
#[model(
    unique(fields(repository, pattern, team, user)),
    foreign_key(fields(team, user), references = accounts::TeamMember(team, user), on_delete = cascade)
)]
pub struct CodeOwner {
    /// The key, given out by the database.
    pub id: i64,
    /// Where.
    #[field(on_delete = cascade, related_name = "code_owners")]
    pub repository: ForeignKey<Repository>,
    /// The files, with `*` for any letters.
    #[field(max_length = 200)]
    pub pattern: String,
    /// The team.
    #[field(on_delete = cascade, related_name = "owned_code")]
    pub team: ForeignKey<Team>,
    /// The member; a person who leaves the team is removed.
    #[field(on_delete = cascade, related_name = "owned_code")]
    pub user: ForeignKey<User>,
}

/// The subscription of a person to the events of a repository.
#[derive(Debug, Model)]
#[model(unique(fields(user, repository)))]
pub struct Watch {
    /// The key, given out by the database.
    pub id: i64,
    /// The person.
    #[field(on_delete = cascade, related_name = "watches")]
    pub user: ForeignKey<User>,
    /// Of what.
    #[field(on_delete = cascade, related_name = "watches")]
    pub repository: ForeignKey<Repository>,
    /// The subscribed events.
    #[field(default = WatchLevel::All)]
    pub level: WatchLevel,
}

/// How much of a repository is in a language.
#[derive(Debug, Model)]
#[model(unique(fields(repository, language)))]
pub struct LanguageShare {
    /// The key, given out by the database.
    pub id: i64,
    /// Of what.
    #[field(on_delete = cascade, related_name = "languages")]
    pub repository: ForeignKey<Repository>,
    /// The language.
    #[field(max_length = 50)]
    pub language: String,
    /// How many bytes.
    pub bytes: i64,
}

/// A permission in a repository; each one includes the lower ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choices)]
#[choices(integer)]
pub enum Permission {
    /// See it.
    Read = 10,
    /// Push to it.
    Write = 20,
    /// Delete it.
    Admin = 30,
}

/// The subscribed events of a repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Choices)]
#[choices(native)]
pub enum WatchLevel {
    /// All events.
    All,
    /// Mentions only.
    Mentions,
    /// No events.
    Nothing,
}
