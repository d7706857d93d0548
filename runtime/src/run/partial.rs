//! Migrations that are applied in part: what of them stands, and how a run continues or reverts it.
//!
//! Such a migration is not one transaction (`atomic = false`), and was interrupted, or one of its stages failed. What is
//! done of it is done; what is not done yet may be edited. No database is asked here.

use std::borrow::Cow;
use std::collections::BTreeSet;

use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_schema::operation::Operation;
use modelshift_schema::replay::replay;
use modelshift_schema::state::ProjectState;

use crate::error::{Error, ErrorKind, Kept};
use crate::plan::{Action, Direction, MigrationPlan};
use crate::run::checksum::{canonical, checksum};
use crate::run::edits::way_out;
use crate::run::history::{Partials, Progress};

impl Progress {
    /// Returns how many operations stand as a whole.
    pub(crate) fn whole_operations(&self) -> usize {
        match self.direction {
            Direction::Forward if self.open_parts() == 0 => self.operation + 1,
            Direction::Forward | Direction::Backward => self.operation,
        }
    }

    /// Returns how many stages are done of the operation that is done in part: applied, or reverted.
    pub(crate) fn open_parts(&self) -> usize {
        if self.part + 1 < self.parts { self.part + 1 } else { 0 }
    }

    /// Returns how many operations stand, the one included that stands in part.
    pub(crate) fn standing_operations(&self) -> usize {
        self.whole_operations() + usize::from(self.open_parts() > 0)
    }

    /// Returns the migration with the operations that stand.
    pub(crate) fn standing(&self, migration: &Migration) -> Migration {
        let operations = migration.operations.iter().take(self.standing_operations()).cloned().collect();
        Migration { operations, atomic: false, ..migration.clone() }
    }

    /// Returns what is kept of the migration.
    pub(crate) fn kept(&self) -> Kept {
        Kept::Stages { done: self.done, all: self.stages }
    }
}

/// What a database holds of the migrations of a graph.
#[derive(Clone, Debug, Default)]
pub(crate) struct Held {
    /// What is applied as a whole.
    pub(crate) whole: BTreeSet<MigrationId>,
    /// What is applied in part.
    pub(crate) partial: Partials,
}

impl Held {
    /// Returns what a database holds that counts these as applied, and these as applied in part.
    pub(crate) fn new(mut applied: BTreeSet<MigrationId>, partial: Partials) -> Self {
        applied.retain(|id| !partial.contains_key(id));
        Self { whole: applied, partial }
    }

    /// Returns whether at least a part of a migration is applied.
    pub(crate) fn has_part_of(&self, id: &MigrationId) -> bool {
        self.whole.contains(id) || self.partial.contains_key(id)
    }

    /// Returns what stands of the migrations of a graph, in their order.
    pub(crate) fn standing<'a>(&self, graph: &'a Graph) -> Vec<Cow<'a, Migration>> {
        let standing = |migration: &'a Migration| match self.partial.get(&migration.id) {
            Some(progress) => Some(Cow::Owned(progress.standing(migration))),
            None => self.whole.contains(&migration.id).then_some(Cow::Borrowed(migration)),
        };
        graph.order().into_iter().filter_map(standing).collect()
    }

    /// Returns the state that the tables are in.
    ///
    /// # Errors
    /// [`ErrorKind::Replay`].
    pub(crate) fn state(&self, graph: &Graph) -> Result<ProjectState, Error> {
        let standing = self.standing(graph);
        replay(standing.iter().map(AsRef::as_ref)).map_err(|error| ErrorKind::Replay(error).into())
    }

    /// Checks that what is done of each migration is still what the graph says.
    ///
    /// # Errors
    /// [`ErrorKind::Refused`].
    pub(crate) fn check_operations(&self, graph: &Graph) -> Result<(), Error> {
        for (id, progress) in &self.partial {
            if let Some(migration) = graph.get(id) {
                check_operations(progress, migration)?;
            }
        }
        Ok(())
    }

    /// Checks that the program knows every migration of its apps that is applied in part.
    ///
    /// # Errors
    /// [`ErrorKind::UnknownPartial`].
    pub(crate) fn check_known(
        &self,
        graph: &Graph,
        is_ours: impl Fn(&MigrationId) -> bool,
        database: &str,
    ) -> Result<(), Error> {
        let unknown = |id: &&MigrationId| graph.get(id).is_none() && is_ours(id);
        let Some(id) = self.partial.keys().find(unknown) else { return Ok(()) };
        let way_out = way_out([id]);
        let (database, migration) = (database.to_owned(), id.clone());
        Err(ErrorKind::UnknownPartial { database, migration, way_out }.into())
    }
}

fn check_operations(progress: &Progress, now: &Migration) -> Result<(), Error> {
    let Some(recorded) = &progress.migration else {
        // A row of an older version knows the checksum of the whole alone.
        let is_same = checksum(&canonical(&now.operations)?) == progress.checksum;
        return if is_same { Ok(()) } else { Err(edited(progress, 0, now)) };
    };
    for position in 0..progress.standing_operations() {
        let is_open = position == progress.whole_operations();
        let same = match (recorded.operations.get(position), now.operations.get(position)) {
            (Some(before), Some(now)) => before == now || is_same_sql(before, now, is_open),
            (None, _) | (_, None) => false,
        };
        if !same {
            return Err(edited(progress, position, recorded));
        }
    }
    Ok(())
}

/// Returns whether two operations have done the same, where they are SQL: what leads back may be corrected. The texts of
/// one that is done in part are compared once they are rendered ([`check_stages`]).
fn is_same_sql(before: &Operation, now: &Operation, is_open: bool) -> bool {
    let (Operation::RunSql(before), Operation::RunSql(now)) = (before, now) else { return false };
    before.state == now.state && (is_open || before.forward == now.forward)
}

/// Checks that the stages which are done of an operation have the same texts as when they were done.
///
/// # Errors
/// [`ErrorKind::Refused`].
pub(crate) fn check_stages(
    progress: &Progress,
    migration: &Migration,
    recorded: &MigrationPlan,
    now: &MigrationPlan,
) -> Result<(), Error> {
    let operation = progress.whole_operations();
    let is_same = |part: usize| {
        let (recorded, now) = (texts(recorded, operation, part), texts(now, operation, part));
        recorded.is_some() && recorded == now
    };
    if (0..progress.open_parts()).all(is_same) { Ok(()) } else { Err(edited(progress, operation, migration)) }
}

/// Returns the texts of a stage.
fn texts(plan: &MigrationPlan, operation: usize, part: usize) -> Option<Vec<&str>> {
    let stage = plan.stages.iter().find(|stage| stage.operation == operation && stage.part == part)?;
    let texts = plan.actions.get(stage.actions.clone())?.iter().flat_map(Action::statements);
    Some(texts.map(|statement| statement.sql.as_str()).collect())
}

fn edited(progress: &Progress, position: usize, migration: &Migration) -> Error {
    let described = migration.operations.get(position).map(|it| it.behaviour().describe());
    ErrorKind::Refused {
        migration: progress.id.clone(),
        what: format!(
            "it is applied in part, and operation {} ({}) was edited or removed since it was applied",
            position + 1,
            described.unwrap_or_default()
        ),
        kept: progress.kept(),
        remedy: "undo that edit and migrate again; operations that are not applied yet may be edited"
            .to_owned(),
    }
    .into()
}
