//! Reads and writes the progress of migrations that are not one transaction.

use modelshift_schema::json;
use modelshift_schema::name::MigrationId;

use super::history_table;
use super::own_tables::{Own, OwnTable, insert_into};
use crate::error::{Error, ErrorKind};
use crate::plan::Direction;
use crate::run::history::{Ledger, PROGRESS, Partials, Progress};
use crate::session::Session;
use crate::session::name::DatabaseName;
use crate::session::row::TextRow;

const JOURNAL: OwnTable = OwnTable {
    name: PROGRESS,
    columns: &[
        ("id", Own::KeyName),
        ("backwards", Own::Number),
        ("checksum", Own::Name),
        ("operation", Own::Number),
        ("part", Own::Number),
        ("parts", Own::LaterNumber),
        ("done", Own::LaterNumber),
        ("stages", Own::LaterNumber),
        ("migration", Own::LaterText),
    ],
};

/// How many snapshots may miss what another process does to a table.
const SNAPSHOTS: usize = 4;

/// Returns what the database records, in one snapshot.
///
/// # Errors
/// As [`read_inside`].
pub(crate) async fn read_ledger(session: &mut impl Session) -> Result<Ledger, Error> {
    for _ in 0..SNAPSHOTS {
        match read_snapshot(session).await {
            // Another process created or dropped one of the tables after the snapshot was taken; the next one shows it.
            Err(error) if matches!(error.kind(), ErrorKind::Locked { .. }) => {}
            ledger => return ledger,
        }
    }
    read_snapshot(session).await
}

async fn read_snapshot(session: &mut impl Session) -> Result<Ledger, Error> {
    let result = session.begin_to_read().await;
    result.map_err(|error| session.database().error("reading the history", error))?;
    let ledger = read_inside(session).await;
    session.rollback().await;
    ledger
}

/// Returns what the database records. Must be called in a transaction, since the table of progress is created and dropped.
///
/// # Errors
/// [`ErrorKind::History`] if a table belongs to another program, or a newer version wrote it.
pub(crate) async fn read_inside(session: &mut impl Session) -> Result<Ledger, Error> {
    let history = history_table::read(session).await?;
    let progress = read(session).await?;
    Ok(Ledger { history, progress })
}

/// Returns whether the table of progress exists.
///
/// # Errors
/// If the database reports an error.
pub(crate) async fn is_noted(session: &mut impl Session) -> Result<bool, Error> {
    let columns = session.columns(&PROGRESS.into()).await;
    let columns = columns.map_err(|error| session.database().error(READING, error))?;
    Ok(!columns.is_empty())
}

/// What is being done while progress is read.
const READING: &str = "reading what is partially applied";

/// Returns the progress of partially applied migrations.
///
/// # Errors
/// [`ErrorKind::History`] if a row cannot be read, and if the database reports an error.
pub(crate) async fn read(session: &mut impl Session) -> Result<Vec<Progress>, Error> {
    let read = JOURNAL.rows(session, "id").await;
    match read.map_err(|error| session.database().error(READING, error))? {
        Ok(rows) => {
            let rows = rows.iter().map(|row| progress(row).map_err(|why| damaged(session.database(), why)));
            rows.collect()
        }
        Err(missing) => Err(damaged(session.database(), format!("it has no column `{missing}`"))),
    }
}

fn progress(row: &TextRow) -> Result<Progress, String> {
    let number = |column: &str| {
        row.text(column).parse::<usize>().map_err(|error| format!("column `{column}`: {error}"))
    };
    // A table that an older version made has no such columns.
    let newer = |column: &str| number(column).unwrap_or_default();
    let migration = row.get("migration").map(json::read).transpose();
    Ok(Progress {
        id: row.text("id").parse().map_err(|error| format!("{error}"))?,
        direction: if row.is_true("backwards") { Direction::Backward } else { Direction::Forward },
        checksum: row.text("checksum"),
        migration: migration.map_err(|error| error.to_string())?,
        operation: number("operation")?,
        part: number("part")?,
        parts: newer("parts"),
        done: newer("done"),
        stages: newer("stages"),
    })
}

/// Creates the table before anything that is to be committed with a note, where creating it would commit.
///
/// # Errors
/// If the database reports an error.
pub(crate) async fn prepare(session: &mut impl Session) -> Result<(), Error> {
    if session.capabilities().transactional_ddl {
        return Ok(());
    }
    let created = JOURNAL.create(session).await;
    created.map_err(|error| session.database().error("recording what is done of the migration", error))
}

/// Writes the progress of a migration. Must be called in the transaction of its last stage.
///
/// # Errors
/// If the database reports an error, or does not keep the row ([`ErrorKind::History`]).
pub(crate) async fn write(session: &mut impl Session, progress: &Progress) -> Result<(), Error> {
    let migration = progress.migration.as_ref().map(serde_json::to_string).transpose();
    let migration = migration.map_err(|source| ErrorKind::Unwritable { source })?;
    let mut values = vec![
        ("id", progress.id.to_string()),
        ("backwards", u8::from(progress.direction == Direction::Backward).to_string()),
        ("checksum", progress.checksum.clone()),
        ("operation", progress.operation.to_string()),
        ("part", progress.part.to_string()),
        ("parts", progress.parts.to_string()),
        ("done", progress.done.to_string()),
        ("stages", progress.stages.to_string()),
    ];
    values.extend(migration.map(|migration| ("migration", migration)));
    let written = async {
        // The table is dropped with its last row where that can be undone.
        if session.capabilities().transactional_ddl {
            JOURNAL.create(session).await?;
        }
        JOURNAL.delete(session, &values[..1]).await?;
        insert_into(&JOURNAL, session, &values).await
    };
    let written = written.await;
    written.map_err(|error| session.database().error("recording what is done of the migration", error))?;
    let kept = read(session).await?;
    if kept.contains(progress) { Ok(()) } else { Err(history_table::not_kept(session, PROGRESS).await) }
}

/// Deletes the progress of a migration that is complete, and what is left over of others; drops the empty table if DDL is
/// transactional.
///
/// # Errors
/// If the database reports an error.
pub(crate) async fn close(session: &mut impl Session, id: &MigrationId) -> Result<(), Error> {
    let doing = "recording that the migration is complete";
    let all = read(session).await?;
    if all.is_empty() {
        return Ok(());
    }
    let has_others = all.iter().any(|progress| progress.id != *id);
    let mut open = if has_others { read_inside(session).await?.partials() } else { Partials::new() };
    open.remove(id);
    if session.capabilities().transactional_ddl && open.is_empty() {
        let dropped = JOURNAL.drop(session).await;
        return dropped.map_err(|error| session.database().error(doing, error));
    }
    for progress in all.iter().filter(|progress| !open.contains_key(&progress.id)) {
        let deleted = JOURNAL.delete(session, &[("id", progress.id.to_string())]).await;
        deleted.map_err(|error| session.database().error(doing, error))?;
    }
    Ok(())
}

fn damaged(database: &DatabaseName, why: String) -> Error {
    let (table, database) = (PROGRESS.to_owned(), database.as_str().to_owned());
    let remedy = "use the version of modelshift that wrote it".to_owned();
    ErrorKind::History { table, database, why, remedy }.into()
}
