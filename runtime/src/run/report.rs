//! The report of a run, and the events of a run.

use std::fmt;
use std::time::Duration;

use modelshift_schema::name::MigrationId;

use crate::plan::statement::Statement;
use crate::plan::{Direction, MigrationPlan};

/// A migration that was applied or reverted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The migration.
    pub id: MigrationId,
    /// Whether it was applied or reverted.
    pub direction: Direction,
    /// True if it was only recorded so, and not run.
    pub faked: bool,
}

/// The report of a run. It contains no times, so that equal runs have equal reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The migrations that this run applied or reverted, in order.
    pub done: Vec<Done>,
    /// The planned migrations that another process had already applied or reverted.
    pub by_others: Vec<MigrationId>,
    /// Warnings.
    pub warnings: Vec<String>,
}

impl Report {
    /// Adds what was done afterwards.
    #[cfg(feature = "manage")]
    pub(crate) fn extend(&mut self, later: Self) {
        self.done.extend(later.done);
        self.by_others.extend(later.by_others);
        self.warnings.extend(later.warnings);
    }

    /// Returns whether there was nothing to do.
    pub fn is_empty(&self) -> bool {
        self.done.is_empty() && self.by_others.is_empty()
    }
}

/// Writes one line for each migration and warning, without a line end after the last; "nothing to do" for an empty report.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let done = self.done.iter().map(|done| match (done.direction, done.faked) {
            (Direction::Forward, false) => format!("applied {}", done.id),
            (Direction::Backward, false) => format!("reverted {}", done.id),
            (Direction::Forward, true) => format!("recorded {} as applied, without running it", done.id),
            (Direction::Backward, true) => format!("recorded {} as reverted, without running it", done.id),
        });
        let by_others = self.by_others.iter().map(|id| format!("{id} was done by another process"));
        let nothing = self.is_empty().then(|| "nothing to do".to_owned());
        let warnings = self.warnings.iter().map(|warning| format!("warning: {warning}"));
        let lines: Vec<String> = done.chain(by_others).chain(nothing).chain(warnings).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// An event of a run. Except for `StatementDone`, `FunctionDone`, `BatchDone`, `FileDone`, `Done` and
/// `DoneByOther`, the event precedes the action.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// Nothing is applied, and migrations are about to run as one plan, or have to run one by one.
    NewDatabase {
        /// How many migrations are one plan; 0 if none are.
        together: usize,
        /// Why the migrations after these run one by one; `None` if there are none.
        limit: Option<&'a str>,
    },
    /// A migration is about to begin.
    Begins(&'a MigrationPlan),
    /// A statement is about to run.
    Statement {
        /// The migration that it belongs to.
        migration: &'a MigrationId,
        /// The statement.
        statement: &'a Statement,
    },
    /// A statement has run.
    StatementDone {
        /// The migration that it belongs to.
        migration: &'a MigrationId,
        /// The statement.
        statement: &'a Statement,
        /// How many rows it wrote; `None` if the database does not say so.
        rows: Option<u64>,
        /// How long it took.
        took: Duration,
    },
    /// A function of a migration is about to run.
    Function {
        /// The migration.
        migration: &'a MigrationId,
        /// The name of the function.
        function: &'a str,
    },
    /// A function of a migration has run.
    FunctionDone {
        /// The migration.
        migration: &'a MigrationId,
        /// The name of the function.
        function: &'a str,
        /// How many rows it wrote in this run.
        rows: u64,
        /// How long it took.
        took: Duration,
    },
    /// A batch of a function of a migration is done; with `atomic = false`, it is committed.
    BatchDone {
        /// The migration.
        migration: &'a MigrationId,
        /// The name of the function.
        function: &'a str,
        /// How many rows of these batches are done in this run.
        rows: u64,
        /// How many rows are left, by their count after the first batch.
        left: u64,
        /// How long the batches of this run took.
        took: Duration,
    },
    /// A file of a migration is about to be loaded.
    File {
        /// The migration.
        migration: &'a MigrationId,
        /// The name of the file.
        file: &'a str,
    },
    /// A file of a migration is loaded.
    FileDone {
        /// The migration.
        migration: &'a MigrationId,
        /// The name of the file.
        file: &'a str,
        /// How many rows it has.
        rows: u64,
        /// How long it took.
        took: Duration,
    },
    /// A migration and its record are about to be committed.
    Commits(&'a MigrationPlan),
    /// A migration is done, and recorded.
    Done(&'a MigrationPlan),
    /// Another process had already applied or reverted the migration.
    DoneByOther(&'a MigrationPlan),
}

/// Receives the events of a run.
pub(crate) struct Observer(Option<Box<Observe>>);

type Observe = dyn FnMut(Event<'_>) + Send + Sync;

impl Observer {
    pub(crate) fn none() -> Self {
        Self(None)
    }

    pub(crate) fn new(observe: impl FnMut(Event<'_>) + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(observe)))
    }

    /// Returns whether anybody receives the events.
    pub(crate) fn is_told(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn tell(&mut self, event: Event<'_>) {
        if let Some(observe) = &mut self.0 {
            observe(event);
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Observer").field(&self.0.is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_reads_as_lines() {
        let id = MigrationId::new("blog", "0001_initial");
        let done = vec![Done { id: id.clone(), direction: Direction::Forward, faked: false }];
        let report = Report { done, by_others: vec![id], warnings: vec!["look".to_owned()] };
        assert_eq!(
            report.to_string(),
            "applied blog.0001_initial\nblog.0001_initial was done by another process\nwarning: look"
        );
        assert_eq!(Report::default().to_string(), "nothing to do");
    }
}
