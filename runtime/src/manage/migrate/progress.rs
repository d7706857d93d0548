//! The lines that `migrate` prints while it runs: one for each migration, with its time and its statements if asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use modelshift_schema::name::MigrationId;

use super::super::screen::{self, FAINT, GOOD, HEAD, counted, say, styled};
use super::super::{Format, Place};
use super::pace;
use super::warn_of;
use crate::migrator::Migrator;
use crate::plan::{Direction, MigrationPlan};
use crate::planner::data_loss::Loss;
use crate::run::report::Event;

/// Makes the migrator report its progress. The flag is set while a line is open.
pub(super) fn observed(
    migrator: Migrator,
    place: &Place,
    unreported: Vec<Loss>,
) -> (Migrator, Arc<AtomicBool>) {
    let line_is_open = Arc::new(AtomicBool::new(false));
    if place.format() == Format::Json {
        return (migrator, line_is_open);
    }
    let mut progress = Progress {
        verbosity: place.verbosity,
        losses: unreported,
        line_is_open: Arc::clone(&line_is_open),
        begin: Instant::now(),
        rows: 0,
        writing: Duration::ZERO,
        open: None,
        told: Instant::now(),
        width: 0,
    };
    (migrator.observe(move |event| progress.print(event)), line_is_open)
}

/// What is printed of a run.
struct Progress {
    verbosity: u8,
    /// The losses about which nobody was warned yet.
    losses: Vec<Loss>,
    line_is_open: Arc<AtomicBool>,
    /// When the migration began that is running.
    begin: Instant,
    /// The rows that its statements have written, and for how long they did so.
    rows: u64,
    writing: Duration,
    /// The migration whose line is open.
    open: Option<MigrationId>,
    /// When the progress of a function was last printed.
    told: Instant,
    /// The width of that text on the open line; 0 if there is none.
    width: usize,
}

/// A migration that takes so long has its time printed whatever is asked for.
const LONG: Duration = Duration::from_secs(1);

impl Progress {
    fn print(&mut self, event: Event<'_>) {
        match event {
            Event::Begins(plan) => {
                (self.begin, self.told, self.width) = (Instant::now(), Instant::now(), 0);
                (self.rows, self.writing) = (0, Duration::ZERO);
                let verb = match (plan.direction, plan.faked) {
                    (Direction::Forward, false) => "applying",
                    (Direction::Backward, false) => "reverting",
                    (Direction::Forward, true) => "recording (not running)",
                    (Direction::Backward, true) => "removing from the history (not reverting)",
                };
                warn_of(self.losses.iter().filter(|loss| loss.migration == plan.id));
                let head = format!("{verb} {}", styled(HEAD, &plan.id));
                match self.verbosity {
                    0 => {}
                    1 | 2 => {
                        // In a run of one transaction, a migration is done when all are.
                        if self.line_is_open.load(Ordering::Relaxed) {
                            say(styled(FAINT, "waits for the others"));
                        }
                        screen::say_beginning(format_args!("{head} ... "));
                        self.line_is_open.store(true, Ordering::Relaxed);
                        self.open = Some(plan.id.clone());
                    }
                    _ => say(head),
                }
            }
            Event::Statement { statement, .. } if self.verbosity > 2 => {
                for line in statement.to_string().lines() {
                    say(format_args!("      {}", styled(FAINT, line)));
                }
            }
            Event::Function { function, .. } if self.verbosity > 2 => {
                say(format_args!("      {}", styled(FAINT, format_args!("-- runs `{function}`"))));
            }
            Event::File { file, .. } if self.verbosity > 2 => {
                say(format_args!("      {}", styled(FAINT, format_args!("-- loads `{file}`"))));
            }
            Event::StatementDone { rows: Some(rows), took, .. }
            | Event::FunctionDone { rows, took, .. }
            | Event::FileDone { rows, took, .. } => {
                self.rows += rows;
                self.writing += took;
            }
            Event::BatchDone { function, rows, left, took, .. } if self.told.elapsed() >= LONG => {
                self.told = Instant::now();
                self.tell_pace(function, &pace::shown(rows, left, took));
            }
            Event::NewDatabase { together, limit } if self.verbosity > 1 => {
                if together > 0 {
                    say(format_args!(
                        "the first {together} migrations run together, since nothing is applied"
                    ));
                }
                if let Some(limit) = limit {
                    say(format_args!("the others run one by one: {limit}"));
                }
            }
            Event::Done(plan) => self.end(plan, &styled(GOOD, "ok")),
            Event::DoneByOther(plan) => self.end(plan, &styled(FAINT, "done by another process")),
            Event::NewDatabase { .. }
            | Event::Statement { .. }
            | Event::StatementDone { rows: None, .. }
            | Event::Function { .. }
            | Event::BatchDone { .. }
            | Event::File { .. }
            | Event::Commits(_) => {}
        }
    }

    /// Prints the progress of a function: at a terminal on the line that is open, with the statements as a line of its own.
    fn tell_pace(&mut self, function: &str, pace: &str) {
        if self.verbosity > 2 {
            return say(format_args!("      {}", styled(FAINT, format_args!("-- `{function}`: {pace}"))));
        }
        if let Some(id) = &self.open {
            let text = format!("{}.{:.4} ... {pace} ... ", id.app, id.name);
            screen::say_in_place(&text, self.width);
            self.width = text.chars().count().max(self.width);
        }
    }

    fn end(&mut self, plan: &MigrationPlan, outcome: &str) {
        if self.verbosity == 0 {
            return;
        }
        let is_open = self.open.take().is_some_and(|id| id == plan.id);
        if self.width > 0 {
            screen::say_in_place("", self.width);
            screen::say_in_place(&format!("{} ... ", plan.id), 0);
        }
        let name = if is_open || self.verbosity > 2 {
            String::new()
        } else {
            format!("{} ", styled(HEAD, &plan.id))
        };
        let took = self.begin.elapsed();
        if self.verbosity > 1 || took >= LONG {
            say(format_args!("{name}{outcome} {}", styled(FAINT, format_args!("({})", self.pace(took)))));
        } else {
            say(format_args!("{name}{outcome}"));
        }
        self.line_is_open.store(false, Ordering::Relaxed);
    }

    /// Returns how long the migration took, and how many rows it wrote in a second if it wrote for long.
    fn pace(&self, took: Duration) -> String {
        let time = format!("{:.3} s", took.as_secs_f64());
        if self.rows == 0 {
            return time;
        }
        let rows = counted(usize::try_from(self.rows).unwrap_or(usize::MAX), "row");
        let milliseconds = u64::try_from(self.writing.as_millis()).unwrap_or(u64::MAX);
        match (self.rows * 1000).checked_div(milliseconds) {
            Some(pace) if self.writing >= LONG => format!("{time}, {rows} written, {pace} rows/s"),
            Some(_) | None => format!("{time}, {rows} written"),
        }
    }
}
