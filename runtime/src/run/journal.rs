//! How far a migration came that is not one transaction: how a SQLite database keeps it.

use modelshift_schema::json;
use modelshift_schema::name::MigrationId;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Connection, Executor, Row};

use super::history_table;
use crate::dialect::sqlite::connection::DatabaseName;
use crate::error::{Error, ErrorKind};
use crate::plan::Direction;
use crate::run::history::{Ledger, PROGRESS, Progress};

const CREATE: &str = r#"CREATE TABLE IF NOT EXISTS "modelshift_progress" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "backwards" INTEGER NOT NULL,
    "checksum" TEXT NOT NULL,
    "operation" INTEGER NOT NULL,
    "part" INTEGER NOT NULL,
    "parts" INTEGER NOT NULL DEFAULT 0,
    "done" INTEGER NOT NULL DEFAULT 0,
    "stages" INTEGER NOT NULL DEFAULT 0,
    "migration" TEXT
)"#;

/// What tables of earlier versions lack: the name of a column, and the statement that adds it.
const WIDEN: [(&str, &str); 4] = [
    ("parts", r#"ALTER TABLE "modelshift_progress" ADD COLUMN "parts" INTEGER NOT NULL DEFAULT 0"#),
    ("done", r#"ALTER TABLE "modelshift_progress" ADD COLUMN "done" INTEGER NOT NULL DEFAULT 0"#),
    ("stages", r#"ALTER TABLE "modelshift_progress" ADD COLUMN "stages" INTEGER NOT NULL DEFAULT 0"#),
    ("migration", r#"ALTER TABLE "modelshift_progress" ADD COLUMN "migration" TEXT"#),
];

const IS_WITHOUT: &str = "SELECT count(*) = 0 FROM pragma_table_info('modelshift_progress') WHERE name = ?";

const EXISTS: &str = "SELECT count(*) FROM sqlite_schema WHERE name = 'modelshift_progress'";

// Without quotes: SQLite takes a quoted name that is no column for a text.
const SELECT: &str =
    "SELECT id, backwards, checksum, operation, part, * FROM modelshift_progress ORDER BY id";

const WRITE: &str = r#"INSERT OR REPLACE INTO "modelshift_progress"
    ("id", "backwards", "checksum", "operation", "part", "parts", "done", "stages", "migration")
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"#;

const DELETE: &str = r#"DELETE FROM "modelshift_progress" WHERE "id" = ?"#;

const DROP: &str = r#"DROP TABLE "modelshift_progress""#;

/// Reads all that the database records, at one point of time.
///
/// # Errors
/// As [`read_inside`].
pub(crate) async fn read_ledger(
    connection: &mut SqliteConnection,
    database: &DatabaseName,
) -> Result<Ledger, Error> {
    let begun = connection.begin().await;
    let mut snapshot = begun.map_err(|error| database.trouble("reading the history", error))?;
    let ledger = read_inside(&mut snapshot, database).await?;
    // Nothing was written, so that nothing is lost where even this fails.
    let _ = snapshot.rollback().await;
    Ok(ledger)
}

/// Reads all that the database records. To be called in a transaction, since the table of progress comes and goes.
///
/// # Errors
/// [`ErrorKind::History`] where a table is not ours or of a newer version.
pub(crate) async fn read_inside(
    connection: &mut SqliteConnection,
    database: &DatabaseName,
) -> Result<Ledger, Error> {
    let history = history_table::read(connection, database).await?;
    let progress = read(connection, database).await?;
    Ok(Ledger { history, progress })
}

/// Returns whether anything is noted of progress, be it a leftover.
///
/// # Errors
/// What the database says.
pub(crate) async fn is_noted(
    connection: &mut SqliteConnection,
    database: &DatabaseName,
) -> Result<bool, Error> {
    let tables = sqlx::query_scalar::<_, i64>(EXISTS).fetch_one(connection).await;
    let tables = tables.map_err(|error| database.trouble("reading what is partially applied", error))?;
    Ok(tables > 0)
}

/// Reads what is partially applied; mostly nothing.
///
/// # Errors
/// What the database says.
async fn read(connection: &mut SqliteConnection, database: &DatabaseName) -> Result<Vec<Progress>, Error> {
    let trouble = |error| database.trouble("reading what is partially applied", error);
    if !is_noted(connection, database).await? {
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
    // A table that an older version made has no such columns.
    let newer = |column: &str| number(column).unwrap_or_default();
    let migration = row.try_get::<Option<String>, _>("migration").unwrap_or_default();
    let migration = migration.map(|text| json::read(&text)).transpose();
    Ok(Progress {
        id: text("id")?.parse().map_err(|error| format!("{error}"))?,
        direction: if number("backwards")? == 0 { Direction::Forward } else { Direction::Backward },
        checksum: text("checksum")?,
        migration: migration.map_err(|error| error.to_string())?,
        operation: number("operation")?,
        part: number("part")?,
        parts: newer("parts"),
        done: newer("done"),
        stages: newer("stages"),
    })
}

/// Writes how far a migration came. To be called in the transaction of the stage that it notes.
///
/// # Errors
/// What the database says, and [`ErrorKind::History`] where it does not keep the row.
pub(crate) async fn write(
    connection: &mut SqliteConnection,
    database: &DatabaseName,
    progress: &Progress,
) -> Result<(), Error> {
    let trouble = |error| database.trouble("recording what is done of the migration", error);
    connection.execute(CREATE).await.map_err(trouble)?;
    for (column, widen) in WIDEN {
        let is_without = sqlx::query_scalar(IS_WITHOUT).bind(column).fetch_one(&mut *connection).await;
        if is_without.map_err(trouble)? {
            connection.execute(widen).await.map_err(trouble)?;
        }
    }
    let migration = progress.migration.as_ref().map(serde_json::to_string).transpose();
    let migration = migration.map_err(|source| ErrorKind::Unwritable { source })?;
    let number = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let written = sqlx::query(WRITE)
        .bind(progress.id.to_string())
        .bind(progress.direction == Direction::Backward)
        .bind(&progress.checksum)
        .bind(number(progress.operation))
        .bind(number(progress.part))
        .bind(number(progress.parts))
        .bind(number(progress.done))
        .bind(number(progress.stages))
        .bind(migration)
        .execute(&mut *connection)
        .await;
    written.map_err(trouble)?;
    let kept = read(connection, database).await?;
    if kept.contains(progress) {
        Ok(())
    } else {
        Err(history_table::not_kept(connection, database, PROGRESS).await)
    }
}

/// Removes all notes but those that are to be kept, and the table with the last one.
///
/// # Errors
/// What the database says.
pub(crate) async fn keep(
    connection: &mut SqliteConnection,
    database: &DatabaseName,
    kept: impl Fn(&MigrationId) -> bool,
) -> Result<(), Error> {
    let trouble = |error| database.trouble("recording that the migration is complete", error);
    let all = read(connection, database).await?;
    if all.is_empty() {
        return Ok(());
    }
    if !all.iter().any(|progress| kept(&progress.id)) {
        return connection.execute(DROP).await.map(|_| ()).map_err(trouble);
    }
    for progress in all.iter().filter(|progress| !kept(&progress.id)) {
        let deleted = sqlx::query(DELETE).bind(progress.id.to_string()).execute(&mut *connection).await;
        deleted.map_err(trouble)?;
    }
    Ok(())
}

fn damaged(database: &DatabaseName, why: String) -> Error {
    let (table, database) = (PROGRESS.to_owned(), database.as_str().to_owned());
    let remedy = "use the version of modelshift that wrote it".to_owned();
    ErrorKind::History { table, database, why, remedy }.into()
}
