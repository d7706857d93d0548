//! One migration whose turn it is: what the executor gets, and what it returns.

use std::collections::BTreeSet;

use modelshift_schema::name::MigrationId;

use crate::plan::{Direction, MigrationPlan};
use crate::planner::route::PendingMigration;
use crate::run::history::Progress;
use crate::run::rewritten::Replacement;

/// One migration whose turn it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job<'a> {
    /// The migration, its direction, and the state without it.
    pub(crate) leg: &'a PendingMigration,
    /// What is done for it.
    pub(crate) plan: &'a MigrationPlan,
    /// What the history must hold when the turn comes, of the apps that concern us.
    pub(crate) expected: &'a BTreeSet<MigrationId>,
    /// What the history strikes and takes up in place of the migration itself, where a draft was rewritten.
    pub(crate) records: Option<&'a Replacement>,
}

impl Job<'_> {
    /// Returns how many stages an earlier run reverted whose operations the plan has no more.
    pub(crate) fn reverted_before(&self) -> usize {
        match &self.leg.partial {
            Some(Progress { direction: Direction::Backward, done, .. })
                if self.plan.direction == Direction::Backward =>
            {
                done.saturating_sub(self.plan.done)
            }
            Some(_) | None => 0,
        }
    }
}

/// What became of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is done, and recorded.
    Done,
    /// Another process had done it.
    ByOther,
}
