//! Where the database is and where it is to go -> the migrations on the way, each with its direction and the state
//! that it starts from.
//!
//! No database is asked here. The states are those of what is applied, so that a migration that is missing in the
//! middle (another branch's) counts as missing, and one that is applied in part counts with that part.

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

/// One migration on the way.
#[derive(Clone, Debug)]
pub(crate) struct PendingMigration {
    /// The migration; where it is reverted and was applied in part, what of it stands.
    pub(crate) migration: Migration,
    /// Whether it is applied or reverted.
    pub(crate) direction: Direction,
    /// The state without the migration, for both directions.
    pub(crate) before: ProjectState,
    /// What the migration replaces; reverted, it removes their records too.
    pub(crate) replaced: Vec<MigrationId>,
    /// How far it came before, where it is applied in part.
    pub(crate) partial: Option<Progress>,
}

/// Returns the migrations on the way to a destination.
///
/// # Errors
/// [`ErrorKind::Replay`] where an operation does not fit the state that it meets.
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
    }
}

fn forwards(graph: &Graph, held: &Held, targets: &[MigrationId]) -> Result<Vec<PendingMigration>, Error> {
    let wanted: BTreeSet<&MigrationId> = targets.iter().flat_map(|id| graph.ancestors(id)).collect();
    let mut state = state_of(graph, &held.whole)?;
    let mut legs = Vec::new();
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
        legs.push(PendingMigration { migration, direction: Direction::Forward, before, replaced, partial });
    }
    Ok(legs)
}

fn backwards<'a>(
    graph: &'a Graph,
    held: &Held,
    roots: impl Iterator<Item = &'a MigrationId>,
) -> Result<Vec<PendingMigration>, Error> {
    let unwanted: BTreeSet<&MigrationId> = roots.flat_map(|id| graph.descendants(id)).collect();
    let mut standing = held.standing(graph);
    // The state before each migration that stands, and the state after all of them.
    let mut states = vec![ProjectState::default()];
    extend(&mut states, &standing)?;
    let mut legs = Vec::new();
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
        legs.push(PendingMigration { migration, direction: Direction::Backward, before, replaced, partial });
    }
    Ok(legs)
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
