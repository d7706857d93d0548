//! `migrate [APP] [TARGET]`: applies or reverts migrations.
//!
//! On a terminal, it asks before rows are lost. In a pipe (a deployment) it never asks: there, reverting by the operations
//! of the history needs `--yes` if rows would be lost.

mod rewritten;

use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use serde_json::json;

use super::screen::{self, BAD, FAINT, GOOD, HEAD, WARNING, counted, say, styled};
use super::{Format, Place};
use crate::error::Error;
use crate::migrator::Migrator;
use crate::model::embedded::Migrations;
use crate::plan::{Direction, MigrationPlan, Plan};
use crate::planner::data_loss::Loss;
use crate::planner::target::Target;
use crate::run::report::{Event, Report};

/// The options of `migrate`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// An app, or (if that is unambiguous) the target: `0002`, `0002_author`, `blog.0002_author_rating`, `zero`.
    app: Option<String>,
    /// The target within the app; the default is the latest.
    target: Option<String>,
    /// Prints the plan, and changes nothing.
    #[arg(long)]
    plan: bool,
    /// Does not ask before rows are lost, or before a database is migrated to a rewritten draft.
    #[arg(long, short)]
    yes: bool,
    /// Reverts migrations by the operations in the history. For a database that is ahead of this program, or that has a
    /// migration which was edited later.
    #[arg(long, requires = "app")]
    from_history: bool,
}

pub(super) async fn run(place: &Place, options: &Options, migrations: Migrations) -> Result<ExitCode, Error> {
    let target = Target::from_words(options.app.as_deref(), options.target.as_deref());
    let mut migrator = place.connect(migrations).await?;
    if options.from_history {
        migrator = migrator.from_history();
    } else if let Some(code) = rewritten::bring_over(place, options, &mut migrator).await? {
        return Ok(code);
    }
    let prepared = migrator.prepare(&target).await?;
    let losses = migrator.losses_of(&prepared).await?;
    if options.plan {
        show_plan(place.format, &prepared.plan, &losses, &nothing(&target, migrator.database()));
        return Ok(ExitCode::SUCCESS);
    }
    // Reverting by the history may destroy data that no migration of the program would destroy.
    let mut unreported = losses;
    if !unreported.is_empty() && !options.yes && (screen::can_ask() || options.from_history) {
        warn_of(&unreported);
        unreported.clear();
        if !may_continue("This cannot be undone. Continue?") {
            screen::say_aside("nothing was done");
            return Ok(ExitCode::FAILURE);
        }
    }
    let warnings: Vec<String> = unreported.iter().map(warning).collect();
    let (mut migrator, line_is_open) = observed(migrator, place.format, unreported);
    let outcome = migrator.run(prepared).await;
    if line_is_open.load(Ordering::Relaxed) {
        say(styled(BAD, "failed"));
    }
    let mut report = outcome?;
    match place.format {
        Format::Text => show_report(&report, &target, migrator.database()),
        Format::Json => {
            report.warnings.extend(warnings);
            say(screen::report_json(&report));
        }
    }
    migrator.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Makes the migrator report its progress. The flag is set while a line is open.
fn observed(migrator: Migrator, format: Format, unreported: Vec<Loss>) -> (Migrator, Arc<AtomicBool>) {
    let line_is_open = Arc::new(AtomicBool::new(false));
    if format == Format::Json {
        return (migrator, line_is_open);
    }
    let flag = Arc::clone(&line_is_open);
    (migrator.observe(move |event| print_event(event, &unreported, &flag)), line_is_open)
}

/// Asks a person; without a terminal, prints the option that answers the question.
fn may_continue(question: &str) -> bool {
    if screen::can_ask() {
        return screen::ask(question);
    }
    screen::say_aside("nobody can be asked here; run the command again with `--yes`");
    false
}

/// Warns about rows and values that will be lost.
fn warn_of<'a>(losses: impl IntoIterator<Item = &'a Loss>) {
    losses.into_iter().for_each(|loss| screen::warn(&warning(loss)));
}

fn warning(loss: &Loss) -> String {
    let rows = counted(usize::try_from(loss.rows).unwrap_or(usize::MAX), "row");
    format!("`{}` {}: table `{}` holds {rows}", loss.migration, loss.what, loss.table)
}

fn loss_json(loss: &Loss) -> serde_json::Value {
    let Loss { migration, what, table, rows } = loss;
    json!({ "migration": migration, "what": what, "table": table.as_str(), "rows": rows })
}

fn print_event(event: Event<'_>, losses: &[Loss], line_is_open: &AtomicBool) {
    match event {
        Event::Begins(plan) => {
            let verb = match plan.direction {
                Direction::Forward => "applying",
                Direction::Backward => "reverting",
            };
            warn_of(losses.iter().filter(|loss| loss.migration == plan.id));
            screen::say_beginning(format_args!("{verb} {} ... ", styled(HEAD, &plan.id)));
            line_is_open.store(true, Ordering::Relaxed);
        }
        Event::Done(_) => {
            say(styled(GOOD, "ok"));
            line_is_open.store(false, Ordering::Relaxed);
        }
        Event::DoneByOther(_) => {
            say(styled(FAINT, "done by another process"));
            line_is_open.store(false, Ordering::Relaxed);
        }
        Event::Statement { .. } | Event::Commits(_) => {}
    }
}

/// Returns the message that there is nothing to do.
fn nothing(target: &Target, database: &str) -> String {
    let why = if *target == Target::Latest { "is up to date" } else { "is there already" };
    format!("nothing to do: `{database}` {why}")
}

fn show_report(report: &Report, target: &Target, database: &str) {
    for warning in &report.warnings {
        screen::warn(warning);
    }
    if report.is_empty() {
        say(nothing(target, database));
    } else {
        let done = counted(report.done.len(), "migration");
        say(format_args!("{} on `{database}`", styled(GOOD, format_args!("{done} done"))));
    }
}

fn show_plan(format: Format, plan: &Plan, losses: &[Loss], nothing: &str) {
    if format == Format::Json {
        let migrations: Vec<_> = plan.migrations.iter().map(plan_json).collect();
        let losses: Vec<_> = losses.iter().map(loss_json).collect();
        say(json!({ "migrations": migrations, "losses": losses }));
        return;
    }
    warn_of(losses);
    if plan.migrations.is_empty() {
        say(nothing);
    }
    for migration in &plan.migrations {
        say(format_args!("{} {}", styled(HEAD, &migration.id), styled(FAINT, migration.direction)));
        for operation in &migration.operations {
            let warning =
                if operation.destructive { styled(WARNING, " (loses data)") } else { String::new() };
            say(format_args!("  - {}{warning}", operation.describe));
        }
        for line in migration.to_string().lines() {
            say(format_args!("      {}", styled(FAINT, line)));
        }
    }
}

fn plan_json(plan: &MigrationPlan) -> serde_json::Value {
    let operations = plan.operations.iter();
    let operations: Vec<_> =
        operations.map(|it| json!({ "describe": it.describe, "destructive": it.destructive })).collect();
    let statements: Vec<_> = plan.statements().map(|it| json!({ "sql": it.sql, "why": it.why })).collect();
    json!({
        "id": plan.id, "direction": plan.direction.to_string(), "operations": operations, "statements": statements,
    })
}
