//! Runs a change of a type, and compares the values before and after.

use modelshift::dialect::Dialect;
use modelshift::plan::{Direction, MigrationPlan};
use modelshift::planner::plan_migration;
use modelshift_schema::column_type::ColumnType;
use modelshift_tests::cases::Case;
use modelshift_tests::database::{Database, Rejected};

use crate::meaning::{is_same, read};

/// A change of one column, on a database.
pub(crate) struct Trial<'a> {
    pub(crate) database: &'a mut Database,
    pub(crate) dialect: Dialect,
    pub(crate) case: Case,
}

impl Trial<'_> {
    pub(crate) fn plan(&self, direction: Direction) -> Option<MigrationPlan> {
        let (state, capabilities) = (self.case.state(), self.database.backend().capabilities());
        plan_migration(&self.case.second(), direction, &state, self.dialect, &capabilities).ok()
    }

    pub(crate) async fn values(&mut self, holds: &ColumnType) -> Result<Vec<String>, Rejected> {
        let value = read(self.dialect, holds, "value");
        let number = if self.dialect == Dialect::Mysql { "CONCAT('', id)" } else { "CAST(id AS text)" };
        self.database.rows(&format!("SELECT {number}, {value} FROM blog_thing ORDER BY id")).await
    }

    /// Runs a plan; where it stops at rows, nothing may have changed, and without those rows it goes through.
    pub(crate) async fn change(
        &mut self,
        plan: &MigrationPlan,
        from: &ColumnType,
        to: &ColumnType,
    ) -> Result<(usize, usize), String> {
        let told = |refused: Rejected| format!("{from:?} to {to:?}: {}\n    {}", refused.reason, refused.sql);
        let mut stopped = 0;
        let before = self.values(from).await.map_err(told)?;
        if let Err(refused) = self.database.run(plan).await {
            if !refused.by_check || !refused.reason.contains("as they are") {
                return Err(told(refused));
            }
            let unchanged = self.values(from).await.map_err(told)?;
            if unchanged != before {
                return Err(format!("{from:?} to {to:?}: {before:?} became {unchanged:?} before it stopped"));
            }
            let ids = format!("SELECT CONCAT('', id) FROM ({}) AS found", refused.sql);
            for id in self.database.rows(&ids).await.map_err(told)? {
                stopped += 1;
                self.database
                    .execute(&format!("DELETE FROM blog_thing WHERE id = {id}"))
                    .await
                    .map_err(told)?;
            }
        } else {
            return self.compare(from, to, &before).await.map(|kept| (kept, 0));
        }
        let before = self.values(from).await.map_err(told)?;
        self.database.run(plan).await.map_err(told)?;
        self.compare(from, to, &before).await.map(|kept| (kept, stopped))
    }

    pub(crate) async fn compare(
        &mut self,
        from: &ColumnType,
        to: &ColumnType,
        before: &[String],
    ) -> Result<usize, String> {
        let after =
            self.values(to).await.map_err(|refused| format!("{from:?} to {to:?}: {}", refused.reason))?;
        if after.len() != before.len() {
            return Err(format!("{from:?} to {to:?}: {before:?} became {after:?}"));
        }
        for (before, after) in before.iter().zip(&after) {
            let (Some((one, old)), Some((other, new))) = (before.split_once(" | "), after.split_once(" | "))
            else {
                return Err(format!("{before} or {after} is no row"));
            };
            if one != other || !(old == "NULL" && new == "NULL" || is_same(from, to, old, new)) {
                return Err(format!("{from:?} to {to:?}: {before} became {after}"));
            }
        }
        Ok(after.len())
    }
}
