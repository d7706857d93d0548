//! One migration that the executor runs, and its outcome.

use std::collections::BTreeSet;

use modelshift_schema::name::MigrationId;

use crate::model::embedded::Migrations;
use crate::plan::{Direction, MigrationPlan};
use crate::planner::route::PendingMigration;
use crate::run::history::Progress;
use crate::run::rewritten::Replacement;

/// One migration that the executor runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Job<'a> {
    /// The migration, its direction, and the state without it.
    pub(crate) pending: &'a PendingMigration,
    /// Its plan.
    pub(crate) plan: &'a MigrationPlan,
    /// The migrations that the history must contain, of the affected apps.
    pub(crate) expected: &'a BTreeSet<MigrationId>,
    /// The program, which has the functions of migrations.
    pub(crate) program: &'a Migrations,
    /// Whether an earlier migration of the run has found or made the table of the history.
    pub(crate) follows: bool,
    /// The changes of the history, if a draft was rewritten.
    pub(crate) records: Option<&'a Replacement>,
}

impl Job<'_> {
    /// Returns the number of stages that an earlier run reverted, and that are not part of the plan.
    pub(crate) fn reverted_before(&self) -> usize {
        match &self.pending.partial {
            Some(Progress { direction: Direction::Backward, done, .. })
                if self.plan.direction == Direction::Backward =>
            {
                done.saturating_sub(self.plan.done)
            }
            Some(_) | None => 0,
        }
    }
}

/// The outcome of running a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is done, and recorded.
    Done,
    /// Another process has done it.
    ByOther,
}
