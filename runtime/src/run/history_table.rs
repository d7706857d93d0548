//! The table of the history in a SQLite database: how its rows are read and written.

use modelshift_schema::json;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_schema::operation::Operation;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{Executor, Row};

use crate::dialect::Dialect;
use crate::dialect::sqlite::connection::DatabaseName;
use crate::error::{Error, ErrorKind};
use crate::run::checksum::{canonical, checksum};
use crate::run::history::{FORMAT, History, Record, TABLE};

const CREATE: &str = r#"CREATE TABLE IF NOT EXISTS "modelshift_history" (
    "position" INTEGER PRIMARY KEY AUTOINCREMENT,
    "id" TEXT NOT NULL UNIQUE,
    "checksum" TEXT NOT NULL,
    "operations" TEXT NOT NULL,
    "depends_on" TEXT NOT NULL,
    "run_before" TEXT NOT NULL DEFAULT '',
    "replaces" TEXT NOT NULL DEFAULT '',
    "atomic" INTEGER NOT NULL DEFAULT 1,
    "dialect" TEXT NOT NULL,
    "format" INTEGER NOT NULL,
    "tool" TEXT NOT NULL,
    "applied_at" TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now'))
)"#;

/// What tables of earlier versions lack: the name of a column, and the statement that adds it.
const WIDEN: [(&str, &str); 3] = [
    ("run_before", r#"ALTER TABLE "modelshift_history" ADD COLUMN "run_before" TEXT NOT NULL DEFAULT ''"#),
    ("replaces", r#"ALTER TABLE "modelshift_history" ADD COLUMN "replaces" TEXT NOT NULL DEFAULT ''"#),
    ("atomic", r#"ALTER TABLE "modelshift_history" ADD COLUMN "atomic" INTEGER NOT NULL DEFAULT 1"#),
];

const IS_WITHOUT: &str = "SELECT count(*) = 0 FROM pragma_table_info('modelshift_history') WHERE name = ?";

// Without quotes: SQLite takes a quoted name that is no column for a text.
const SELECT: &str = "SELECT id, checksum, operations, depends_on, format, tool, applied_at, * \
    FROM modelshift_history ORDER BY position";

const INSERT: &str = r#"INSERT INTO "modelshift_history"
    ("id", "checksum", "operations", "depends_on", "run_before", "replaces", "atomic", "dialect", "format", "tool")
    VALUES (?, ?, ?, ?, ?, ?, ?, 'sqlite', ?, ?)"#;

const IS_KEPT: &str =
    r#"SELECT count(*) FROM "modelshift_history" WHERE "id" = ? AND "checksum" = ? AND "operations" = ?"#;

const IS_THERE: &str = r#"SELECT count(*) FROM "modelshift_history" WHERE "id" = ?"#;

const TRIGGERS: &str = "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND lower(tbl_name) = ? \
    UNION SELECT name FROM sqlite_temp_schema WHERE type = 'trigger' AND lower(tbl_name) = ?";

const DELETE: &str = r#"DELETE FROM "modelshift_history" WHERE "id" = ?"#;

const EXISTS: &str = "SELECT count(*) FROM sqlite_schema WHERE lower(name) = 'modelshift_history'";

/// Makes the table where it is missing. To be called under the write lock.
///
/// # Errors
/// What the database says.
pub(crate) async fn create(connection: &mut SqliteConnection, database: &DatabaseName) -> Result<(), Error> {
    let trouble = |error| database.trouble("making the table of the history", error);
    connection.execute(CREATE).await.map_err(trouble)?;
    for (column, widen) in WIDEN {
        let is_without = sqlx::query_scalar(IS_WITHOUT).bind(column).fetch_one(&mut *connection).await;
        if is_without.map_err(trouble)? {
            connection.execute(widen).await.map_err(trouble)?;
        }
    }
    Ok(())
}

/// Reads the history; it is empty where there is no table yet.
///
/// # Errors
/// [`ErrorKind::History`] where the table is not ours or of a newer version.
pub(crate) async fn read(
    connection: &mut SqliteConnection,
    database: &DatabaseName,
) -> Result<History, Error> {
    let trouble = |error| database.trouble("reading the history", error);
    let tables: i64 = sqlx::query_scalar(EXISTS).fetch_one(&mut *connection).await.map_err(trouble)?;
    if tables == 0 {
        return Ok(History::default());
    }
    // Not kept for another time: what `*` means may have changed by then.
    let rows = match sqlx::query(SELECT).persistent(false).fetch_all(connection).await {
        Ok(rows) => rows,
        Err(error) => {
            let why = error.as_database_error().map(|inner| inner.message().to_owned());
            let foreign =
                |why| unreadable(database, why, "rename or drop it, if it belongs to something else");
            return Err(database.known_trouble(&error).unwrap_or_else(|| foreign(why.unwrap_or_default())));
        }
    };
    rows.iter().map(|row| record(row, database)).collect()
}

/// Records a migration as applied.
///
/// # Errors
/// What the database says.
pub(crate) async fn insert(
    connection: &mut SqliteConnection,
    database: &DatabaseName,
    migration: &Migration,
) -> Result<(), Error> {
    let operations = canonical(&migration.operations)?;
    let joined = |ids: &[MigrationId]| {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        ids.join(" ")
    };
    let inserted = sqlx::query(INSERT)
        .bind(migration.id.to_string())
        .bind(checksum(&operations))
        .bind(&operations)
        .bind(joined(&migration.depends_on))
        .bind(joined(&migration.run_before))
        .bind(joined(&migration.replaces))
        .bind(migration.atomic)
        .bind(FORMAT)
        .bind(concat!("modelshift ", env!("CARGO_PKG_VERSION")))
        .execute(&mut *connection)
        .await;
    let trouble = |error| database.trouble("recording the migration", error);
    inserted.map_err(trouble)?;
    let kept: i64 = sqlx::query_scalar(IS_KEPT)
        .bind(migration.id.to_string())
        .bind(checksum(&operations))
        .bind(&operations)
        .fetch_one(&mut *connection)
        .await
        .map_err(trouble)?;
    if kept == 1 { Ok(()) } else { Err(not_kept(connection, database, TABLE).await) }
}

/// Removes the row of a migration that was reverted.
///
/// # Errors
/// What the database says.
pub(crate) async fn delete(
    connection: &mut SqliteConnection,
    database: &DatabaseName,
    id: &MigrationId,
) -> Result<(), Error> {
    let trouble = |error| database.trouble("removing the migration from the history", error);
    let deleted = sqlx::query(DELETE).bind(id.to_string()).execute(&mut *connection).await;
    deleted.map_err(trouble)?;
    let left = sqlx::query_scalar::<_, i64>(IS_THERE).bind(id.to_string()).fetch_one(&mut *connection).await;
    if left.map_err(trouble)? == 0 { Ok(()) } else { Err(not_kept(connection, database, TABLE).await) }
}

/// Returns the error of a table that does not hold what was written to it, and names what may be the cause.
pub(crate) async fn not_kept(
    connection: &mut SqliteConnection,
    database: &DatabaseName,
    table: &'static str,
) -> Error {
    let triggers =
        sqlx::query_scalar::<_, String>(TRIGGERS).bind(table).bind(table).fetch_all(connection).await;
    let triggers = triggers.unwrap_or_default();
    let remedy = if triggers.is_empty() {
        "see what else writes to that table".to_owned()
    } else {
        let named: Vec<String> = triggers.iter().map(|name| format!("`{name}`")).collect();
        format!("drop the triggers of that table: {}", named.join(", "))
    };
    let why = "it does not hold what was just written to it".to_owned();
    ErrorKind::History { table: table.to_owned(), database: database.as_str().to_owned(), why, remedy }.into()
}

fn record(row: &SqliteRow, database: &DatabaseName) -> Result<Record, Error> {
    let damaged = |why: String| unreadable(database, why, "use the version of modelshift that wrote it");
    let text = |column: &str| row.try_get::<String, _>(column).map_err(|error| damaged(error.to_string()));
    let id_text = text("id")?;
    let format: i64 = row.try_get("format").map_err(|error| damaged(error.to_string()))?;
    if format > FORMAT {
        return Err(damaged(format!("the row of `{id_text}` was written by the newer `{}`", text("tool")?)));
    }
    let bad = |what: &str, why: String| damaged(format!("{what} of the row `{id_text}`: {why}"));
    let dialect = text("dialect")?;
    if dialect != Dialect::Sqlite.name() {
        let why = format!(
            "the row of `{id_text}` was written on {dialect}, and the tables of that database are others"
        );
        let remedy = "this table was copied from another database: drop it, let `migrate` create the tables in a new \
                      database, and copy the rows of your own tables there";
        return Err(unreadable(database, why, remedy));
    }
    let id: MigrationId = id_text.parse().map_err(|error| bad("the name", format!("{error}")))?;
    let ids = |text: &str| {
        let ids = text.split_whitespace();
        let ids = ids.map(|id| id.parse().map_err(|error| bad("a migration in", format!("{error}"))));
        ids.collect::<Result<Vec<MigrationId>, Error>>()
    };
    // A table that an older version made has no such columns until something is written.
    let run_before = row.try_get::<String, _>("run_before").unwrap_or_default();
    let replaces = row.try_get::<String, _>("replaces").unwrap_or_default();
    let atomic = row.try_get::<bool, _>("atomic").unwrap_or(true);
    let (depends_on, run_before, replaces) = (ids(&text("depends_on")?)?, ids(&run_before)?, ids(&replaces)?);
    let operations_text = text("operations")?;
    let operations: Vec<Operation> =
        json::read(&operations_text).map_err(|error| bad("the operations", error.to_string()))?;
    let recorded = text("checksum")?;
    Ok(Record {
        is_intact: checksum(&operations_text) == recorded,
        checksum: recorded,
        migration: Migration { run_before, replaces, atomic, ..Migration::new(id, depends_on, operations) },
        applied_at: text("applied_at")?,
    })
}

fn unreadable(database: &DatabaseName, why: String, remedy: &str) -> Error {
    let (table, database) = (TABLE.to_owned(), database.as_str().to_owned());
    ErrorKind::History { table, database, why, remedy: remedy.to_owned() }.into()
}
