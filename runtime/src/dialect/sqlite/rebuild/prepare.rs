//! What is done with the live table before and after a rebuild: manual changes are carried over or refused.

use std::collections::BTreeMap;

use modelshift_schema::name::TableName;
use sqlx::sqlite::SqliteConnection;

use super::definition::Definition;
use super::objects::{self, SavedObjects};
use super::{carry, statistics};
use crate::dialect::sqlite::error::{message, session_error};
use crate::plan::statement::Statement;
use crate::plan::{Action, TableCopy};
use crate::session::error::SessionError;
use crate::session::{Refusal, Stop};

/// The objects of the tables that are being rebuilt.
pub(in crate::dialect::sqlite) type AllSaved = BTreeMap<TableName, SavedObjects>;

/// Prepares the live table for an action, and returns the statements to run for the action.
///
/// # Errors
/// If the live table does not allow the action, or the database reports an error.
pub(in crate::dialect::sqlite) async fn prepare(
    connection: &mut SqliteConnection,
    saved: &mut AllSaved,
    action: &Action,
) -> Result<Vec<Statement>, Stop> {
    match action {
        Action::Execute(statement) | Action::ExecuteIf { statement, .. } => Ok(vec![statement.clone()]),
        Action::Require(_) | Action::RunRust(_) | Action::LoadData(_) => Ok(Vec::new()),
        Action::AddColumn { table, statement, in_strict } => {
            let found = definition(connection, table).await?;
            let is_strict = found.and_then(|it| Definition::read(&it).map(|it| it.options().strict));
            Ok(vec![if is_strict == Some(true) { in_strict } else { statement }.clone()])
        }
        Action::KeepObjects { table } => {
            check_references_are_off(connection).await?;
            let objects = SavedObjects::read(connection, table).await.map_err(session_error);
            saved.insert(table.clone(), objects.map_err(Stop::while_("reading a table"))?);
            Ok(Vec::new())
        }
        Action::CopyTable(copy) => carried(connection, copy).await,
        Action::RestoreObjects { table } => match saved.remove(table) {
            Some(objects) => restore(connection, &objects, table).await.map(|()| Vec::new()),
            None => Ok(Vec::new()),
        },
    }
}

async fn definition(connection: &mut SqliteConnection, table: &TableName) -> Result<Option<String>, Stop> {
    let found = objects::definition(connection, table).await.map_err(session_error);
    found.map_err(Stop::while_("reading a table"))
}

/// Compares the live table with the table that the migrations created, and returns the statements that create its new
/// form.
async fn carried(connection: &mut SqliteConnection, copy: &TableCopy) -> Result<Vec<Statement>, Stop> {
    let Some(found) = definition(connection, &copy.table).await? else {
        let what = format!("there is no table `{}`, which the migrations have made", copy.table);
        let remedy = "restore it, with its rows, and migrate then".to_owned();
        return Err(Stop::Refused(Refusal { what, remedy }));
    };
    carry::carried(&found, copy)
        .map_err(|conflict| Stop::Refused(Refusal { what: conflict.what, remedy: conflict.remedy }))
}

/// Checks that foreign keys are not enforced. `PRAGMA foreign_keys` does nothing inside a transaction, and dropping a
/// table while they are enforced deletes the rows that refer to it.
async fn check_references_are_off(connection: &mut SqliteConnection) -> Result<(), Stop> {
    let setting = sqlx::query_scalar::<_, i64>("PRAGMA foreign_keys").fetch_one(connection).await;
    if setting.map_err(session_error).map_err(Stop::while_("reading a setting"))? == 0 {
        return Ok(());
    }
    Err(Stop::Refused(Refusal {
        what:
            "a table would be rebuilt while references are enforced, which deletes the rows of its children"
                .to_owned(),
        remedy: "this is a bug in modelshift; please report it".to_owned(),
    }))
}

/// Creates the objects that a rebuild removed with the table, and checks that no row is missing.
async fn restore(
    connection: &mut SqliteConnection,
    objects: &SavedObjects,
    table: &TableName,
) -> Result<(), Stop> {
    if let Err((object, error)) = objects.restore(connection).await {
        let what = format!("{object} of table `{table}` cannot live on: {}", message(&error));
        let error = session_error(error);
        if !matches!(error, SessionError::Reported(_)) {
            return Err(Stop::Failed { doing: "creating what belongs to a table again", error });
        }
        let remedy = "drop or change it before, in a `RunSql` of the same migration".to_owned();
        return Err(Stop::Refused(Refusal { what, remedy }));
    }
    let restored = statistics::restore(connection, table.as_str()).await.map_err(session_error);
    restored.map_err(Stop::while_("writing what ANALYZE found out"))?;
    let lost = objects.lost_rows(connection, table).await.map_err(session_error);
    match lost.map_err(Stop::while_("counting rows"))? {
        None => Ok(()),
        Some((before, after)) => Err(Stop::Refused(Refusal {
            what: format!("table `{table}` had {before} rows before it was rebuilt, and {after} afterwards"),
            remedy: "this is a bug in modelshift; please report it".to_owned(),
        })),
    }
}
