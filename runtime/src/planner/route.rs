//! The applied migrations and a destination -> the pending migrations, each with its direction and the state before it.
//!
//! No database is accessed here. The states contain only applied migrations, so that a missing migration in the middle (of
//! another branch) is not included, and a partially applied one is included with that part.

use std::borrow::Cow;
use std::collections::BTreeSet;

use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_schema::replay::{advance, replay};
use modelshift_schema::state::ProjectState;

use crate::error::{Error, ErrorKind};
use crate::plan::Direction;
use crate::planner::target::Destination;
use crate::run::history::Progress;
use crate::run::partial::Held;

/// A migration that is to be applied or reverted.
#[derive(Clone, Debug)]
pub(crate) struct PendingMigration {
    /// The migration. If it was partially applied and is reverted, its applied part.
    pub(crate) migration: Migration,
    /// Whether it is applied or reverted.
    pub(crate) direction: Direction,
    /// The state without the migration, for both directions.
    pub(crate) before: ProjectState,
    /// The migrations that it replaces; reverting it removes their records as well.
    pub(crate) replaced: Vec<MigrationId>,
    /// Its progress, if it is partially applied.
    pub(crate) partial: Option<Progress>,
}

/// Returns the pending migrations for a destination, in order.
///
/// # Errors
/// [`ErrorKind::Replay`] if an operation does not fit the state.
pub(crate) fn route(
    graph: &Graph,
    held: &Held,
    destination: &Destination,
) -> Result<Vec<PendingMigration>, Error> {
    match destination {
        Destination::Applied(targets) => forwards(graph, held, targets),
        Destination::At(id) if held.whole.contains(id) => {
            let children = graph.children(id).filter(|child| child.app == id.app);
            backwards(graph, held, children)
        }
        Destination::At(id) => forwards(graph, held, std::slice::from_ref(id)),
        Destination::Zero(app) => {
            let all = graph.order().into_iter().map(|it| &it.id);
            backwards(graph, held, all.filter(|id| id.app == *app))
        }
        Destination::Without(ids) => backwards(graph, held, ids.iter()),
    }
}

fn forwards(graph: &Graph, held: &Held, targets: &[MigrationId]) -> Result<Vec<PendingMigration>, Error> {
    let wanted: BTreeSet<&MigrationId> = targets.iter().flat_map(|id| graph.ancestors(id)).collect();
    let mut state = state_of(graph, &held.whole)?;
    let mut all_pending = Vec::new();
    for migration in graph.order() {
        if held.whole.contains(&migration.id) || !wanted.contains(&migration.id) {
            continue;
        }
        let before = state.clone();
        advance(&mut state, migration).map_err(ErrorKind::Replay)?;
        let replaced = graph.replaced_by(&migration.id);
        let partial = held.partial.get(&migration.id).cloned();
        let mut migration = migration.clone();
        migration.atomic &= partial.is_none();
        all_pending.push(PendingMigration {
            migration,
            direction: Direction::Forward,
            before,
            replaced,
            partial,
        });
    }
    Ok(all_pending)
}

fn backwards<'a>(
    graph: &'a Graph,
    held: &Held,
    roots: impl Iterator<Item = &'a MigrationId>,
) -> Result<Vec<PendingMigration>, Error> {
    let unwanted: BTreeSet<&MigrationId> = roots.flat_map(|id| graph.descendants(id)).collect();
    let mut standing = held.standing(graph);
    // The state before each applied migration, and the state after all of them.
    let mut states = vec![ProjectState::default()];
    extend(&mut states, &standing)?;
    let mut all_pending = Vec::new();
    for position in (0..standing.len()).rev() {
        if !unwanted.contains(&standing[position].id) {
            continue;
        }
        let migration = standing.remove(position).into_owned();
        states.truncate(position + 1);
        extend(&mut states, &standing[position..])?;
        let before = states.last().cloned().unwrap_or_default();
        let replaced = graph.replaced_by(&migration.id);
        let partial = held.partial.get(&migration.id).cloned();
        all_pending.push(PendingMigration {
            migration,
            direction: Direction::Backward,
            before,
            replaced,
            partial,
        });
    }
    Ok(all_pending)
}

fn extend(states: &mut Vec<ProjectState>, migrations: &[Cow<'_, Migration>]) -> Result<(), Error> {
    for migration in migrations {
        let mut state = states.last().cloned().unwrap_or_default();
        advance(&mut state, migration).map_err(ErrorKind::Replay)?;
        states.push(state);
    }
    Ok(())
}

/// Returns the state of what is applied.
///
/// # Errors
/// [`ErrorKind::Replay`].
pub(crate) fn state_of(graph: &Graph, applied: &BTreeSet<MigrationId>) -> Result<ProjectState, Error> {
    let order = graph.order().into_iter().filter(|it| applied.contains(&it.id));
    replay(order).map_err(|error| ErrorKind::Replay(error).into())
}
