//! What a run did: the value that a caller gets, and the events that an observer sees on the way.

use std::fmt;

use modelshift_schema::name::MigrationId;

use crate::plan::statement::Statement;
use crate::plan::{Direction, MigrationPlan};

/// A migration that was applied or taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// The migration.
    pub id: MigrationId,
    /// Whether it was applied or taken back.
    pub direction: Direction,
}

/// What a run did. The same run gives the same report: it holds no time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// What this run applied or took back, in order.
    pub done: Vec<Done>,
    /// What was planned, but had been done by another process when its turn came.
    pub by_others: Vec<MigrationId>,
    /// What a person should know, though it stopped nothing.
    pub warnings: Vec<String>,
}

impl Report {
    /// Returns whether there was nothing to be done.
    pub fn is_empty(&self) -> bool {
        self.done.is_empty() && self.by_others.is_empty()
    }
}

/// One line for each thing, without a line end after the last; "nothing is to be done" where there was nothing.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let done = self.done.iter().map(|done| match done.direction {
            Direction::Forward => format!("applied {}", done.id),
            Direction::Backward => format!("took back {}", done.id),
        });
        let by_others = self.by_others.iter().map(|id| format!("{id} was done by another process"));
        let nothing = self.is_empty().then(|| "nothing is to be done".to_owned());
        let warnings = self.warnings.iter().map(|warning| format!("warning: {warning}"));
        let lines: Vec<String> = done.chain(by_others).chain(nothing).chain(warnings).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// What an observer is told while a run goes on, always before the thing happens but for `Done`.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A migration is about to begin.
    Begins(&'a MigrationPlan),
    /// A statement is about to run.
    Statement {
        /// The migration that it belongs to.
        migration: &'a MigrationId,
        /// The statement.
        statement: &'a Statement,
    },
    /// A migration and its record are about to be made lasting.
    Commits(&'a MigrationPlan),
    /// A migration is done, and recorded.
    Done(&'a MigrationPlan),
    /// Another process had done the migration when its turn came.
    DoneByOther(&'a MigrationPlan),
}

/// Is told what happens while a run goes on.
pub(crate) struct Observer(Option<Box<Observe>>);

type Observe = dyn FnMut(Event<'_>) + Send + Sync;

impl Observer {
    pub(crate) fn none() -> Self {
        Self(None)
    }

    pub(crate) fn new(observe: impl FnMut(Event<'_>) + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(observe)))
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
        let done = vec![Done { id: id.clone(), direction: Direction::Forward }];
        let report = Report { done, by_others: vec![id], warnings: vec!["look".to_owned()] };
        assert_eq!(
            report.to_string(),
            "applied blog.0001_initial\nblog.0001_initial was done by another process\nwarning: look"
        );
        assert_eq!(Report::default().to_string(), "nothing is to be done");
    }
}
