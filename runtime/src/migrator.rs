//! Applies the migrations of a program to a database.

mod drafts;

use std::collections::BTreeSet;
use std::time::Duration;

use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;

use crate::error::{Error, ErrorKind};
use crate::model::embedded::Migrations;
use crate::plan::{Direction, Plan};
use crate::planner::data_loss::{DestructiveChange, Loss, destructive_changes};
use crate::planner::route::PendingMigration;
use crate::planner::target::Target;
use crate::run::drift::{Findings, drift};
use crate::run::history::Ledger;
use crate::run::job::{Job, Outcome};
use crate::run::open::Connection;
use crate::run::partial::Held;
use crate::run::prepare::Prepared;
use crate::run::repair::Repair;
use crate::run::report::{Done, Event, Observer, Report};
use crate::run::status::{MigrationStatus, PartialMigration, Status};
use crate::session::live_schema::LiveSchema;
use crate::url::DatabaseUrl;

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
}

/// The source of the operations that are reverted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Program,
    History,
}

impl Migrator {
    /// Connects to a database by its URL: `sqlite://path`, `sqlite::memory:`, the plain path of a file,
    /// `postgres://user@host/name` or `mysql://user@host/name`.
    ///
    /// A missing file is created when a migration is applied.
    ///
    /// # Errors
    /// [`ErrorKind::Url`], [`ErrorKind::NoFeature`], [`ErrorKind::Open`],
    /// [`ErrorKind::Locked`].
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let url: DatabaseUrl = url.parse()?;
        let connection = Connection::open(&url).await?;
        let (migrations, source, observer) = (Migrations::default(), Source::Program, Observer::none());
        Ok(Self { connection, migrations, source, observer })
    }

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
        let applied_at = |id: &MigrationId| {
            let parts = graph.replaced_by(id);
            let records = std::iter::once(id).chain(&parts).filter_map(|id| history.get(id));
            // A replacement is applied when the last of the migrations that it replaces is applied.
            let last = records.map(|record| record.applied_at.as_str()).max();
            last.filter(|_| held.has_part_of(id))
        };
        let partial = |id: &MigrationId| held.partial.get(id);
        let of_program = graph
            .order()
            .into_iter()
            .map(|it| MigrationStatus::of(it, applied_at(&it.id), partial(&it.id), true));
        let is_strange = |id: &MigrationId| {
            graph.get(id).is_none() && graph.stand_in(id).is_none() && !held.whole.contains(id)
        };
        let strange = history.records().filter(|record| is_strange(&record.migration.id));
        let strange = strange.map(|it| {
            MigrationStatus::of(&it.migration, Some(it.applied_at.as_str()), partial(&it.migration.id), false)
        });
        let begun = held.partial.values().filter(|it| is_strange(&it.id) && history.get(&it.id).is_none());
        let begun = begun.map(MigrationStatus::begun);
        let migrations = of_program.chain(strange).chain(begun).collect();
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
        let Prepared { legs, graph, held, .. } = self.prepare(&Target::Latest).await?;
        let state = held.state(&graph)?;
        let wanted = self.connection.fresh(&state).await?;
        let live = self.connection.introspect().await?;
        let (begun, unapplied): (Vec<PendingMigration>, Vec<PendingMigration>) =
            legs.into_iter().partition(|leg| leg.partial.is_some());
        let begun = begun.into_iter().filter_map(|leg| leg.partial);
        Ok(Findings {
            is_fresh: live.tables.is_empty() && held.whole.is_empty() && held.partial.is_empty(),
            unapplied: unapplied.into_iter().map(|leg| leg.migration.id).collect(),
            partial: begun.map(|progress| PartialMigration::of(&progress)).collect(),
            drift: drift(&wanted, &live),
        })
    }

    /// Returns the schema of the database, as the database reports it.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn introspect(&mut self) -> Result<LiveSchema, Error> {
        self.connection.introspect().await
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
        self.losses_on(&prepared.legs).await
    }

    pub(crate) async fn losses_on(&mut self, legs: &[PendingMigration]) -> Result<Vec<Loss>, Error> {
        let mut losses = Vec::new();
        for change in destructive_changes(legs)? {
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

    /// Closes the connection, and waits until it is closed; dropping a migrator closes it later.
    pub async fn close(self) {
        self.connection.close().await;
    }

    /// Returns the connection. Use it for a database in memory, which no other connection can open.
    ///
    /// # Errors
    /// If it cannot be opened.
    #[cfg(feature = "sqlite")]
    pub async fn into_sqlite(self) -> Result<sqlx::SqliteConnection, Error> {
        match self.connection {
            Connection::Sqlite(session) => session.into_connection().await,
            #[cfg(feature = "postgres")]
            Connection::Postgres(_) => Err(self::not_sqlite("PostgreSQL")),
            #[cfg(feature = "mysql")]
            Connection::Mysql(_) => Err(self::not_sqlite("MySQL")),
        }
    }

    /// Returns the graph of the program's migrations, for a database in which `applied` are applied.
    fn program_graph(&self, applied: &BTreeSet<MigrationId>) -> Result<Graph, Error> {
        let migrations = self.migrations.load().map_err(ErrorKind::Stored)?;
        Graph::for_database(migrations, applied).map_err(|errors| ErrorKind::Graph(errors).into())
    }

    pub(crate) async fn prepare(&mut self, target: &Target) -> Result<Prepared, Error> {
        let ledger = self.connection.ledger().await?;
        let graph = match self.source {
            Source::Program => self.program_graph(&ledger.history.applied())?,
            Source::History => ledger.graph(self.connection.database())?,
        };
        let held = Held::new(graph.held(&ledger.history.applied()), ledger.partials());
        if self.source == Source::Program {
            self.check_ledger(&ledger, &graph, &held)?;
        }
        let known = (self.connection.dialect(), self.connection.capabilities());
        Prepared::new(graph, held, &ledger, target, known, self.connection.database())
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
        let mut report = Report::default();
        let Prepared { legs, plan, mut recorded, .. } = prepared;
        for (leg, plan) in legs.iter().zip(&plan.migrations) {
            let turn = Job { leg, plan, expected: &recorded, records: None };
            let outcome = self.connection.execute(&turn, &mut self.observer, &mut report.warnings).await;
            match outcome {
                Ok(Outcome::Done) => {
                    report.done.push(Done { id: plan.id.clone(), direction: plan.direction });
                }
                Ok(Outcome::ByOther) => report.by_others.push(plan.id.clone()),
                // The file was replaced, so that the earlier migrations are lost as well.
                Err(error) if matches!(error.kind(), ErrorKind::Replaced { .. }) => return Err(error),
                Err(error) => return Err(error.with_report(report)),
            }
            match plan.direction {
                Direction::Forward => {
                    recorded.insert(plan.id.clone());
                }
                Direction::Backward => recorded.retain(|id| *id != plan.id && !leg.replaced.contains(id)),
            }
        }
        match self.finish().await {
            Ok(()) => Ok(report),
            Err(error) => Err(error.with_report(report)),
        }
    }

    /// Records migrations whose replaced migrations are all applied, so that the files of those can be deleted later.
    async fn finish(&mut self) -> Result<(), Error> {
        if self.source == Source::History {
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

/// Returns the error for a request for the SQLite connection of another database.
#[cfg(all(feature = "sqlite", any(feature = "postgres", feature = "mysql")))]
fn not_sqlite(database: &str) -> Error {
    ErrorKind::Open {
        database: database.to_owned(),
        why: "it is not SQLite".to_owned(),
        remedy: "call `into_sqlite` for a database of SQLite only".to_owned(),
    }
    .into()
}
