//! One migration whose turn it is: what the executor is given, and what it gives back.

use std::collections::BTreeSet;

use modelshift_schema::name::MigrationId;

use crate::plan::MigrationPlan;
use crate::route::Leg;

/// One migration whose turn it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turn<'a> {
    /// The migration, its direction, and the state without it.
    pub(crate) leg: &'a Leg,
    /// What is done for it.
    pub(crate) plan: &'a MigrationPlan,
    /// What the history must hold when the turn comes, of the apps that concern us.
    pub(crate) expected: &'a BTreeSet<MigrationId>,
}

/// What became of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is done, and recorded.
    Done,
    /// Another process had done it.
    ByOther,
}
