//! What was broken before a migration, and whether more is broken behind it.

use std::collections::BTreeMap;

use sqlx::sqlite::SqliteConnection;

use super::Run;
use crate::dialect::sqlite::integrity;
use crate::dialect::sqlite::integrity::Orphans;
use crate::dialect::sqlite::unresolved::{Unresolved, newly_unresolved, unresolved};
use crate::error::Error;
use crate::plan::statement::Statement;

/// What was broken before the migration.
pub(super) struct Guard {
    orphans: Orphans,
    broken: BTreeMap<String, String>,
    /// What a rebuild could turn into text; none where no table is rebuilt.
    unresolved: Option<Unresolved>,
}

impl Guard {
    pub(super) async fn take(
        run: &Run<'_>,
        connection: &mut SqliteConnection,
        checks: &[Statement],
        rebuilds: bool,
    ) -> Result<Self, Error> {
        let broken = integrity::broken(connection).await;
        let mut broken = broken.map_err(|error| run.trouble("reading views and triggers", error))?;
        let mut orphans = Orphans::new();
        if checks.iter().any(is_reference_check) {
            let found = integrity::orphans(connection, &mut broken).await;
            orphans = found.map_err(|error| run.trouble("checking references", error))?;
        }
        let mut names = None;
        if rebuilds {
            let found = unresolved(connection).await;
            names = Some(found.map_err(|error| run.trouble("looking for names that are text", error))?);
        }
        Ok(Self { orphans, broken, unresolved: names })
    }

    /// Returns an error where something is broken now that was not before, and warns of what was.
    pub(super) async fn compare(
        &self,
        run: &Run<'_>,
        connection: &mut SqliteConnection,
        checks: &[Statement],
        warnings: &mut Vec<String>,
    ) -> Result<(), Error> {
        for check in checks.iter().filter(|check| !is_reference_check(check)) {
            run.require(connection, check).await?;
        }
        let now = Self::take(run, connection, checks, self.unresolved.is_some()).await?;
        if let Some(((child, parent), rows)) =
            integrity::new_orphans(&self.orphans, &now.orphans).into_iter().next()
        {
            return Err(run.refused(
                &format!(
                    "{rows} rows of table `{child}` would refer to rows of `{parent}` that are not there"
                ),
                "correct those rows first, in a `RunSql` before this operation",
            ));
        }
        if let Some((name, why)) = now.broken.iter().find(|(name, _)| !self.broken.contains_key(*name)) {
            return Err(run.refused(
                &format!("{name} would no longer work: {why}"),
                "drop or change it before, in a `RunSql` of the same migration",
            ));
        }
        if let (Some(before), Some(now)) = (&self.unresolved, &now.unresolved)
            && let Some((object, word)) = newly_unresolved(before, now)
        {
            return Err(run.refused(
                &format!("{object} names a column `{word}` that would not be there any more"),
                "drop or change it before, in a `RunSql` of the same migration",
            ));
        }
        for ((child, parent), rows) in &self.orphans {
            let warning = format!(
                "{rows} rows of table `{child}` refer to rows of `{parent}` that are not there; they did so before"
            );
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
        Ok(())
    }
}

/// Returns whether a check is that of all references, which finds also what was broken before.
fn is_reference_check(check: &Statement) -> bool {
    check.sql.starts_with("PRAGMA foreign_key_check")
}
