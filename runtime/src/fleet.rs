//! Many databases with the same tables: one for each tenant, or a schema of PostgreSQL for each.
//!
//! Each tenant has its own history, lock and transactions, so that a run that was interrupted is resumed by another one:
//! tenants that are up to date have nothing to do.

mod report;

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::task::JoinSet;

pub use self::report::{FleetReport, Outcome, TenantReport};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};
use crate::migrator::Migrator;
use crate::model::embedded::Migrations;
use crate::planner::target::Target;
use crate::run::status::Status;
use crate::url::DatabaseUrl;

/// One of many databases.
#[derive(Clone, Debug)]
pub struct Tenant {
    name: String,
    url: DatabaseUrl,
}

impl Tenant {
    /// Returns the tenant that has a database of its own.
    ///
    /// # Errors
    /// [`ErrorKind::Url`].
    pub fn new(name: impl Into<String>, address: &str) -> Result<Self, Error> {
        Ok(Self { name: name.into(), url: address.parse()? })
    }

    /// Returns the tenant that has a schema of a PostgreSQL database. Its search path is that schema alone, which must exist.
    ///
    /// # Errors
    /// [`ErrorKind::Url`], and [`ErrorKind::Fleet`] for another dialect.
    pub fn in_schema(name: impl Into<String>, address: &str, schema: &str) -> Result<Self, Error> {
        let tenant = Self::new(name, address)?;
        if tenant.url.dialect() != Dialect::Postgres {
            let why =
                format!("tenant `{}` has the schema `{schema}`, which only PostgreSQL has", tenant.name);
            return Err(ErrorKind::Fleet { why }.into());
        }
        Ok(Self { url: tenant.url.with_schema(schema), ..tenant })
    }

    /// Returns the name of the tenant.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// Many databases with the same migrations.
///
/// ```no_run
/// # async fn run(migrations: modelshift::Migrations) -> Result<(), modelshift::Error> {
/// use modelshift::fleet::{Fleet, Tenant};
///
/// let tenants = vec![
///     Tenant::in_schema("acme", "postgres://app@host/shop", "tenant_acme")?,
///     Tenant::in_schema("globex", "postgres://app@host/shop", "tenant_globex")?,
/// ];
/// let report = Fleet::new(migrations, tenants)?.canaries(1).parallel(8).stop_after(3).migrate().await;
/// println!("{report}");
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Fleet {
    migrations: Migrations,
    tenants: Vec<Tenant>,
    parallel: usize,
    canaries: usize,
    stop_after: usize,
    lock_timeout: Duration,
    target: Target,
    one_by_one: bool,
}

impl Fleet {
    /// Returns the fleet of these tenants: four at a time, after one canary, until one fails.
    ///
    /// # Errors
    /// [`ErrorKind::Fleet`] if two tenants have the same name or the same database.
    pub fn new(migrations: Migrations, tenants: Vec<Tenant>) -> Result<Self, Error> {
        let (mut names, mut urls) = (BTreeSet::new(), BTreeSet::new());
        for Tenant { name, url } in &tenants {
            if !names.insert(name) {
                return Err(ErrorKind::Fleet { why: format!("two tenants have the name `{name}`") }.into());
            }
            if !urls.insert(url.secret()) {
                let why = format!("tenant `{name}` has the same database as another (`{url}`)");
                return Err(ErrorKind::Fleet { why }.into());
            }
        }
        let lock_timeout = Duration::from_secs(10);
        let (parallel, canaries, stop_after) = (4, 1, 1);
        let (target, one_by_one) = (Target::Latest, false);
        Ok(Self { migrations, tenants, parallel, canaries, stop_after, lock_timeout, target, one_by_one })
    }

    /// Sets how many tenants are migrated at a time.
    #[must_use]
    pub fn parallel(mut self, count: usize) -> Self {
        self.parallel = count.max(1);
        self
    }

    /// Sets how many tenants are migrated before all others; if one of them fails, no other begins.
    #[must_use]
    pub fn canaries(mut self, count: usize) -> Self {
        self.canaries = count;
        self
    }

    /// Sets after how many failures no other tenant begins.
    #[must_use]
    pub fn stop_after(mut self, failures: usize) -> Self {
        self.stop_after = failures.max(1);
        self
    }

    /// Sets how long to wait for another process that migrates the same tenant.
    #[must_use]
    pub fn lock_timeout(mut self, wait: Duration) -> Self {
        self.lock_timeout = wait;
        self
    }

    /// Sets the target of all tenants; the default is the latest migration of every app.
    #[must_use]
    pub fn target(mut self, target: impl Into<Target>) -> Self {
        self.target = target.into();
        self
    }

    /// Runs the migrations of new tenants one by one, too, as [`Migrator::one_by_one`] does.
    #[must_use]
    pub fn one_by_one(mut self) -> Self {
        self.one_by_one = true;
        self
    }

    /// Migrates the tenants. A tenant that fails does not stop those that have begun.
    pub async fn migrate(self) -> FleetReport {
        self.migrate_and(|_| {}).await
    }

    /// Migrates the tenants as [`Self::migrate`] does, and calls `observe` when one is done.
    pub async fn migrate_and(self, mut observe: impl FnMut(&TenantReport)) -> FleetReport {
        let mut reports: Vec<TenantReport> = self.tenants.iter().map(TenantReport::not_begun).collect();
        let (canaries, stop_after) = (self.canaries.min(self.tenants.len()), self.stop_after);
        let (first, rest) = self.tenants.split_at(canaries);
        let mut failures = 0;
        for (offset, tenants, limit) in [(0, first, 1), (canaries, rest, stop_after)] {
            if offset > 0 && failures > 0 {
                break;
            }
            let mut queue = tenants.iter().cloned().enumerate();
            let mut running = JoinSet::new();
            loop {
                while running.len() < self.parallel && failures < limit {
                    let Some((position, tenant)) = queue.next() else { break };
                    let job = Job {
                        tenant,
                        migrations: self.migrations.clone(),
                        target: self.target.clone(),
                        lock_timeout: self.lock_timeout,
                        one_by_one: self.one_by_one,
                    };
                    running.spawn(async move { (offset + position, job.migrate().await) });
                }
                let Some(ended) = running.join_next().await else { break };
                // A task that panicked is a bug in modelshift, and its tenant stays as one that has not begun.
                let Ok((position, outcome)) = ended else {
                    failures += 1;
                    continue;
                };
                failures += usize::from(matches!(outcome, Outcome::Failed(_)));
                reports[position].outcome = outcome;
                observe(&reports[position]);
            }
        }
        FleetReport { tenants: reports }
    }

    /// Returns the state of all tenants, and changes nothing.
    pub async fn status(self) -> FleetReport {
        let mut reports: Vec<TenantReport> = self.tenants.iter().map(TenantReport::not_begun).collect();
        let mut queue = self.tenants.iter().cloned().enumerate();
        let mut running = JoinSet::new();
        loop {
            while running.len() < self.parallel {
                let Some((position, tenant)) = queue.next() else { break };
                let migrations = self.migrations.clone();
                running.spawn(async move { (position, status(&tenant, migrations).await) });
            }
            let Some(ended) = running.join_next().await else { break };
            if let Ok((position, outcome)) = ended {
                reports[position].outcome = outcome;
            }
        }
        FleetReport { tenants: reports }
    }
}

/// One tenant that is migrated.
struct Job {
    tenant: Tenant,
    migrations: Migrations,
    target: Target,
    lock_timeout: Duration,
    one_by_one: bool,
}

impl Job {
    async fn migrate(self) -> Outcome {
        match self.try_migrate().await {
            Ok(0) => Outcome::UpToDate,
            Ok(count) => Outcome::Migrated(count),
            Err(error) => Outcome::Failed(error),
        }
    }

    async fn try_migrate(self) -> Result<usize, Error> {
        let migrator = Migrator::connect(self.tenant.url.secret()).await?;
        let migrator = migrator.with(self.migrations).lock_timeout(self.lock_timeout);
        let mut migrator = if self.one_by_one { migrator.one_by_one() } else { migrator };
        let report = migrator.migrate_to(self.target).await;
        migrator.close().await;
        report.map(|report| report.done.len())
    }
}

async fn status(tenant: &Tenant, migrations: Migrations) -> Outcome {
    match try_status(tenant, migrations).await {
        Ok(Status { problem: Some(problem), .. }) => Outcome::Failed(problem),
        Ok(status) => match status.unapplied().count() {
            0 => Outcome::UpToDate,
            count => Outcome::Behind(count),
        },
        Err(error) => Outcome::Failed(error),
    }
}

async fn try_status(tenant: &Tenant, migrations: Migrations) -> Result<Status, Error> {
    let mut migrator = Migrator::connect(tenant.url.secret()).await?.with(migrations);
    let status = migrator.status().await;
    migrator.close().await;
    status
}
