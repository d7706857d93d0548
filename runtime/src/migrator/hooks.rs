//! Functions of the program that run before and after each migration.

use std::error::Error as StdError;
use std::fmt;

use super::Migrator;
use crate::error::{Error, ErrorKind, HookOrder};
use crate::plan::MigrationPlan;
use crate::run::job::Outcome;

type Hook = dyn FnMut(&MigrationPlan) -> Result<(), Box<dyn StdError + Send + Sync>> + Send + Sync;

/// The functions, in the order in which they were added.
#[derive(Default)]
pub(super) struct Hooks {
    before: Vec<Box<Hook>>,
    after: Vec<Box<Hook>>,
}

impl Hooks {
    pub(super) fn is_empty(&self) -> bool {
        self.before.is_empty() && self.after.is_empty()
    }

    pub(super) fn before(&mut self, plan: &MigrationPlan) -> Result<(), Error> {
        call(&mut self.before, plan, HookOrder::Before)
    }

    pub(super) fn after(&mut self, plan: &MigrationPlan, outcome: Outcome) -> Result<(), Error> {
        match outcome {
            Outcome::Done => call(&mut self.after, plan, HookOrder::After),
            Outcome::ByOther => Ok(()),
        }
    }
}

fn call(hooks: &mut [Box<Hook>], plan: &MigrationPlan, order: HookOrder) -> Result<(), Error> {
    for hook in hooks {
        let stopped = |source| ErrorKind::Hook { migration: plan.id.clone(), order, source };
        hook(plan).map_err(stopped)?;
    }
    Ok(())
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Hooks").field(&self.before.len()).field(&self.after.len()).finish()
    }
}

impl Migrator {
    /// Calls a function with the plan of each migration, before its first statement; an error stops the run before this
    /// migration.
    ///
    /// In a run that is one transaction, it is called for all migrations before the transaction begins.
    ///
    /// ```no_run
    /// # async fn run(migrations: modelshift::Migrations) -> Result<(), modelshift::Error> {
    /// use modelshift::Migrator;
    ///
    /// let migrator = Migrator::connect("sqlite://db.sqlite3").await?.with(migrations);
    /// let mut migrator = migrator.before_each(|plan| {
    ///     if plan.operations.iter().any(|operation| operation.destructive) {
    ///         std::fs::copy("db.sqlite3", format!("before-{}.sqlite3", plan.id))?;
    ///     }
    ///     Ok(())
    /// });
    /// migrator.migrate().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn before_each(
        mut self,
        hook: impl FnMut(&MigrationPlan) -> Result<(), Box<dyn StdError + Send + Sync>> + Send + Sync + 'static,
    ) -> Self {
        self.hooks.before.push(Box::new(hook));
        self
    }

    /// Calls a function with the plan of each migration that this run did, when it is committed and recorded; an error stops
    /// the run after this migration, which is kept.
    ///
    /// In a run that is one transaction, it is called for all migrations after the commit.
    #[must_use]
    pub fn after_each(
        mut self,
        hook: impl FnMut(&MigrationPlan) -> Result<(), Box<dyn StdError + Send + Sync>> + Send + Sync + 'static,
    ) -> Self {
        self.hooks.after.push(Box::new(hook));
        self
    }
}
