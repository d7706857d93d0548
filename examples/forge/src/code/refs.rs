//! Branches and tags, and the rules for them.

use modelshift::{ForeignKey, Model};

use crate::code::Repository;

/// A branch, and where it points.
#[derive(Debug, Model)]
#[model(unique(fields(repository, name)))]
pub struct Branch {
    /// The key, given out by the database.
    pub id: i64,
    /// Where it is.
    #[field(on_delete = cascade, related_name = "branches")]
    pub repository: ForeignKey<Repository>,
    /// The name, without `refs/heads/`.
    #[field(max_length = 200)]
    pub name: String,
    /// The commit that it points at.
    #[field(max_length = 40)]
    pub head: String,
}

/// A name that stays where it is.
#[derive(Debug, Model)]
#[model(unique(fields(repository, name)))]
pub struct Tag {
    /// The key, given out by the database.
    pub id: i64,
    /// Where it is.
    #[field(on_delete = cascade, related_name = "tags")]
    pub repository: ForeignKey<Repository>,
    /// The name, without `refs/tags/`.
    #[field(max_length = 200)]
    pub name: String,
    /// The commit that it points at.
    #[field(max_length = 40)]
    pub commit: String,
}

/// The conditions for changes of a branch.
#[derive(Debug, Model)]
#[model(
    unique(fields(repository, pattern)),
    check(name = "code_branch_rule_approvals", required_approvals >= 0 && required_approvals <= 10)
)]
pub struct BranchRule {
    /// The key, given out by the database.
    pub id: i64,
    /// Where it holds.
    #[field(on_delete = cascade, related_name = "branch_rules")]
    pub repository: ForeignKey<Repository>,
    /// The branches that it holds for, with `*` for any letters.
    #[field(max_length = 200)]
    pub pattern: String,
    /// How many reviews must approve.
    #[field(default = 1)]
    pub required_approvals: i16,
    /// Whether history may be rewritten.
    #[field(default = false)]
    pub allows_force: bool,
}
