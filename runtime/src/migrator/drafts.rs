//! Drafts: what is applied is noted for the build step, and where a build rewrote it, the database is brought over.

use std::path::Path;

use super::Migrator;
use crate::error::{Error, ErrorKind};
use crate::model::embedded::Checkout;
use crate::planner::plan_migration;
use crate::run::job::Job;
use crate::run::notes;
use crate::run::report::{Done, Report};
use crate::run::rewritten::{Difference, RewrittenDraft, difference};

impl Migrator {
    /// Returns the drafts that builds rewrote after they were applied, and what leads from the one form to the other.
    ///
    /// There are such drafts only in the checkout that the program was built in, among what git does not record.
    ///
    /// # Errors
    /// Where the migrations do not fit together, or the database cannot be read.
    pub async fn rewritten(&mut self) -> Result<Vec<RewrittenDraft>, Error> {
        let mut rewritten = Vec::new();
        for checkout in self.migrations.checkouts().cloned().collect::<Vec<_>>() {
            let Some(Difference { leg, records }) = self.difference(&checkout).await? else { continue };
            let operations = leg.migration.operations.iter().map(|it| it.behaviour().describe()).collect();
            let now = records.taken.into_iter().map(|it| it.id).collect();
            let losses = self.losses_on(&[leg]).await?;
            rewritten.push(RewrittenDraft { applied: records.struck, now, operations, losses });
        }
        Ok(rewritten)
    }

    /// Brings the database over to drafts as they are now, each in one transaction, with the rows that it holds.
    ///
    /// What [`Self::rewritten`] tells of losses is lost: ask before.
    ///
    /// # Errors
    /// As [`Self::migrate_to`].
    pub async fn bring_over(&mut self) -> Result<Report, Error> {
        let mut report = Report::default();
        for checkout in self.migrations.checkouts().cloned().collect::<Vec<_>>() {
            let Some(Difference { leg, records }) = self.difference(&checkout).await? else { continue };
            let (dialect, capabilities) = (self.connection.dialect(), self.connection.capabilities());
            let plan = plan_migration(&leg.migration, leg.direction, &leg.before, dialect, capabilities);
            let plan = plan.map_err(ErrorKind::Plan)?;
            let history = self.connection.ledger().await?.history;
            let expected = history.ids().into_iter().filter(|id| id.app == checkout.app).collect();
            let turn = Job { leg: &leg, plan: &plan, expected: &expected, records: Some(&records) };
            let outcome = self.connection.execute(&turn, &mut self.observer, &mut report.warnings).await;
            if let Err(error) = outcome {
                return Err(error.with_report(report));
            }
            report.done.push(Done { id: plan.id.clone(), direction: plan.direction });
        }
        report.warnings.extend(self.note().await);
        Ok(report)
    }

    async fn difference(&mut self, checkout: &Checkout) -> Result<Option<Difference>, Error> {
        let ledger = self.connection.ledger().await?;
        let graph = self.program_graph(&ledger.history.applied())?;
        difference(&graph, &ledger, checkout, self.database())
    }

    /// Notes what the database holds now for the build step of the checkout; returns what a person should know.
    pub(super) async fn note(&mut self) -> Option<String> {
        let checkouts: Vec<Checkout> = self.migrations.checkouts().cloned().collect();
        let file = self.connection.file().filter(|file| file.is_file()).map(Path::to_owned)?;
        if checkouts.is_empty() || notes::is_test_program() {
            return None;
        }
        // What went wrong with the database is told by what was asked of it.
        let history = self.connection.ledger().await.ok()?.history;
        let failed = checkouts.iter().find_map(|it| Some((it, notes::note(it, &file, &history).err()?)));
        failed.map(|(checkout, error)| {
            format!(
                "what is applied cannot be noted in `{}` ({error}), so that the next build may rewrite it",
                checkout.notes.display()
            )
        })
    }
}
