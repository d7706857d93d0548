//! What is done with the live table where a table is rebuilt or changed: what was made by hand is carried over or
//! refused.

use modelshift_schema::name::TableName;

use super::connection::SqliteSession;
use super::error::{message, session_error};
use super::integrity::{self, Kept};
use super::{carry, statistics, strict};
use crate::plan::statement::Statement;
use crate::plan::{Action, TableCopy};
use crate::session::{Refusal, Session, Stop};

/// Does what an action needs of the live table, and returns the statements to run for it.
///
/// # Errors
/// If what is found does not allow it, or the database reports an error.
pub(super) async fn prepare(session: &mut SqliteSession, action: &Action) -> Result<Vec<Statement>, Stop> {
    match action {
        Action::Execute(statement) | Action::ExecuteIf { statement, .. } => Ok(vec![statement.clone()]),
        Action::Require(_) => Ok(Vec::new()),
        Action::AddColumn { table, statement, in_strict } => {
            let found = definition(session, table).await?;
            let is_strict = found.as_deref().is_some_and(strict::is_strict);
            Ok(vec![if is_strict { in_strict } else { statement }.clone()])
        }
        Action::KeepObjects { table } => {
            check_references_are_off(session).await?;
            let connection = session.connection().map_err(Stop::while_("reading a table"))?;
            let objects = Kept::read(connection, table).await.map_err(session_error);
            session.kept.insert(table.clone(), objects.map_err(Stop::while_("reading a table"))?);
            Ok(Vec::new())
        }
        Action::CopyTable(copy) => carried(session, copy).await,
        Action::RestoreObjects { table } => restore(session, table).await.map(|()| Vec::new()),
    }
}

async fn definition(session: &mut SqliteSession, table: &TableName) -> Result<Option<String>, Stop> {
    let connection = session.connection().map_err(Stop::while_("reading a table"))?;
    let found = integrity::definition(connection, table).await.map_err(session_error);
    found.map_err(Stop::while_("reading a table"))
}

/// Compares the live table with what the migrations made, and returns what is run to make it again.
async fn carried(session: &mut SqliteSession, copy: &TableCopy) -> Result<Vec<Statement>, Stop> {
    let Some(found) = definition(session, &copy.table).await? else {
        let what = format!("there is no table `{}`, which the migrations have made", copy.table);
        let remedy = "restore it, with its rows, and migrate then".to_owned();
        return Err(Stop::Refused(Refusal { what, remedy }));
    };
    carry::carried(&found, copy)
        .map_err(|conflict| Stop::Refused(Refusal { what: conflict.what, remedy: conflict.remedy }))
}

/// `PRAGMA foreign_keys` does nothing inside a transaction, and dropping a table with references on deletes the rows of
/// its children: better to be sure.
async fn check_references_are_off(session: &mut SqliteSession) -> Result<(), Stop> {
    let rows = session.rows("PRAGMA foreign_keys").await.map_err(Stop::while_("reading a setting"))?;
    if rows.first().and_then(|row| row.first()) == Some("0") {
        return Ok(());
    }
    Err(Stop::Refused(Refusal {
        what:
            "a table would be rebuilt while references are enforced, which deletes the rows of its children"
                .to_owned(),
        remedy: "this is a bug in modelshift; please report it".to_owned(),
    }))
}

/// Makes again what a rebuild removed with the table, and checks that no row is missing.
async fn restore(session: &mut SqliteSession, table: &TableName) -> Result<(), Stop> {
    let Some(kept) = session.kept.remove(table) else { return Ok(()) };
    let connection = session.connection().map_err(Stop::while_("reading a table"))?;
    if let Err((object, error)) = kept.restore(connection).await {
        let what = format!("{object} of table `{table}` cannot live on: {}", message(&error));
        let error = session_error(error);
        if !matches!(error, crate::session::error::SessionError::Reported(_)) {
            return Err(Stop::Failed { doing: "creating what belongs to a table again", error });
        }
        let remedy = "drop or change it before, in a `RunSql` of the same migration".to_owned();
        return Err(Stop::Refused(Refusal { what, remedy }));
    }
    let restored = statistics::restore(connection, table.as_str()).await.map_err(session_error);
    restored.map_err(Stop::while_("writing what ANALYZE found out"))?;
    let lost = kept.lost_rows(connection, table).await.map_err(session_error);
    match lost.map_err(Stop::while_("counting rows"))? {
        None => Ok(()),
        Some((before, after)) => Err(Stop::Refused(Refusal {
            what: format!("table `{table}` had {before} rows before it was rebuilt, and {after} afterwards"),
            remedy: "this is a bug in modelshift; please report it".to_owned(),
        })),
    }
}
