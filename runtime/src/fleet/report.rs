//! The state of a fleet, as a table.

use std::fmt;

use super::Tenant;
use crate::error::Error;

/// What a run did with a tenant, or what its state is.
#[derive(Debug)]
pub enum Outcome {
    /// All migrations are applied; there was nothing to do.
    UpToDate,
    /// So many migrations were applied or reverted.
    Migrated(usize),
    /// So many migrations are not applied.
    Behind(usize),
    /// It failed. What was done before the error is kept.
    Failed(Error),
    /// It did not begin, since others failed.
    NotBegun,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UpToDate => f.write_str("up to date"),
            Self::Migrated(count) => write!(f, "migrated ({count})"),
            Self::Behind(count) => write!(f, "behind ({count})"),
            Self::Failed(error) => write!(f, "failed: {error}"),
            Self::NotBegun => f.write_str("not begun"),
        }
    }
}

/// A tenant and its outcome.
#[derive(Debug)]
pub struct TenantReport {
    /// The name of the tenant.
    pub name: String,
    /// What was done.
    pub outcome: Outcome,
}

impl TenantReport {
    pub(super) fn not_begun(tenant: &Tenant) -> Self {
        Self { name: tenant.name().to_owned(), outcome: Outcome::NotBegun }
    }
}

/// All tenants and their outcomes, in the order of the fleet.
#[derive(Debug)]
pub struct FleetReport {
    /// The tenants.
    pub tenants: Vec<TenantReport>,
}

impl FleetReport {
    /// Returns whether every tenant is where it was to be.
    pub fn is_complete(&self) -> bool {
        self.tenants.iter().all(|tenant| match tenant.outcome {
            Outcome::UpToDate | Outcome::Migrated(_) => true,
            Outcome::Behind(_) | Outcome::Failed(_) | Outcome::NotBegun => false,
        })
    }

    /// Returns how many tenants have an outcome that satisfies a condition.
    pub fn count(&self, is_it: impl Fn(&Outcome) -> bool) -> usize {
        self.tenants.iter().filter(|tenant| is_it(&tenant.outcome)).count()
    }
}

/// Writes a line for each tenant, and one with the sums, without a line end after the last.
impl fmt::Display for FleetReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width = self.tenants.iter().map(|tenant| tenant.name.chars().count()).max().unwrap_or_default();
        for TenantReport { name, outcome } in &self.tenants {
            writeln!(f, "{name:width$}  {outcome}")?;
        }
        let done = self.count(|it| matches!(it, Outcome::UpToDate | Outcome::Migrated(_)));
        let failed = self.count(|it| matches!(it, Outcome::Failed(_)));
        write!(f, "{} tenants: {done} up to date, {failed} failed", self.tenants.len())?;
        let rest = self.tenants.len() - done - failed;
        if rest > 0 { write!(f, ", {rest} behind") } else { Ok(()) }
    }
}
