//! How far a migration came that is not done at once: how a SQLite database keeps it.

use modelshift_schema::name::MigrationId;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection, Executor, Row};

use super::connection::DatabaseName;
use super::history;
use crate::error::{Error, ErrorKind};
use crate::history::{Ledger, PROGRESS, Progress};
use crate::plan::Direction;

const CREATE: &str = r#"CREATE TABLE IF NOT EXISTS "modelshift_progress" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "backwards" INTEGER NOT NULL,
    "checksum" TEXT NOT NULL,
    "operation" INTEGER NOT NULL,
    "part" INTEGER NOT NULL
)"#;

const EXISTS: &str = "SELECT count(*) FROM sqlite_schema WHERE name = 'modelshift_progress'";

const SELECT: &str = "SELECT id, backwards, checksum, operation, part FROM modelshift_progress";

const WRITE: &str = r#"INSERT OR REPLACE INTO "modelshift_progress"
    ("id", "backwards", "checksum", "operation", "part") VALUES (?, ?, ?, ?, ?)"#;

const DELETE: &str = r#"DELETE FROM "modelshift_progress" WHERE "id" = ?"#;

const DROP: &str = r#"DROP TABLE "modelshift_progress""#;

/// Reads all that the database records, at one point of time.
///
/// # Errors
/// As [`history::read`] and [`read`].
pub(crate) async fn read_ledger(
    connection: &mut SqliteConnection,
    database: &DatabaseName,
) -> Result<Ledger, Error> {
    let begun = connection.begin().await;
    let mut snapshot = begun.map_err(|error| database.trouble("reading the history", error))?;
    let history = history::read(&mut snapshot, database).await?;
    let progress = read(&mut snapshot, database).await?;
    // Nothing was written, so that nothing is lost where even this fails.
    let _ = snapshot.rollback().await;
    Ok(Ledger { history, progress })
}

/// Reads what is partially applied; mostly nothing. To be called in a transaction, since the table comes and goes.
///
/// # Errors
/// What the database says.
async fn read(connection: &mut SqliteConnection, database: &DatabaseName) -> Result<Vec<Progress>, Error> {
    let trouble = |error| database.trouble("reading what is partially applied", error);
    let tables: i64 = sqlx::query_scalar(EXISTS).fetch_one(&mut *connection).await.map_err(trouble)?;
    if tables == 0 {
        return Ok(Vec::new());
    }
    let rows = sqlx::query(SELECT).persistent(false).fetch_all(connection).await.map_err(trouble)?;
    let read = |row: &SqliteRow| progress(row).map_err(|why| damaged(database, why));
    rows.iter().map(read).collect()
}

fn progress(row: &SqliteRow) -> Result<Progress, String> {
    let text = |column: &str| row.try_get::<String, _>(column).map_err(|error| error.to_string());
    let number = |column: &str| {
        let number: i64 = row.try_get(column).map_err(|error| error.to_string())?;
        usize::try_from(number).map_err(|error| error.to_string())
    };
    let direction = if number("backwards")? == 0 { Direction::Forward } else { Direction::Backward };
    let id: MigrationId = text("id")?.parse().map_err(|error| format!("{error}"))?;
    let (operation, part) = (number("operation")?, number("part")?);
    Ok(Progress { id, direction, checksum: text("checksum")?, operation, part })
}

/// Writes how far a migration came. To be called in the transaction of what it tells of.
///
/// # Errors
/// What the database says.
pub(crate) async fn write(
    connection: &mut SqliteConnection,
    database: &DatabaseName,
    progress: &Progress,
) -> Result<(), Error> {
    let trouble = |error| database.trouble("recording what is done of the migration", error);
    connection.execute(CREATE).await.map_err(trouble)?;
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let written = sqlx::query(WRITE)
        .bind(progress.id.to_string())
        .bind(progress.direction == Direction::Backward)
        .bind(&progress.checksum)
        .bind(number(progress.operation))
        .bind(number(progress.part))
        .execute(connection)
        .await;
    written.map(|_| ()).map_err(trouble)
}

/// Forgets a migration that is whole, and the table with the last one.
///
/// # Errors
/// What the database says.
pub(crate) async fn forget(
    connection: &mut SqliteConnection,
    database: &DatabaseName,
    id: &MigrationId,
) -> Result<(), Error> {
    let trouble = |error| database.trouble("recording that the migration is whole", error);
    let rest = read(connection, database).await?;
    if rest.is_empty() {
        return Ok(());
    }
    sqlx::query(DELETE).bind(id.to_string()).execute(&mut *connection).await.map_err(trouble)?;
    if rest.iter().all(|progress| progress.id == *id) {
        connection.execute(DROP).await.map_err(trouble)?;
    }
    Ok(())
}

fn damaged(database: &DatabaseName, why: String) -> Error {
    let (table, database) = (PROGRESS.to_owned(), database.as_str().to_owned());
    let remedy = "use the version of modelshift that wrote it".to_owned();
    ErrorKind::History { table, database, why, remedy }.into()
}
