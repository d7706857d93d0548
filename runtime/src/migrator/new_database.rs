//! A new database gets its first migrations as one plan.

use super::Migrator;
use crate::error::{Error, ErrorKind};
use crate::plan::Direction;
use crate::run::prepare::Prepared;
use crate::run::prepare::new_database::{Limit, NewDatabase};
use crate::run::report::{Done, Event, Report};

impl Migrator {
    /// Returns the first migrations of a new database as one plan; `None` if the database is not new, or they run one by one
    /// because this is wanted.
    ///
    /// # Errors
    /// Why the first migrations have to run one by one.
    pub(crate) fn new_database<'a>(&self, prepared: &'a Prepared) -> Result<Option<NewDatabase<'a>>, Limit> {
        // A hook is called before and after each migration, such as for a backup, and may rely on what is there then.
        if self.one_by_one || self.together || !self.hooks.is_empty() {
            return Ok(None);
        }
        NewDatabase::of(prepared, self.connection.dialect(), self.connection.capabilities())
    }

    /// Runs the first migrations of a new database as one plan, and returns their number; 0 if they have to run one by one.
    ///
    /// What fails here is rolled back, and runs one by one, so that the error names its migration.
    ///
    /// # Errors
    /// [`ErrorKind::Replaced`].
    pub(super) async fn run_first(
        &mut self,
        prepared: &Prepared,
        report: &mut Report,
    ) -> Result<usize, Error> {
        let new = match self.new_database(prepared) {
            Ok(Some(new)) => new,
            Ok(None) => return Ok(0),
            Err(limit) => {
                self.observer.tell(Event::NewDatabase { together: 0, limit: Some(&limit.to_string()) });
                return Ok(0);
            }
        };
        let count = new.all_pending.len();
        let limit = new.limit.as_ref().map(ToString::to_string);
        self.observer.tell(Event::NewDatabase { together: count, limit: limit.as_deref() });
        let mut warnings = Vec::new();
        match self.connection.execute_first(&new, &mut self.observer, &mut warnings).await {
            Ok(true) => {}
            Ok(false) => return Ok(0),
            // What was done before is lost as well.
            Err(error) if matches!(error.kind(), ErrorKind::Replaced { .. }) => return Err(error),
            Err(error) => {
                self.observer.tell(Event::NewDatabase { together: 0, limit: Some(&error.to_string()) });
                return Ok(0);
            }
        }
        report.warnings.extend(warnings);
        for plan in &prepared.plan.migrations[..count] {
            self.observer.tell(Event::Begins(plan));
            self.observer.tell(Event::Done(plan));
            report.done.push(Done { id: plan.id.clone(), direction: Direction::Forward, faked: false });
        }
        Ok(count)
    }
}
