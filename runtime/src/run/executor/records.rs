//! Rows of the history that are written without running anything.

use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;

use super::waiting::{Patience, look};
use super::{commit, try_begin};
use crate::error::Error;
use crate::run::history_table;
use crate::run::repair::{Known, Repair};
use crate::session::Session;

/// What is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rows<'a> {
    /// Migrations that replace others, where those are recorded still.
    Replacing(&'a [Migration]),
    /// What is missing or was changed, by the migrations of the program.
    Repairing(&'a Graph),
    /// What is not needed any more.
    Pruning(&'a Known<'a>),
}

/// Writes rows of the history under the write lock, by what it holds then; returns what was repaired.
///
/// # Errors
/// [`ErrorKind::Locked`](crate::error::ErrorKind::Locked), and what a database says that cannot be written.
pub(crate) async fn write(session: &mut impl Session, what: Rows<'_>) -> Result<Vec<Repair>, Error> {
    session.open_to_write().await?;
    let mut patience = Patience::new(session.database().waits());
    loop {
        if try_begin(session).await? {
            return match write_inside(session, what).await {
                Ok(repaired) => commit(session).await.map(|()| repaired),
                Err(error) => {
                    session.rollback().await;
                    Err(error)
                }
            };
        }
        let seen = look(session).await?;
        if !patience.goes_on(seen) {
            return Err(session.database().locked());
        }
    }
}

async fn write_inside(session: &mut impl Session, what: Rows<'_>) -> Result<Vec<Repair>, Error> {
    history_table::create(session).await?;
    match what {
        Rows::Replacing(migrations) => replace(session, migrations).await,
        Rows::Repairing(graph) => repair(session, graph).await,
        Rows::Pruning(known) => prune(session, known).await,
    }
}

async fn replace(session: &mut impl Session, migrations: &[Migration]) -> Result<Vec<Repair>, Error> {
    for migration in migrations {
        let history = history_table::read(session).await?;
        let applied = history.applied();
        let is_whole = migration.replaces.iter().all(|id| applied.contains(id));
        if history.get(&migration.id).is_none() && is_whole {
            history_table::insert(session, migration, None).await?;
        }
    }
    Ok(Vec::new())
}

async fn repair(session: &mut impl Session, graph: &Graph) -> Result<Vec<Repair>, Error> {
    let history = history_table::read(session).await?;
    let mut repaired = Vec::new();
    for (repair, migration) in history.repairs(graph)? {
        history_table::delete(session, &migration.id).await?;
        history_table::insert(session, migration, None).await?;
        repaired.push(repair);
    }
    Ok(repaired)
}

async fn prune(session: &mut impl Session, known: &Known<'_>) -> Result<Vec<Repair>, Error> {
    let prunable = history_table::read(session).await?.prunable(known);
    for row in &prunable {
        if let Repair::Prunes { id, .. } = row {
            history_table::delete(session, id).await?;
        }
    }
    Ok(prunable)
}
