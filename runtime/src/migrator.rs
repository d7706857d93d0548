//! Applies the migrations of a program to a database.

#[cfg(feature = "fixtures")]
mod data;
mod drafts;
mod faking;
mod hooks;
mod new_database;
mod opening;

use std::collections::BTreeSet;
use std::time::Duration;

use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId};

use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};
use crate::model::embedded::Migrations;
use crate::plan::{Direction, MigrationPlan, Plan};
use crate::planner::data_loss::{DestructiveChange, Loss, destructive_changes};
use crate::planner::route::PendingMigration;
use crate::planner::target::{Target, check_app};
use crate::run::drift::{Findings, drift, drift_of_names};
use crate::run::executor::together::Batch;
use crate::run::fake::{Faking, unseen_operations};
use crate::run::fresh::{schemas, tables};
use crate::run::history::Ledger;
use crate::run::job::{Job, Outcome};
use crate::run::open::Connection;
use crate::run::partial::Held;
use crate::run::prepare::{Prepared, Source};
use crate::run::repair::{Known, Repair};
use crate::run::report::{Done, Event, Observer, Report};
use crate::run::status::{MigrationStatus, PartialMigration, Standing, Status};
use crate::session::live_schema::LiveSchema;

use self::hooks::Hooks;

/// Applies migrations to a database, and reverts them.
///
/// ```no_run
/// # async fn run(migrations: modelshift::Migrations) -> Result<(), modelshift::Error> {
/// use modelshift::Migrator;
///
/// let report = Migrator::connect("sqlite://db.sqlite3").await?.with(migrations).migrate().await?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Migrator {
    connection: Connection,
    migrations: Migrations,
    source: Source,
    observer: Observer,
    hooks: Hooks,
    /// Whether all migrations of a run are one transaction.
    together: bool,
    /// Whether a new database, too, gets its migrations one by one.
    one_by_one: bool,
}

impl Migrator {
    /// Adds migrations. Call it for the program, and for each crate with models that the program depends on.
    ///
    /// Migrations replace those of the same apps that were added before.
    #[must_use]
    pub fn with(mut self, migrations: Migrations) -> Self {
        self.migrations = std::mem::take(&mut self.migrations).without(migrations.apps()).and(migrations);
        self
    }

    /// Reverts migrations by the operations in the history instead of those of the program.
    ///
    /// Use it for a database that is ahead of the program, or that has a migration which was edited later. Targets are then
    /// names in the history, and migrations can only be reverted.
    #[must_use]
    pub fn from_history(mut self) -> Self {
        self.source = Source::History;
        self
    }

    /// Sets how long to wait for another process that writes; the default is ten seconds.
    #[must_use]
    pub fn lock_timeout(mut self, wait: Duration) -> Self {
        self.connection.set_wait(wait);
        self
    }

    /// Runs all migrations of a run in one transaction, so that all of them are done or none.
    ///
    /// On MySQL and MariaDB, which commit each statement that defines something, and for a migration that cannot be in a
    /// transaction, the run is refused before anything is done.
    #[must_use]
    pub fn in_one_transaction(mut self) -> Self {
        self.together = true;
        self
    }

    /// Runs the migrations of a new database one by one, too.
    ///
    /// Otherwise a database in which nothing is applied gets its first migrations as one plan, in one transaction, if all
    /// migrations are to be applied and there are no hooks. The tables and the rows of the history are the same as after one
    /// migration by one. It ends at the first migration that does more than the models say, such as `RunSql`; those after it
    /// run one by one, as all do on MySQL and MariaDB. What fails as one plan is rolled back and runs one by one.
    #[must_use]
    pub fn one_by_one(mut self) -> Self {
        self.one_by_one = true;
        self
    }

    /// Calls `observe` for each event of a run.
    #[must_use]
    pub fn observe(mut self, observe: impl FnMut(Event<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Observer::new(observe);
        self
    }

    /// Returns the name of the database, without secrets.
    pub fn database(&self) -> &str {
        self.connection.database()
    }

    /// Returns the dialect of the database.
    pub fn dialect(&self) -> Dialect {
        self.connection.dialect()
    }

    /// Returns the plan for a target, and changes nothing.
    ///
    /// # Errors
    /// If the migrations are inconsistent, the history was not written by them, the target does not exist, or the database
    /// does not support an operation.
    pub async fn plan(&mut self, target: impl Into<Target>) -> Result<Plan, Error> {
        Ok(self.prepare(&target.into()).await?.plan)
    }

    /// Applies all migrations that are not applied yet.
    ///
    /// # Errors
    /// As [`Self::migrate_to`].
    pub async fn migrate(&mut self) -> Result<Report, Error> {
        self.migrate_to(Target::Latest).await
    }

    /// Applies or reverts migrations up to a target, each in one transaction.
    ///
    /// # Errors
    /// As [`Self::plan`], and if a migration fails. The error contains the report of what was done before it. The failed
    /// migration is rolled back.
    pub async fn migrate_to(&mut self, target: impl Into<Target>) -> Result<Report, Error> {
        let prepared = self.prepare(&target.into()).await?;
        self.run(prepared).await
    }

    /// Returns all migrations, and which are applied.
    ///
    /// # Errors
    /// If the migrations are inconsistent, or the history cannot be read. A history that the migrations did not write is
    /// reported in the result and is not an error.
    pub async fn status(&mut self) -> Result<Status, Error> {
        let ledger = self.connection.ledger().await?;
        let history = &ledger.history;
        let graph = self.program_graph(&history.applied())?;
        let held = Held::new(graph.held(&history.applied()), ledger.partials());
        let record = |id: &MigrationId| {
            let parts = graph.replaced_by(id);
            let records = std::iter::once(id).chain(&parts).filter_map(|id| history.get(id));
            // A newer program may have applied what replaces it.
            let replacing = history.records().filter(|record| record.migration.replaces.contains(id));
            let records = records.chain(replacing);
            // A replacement is applied when the last of the migrations that it replaces is applied.
            let last = records.max_by_key(|record| &record.applied_at);
            last.filter(|_| held.has_part_of(id))
        };
        let partial = |id: &MigrationId| held.partial.get(id);
        let of_program = graph.order().into_iter().map(|it| MigrationStatus {
            depends_on: graph.parents(&it.id).cloned().collect(),
            ..MigrationStatus::of(it, record(&it.id), partial(&it.id), true)
        });
        let is_strange = |id: &MigrationId| {
            graph.get(id).is_none() && graph.stand_in(id).is_none() && !held.whole.contains(id)
        };
        let strange = history.records().filter(|record| is_strange(&record.migration.id));
        let strange =
            strange.map(|it| MigrationStatus::of(&it.migration, Some(it), partial(&it.migration.id), false));
        let partial = held.partial.values().filter(|it| is_strange(&it.id) && history.get(&it.id).is_none());
        let partial = partial.map(MigrationStatus::partially_applied);
        let migrations = of_program.chain(strange).chain(partial).collect();
        let problem = self.check_ledger(&ledger, &graph, &held).err();
        Ok(Status { migrations, problem })
    }

    /// Checks whether the database is up to date: whether all migrations are applied, and whether the tables are as the
    /// migrations created them.
    ///
    /// Changes nothing.
    ///
    /// # Errors
    /// If the migrations are inconsistent, or the history was not written by them.
    pub async fn check(&mut self) -> Result<Findings, Error> {
        let Prepared { all_pending, graph, held, .. } = self.prepare(&Target::Latest).await?;
        let state = held.state(&graph)?;
        let wanted = self.connection.fresh_if_allowed(&state).await?;
        let live = self.connection.introspect(&state.schemas()).await?;
        let (partial, unapplied): (Vec<PendingMigration>, Vec<PendingMigration>) =
            all_pending.into_iter().partition(|pending| pending.partial.is_some());
        let partial = partial.into_iter().filter_map(|pending| pending.partial);
        let (drift, not_compared) = match wanted {
            Ok(wanted) => (drift(&wanted, &live), None),
            Err(error) => {
                let tables = tables(&state)?;
                (drift_of_names(tables.iter().map(AsRef::as_ref), &live), Some(error.to_string()))
            }
        };
        Ok(Findings {
            is_fresh: live.tables.is_empty() && held.whole.is_empty() && held.partial.is_empty(),
            unapplied: unapplied.into_iter().map(|pending| pending.migration.id).collect(),
            partial: partial.map(|progress| PartialMigration::of(&progress)).collect(),
            drift,
            not_compared,
        })
    }

    /// Returns the schema of the database, as the database reports it; on PostgreSQL that of the first schema of the search
    /// path, and of those that migrations put tables into.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn introspect(&mut self) -> Result<LiveSchema, Error> {
        let migrations = self.migrations.load().map_err(ErrorKind::Stored)?;
        self.connection.introspect(&schemas(&migrations)).await
    }

    /// Returns the losses on the way to a target: for each destructive operation on a table with rows, the table and its
    /// number of rows.
    ///
    /// # Errors
    /// As [`Self::plan`].
    pub async fn losses(&mut self, target: impl Into<Target>) -> Result<Vec<Loss>, Error> {
        let prepared = self.prepare(&target.into()).await?;
        self.losses_of(&prepared).await
    }

    pub(crate) async fn losses_of(&mut self, prepared: &Prepared) -> Result<Vec<Loss>, Error> {
        let all_pending = prepared.all_pending.iter().zip(&prepared.plan.migrations);
        let all_pending: Vec<PendingMigration> =
            all_pending.filter(|(_, plan)| !plan.faked).map(|(pending, _)| pending.clone()).collect();
        self.losses_on(&all_pending).await
    }

    pub(crate) async fn losses_on(&mut self, all_pending: &[PendingMigration]) -> Result<Vec<Loss>, Error> {
        let mut losses = Vec::new();
        for change in destructive_changes(all_pending)? {
            if let Some(rows) = self.connection.rows(&change.table).await?
                && rows > 0
            {
                let DestructiveChange { migration, what, table } = change;
                losses.push(Loss { migration, what, table, rows });
            }
        }
        Ok(losses)
    }

    /// Returns what [`Self::repair`] would write; empty if no row of the history is missing or was changed.
    ///
    /// # Errors
    /// If the migrations are inconsistent, or the history cannot be read.
    pub async fn repairs(&mut self) -> Result<Vec<Repair>, Error> {
        let history = self.connection.ledger().await?.history;
        let graph = self.program_graph(&history.applied())?;
        Ok(history.repairs(&graph)?.into_iter().map(|(repair, _)| repair).collect())
    }

    /// Writes the rows of the history that are missing or whose operations were changed, from the migrations of the
    /// program. No migration runs: the tables must be as those migrations created them, which [`Self::check`] verifies.
    ///
    /// # Errors
    /// As [`Self::repairs`], and if the history cannot be written.
    pub async fn repair(&mut self) -> Result<Vec<Repair>, Error> {
        let applied = self.connection.ledger().await?.history.applied();
        let graph = self.program_graph(&applied)?;
        self.connection.repair(&graph).await
    }

    /// Returns what [`Self::prune`] would remove.
    ///
    /// # Errors
    /// If the migrations are inconsistent, or the history cannot be read.
    pub async fn prunable(&mut self, app: &str) -> Result<Vec<Repair>, Error> {
        let history = self.connection.ledger().await?.history;
        let (app, migrations) = self.known(app)?;
        Ok(history.prunable(&Known { app: &app, migrations: &migrations }))
    }

    /// Removes the rows of an app that are not needed any more: of migrations whose files are gone, and that a recorded
    /// migration of the program replaces.
    ///
    /// # Errors
    /// As [`Self::prunable`], and if the history cannot be written.
    pub async fn prune(&mut self, app: &str) -> Result<Vec<Repair>, Error> {
        let (app, migrations) = self.known(app)?;
        self.connection.prune(&Known { app: &app, migrations: &migrations }).await
    }

    fn known(&self, app: &str) -> Result<(AppLabel, BTreeSet<MigrationId>), Error> {
        let migrations = self.migrations.load().map_err(ErrorKind::Stored)?;
        check_app(app, self.migrations.apps().iter().map(AppLabel::as_str))?;
        Ok((AppLabel::new(app), migrations.into_iter().map(|it| it.id).collect()))
    }

    /// Returns Rust source with the models of the tables that the database has, whatever made them.
    ///
    /// What models cannot say stands in a comment at its place. Nothing is changed; to compare, a new database is made and
    /// removed, as [`Self::check`] does.
    ///
    /// # Errors
    /// If the database cannot be read.
    #[cfg(feature = "inspect")]
    pub async fn inspect(&mut self, wanted: &crate::inspect::Inspect) -> Result<String, Error> {
        crate::inspect::inspect(&mut self.connection, wanted).await
    }

    /// Ends a run whose future was dropped: the server stops its statement, rolls back what is not committed, and releases
    /// the locks. Without this, it does so when it notices that nobody waits for an answer.
    ///
    /// ```no_run
    /// # async fn run(mut migrator: modelshift::Migrator, stop: impl Future<Output = ()>) -> Result<(), modelshift::Error> {
    /// tokio::select! {
    ///     report = migrator.migrate() => println!("{}", report?),
    ///     () = stop => migrator.abort().await?,
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the server cannot be told.
    pub async fn abort(&mut self) -> Result<(), Error> {
        self.connection.abort().await
    }

    /// Returns what of a plan the database has, and what not.
    ///
    /// # Errors
    /// If the history cannot be read.
    pub(crate) async fn standing(&mut self, plan: &[(MigrationId, Direction)]) -> Result<Standing, Error> {
        Ok(Standing::new(&self.connection.ledger().await?, plan))
    }

    /// Returns the graph of the program's migrations, for a database in which `applied` are applied.
    fn program_graph(&self, applied: &BTreeSet<MigrationId>) -> Result<Graph, Error> {
        let migrations = self.migrations.load().map_err(ErrorKind::Stored)?;
        Graph::for_database(migrations, applied).map_err(|errors| ErrorKind::Graph(errors).into())
    }

    pub(crate) async fn prepare(&mut self, target: &Target) -> Result<Prepared, Error> {
        self.prepare_faked(target, Faking::Nothing).await
    }

    /// Checks that the migrations of the program can have written the history.
    fn check_ledger(&self, ledger: &Ledger, graph: &Graph, held: &Held) -> Result<(), Error> {
        let database = self.connection.database();
        held.check_known(graph, |id| self.migrations.apps().contains(&id.app), database)?;
        ledger.history.check(graph, &held.partial, database)?;
        held.check_operations(graph)
    }

    /// Runs prepared migrations, and notes for the build step what is applied.
    pub(crate) async fn run(&mut self, prepared: Prepared) -> Result<Report, Error> {
        let outcome = self.run_all(prepared).await;
        let warning = self.note().await;
        outcome.map(|mut report| {
            report.warnings.extend(warning);
            report
        })
    }

    async fn run_all(&mut self, prepared: Prepared) -> Result<Report, Error> {
        let source = prepared.source;
        let mut report = Report::default();
        let ran = if self.together {
            self.run_together(prepared, &mut report).await
        } else {
            self.run_each(prepared, &mut report).await
        };
        match ran {
            Ok(()) => {}
            // The file was replaced, so that the earlier migrations are lost as well.
            Err(error) if matches!(error.kind(), ErrorKind::Replaced { .. }) => return Err(error),
            Err(error) => return Err(error.with_report(report)),
        }
        match self.finish(source).await {
            Ok(()) => Ok(report),
            Err(error) => Err(error.with_report(report)),
        }
    }

    /// Runs migrations, each in a transaction of its own if it can be.
    async fn run_each(&mut self, prepared: Prepared, report: &mut Report) -> Result<(), Error> {
        let first = self.run_first(&prepared, report).await?;
        let Prepared { all_pending, plan, mut recorded, .. } = prepared;
        recorded.extend(plan.migrations.iter().take(first).map(|plan| plan.id.clone()));
        let steps = all_pending.iter().zip(&plan.migrations);
        for (position, (pending, plan)) in steps.enumerate().skip(first) {
            self.hooks.before(plan)?;
            let (follows, program) = (position > 0, &self.migrations);
            let job = Job { pending, plan, expected: &recorded, follows, records: None, program };
            let outcome = self.connection.execute(&job, &mut self.observer, &mut report.warnings).await?;
            add(report, pending, plan, outcome);
            expect(&mut recorded, pending, plan.direction);
            self.hooks.after(plan, outcome)?;
        }
        Ok(())
    }

    /// Runs migrations in one transaction.
    async fn run_together(&mut self, prepared: Prepared, report: &mut Report) -> Result<(), Error> {
        let Prepared { all_pending, plan, mut recorded, .. } = prepared;
        let mut expected = Vec::new();
        for (pending, plan) in all_pending.iter().zip(&plan.migrations) {
            self.hooks.before(plan)?;
            expected.push(recorded.clone());
            expect(&mut recorded, pending, plan.direction);
        }
        let program = &self.migrations;
        let batch =
            Batch { all_pending: &all_pending, plans: &plan.migrations, expected: &expected, program };
        let outcomes =
            self.connection.execute_together(batch, &mut self.observer, &mut report.warnings).await?;
        for ((pending, plan), outcome) in all_pending.iter().zip(&plan.migrations).zip(&outcomes) {
            add(report, pending, plan, *outcome);
        }
        for (plan, outcome) in plan.migrations.iter().zip(outcomes) {
            self.hooks.after(plan, outcome)?;
        }
        Ok(())
    }

    /// Records migrations whose replaced migrations are all applied, so that the files of those can be deleted later.
    async fn finish(&mut self, source: Source) -> Result<(), Error> {
        if source == Source::History {
            return Ok(());
        }
        let history = self.connection.ledger().await?.history;
        let graph = self.program_graph(&history.applied())?;
        let held = graph.held(&history.applied());
        let replacing =
            graph.order().into_iter().filter(|it| !it.replaces.is_empty() && held.contains(&it.id));
        let open: Vec<Migration> = replacing.filter(|it| history.get(&it.id).is_none()).cloned().collect();
        if open.is_empty() { Ok(()) } else { self.connection.record(&open).await }
    }
}

/// Notes that a migration is applied or reverted.
fn expect(recorded: &mut BTreeSet<MigrationId>, pending: &PendingMigration, direction: Direction) {
    let id = &pending.migration.id;
    match direction {
        Direction::Forward => {
            recorded.insert(id.clone());
        }
        Direction::Backward => recorded.retain(|it| it != id && !pending.replaced.contains(it)),
    }
}

/// Adds the outcome of a migration to the report.
fn add(report: &mut Report, pending: &PendingMigration, plan: &MigrationPlan, outcome: Outcome) {
    let MigrationPlan { id, direction, faked, .. } = plan;
    match outcome {
        Outcome::Done => {
            report.warnings.extend(unseen_operations(pending).filter(|_| *faked));
            report.done.push(Done { id: id.clone(), direction: *direction, faked: *faked });
        }
        Outcome::ByOther => report.by_others.push(id.clone()),
    }
}
