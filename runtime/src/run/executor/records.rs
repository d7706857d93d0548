//! Rows of the history that are written without running anything.

use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use sqlx::sqlite::SqliteConnection;

use super::waiting::{Patience, look};
use super::{rows, try_begin};
use crate::dialect::sqlite::connection::{DatabaseName, Session};
use crate::error::Error;
use crate::run::repair::Repair;

/// What is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rows<'a> {
    /// Migrations that replace others, where those are recorded still.
    Replacing(&'a [Migration]),
    /// What is missing or was changed, by the migrations of the program.
    Repairing(&'a Graph),
}

/// Writes rows of the history under the write lock, by what it holds then; returns what was repaired.
///
/// # Errors
/// [`ErrorKind::Locked`](crate::error::ErrorKind::Locked), and what a database says that cannot be written.
pub(crate) async fn write(session: &mut Session, what: Rows<'_>) -> Result<Vec<Repair>, Error> {
    let database = session.database().clone();
    let (connection, _) = session.writing().await?;
    let mut patience = Patience::new(database.waits());
    loop {
        if let Some(mut transaction) = try_begin(connection, &database).await? {
            rows::create(&mut transaction, &database).await?;
            let repaired = match what {
                Rows::Replacing(migrations) => replace(&mut transaction, &database, migrations).await?,
                Rows::Repairing(graph) => repair(&mut transaction, &database, graph).await?,
            };
            let committed = transaction.commit().await;
            committed.map_err(|error| database.trouble("committing", error))?;
            return Ok(repaired);
        }
        let seen = look(connection, &database).await?;
        if !patience.goes_on(seen) {
            return Err(database.locked());
        }
    }
}

async fn replace(
    connection: &mut SqliteConnection,
    database: &DatabaseName,
    migrations: &[Migration],
) -> Result<Vec<Repair>, Error> {
    for migration in migrations {
        let history = rows::read(connection, database).await?;
        let applied = history.applied();
        let is_whole = migration.replaces.iter().all(|id| applied.contains(id));
        if history.get(&migration.id).is_none() && is_whole {
            rows::insert(connection, database, migration).await?;
        }
    }
    Ok(Vec::new())
}

async fn repair(
    connection: &mut SqliteConnection,
    database: &DatabaseName,
    graph: &Graph,
) -> Result<Vec<Repair>, Error> {
    let history = rows::read(connection, database).await?;
    let mut repaired = Vec::new();
    for (repair, migration) in history.repairs(graph)? {
        rows::delete(connection, database, &migration.id).await?;
        rows::insert(connection, database, migration).await?;
        repaired.push(repair);
    }
    Ok(repaired)
}
