//! The way from a program's migrations to a database in step.

mod drafts;

use std::collections::BTreeSet;
use std::time::Duration;

use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;

use crate::error::{Error, ErrorKind};
use crate::model::embedded::Migrations;
use crate::plan::{Direction, Plan};
use crate::planner::data_loss::{DestructiveChange, Loss, threats};
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

/// Brings a database in step with migrations.
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

/// Where the operations come from that lead back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source {
    Program,
    History,
}

impl Migrator {
    /// Connects to a database by its address: `sqlite://path`, `sqlite::memory:`, the plain path of a file,
    /// `postgres://user@host/name` or `mysql://user@host/name`.
    ///
    /// A file that does not exist yet is created when something is applied.
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

    /// Adds migrations: those of the program, and those of every crate with models that it depends on.
    ///
    /// Apps that were added before are replaced.
    #[must_use]
    pub fn with(mut self, migrations: Migrations) -> Self {
        self.migrations = std::mem::take(&mut self.migrations).without(migrations.apps()).and(migrations);
        self
    }

    /// Takes migrations back by the operations that the history keeps, whatever the program knows.
    ///
    /// It is the way out of a database that is ahead of the program, or that holds a migration which was edited since.
    /// Targets are then looked for in the history, and only the way back is open.
    #[must_use]
    pub fn from_history(mut self) -> Self {
        self.source = Source::History;
        self
    }

    /// Sets how long to wait for another process that writes; ten seconds unless it is set.
    #[must_use]
    pub fn lock_timeout(mut self, wait: Duration) -> Self {
        self.connection.set_wait(wait);
        self
    }

    /// Calls `observe` with everything that is about to happen.
    #[must_use]
    pub fn observe(mut self, observe: impl FnMut(Event<'_>) + Send + Sync + 'static) -> Self {
        self.observer = Observer::new(observe);
        self
    }

    /// Returns the name of the database for a person; it holds no secret.
    pub fn database(&self) -> &str {
        self.connection.database()
    }

    /// Returns the whole way to a target, before anything is done.
    ///
    /// # Errors
    /// Whatever keeps the way from being gone: the migrations do not fit together, the history is not theirs, there is
    /// no such target, or a migration cannot be rendered for the database.
    pub async fn plan(&mut self, target: impl Into<Target>) -> Result<Plan, Error> {
        Ok(self.course(&target.into()).await?.plan)
    }

    /// Applies all migrations that are not applied yet.
    ///
    /// # Errors
    /// As [`Self::migrate_to`].
    pub async fn migrate(&mut self) -> Result<Report, Error> {
        self.migrate_to(Target::Latest).await
    }

    /// Leads the database to a target, forwards or backwards, one transaction for each migration.
    ///
    /// # Errors
    /// As [`Self::plan`], and what goes wrong on the way. The error bears the report of what was done before it; of the
    /// migration that failed nothing is left.
    pub async fn migrate_to(&mut self, target: impl Into<Target>) -> Result<Report, Error> {
        let course = self.course(&target.into()).await?;
        self.go(course).await
    }

    /// Returns which migrations there are, and which are applied.
    ///
    /// # Errors
    /// Where the migrations do not fit together, or the history cannot be read. A history that is not that of the
    /// program is told, and is no error here.
    pub async fn status(&mut self) -> Result<Status, Error> {
        let ledger = self.connection.ledger().await?;
        let history = &ledger.history;
        let graph = self.program_graph(&history.applied())?;
        let held = Held::new(graph.held(&history.applied()), ledger.partials());
        let applied_at = |id: &MigrationId| {
            let parts = graph.replaced_by(id);
            let records = std::iter::once(id).chain(&parts).filter_map(|id| history.get(id));
            // What replaces others is applied when the last of them is.
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

    /// Looks whether the database is in step: everything applied, and every table as its migrations made it.
    ///
    /// Nothing is changed, and nothing is made.
    ///
    /// # Errors
    /// Where the migrations do not fit together, or the history is not theirs.
    pub async fn check(&mut self) -> Result<Findings, Error> {
        let Prepared { legs, graph, held, .. } = self.course(&Target::Latest).await?;
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

    /// Returns what the database holds, in its own words.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn introspect(&mut self) -> Result<LiveSchema, Error> {
        self.connection.introspect().await
    }

    /// Returns what rows or values would be gone on the way to a target: of every destructive operation the table and how
    /// many rows it has now, where it has any.
    ///
    /// # Errors
    /// As [`Self::plan`].
    pub async fn losses(&mut self, target: impl Into<Target>) -> Result<Vec<Loss>, Error> {
        let course = self.course(&target.into()).await?;
        self.losses_of(&course).await
    }

    pub(crate) async fn losses_of(&mut self, course: &Prepared) -> Result<Vec<Loss>, Error> {
        self.losses_on(&course.legs).await
    }

    pub(crate) async fn losses_on(&mut self, legs: &[PendingMigration]) -> Result<Vec<Loss>, Error> {
        let mut losses = Vec::new();
        for threat in threats(legs)? {
            if let Some(rows) = self.connection.rows(&threat.table).await?
                && rows > 0
            {
                let DestructiveChange { migration, what, table } = threat;
                losses.push(Loss { migration, what, table, rows });
            }
        }
        Ok(losses)
    }

    /// Returns what [`Self::repair`] would write; nothing where no row of the history is missing or was changed.
    ///
    /// # Errors
    /// Where the migrations do not fit together, or the history cannot be read.
    pub async fn repairs(&mut self) -> Result<Vec<Repair>, Error> {
        let history = self.connection.ledger().await?.history;
        let graph = self.program_graph(&history.applied())?;
        Ok(history.repairs(&graph)?.into_iter().map(|(repair, _)| repair).collect())
    }

    /// Writes the rows of the history that are missing in the middle, and those whose operations were changed, by the
    /// migrations of the program. No migration runs: the tables must be as those migrations made them, which
    /// [`Self::check`] looks at.
    ///
    /// # Errors
    /// As [`Self::repairs`], and where the history cannot be written.
    pub async fn repair(&mut self) -> Result<Vec<Repair>, Error> {
        let applied = self.connection.ledger().await?.history.applied();
        let graph = self.program_graph(&applied)?;
        self.connection.repair(&graph).await
    }

    /// Closes the connection, and waits until it is closed; dropping a migrator closes it a little later.
    pub async fn close(self) {
        self.connection.close().await;
    }

    /// Returns the connection away, such as that to a database in memory, which nobody else can reach.
    ///
    /// # Errors
    /// Where it cannot be opened.
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

    /// Returns the graph of the program's migrations, for a database that holds `applied`.
    fn program_graph(&self, applied: &BTreeSet<MigrationId>) -> Result<Graph, Error> {
        let migrations = self.migrations.load().map_err(ErrorKind::Stored)?;
        Graph::for_database(migrations, applied).map_err(|errors| ErrorKind::Graph(errors).into())
    }

    pub(crate) async fn course(&mut self, target: &Target) -> Result<Prepared, Error> {
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

    /// Checks that what the database records is something that the migrations of the program can have made.
    fn check_ledger(&self, ledger: &Ledger, graph: &Graph, held: &Held) -> Result<(), Error> {
        let database = self.connection.database();
        let is_ours = |id: &MigrationId| self.migrations.apps().contains(&id.app);
        held.check_known(graph, is_ours, database)?;
        ledger.history.check(graph, &held.partial, database)?;
        held.check_operations(graph)
    }

    /// Goes a way, and notes for the build step where it ended.
    pub(crate) async fn go(&mut self, course: Prepared) -> Result<Report, Error> {
        let outcome = self.go_through(course).await;
        let warning = self.note().await;
        outcome.map(|mut report| {
            report.warnings.extend(warning);
            report
        })
    }

    async fn go_through(&mut self, course: Prepared) -> Result<Report, Error> {
        let mut report = Report::default();
        let Prepared { legs, plan, mut recorded, .. } = course;
        for (leg, plan) in legs.iter().zip(&plan.migrations) {
            let turn = Job { leg, plan, expected: &recorded, records: None };
            let outcome = self.connection.execute(&turn, &mut self.observer, &mut report.warnings).await;
            match outcome {
                Ok(Outcome::Done) => {
                    report.done.push(Done { id: plan.id.clone(), direction: plan.direction });
                }
                Ok(Outcome::ByOther) => report.by_others.push(plan.id.clone()),
                // What was done before is not in the database of that name.
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

    /// Records what stands for migrations all of which are applied, so that their files may go one day.
    async fn finish(&mut self) -> Result<(), Error> {
        if self.source == Source::History {
            return Ok(());
        }
        let history = self.connection.ledger().await?.history;
        let graph = self.program_graph(&history.applied())?;
        let held = graph.held(&history.applied());
        let is_open = |it: &&Migration| !it.replaces.is_empty() && held.contains(&it.id);
        let open = graph.order().into_iter().filter(is_open).filter(|it| history.get(&it.id).is_none());
        let open: Vec<Migration> = open.cloned().collect();
        if open.is_empty() { Ok(()) } else { self.connection.record(&open).await }
    }
}

/// Returns the error of asking for the SQLite connection of another database.
#[cfg(all(feature = "sqlite", any(feature = "postgres", feature = "mysql")))]
fn not_sqlite(database: &str) -> Error {
    ErrorKind::Open {
        database: database.to_owned(),
        why: "it is not SQLite".to_owned(),
        remedy: "call `into_sqlite` for a database of SQLite only".to_owned(),
    }
    .into()
}
