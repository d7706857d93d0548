//! The way from a program's migrations to a database in step.

use std::collections::BTreeSet;
use std::time::Duration;

use modelshift_schema::graph::Graph;
use modelshift_schema::migration::Migration;
use modelshift_schema::name::MigrationId;

use crate::connection::Connection;
use crate::dialect::Capabilities;
use crate::drift::{Findings, drift};
use crate::error::{Error, ErrorKind};
use crate::history::{Ledger, Progress};
use crate::live::LiveSchema;
use crate::loss::{Loss, Threat, threats};
use crate::plan::{Direction, Plan};
use crate::planner::plan_migration;
use crate::report::{Done, Event, Observer, Report};
use crate::route::{Leg, route, state_of};
use crate::status::{MigrationStatus, Status};
use crate::stored::Migrations;
use crate::target::Target;
use crate::turn::{Outcome, Turn};
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

/// Everything that was found out before the first statement.
#[derive(Debug)]
pub(crate) struct Course {
    pub(crate) legs: Vec<Leg>,
    pub(crate) plan: Plan,
    /// The migrations as this database needs them.
    graph: Graph,
    /// Those of them that count as applied at the start.
    held: BTreeSet<MigrationId>,
    /// What the history records at the start, of the apps that concern us.
    recorded: BTreeSet<MigrationId>,
}

impl Migrator {
    /// Connects to a database by its address: `sqlite://path`, `sqlite::memory:`, or the plain path of a file.
    ///
    /// A file that is not there yet is made when something is applied.
    ///
    /// # Errors
    /// [`ErrorKind::Url`], [`ErrorKind::NotYet`], [`ErrorKind::NoFeature`], [`ErrorKind::Open`],
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

    /// Gives the name of the database for a person; it holds no secret.
    pub fn database(&self) -> &str {
        self.connection.database()
    }

    /// Gives the whole way to a target, before anything is done.
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

    /// Tells which migrations there are, and which are applied.
    ///
    /// # Errors
    /// Where the migrations do not fit together, or the history cannot be read. A history that is not that of the
    /// program is told, and is no error here.
    pub async fn status(&mut self) -> Result<Status, Error> {
        let history = self.connection.ledger().await?.history;
        let graph = self.program_graph(&history.applied())?;
        let held = graph.held(&history.applied());
        let applied_at = |id: &MigrationId| {
            let parts = graph.replaced_by(id);
            let records = std::iter::once(id).chain(&parts).filter_map(|id| history.get(id));
            // What stands for others is applied when the last of them is.
            let last = records.map(|record| record.applied_at.as_str()).max();
            last.filter(|_| held.contains(id))
        };
        let of_program =
            graph.order().into_iter().map(|it| MigrationStatus::of(it, applied_at(&it.id), true));
        let is_strange =
            |id: &MigrationId| graph.get(id).is_none() && graph.stand_in(id).is_none() && !held.contains(id);
        let strange = history.records().filter(|record| is_strange(&record.migration.id));
        let strange =
            strange.map(|it| MigrationStatus::of(&it.migration, Some(it.applied_at.as_str()), false));
        let problem = history.check(&graph, self.database()).err();
        Ok(Status { migrations: of_program.chain(strange).collect(), problem })
    }

    /// Looks whether the database is in step: everything applied, and every table as its migrations made it.
    ///
    /// Nothing is changed, and nothing is made.
    ///
    /// # Errors
    /// Where the migrations do not fit together, or the history is not theirs.
    pub async fn check(&mut self) -> Result<Findings, Error> {
        let Course { legs, graph, held, .. } = self.course(&Target::Latest).await?;
        let state = state_of(&graph, &held)?;
        let wanted = self.connection.fresh(&state).await?;
        let live = self.connection.introspect().await?;
        let unapplied = legs.into_iter().map(|leg| leg.migration.id).collect();
        Ok(Findings { unapplied, drift: drift(&wanted, &live) })
    }

    /// Tells what the database holds, in its own words.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub async fn introspect(&mut self) -> Result<LiveSchema, Error> {
        self.connection.introspect().await
    }

    /// Tells what rows or values would be gone on the way to a target: of every destructive operation the table and how
    /// many rows it has now, where it has any.
    ///
    /// # Errors
    /// As [`Self::plan`].
    pub async fn losses(&mut self, target: impl Into<Target>) -> Result<Vec<Loss>, Error> {
        let course = self.course(&target.into()).await?;
        let mut losses = Vec::new();
        for threat in threats(&course.legs)? {
            if let Some(rows) = self.connection.rows(&threat.table).await?
                && rows > 0
            {
                let Threat { migration, what, table } = threat;
                losses.push(Loss { migration, what, table, rows });
            }
        }
        Ok(losses)
    }

    /// Closes the connection, and waits until it is closed; dropping a migrator closes it a little later.
    pub async fn close(self) {
        self.connection.close().await;
    }

    /// Gives the connection away, such as that to a database in memory, which nobody else can reach.
    ///
    /// # Errors
    /// Where it cannot be opened.
    #[cfg(feature = "sqlite")]
    pub async fn into_sqlite(self) -> Result<sqlx::SqliteConnection, Error> {
        match self.connection {
            Connection::Sqlite(session) => session.into_connection().await,
        }
    }

    /// Gives the graph of the program's migrations, for a database that holds `applied`.
    fn program_graph(&self, applied: &BTreeSet<MigrationId>) -> Result<Graph, Error> {
        let migrations = self.migrations.load().map_err(ErrorKind::Stored)?;
        Graph::for_database(migrations, applied).map_err(|errors| ErrorKind::Graph(errors).into())
    }

    pub(crate) async fn course(&mut self, target: &Target) -> Result<Course, Error> {
        let Ledger { history, progress } = self.connection.ledger().await?;
        let graph = match self.source {
            Source::Program => {
                let graph = self.program_graph(&history.applied())?;
                history.check(&graph, self.database())?;
                graph
            }
            Source::History => history.graph()?,
        };
        let apps = graph.apps();
        let recorded = history.ids().into_iter().filter(|id| apps.contains(&id.app)).collect();
        let held = graph.held(&history.applied());
        let legs = route(&graph, &held, &target.find(&graph)?)?;
        self.refuse_to_leave_half_done(&graph, &legs, progress)?;
        let dialect = self.connection.dialect();
        let capabilities = Capabilities::default_for(dialect);
        let mut plan = Plan::default();
        for Leg { migration, direction, before, .. } in &legs {
            let planned = plan_migration(migration, *direction, before, dialect, &capabilities);
            plan.migrations.push(planned.map_err(ErrorKind::Plan)?);
        }
        self.connection.check(&plan)?;
        Ok(Course { legs, plan, graph, held, recorded })
    }

    /// A migration that was cut short is gone on with before anything else.
    fn refuse_to_leave_half_done(
        &self,
        graph: &Graph,
        legs: &[Leg],
        progress: Vec<Progress>,
    ) -> Result<(), Error> {
        for Progress { id, direction, .. } in progress {
            let is_on_the_way = legs.iter().any(|leg| leg.migration.id == id && leg.direction == direction);
            if is_on_the_way || graph.get(&id).is_none() {
                continue;
            }
            let parent = graph.parents(&id).find(|parent| parent.app == id.app);
            let target = match direction {
                Direction::Forward => id.name.as_str(),
                Direction::Backward => parent.map_or("zero", |parent| parent.name.as_str()),
            };
            let way_out = format!("migrate {} {target}", id.app);
            let database = self.database().to_owned();
            return Err(ErrorKind::HalfDone { database, migration: id, way_out }.into());
        }
        Ok(())
    }

    async fn go(&mut self, course: Course) -> Result<Report, Error> {
        let mut report = Report::default();
        let Course { legs, plan, mut recorded, .. } = course;
        for (leg, plan) in legs.iter().zip(&plan.migrations) {
            let turn = Turn { leg, plan, expected: &recorded };
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
