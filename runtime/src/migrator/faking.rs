//! Databases that have tables before they have a history: migrations that are recorded and not run.

use modelshift_schema::name::MigrationId;

use super::Migrator;
use crate::error::{Error, ErrorKind};
use crate::plan::{Action, Direction, MigrationPlan};
use crate::planner::target::Target;
use crate::run::executor::{file_load, no_function};
use crate::run::fake::{Adopted, Faking};
use crate::run::fresh::schemas;
use crate::run::history::Ledger;
use crate::run::partial::Held;
use crate::run::prepare::{Prepared, Source, check_one_transaction};
use crate::run::report::Report;
use crate::session::live_schema::LiveSchema;

impl Migrator {
    /// Records migrations up to a target as applied or reverted, and runs nothing.
    ///
    /// What the database holds is not looked at: [`Self::check`] compares it afterwards.
    ///
    /// # Errors
    /// As [`Self::plan`], and if the history cannot be written.
    pub async fn fake(&mut self, target: impl Into<Target>) -> Result<Report, Error> {
        let prepared = self.prepare_faked(&target.into(), Faking::All).await?;
        self.run(prepared).await
    }

    /// Migrates to a target as [`Self::migrate_to`] does, but records the initial migration of an app without running it
    /// where the database has its tables already.
    ///
    /// Columns, types, NULL, defaults, keys, rules, references and indexes of those tables are compared with those that the
    /// migration would create, before anything is done.
    ///
    /// # Errors
    /// [`ErrorKind::NotAdoptable`] with every difference, and as [`Self::migrate_to`].
    pub async fn fake_initial(&mut self, target: impl Into<Target>) -> Result<Report, Error> {
        let prepared = self.prepare_faked(&target.into(), Faking::Initial).await?;
        self.run(prepared).await
    }

    /// Records migrations up to a target as applied, if the database is as they make it, and runs nothing.
    ///
    /// The tables that these migrations make are compared as by [`Self::fake_initial`]. Use it for a database that another
    /// tool has kept, or whose history is lost.
    ///
    /// # Errors
    /// [`ErrorKind::NotAdoptable`] with every difference, [`ErrorKind::NotBaseline`] if a migration would be reverted, and as
    /// [`Self::plan`].
    pub async fn baseline(&mut self, target: impl Into<Target>) -> Result<Report, Error> {
        let prepared = self.prepare_faked(&target.into(), Faking::Compared).await?;
        self.run(prepared).await
    }

    pub(crate) async fn prepare_faked(&mut self, target: &Target, faking: Faking) -> Result<Prepared, Error> {
        let ledger = self.connection.ledger().await?;
        self.prepare_on(&ledger, target, faking).await
    }

    /// Plans for a target what is to be done once these migrations are reverted.
    ///
    /// # Errors
    /// As [`Self::plan`].
    pub(crate) async fn prepare_after(
        &mut self,
        reverted: &Prepared,
        (target, faking): (&Target, Faking),
    ) -> Result<Prepared, Error> {
        let mut ledger = self.connection.ledger().await?;
        for pending in &reverted.all_pending {
            ledger.remove(&pending.migration.id);
            pending.replaced.iter().for_each(|id| ledger.remove(id));
        }
        self.prepare_on(&ledger, target, faking).await
    }

    async fn prepare_on(
        &mut self,
        ledger: &Ledger,
        target: &Target,
        faking: Faking,
    ) -> Result<Prepared, Error> {
        let source = match target {
            Target::Without { .. } => Source::History,
            Target::Latest | Target::Zero { .. } | Target::To { .. } => self.source,
        };
        let graph = match source {
            Source::Program => self.program_graph(&ledger.history.applied())?,
            Source::History => ledger.graph(self.connection.database())?,
        };
        let held = Held::new(graph.held(&ledger.history.applied()), ledger.partials());
        if source == Source::Program {
            self.check_ledger(ledger, &graph, &held)?;
        }
        let known = (self.connection.dialect(), self.connection.capabilities());
        let mut prepared =
            Prepared::new(graph, held, ledger, (target, faking, source), known, self.connection.database())?;
        if self.together {
            check_one_transaction(&prepared, self.connection.dialect())?;
        }
        match faking {
            Faking::Initial => self.fake_initials(&mut prepared).await?,
            Faking::Compared => self.compare_all(&prepared).await?,
            Faking::Nothing | Faking::All => {}
        }
        self.check_functions(&prepared)?;
        Ok(prepared)
    }

    /// Checks that the program has all functions that the plan calls, and all files that it loads.
    fn check_functions(&self, prepared: &Prepared) -> Result<(), Error> {
        for plan in &prepared.plan.migrations {
            for action in &plan.actions {
                if let Action::RunRust(call) = action
                    && self.migrations.function(&plan.id, &call.function).is_none()
                {
                    return Err(no_function(&plan.id, call));
                }
                if let Action::LoadData(load) = action {
                    file_load::file(&self.migrations, &plan.id, load)?;
                }
            }
        }
        Ok(())
    }

    /// Takes the statements from the plans of initial migrations whose tables are there.
    async fn fake_initials(&mut self, prepared: &mut Prepared) -> Result<(), Error> {
        let all_pending = prepared.all_pending.iter().map(|pending| &pending.migration);
        let live = self.connection.introspect(&schemas(all_pending)).await?;
        for (pending, plan) in prepared.all_pending.iter().zip(&mut prepared.plan.migrations) {
            let initial = Adopted::by_initial(pending)?.filter(|initial| initial.has_tables(&live));
            let Some(initial) = initial else { continue };
            self.compare(&initial, &live, &plan.id).await?;
            *plan = MigrationPlan::faked(plan.id.clone(), plan.direction);
        }
        Ok(())
    }

    /// Compares the database with what all pending migrations make.
    async fn compare_all(&mut self, prepared: &Prepared) -> Result<(), Error> {
        if let Some(plan) = prepared.plan.migrations.iter().find(|it| it.direction == Direction::Backward) {
            let (database, migration) = (self.connection.database().to_owned(), plan.id.clone());
            return Err(ErrorKind::NotBaseline { database, migration }.into());
        }
        let Some(last) = prepared.plan.migrations.last() else { return Ok(()) };
        let all_pending = prepared.all_pending.iter().map(|pending| &pending.migration);
        let live = self.connection.introspect(&schemas(all_pending)).await?;
        self.compare(&Adopted::by_all(&prepared.all_pending)?, &live, &last.id).await
    }

    async fn compare(
        &mut self,
        adopted: &Adopted,
        live: &LiveSchema,
        last: &MigrationId,
    ) -> Result<(), Error> {
        let fresh = self.connection.fresh(&adopted.state).await?;
        let differences = adopted.differences(fresh, live);
        if differences.is_empty() {
            return Ok(());
        }
        let (database, migration) = (self.connection.database().to_owned(), last.clone());
        Err(ErrorKind::NotAdoptable { database, migration, differences }.into())
    }
}
