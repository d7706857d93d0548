//! `migrate [APP] [TARGET]`: applies migrations, or takes them back.
//!
//! It asks before rows are lost where somebody can answer; in a pipe (a deployment) it never stops to ask. What is no plain
//! migration, such as the way back by what the history keeps, needs `--yes` there when rows would be lost.

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

/// What `migrate` is told.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// An app, or (where that says enough) the target: `0002`, `0002_author`, `blog.0002_author_rating`, `zero`.
    app: Option<String>,
    /// The target within the app; the latest where nothing is said.
    target: Option<String>,
    /// Shows what would be done, and does nothing.
    #[arg(long)]
    plan: bool,
    /// Does not ask before rows are lost, nor before a database is brought over to a draft that was rewritten.
    #[arg(long, short)]
    yes: bool,
    /// Takes migrations back by the operations that the history keeps; the way out of a database that is ahead of this
    /// program, or that holds a migration which was edited since.
    #[arg(long, requires = "app")]
    from_history: bool,
}

pub(super) async fn run(place: &Place, options: &Options, migrations: Migrations) -> Result<ExitCode, Error> {
    let target = Target::from_words(options.app.as_deref(), options.target.as_deref());
    let mut migrator = place.connect(migrations).await?;
    if options.from_history {
        migrator = migrator.from_history();
    } else if let Some(code) = rewritten::settle(place, options, &mut migrator).await? {
        return Ok(code);
    }
    let course = migrator.course(&target).await?;
    let losses = migrator.losses_of(&course).await?;
    if options.plan {
        show_plan(place.format, &course.plan, &losses, &nothing(&target, migrator.database()));
        return Ok(ExitCode::SUCCESS);
    }
    // What leads back by the history may destroy what no migration of the program would.
    let mut untold = losses;
    if !untold.is_empty() && !options.yes && (screen::can_ask() || options.from_history) {
        warn_of(&untold);
        untold.clear();
        if !may_go_on("This cannot be undone. Continue?") {
            screen::say_aside("nothing was done");
            return Ok(ExitCode::FAILURE);
        }
    }
    let warnings: Vec<String> = untold.iter().map(warning).collect();
    let (mut migrator, line_is_open) = observed(migrator, place.format, untold);
    let outcome = migrator.go(course).await;
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

/// Has the migrator report what it does; the flag is set while a line is not ended.
fn observed(migrator: Migrator, format: Format, untold: Vec<Loss>) -> (Migrator, Arc<AtomicBool>) {
    let line_is_open = Arc::new(AtomicBool::new(false));
    if format == Format::Json {
        return (migrator, line_is_open);
    }
    let flag = Arc::clone(&line_is_open);
    (migrator.observe(move |event| tell(event, &untold, &flag)), line_is_open)
}

/// Asks a person, or says what a pipe is to say.
fn may_go_on(question: &str) -> bool {
    if screen::can_ask() {
        return screen::ask(question);
    }
    screen::say_aside("nobody can be asked here; run the command again with `--yes`");
    false
}

/// Warns of rows and values that are lost on the way; without rows there is nothing to lose.
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

fn tell(event: Event<'_>, losses: &[Loss], line_is_open: &AtomicBool) {
    match event {
        Event::Begins(plan) => {
            let verb = match plan.direction {
                Direction::Forward => "applying",
                Direction::Backward => "taking back",
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

/// Says that there is nothing to do, and why.
fn nothing(target: &Target, database: &str) -> String {
    let why = if *target == Target::Latest { "is in step" } else { "is there already" };
    format!("nothing is to be done: `{database}` {why}")
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
