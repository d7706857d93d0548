//! The stage outside of any transaction that is being run, and what the tables looked like before it.
//!
//! The note is written before such a stage and removed with the note that it is done. After a crash in between, the next
//! run compares: tables that look as they did have not seen the statement, and others have.

use modelshift_schema::naming;

use super::own_tables::{Own, OwnTable, insert_into};
use crate::dialect::Dialect;
use crate::dialect::render::statements::statements;
use crate::error::Error;
use crate::plan::{Action, Direction, MigrationPlan, Stage};
use crate::run::history_table;
use crate::session::Session;
use crate::session::live_schema::LiveSchema;

/// The table that holds the note.
pub(crate) const STAGE: &str = naming::STAGE_TABLE;

const NOTES: OwnTable = OwnTable {
    name: STAGE,
    columns: &[
        ("id", Own::KeyName),
        ("stage", Own::Name),
        ("statements", Own::Text),
        ("tables_before", Own::Text),
        ("place", Own::LaterText),
    ],
};

/// What is known of a stage that an earlier run began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// It was not started, or has changed nothing.
    NotDone,
    /// It has changed what it changes.
    Done,
    /// It has several statements, of which some may be done.
    Unknown,
}

/// Finds out whether a stage was started by an earlier run and is done. To be called under the lock.
///
/// # Errors
/// What the database reports.
pub(crate) async fn find(
    session: &mut impl Session,
    plan: &MigrationPlan,
    stage: &Stage,
) -> Result<Found, Error> {
    if has_function(plan, stage) {
        return Ok(Found::NotDone);
    }
    let rows = NOTES.rows(session, "id").await;
    let rows = rows.map_err(|error| session.database().error(READING, error))?.unwrap_or_default();
    let current = [plan.id.to_string(), name(plan, stage), texts(plan, stage).join("\n")];
    let noted =
        rows.iter().find(|row| ["id", "stage", "statements"].map(|column| row.text(column)) == current);
    let Some(noted) = noted else { return Ok(Found::NotDone) };
    if !is_one(session.dialect(), plan, stage) {
        return Ok(Found::Unknown);
    }
    let is_same = noted.text("tables_before") == tables(session, plan, stage).await?;
    Ok(if is_same { Found::NotDone } else { Found::Done })
}

/// Returns whether each text of a stage is one statement, which the database does as a whole or not at all.
pub(crate) fn is_one(dialect: Dialect, plan: &MigrationPlan, stage: &Stage) -> bool {
    texts(plan, stage).iter().all(|sql| statements(dialect, sql).len() <= 1)
}

/// Returns whether a stage runs a function. It is run again after a crash, and knows itself how far it was.
fn has_function(plan: &MigrationPlan, stage: &Stage) -> bool {
    let actions = plan.actions.get(stage.actions.clone()).unwrap_or_default();
    actions.iter().any(|action| matches!(action, Action::RunRust(_) | Action::LoadData(_)))
}

/// What is being done while the note is read or written.
const READING: &str = "recording which statement is being run";

/// Notes that a stage is about to be run. To be called under the lock.
///
/// # Errors
/// What the database reports.
pub(crate) async fn note(
    session: &mut impl Session,
    plan: &MigrationPlan,
    stage: &Stage,
) -> Result<(), Error> {
    // It notes its places itself.
    if has_function(plan, stage) {
        return Ok(());
    }
    let tables = tables(session, plan, stage).await?;
    let row = [
        ("id", plan.id.to_string()),
        ("stage", name(plan, stage)),
        ("statements", texts(plan, stage).join("\n")),
        ("tables_before", tables),
    ];
    write(session, &row).await
}

async fn write(session: &mut impl Session, row: &[(&str, String)]) -> Result<(), Error> {
    let written = async {
        NOTES.create(session).await?;
        NOTES.delete(session, &row[..1]).await?;
        insert_into(&NOTES, session, row).await?;
        NOTES.count(session, row).await
    };
    let written = written.await;
    match written.map_err(|error| session.database().error(READING, error))? {
        1 => Ok(()),
        _ => Err(history_table::not_kept(session, STAGE).await),
    }
}

/// Creates the table of the notes, which a place is written into later, in the transaction of what it is the place of.
///
/// # Errors
/// What the database reports.
pub(crate) async fn prepare(session: &mut impl Session) -> Result<(), Error> {
    let created = NOTES.create(session).await;
    created.map_err(|error| session.database().error(READING, error))
}

/// Returns the place where an earlier run of a function was cut.
///
/// # Errors
/// What the database reports.
pub(crate) async fn place(
    session: &mut impl Session,
    plan: &MigrationPlan,
    function: &str,
) -> Result<Option<String>, Error> {
    let rows = NOTES.rows(session, "id").await;
    let rows = rows.map_err(|error| session.database().error(READING, error))?.unwrap_or_default();
    let current = of_function(plan, function);
    let noted = rows.iter().find(|row| current.iter().all(|(column, value)| row.text(column) == *value));
    Ok(noted.and_then(|row| row.get("place")).map(str::to_owned))
}

/// Notes how far a function is. To be called in the transaction of what it did.
///
/// # Errors
/// What the database reports.
pub(crate) async fn keep_place(
    session: &mut impl Session,
    plan: &MigrationPlan,
    function: &str,
    place: String,
) -> Result<(), Error> {
    let [id, stage, statements] = of_function(plan, function);
    write(session, &[id, stage, statements, ("tables_before", String::new()), ("place", place)]).await
}

/// Returns what a note of a function is known by.
fn of_function(plan: &MigrationPlan, function: &str) -> [(&'static str, String); 3] {
    let stage = plan.stages.iter().find(|stage| has_function(plan, stage));
    let stage = stage.map(|stage| name(plan, stage)).unwrap_or_default();
    [("id", plan.id.to_string()), ("stage", stage), ("statements", format!("-- {function}"))]
}

/// Removes the note of a stage that the database has refused: it is not done, whatever a person changes before the next
/// run. Of several statements the first may be done, so that their note stays.
pub(crate) async fn refused(session: &mut impl Session, plan: &MigrationPlan, stage: &Stage) {
    if is_one(session.dialect(), plan, stage) && !has_function(plan, stage) {
        // Where even this fails, the connection is lost, and nobody knows whether the statement was done.
        let _ = clear(session, plan).await;
    }
}

/// Removes the note.
///
/// # Errors
/// What the database reports.
pub(crate) async fn clear(session: &mut impl Session, plan: &MigrationPlan) -> Result<(), Error> {
    let removed = async {
        if session.columns(&STAGE.into()).await?.is_empty() {
            return Ok(());
        }
        NOTES.delete(session, &[("id", plan.id.to_string())]).await
    };
    let removed = removed.await;
    removed.map_err(|error| session.database().error(READING, error))
}

fn name(plan: &MigrationPlan, stage: &Stage) -> String {
    let way = match plan.direction {
        Direction::Forward => "forward",
        Direction::Backward => "backward",
    };
    format!("{way} {}.{}", stage.operation, stage.part)
}

fn texts<'a>(plan: &'a MigrationPlan, stage: &Stage) -> Vec<&'a str> {
    let actions = plan.actions.get(stage.actions.clone()).unwrap_or_default();
    actions.iter().flat_map(Action::statements).map(|statement| statement.sql.as_str()).collect()
}

/// Returns what the tables look like that a stage names; all of them where it names none.
async fn tables(session: &mut impl Session, plan: &MigrationPlan, stage: &Stage) -> Result<String, Error> {
    let texts = texts(plan, stage);
    let live = session.introspect_named(&texts).await;
    let live = live.map_err(|error| session.database().error("reading what it holds", error))?;
    Ok(described(&live, &texts))
}

fn described(live: &LiveSchema, texts: &[&str]) -> String {
    let is_named = |name: &&String| texts.iter().any(|sql| sql.contains(name.as_str()));
    let named: Vec<&String> = live.tables.keys().filter(is_named).collect();
    let all: Vec<&String> = live.tables.keys().collect();
    let mut lines = Vec::new();
    for name in if named.is_empty() { all } else { named } {
        let Some(table) = live.tables.get(name) else { continue };
        lines.push(format!("table {name} ({}) {}", table.primary_key.join(", "), table.options));
        lines.extend(table.columns.iter().map(|(name, column)| format!("column {name} {column}")));
        lines.extend(table.indexes.iter().map(|(name, index)| format!("index {name} {index}")));
        lines.extend(table.checks.iter().map(|(name, check)| format!("check {name} {check}")));
        lines.extend(table.references.iter().map(|it| {
            format!(
                "reference ({}) {} ({}) {} {}",
                it.columns.join(", "),
                it.target,
                it.target_columns.join(", "),
                it.on_delete,
                it.on_update
            )
        }));
    }
    lines.extend(live.others.iter().map(|(name, text)| format!("{name} {text}")));
    lines.join("\n")
}

/// Returns whether stages outside of a transaction are noted: SQLite has only such that may be run again.
pub(crate) fn is_noted(dialect: Dialect) -> bool {
    match dialect {
        Dialect::Sqlite => false,
        Dialect::Postgres | Dialect::Mysql => true,
    }
}
