//! What was broken before a migration, and whether more is broken after it.

use std::collections::BTreeMap;

use sqlx::sqlite::SqliteConnection;

use super::{Orphans, new_orphans, orphans};
use crate::dialect::sqlite::error::session_error;
use crate::dialect::sqlite::rebuild::unresolved::{Unresolved, newly_unresolved, unresolved};
use crate::plan::statement::{Form, RawReason};
use crate::plan::{Action, Check};
use crate::session::{Refusal, Stop, Work};

/// What was broken before the migration.
#[derive(Debug)]
pub(crate) struct Snapshot {
    orphans: Orphans,
    broken: BTreeMap<String, String>,
    /// The names that SQLite reads as text; `None` if no table is rebuilt.
    unresolved: Option<Unresolved>,
}

/// Returns whether an action makes a new table or an index, which breaks no view and no trigger.
fn only_adds(action: &Action) -> bool {
    match action {
        Action::Execute(statement) => {
            let is_own = match statement.form() {
                Form::Built(_) => true,
                Form::Raw(reason) => *reason == RawReason::Index,
            };
            let adds = ["CREATE TABLE ", "CREATE INDEX ", "CREATE UNIQUE INDEX "];
            is_own && adds.iter().any(|words| statement.sql.starts_with(words))
        }
        Action::ExecuteIf { .. }
        | Action::Require(_)
        | Action::AddColumn { .. }
        | Action::KeepObjects { .. }
        | Action::CopyTable(_)
        | Action::RestoreObjects { .. }
        | Action::RunRust(_)
        | Action::LoadData(_) => false,
    }
}

/// Returns what is broken now.
///
/// # Errors
/// If the database reports an error.
pub(in crate::dialect::sqlite) async fn snapshot(
    connection: &mut SqliteConnection,
    work: Work<'_>,
) -> Result<Snapshot, Stop> {
    let mut broken = BTreeMap::new();
    if !work.actions.iter().all(only_adds) {
        let found = super::broken(connection).await.map_err(session_error);
        broken = found.map_err(Stop::while_("reading views and triggers"))?;
    }
    let mut violations = Orphans::new();
    if work.checks.iter().any(|check| matches!(check, Check::ForeignKeys(_))) {
        let found = orphans(connection, &mut broken).await.map_err(session_error);
        violations = found.map_err(Stop::while_("checking references"))?;
    }
    let mut names = None;
    if work.actions.iter().any(|action| matches!(action, Action::CopyTable(_))) {
        let found = unresolved(connection).await.map_err(session_error);
        names = Some(found.map_err(Stop::while_("looking for names that are text"))?);
    }
    Ok(Snapshot { orphans: violations, broken, unresolved: names })
}

/// Compares what is broken now with what was broken before; returns a warning for each table that was broken before.
///
/// # Errors
/// If something is broken now that was not broken before, or the database reports an error.
pub(in crate::dialect::sqlite) async fn compare(
    connection: &mut SqliteConnection,
    before: &Snapshot,
    work: Work<'_>,
) -> Result<Vec<String>, Stop> {
    let now = snapshot(connection, work).await?;
    if let Some(((child, parent), rows)) = new_orphans(&before.orphans, &now.orphans).into_iter().next() {
        return Err(Stop::Refused(Refusal {
            what: format!(
                "{rows} rows of table `{child}` would refer to rows of `{parent}` that are not there"
            ),
            remedy: "correct those rows first, in a `RunSql` before this operation".to_owned(),
        }));
    }
    let remedy = "drop or change it before, in a `RunSql` of the same migration";
    if let Some((name, why)) = now.broken.iter().find(|(name, _)| !before.broken.contains_key(*name)) {
        let what = format!("{name} would no longer work: {why}");
        return Err(Stop::Refused(Refusal { what, remedy: remedy.to_owned() }));
    }
    if let (Some(before), Some(now)) = (&before.unresolved, &now.unresolved)
        && let Some((object, word)) = newly_unresolved(before, now)
    {
        let what = format!("{object} names a column `{word}` that would not be there any more");
        return Err(Stop::Refused(Refusal { what, remedy: remedy.to_owned() }));
    }
    Ok(before.orphans.iter().map(warning).collect())
}

fn warning(((child, parent), rows): (&(String, String), &i64)) -> String {
    format!(
        "{rows} rows of table `{child}` refer to rows of `{parent}` that are not there; they did so before"
    )
}
