//! Reads and writes the table of the history, in the same way in every database.

use std::time::Duration;

use modelshift_schema::json;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;
use modelshift_schema::operation::Operation;

use super::own_tables::{Own, OwnTable, insert_all, insert_and_count};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};
use crate::run::checksum::{canonical, checksum};
use crate::run::history::{FORMAT, History, PROGRESS, Record, TABLE};
use crate::session::Session;
use crate::session::name::DatabaseName;
use crate::session::row::TextRow;

/// The table and its columns.
const HISTORY: OwnTable = OwnTable {
    name: TABLE,
    columns: &[
        ("position", Own::Position),
        ("id", Own::UniqueName),
        ("checksum", Own::Name),
        ("operations", Own::Text),
        ("depends_on", Own::Text),
        ("run_before", Own::LaterText),
        ("replaces", Own::LaterText),
        ("atomic", Own::LaterNumber),
        ("dialect", Own::Name),
        ("format", Own::Number),
        ("tool", Own::Name),
        ("applied_at", Own::Now),
        ("applied_by", Own::LaterWho),
        ("milliseconds", Own::LaterNumber),
    ],
};

/// Creates the table if it is missing, and adds columns that a table of an earlier version lacks. Must be called under the
/// lock.
///
/// # Errors
/// If the database reports an error.
pub(crate) async fn create(session: &mut impl Session) -> Result<(), Error> {
    let created = HISTORY.create(session).await;
    created.map_err(|error| session.database().error("creating the table of the history", error))
}

/// Returns the history; empty if the table does not exist.
///
/// # Errors
/// [`ErrorKind::History`] if the table belongs to another program, or a newer version wrote it.
pub(crate) async fn read(session: &mut impl Session) -> Result<History, Error> {
    let read = HISTORY.rows(session, "position").await;
    let rows = match read.map_err(|error| session.database().error("reading the history", error))? {
        Ok(rows) => rows,
        Err(missing) => {
            let why = format!("it has no column `{missing}`");
            let remedy = "rename or drop it, if it belongs to something else";
            return Err(unreadable(session.database(), why, remedy));
        }
    };
    let dialect = session.dialect();
    rows.iter().map(|row| record(row, dialect, session.database())).collect()
}

/// Returns the names of the applied migrations, and whether there is a table of progress. The table must exist.
///
/// # Errors
/// If the database reports an error.
pub(crate) async fn names(session: &mut impl Session) -> Result<(Vec<String>, bool), Error> {
    let names = HISTORY.values(session, "id", PROGRESS).await;
    names.map_err(|error| session.database().error("reading the history", error))
}

/// Records a migration as applied, with how long it took, if it ran.
///
/// # Errors
/// If the database reports an error, or does not keep the row ([`ErrorKind::History`]).
pub(crate) async fn insert(
    session: &mut impl Session,
    migration: &Migration,
    took: Option<Duration>,
) -> Result<(), Error> {
    let values = row(session.dialect(), migration, took)?;
    let doing = "recording the migration";
    let kept = insert_and_count(&HISTORY, session, &values, &values[..3]).await;
    match kept.map_err(|error| session.database().error(doing, error))? {
        1 => Ok(()),
        _ => Err(not_kept(session, TABLE).await),
    }
}

/// Returns the row of a migration.
fn row(
    dialect: Dialect,
    migration: &Migration,
    took: Option<Duration>,
) -> Result<Vec<(&'static str, String)>, Error> {
    let operations = canonical(&migration.operations)?;
    let mut values = vec![
        ("id", migration.id.to_string()),
        ("checksum", checksum(&operations)),
        ("operations", operations),
        ("depends_on", joined(&migration.depends_on)),
        ("run_before", joined(&migration.run_before)),
        ("replaces", joined(&migration.replaces)),
        ("atomic", u8::from(migration.atomic).to_string()),
        ("dialect", dialect.name().to_owned()),
        ("format", FORMAT.to_string()),
        ("tool", concat!("modelshift ", env!("CARGO_PKG_VERSION")).to_owned()),
    ];
    values.extend(took.map(|took| ("milliseconds", took.as_millis().to_string())));
    Ok(values)
}

/// Records the first migrations of a new database as applied, each with how long it took.
///
/// # Errors
/// As [`insert`].
pub(crate) async fn insert_first(
    session: &mut impl Session,
    migrations: impl Iterator<Item = &Migration>,
    took: Duration,
) -> Result<(), Error> {
    // Databases limit the length of a statement.
    const AT_ONCE: usize = 50;
    let dialect = session.dialect();
    let rows = migrations.map(|migration| row(dialect, migration, Some(took)));
    let rows = rows.collect::<Result<Vec<_>, Error>>()?;
    let doing = "recording the migrations";
    for rows in rows.chunks(AT_ONCE) {
        let rows: Vec<&[(&str, String)]> = rows.iter().map(Vec::as_slice).collect();
        let inserted = insert_all(&HISTORY, session, &rows).await;
        inserted.map_err(|error| session.database().error(doing, error))?;
    }
    let kept = HISTORY.count(session, &[("format", FORMAT.to_string())]).await;
    if kept.map_err(|error| session.database().error(doing, error))? == rows.len() {
        Ok(())
    } else {
        Err(not_kept(session, TABLE).await)
    }
}

/// Removes the row of a migration that was reverted.
///
/// # Errors
/// If the database reports an error, or keeps the row ([`ErrorKind::History`]).
pub(crate) async fn delete(session: &mut impl Session, id: &MigrationId) -> Result<(), Error> {
    let row = [("id", id.to_string())];
    let doing = "removing the migration from the history";
    let deleted = HISTORY.delete(session, &row).await;
    deleted.map_err(|error| session.database().error(doing, error))?;
    let left = HISTORY.count(session, &row).await;
    match left.map_err(|error| session.database().error(doing, error))? {
        0 => Ok(()),
        _ => Err(not_kept(session, TABLE).await),
    }
}

/// Returns the error for a table that does not keep written rows, with its triggers, which may be the cause.
pub(crate) async fn not_kept(session: &mut impl Session, table: &'static str) -> Error {
    let triggers = session.triggers(table).await.unwrap_or_default();
    let remedy = if triggers.is_empty() {
        "see what else writes to that table".to_owned()
    } else {
        let named: Vec<String> = triggers.iter().map(|name| format!("`{name}`")).collect();
        format!("drop the triggers of that table: {}", named.join(", "))
    };
    let why = "it does not hold what was just written to it".to_owned();
    let database = session.database().as_str().to_owned();
    ErrorKind::History { table: table.to_owned(), database, why, remedy }.into()
}

fn joined(ids: &[MigrationId]) -> String {
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    ids.join(" ")
}

fn record(row: &TextRow, here: Dialect, database: &DatabaseName) -> Result<Record, Error> {
    let damaged = |why: String| unreadable(database, why, "use the version of modelshift that wrote it");
    let id_text = row.text("id");
    let bad = |what: &str, why: String| damaged(format!("{what} of the row `{id_text}`: {why}"));
    let format = row.text("format").parse::<i64>().map_err(|error| bad("the format", error.to_string()))?;
    if format > FORMAT {
        let tool = row.text("tool");
        return Err(damaged(format!("the row of `{id_text}` was written by the newer `{tool}`")));
    }
    let dialect = row.text("dialect");
    if dialect != here.name() {
        let why = format!(
            "the row of `{id_text}` was written on {dialect}, and the tables of that database are others"
        );
        let remedy = "this table was copied from another database: drop it, let `migrate` create the tables in a new \
                      database, and copy the rows of your own tables there";
        return Err(unreadable(database, why, remedy));
    }
    let id: MigrationId = id_text.parse().map_err(|error| bad("the name", format!("{error}")))?;
    let ids = |column: &str| {
        let text = row.text(column);
        let ids = text.split_whitespace();
        let ids = ids.map(|id| id.parse().map_err(|error| bad("a migration in", format!("{error}"))));
        ids.collect::<Result<Vec<MigrationId>, Error>>()
    };
    let operations_text = row.text("operations");
    let operations: Vec<Operation> =
        json::read(&operations_text).map_err(|error| bad("the operations", error.to_string()))?;
    let recorded = row.text("checksum");
    let migration = Migration {
        run_before: ids("run_before")?,
        replaces: ids("replaces")?,
        atomic: row.get("atomic").is_none() || row.is_true("atomic"),
        ..Migration::new(id, ids("depends_on")?, operations)
    };
    Ok(Record {
        is_intact: checksum(&operations_text) == recorded,
        checksum: recorded,
        migration,
        applied_at: row.text("applied_at"),
        applied_by: row.get("applied_by").map(str::to_owned),
        milliseconds: row.get("milliseconds").and_then(|text| text.parse().ok()),
    })
}

fn unreadable(database: &DatabaseName, why: String, remedy: &str) -> Error {
    let (table, database) = (TABLE.to_owned(), database.as_str().to_owned());
    ErrorKind::History { table, database, why, remedy: remedy.to_owned() }.into()
}
