//! Drafts: applied migrations are noted for the build step, and a database is migrated to drafts that a build rewrote.

use std::path::Path;

use super::Migrator;
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};
use crate::model::embedded::Checkout;
use crate::plan::MigrationPlan;
use crate::planner::{PlanError, PlanFault, plan_migration};
use crate::run::job::Job;
use crate::run::notes::{self, Place};
use crate::run::report::{Done, Report};
use crate::run::rewritten::{Difference, RewrittenDraft, difference};

impl Migrator {
    /// Returns the drafts that builds rewrote after they were applied, with the operations between the two forms.
    ///
    /// Such drafts exist only in the checkout in which the program was built, among files that are not committed.
    ///
    /// # Errors
    /// If the migrations are inconsistent, or the database cannot be read.
    pub async fn rewritten(&mut self) -> Result<Vec<RewrittenDraft>, Error> {
        let mut rewritten = Vec::new();
        for checkout in self.migrations.checkouts().cloned().collect::<Vec<_>>() {
            let Some((Difference { pending, records }, _)) = self.difference(&checkout).await? else {
                continue;
            };
            let operations =
                pending.migration.operations.iter().map(|it| it.behaviour().describe()).collect();
            let now = records.added.into_iter().map(|it| it.id).collect();
            let losses = self.losses_on(&[pending]).await?;
            rewritten.push(RewrittenDraft { applied: records.removed, now, operations, losses });
        }
        Ok(rewritten)
    }

    /// Migrates the database to the current form of drafts, each in one transaction. Rows are kept.
    ///
    /// The losses that [`Self::rewritten`] returns occur without a question: ask before.
    ///
    /// # Errors
    /// As [`Self::migrate_to`].
    pub async fn bring_over(&mut self) -> Result<Report, Error> {
        let mut report = Report::default();
        for checkout in self.migrations.checkouts().cloned().collect::<Vec<_>>() {
            let Some((Difference { pending, records }, plan)) = self.difference(&checkout).await? else {
                continue;
            };
            let history = self.connection.ledger().await?.history;
            let expected = history.ids().into_iter().filter(|id| id.app == checkout.app).collect();
            let job = Job {
                pending: &pending,
                plan: &plan,
                expected: &expected,
                follows: false,
                records: Some(&records),
                program: &self.migrations,
            };
            let outcome = self.connection.execute(&job, &mut self.observer, &mut report.warnings).await;
            if let Err(error) = outcome {
                return Err(error.with_report(report));
            }
            report.done.push(Done { id: plan.id.clone(), direction: plan.direction, faked: false });
        }
        report.warnings.extend(self.note().await);
        Ok(report)
    }

    /// Finds the way over and its plan; none where a person must decide, as where the database has no statements for it.
    async fn difference(
        &mut self,
        checkout: &Checkout,
    ) -> Result<Option<(Difference, MigrationPlan)>, Error> {
        let ledger = self.connection.ledger().await?;
        let graph = self.program_graph(&ledger.history.applied())?;
        let found = difference(&graph, &ledger, checkout, self.database())?;
        let Some(found) = found else { return Ok(None) };
        let Difference { pending, .. } = &found;
        let (dialect, capabilities) = (self.connection.dialect(), self.connection.capabilities());
        let plan =
            plan_migration(&pending.migration, pending.direction, &pending.before, dialect, capabilities);
        match plan {
            Ok(plan) => Ok(Some((found, plan))),
            Err(PlanError { fault: PlanFault::Unsupported(_), .. }) => Ok(None),
            Err(error) => Err(ErrorKind::Plan(error).into()),
        }
    }

    /// Notes for the build step of the checkout what is applied; returns a warning if that fails.
    pub(super) async fn note(&mut self) -> Option<String> {
        let checkouts: Vec<Checkout> = self.migrations.checkouts().cloned().collect();
        if checkouts.is_empty() || notes::is_test_program() {
            return None;
        }
        let file = self.connection.file().filter(|file| file.is_file()).map(Path::to_owned);
        if file.is_none() && self.connection.dialect() == Dialect::Sqlite {
            return None;
        }
        let server = self.database().to_owned();
        let place = file.as_deref().map_or(Place::Server(&server), Place::File);
        // The failed command reports errors of the database.
        let history = self.connection.ledger().await.ok()?.history;
        let failed = checkouts.iter().find_map(|it| Some((it, notes::note(it, &place, &history).err()?)));
        failed.map(|(checkout, error)| {
            format!(
                "what is applied cannot be noted in `{}` ({error}), so that the next build may rewrite it",
                checkout.notes.display()
            )
        })
    }
}
