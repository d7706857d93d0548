//! `migrate [APP] [TARGET]`: applies or reverts migrations.
//!
//! On a terminal, it asks before rows are lost. In a pipe (a deployment) it never asks: there, reverting by the operations
//! of the history needs `--yes` if rows would be lost.

mod interrupted;
mod pace;
mod progress;
mod prune;
mod rewritten;

use std::process::ExitCode;
use std::sync::atomic::Ordering;

use clap::Args;
use serde_json::json;

use self::interrupted::Signals;
use super::fleet::{self, FleetOptions, FleetRun};
use super::screen::{self, BAD, FAINT, GOOD, HEAD, WARNING, counted, say, styled};
use super::{Format, Place};
use crate::error::Error;
use crate::migrator::Migrator;
use crate::model::embedded::Migrations;
use crate::plan::MigrationPlan;
use crate::planner::data_loss::Loss;
use crate::planner::target::Target;
use crate::run::fake::Faking;
use crate::run::prepare::Prepared;
use crate::run::report::Report;

/// The options of `migrate`.
#[expect(clippy::struct_excessive_bools, reason = "each is an option of the command line")]
#[derive(Debug, Args)]
pub(super) struct Options {
    /// An app, or (if that is unambiguous) the target: `0002`, `0002_author`, `blog.0002_author_rating`, `zero`.
    app: Option<String>,
    /// The target within the app; the default is the latest.
    target: Option<String>,
    /// Prints the plan, and changes nothing.
    #[arg(long, conflicts_with = "fleet")]
    plan: bool,
    /// Fails if there is something to do, and changes nothing.
    #[arg(long, conflicts_with = "fleet")]
    check: bool,
    /// Does not ask before rows are lost, or before a database is migrated to a rewritten draft.
    #[arg(long, short)]
    yes: bool,
    /// Reverts migrations by the operations in the history. For a database that is ahead of this program, or that has a
    /// migration which was edited later.
    #[arg(long, requires = "app", conflicts_with = "fleet")]
    from_history: bool,
    /// Reverts this migration, and all that depend on it, by the operations in the history, and then applies those of the
    /// program. For a migration of another branch, or one that was edited later. Several times for several.
    #[arg(long, value_name = "MIGRATION", conflicts_with_all = ["from_history", "fake", "fake_initial", "fleet"])]
    revert: Vec<String>,
    /// Removes rows of the history for migrations of the app whose files are gone, and which others replace.
    #[arg(long, requires = "app", conflicts_with_all = ["target", "from_history", "fake", "fake_initial", "revert", "plan", "check", "fleet"])]
    prune: bool,
    /// Runs all migrations in one transaction, so that all of them are done or none (SQLite, PostgreSQL).
    #[arg(long, conflicts_with = "fleet")]
    single_transaction: bool,
    /// Runs the migrations of a new database one by one, too, and not the first of them as one plan.
    #[arg(long)]
    one_by_one: bool,
    /// Records migrations as applied (or reverted) without running them.
    #[arg(long, conflicts_with_all = ["fake_initial", "fleet"])]
    fake: bool,
    /// Records the initial migration of an app without running it, if the database has its tables, and they are as the
    /// migration creates them. Runs all others.
    #[arg(long, conflicts_with_all = ["from_history", "fleet"])]
    fake_initial: bool,
    #[command(flatten)]
    fleet: FleetOptions,
    #[command(flatten)]
    fleet_run: FleetRun,
}

impl Options {
    fn faking(&self) -> Faking {
        if self.fake {
            Faking::All
        } else if self.fake_initial {
            Faking::Initial
        } else {
            Faking::Nothing
        }
    }
}

pub(super) async fn run(place: &Place, options: &Options, migrations: Migrations) -> Result<ExitCode, Error> {
    let target = Target::from_words(options.app.as_deref(), options.target.as_deref());
    if let Some(file) = &options.fleet.fleet {
        let fleet = (&options.fleet, &options.fleet_run);
        return fleet::migrate(place, fleet, (file, options.one_by_one), target, migrations).await;
    }
    let mut migrator = place.connect(migrations).await?;
    if options.single_transaction {
        migrator = migrator.in_one_transaction();
    }
    if options.one_by_one {
        migrator = migrator.one_by_one();
    }
    if let (true, Some(app)) = (options.prune, &options.app) {
        return prune::run(place, app, &mut migrator).await;
    }
    if options.from_history {
        migrator = migrator.from_history();
    } else if options.revert.is_empty()
        && let Some(code) = rewritten::bring_over(place, options, &mut migrator).await?
    {
        return Ok(code);
    }
    let parts = parts(&mut migrator, options, &target).await?;
    let mut losses = Vec::new();
    for part in &parts {
        losses.extend(migrator.losses_of(part).await?);
    }
    if options.plan || options.check {
        let together = together(&migrator, &parts);
        show_plan(place.format(), (&parts, together), &losses, &nothing(&target, migrator.database()));
        let is_missing = options.check && parts.iter().any(|part| !part.plan.migrations.is_empty());
        return Ok(if is_missing { ExitCode::FAILURE } else { ExitCode::SUCCESS });
    }
    let Some(unreported) = may_run(place, options, &parts, losses) else {
        screen::say_aside("nothing was done");
        return Ok(ExitCode::FAILURE);
    };
    let warnings: Vec<String> = unreported.iter().map(warning).collect();
    let (mut migrator, line_is_open) = progress::observed(migrator, place, unreported);
    let plans = parts.iter().flat_map(|part| &part.plan.migrations);
    let plan: Vec<_> = plans.map(|plan| (plan.id.clone(), plan.direction)).collect();
    let mut signals = Signals::caught();
    let ran = tokio::select! {
        biased;
        signal = interrupted::signal(signals.as_mut()) => Err(signal),
        outcome = run_all(&mut migrator, parts) => Ok(outcome),
    };
    if line_is_open.load(Ordering::Relaxed) {
        say(styled(BAD, if ran.is_ok() { "failed" } else { "interrupted" }));
    }
    let mut report = match ran {
        Ok(outcome) => outcome?,
        Err(signal) => return Ok(interrupted::end(place, migrator, &plan, signal).await),
    };
    match place.format() {
        Format::Text => show_report(&report, &target, migrator.database(), place.verbosity),
        Format::Json => {
            report.warnings.extend(warnings);
            say(screen::report_json(&report));
        }
    }
    migrator.close().await;
    Ok(ExitCode::SUCCESS)
}

/// Plans what is reverted by the history, if anything, and what is done then.
async fn parts(migrator: &mut Migrator, options: &Options, target: &Target) -> Result<Vec<Prepared>, Error> {
    if options.revert.is_empty() {
        return Ok(vec![migrator.prepare_faked(target, options.faking()).await?]);
    }
    let reverted = migrator.prepare(&Target::without(&options.revert)).await?;
    let then = migrator.prepare_after(&reverted, (target, options.faking())).await?;
    Ok(vec![reverted, then])
}

/// Returns how many migrations would run as one plan, since nothing is applied.
fn together(migrator: &Migrator, parts: &[Prepared]) -> usize {
    let [only] = parts else { return 0 };
    migrator.new_database(only).ok().flatten().map_or(0, |new| new.all_pending.len())
}

/// Runs one after the other.
async fn run_all(migrator: &mut Migrator, parts: Vec<Prepared>) -> Result<Report, Error> {
    let mut all = Report::default();
    for part in parts {
        match migrator.run(part).await {
            Ok(report) => all.extend(report),
            Err(error) => {
                all.extend(error.report().clone());
                return Err(error.with_report(all));
            }
        }
    }
    Ok(all)
}

/// Asks where something may be lost; returns the losses that were not shown, and nothing if the run must not begin.
///
/// Reverting by the history may destroy data that no migration of the program would destroy.
fn may_run(place: &Place, options: &Options, parts: &[Prepared], losses: Vec<Loss>) -> Option<Vec<Loss>> {
    let is_revert = !options.revert.is_empty();
    let is_asked = is_revert || (!losses.is_empty() && (place.can_ask() || options.from_history));
    if options.yes || !is_asked {
        return Some(losses);
    }
    if is_revert {
        for plan in parts.iter().flat_map(|part| &part.plan.migrations) {
            screen::say_aside(format_args!("{} {}", styled(HEAD, &plan.id), styled(FAINT, plan.direction)));
            for operation in &plan.operations {
                screen::say_aside(format_args!("  - {}", operation.describe));
            }
        }
    }
    warn_of(&losses);
    let question = if losses.is_empty() { "Continue?" } else { "This cannot be undone. Continue?" };
    place.may_continue(question).then(Vec::new)
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

/// Returns the message that there is nothing to do.
fn nothing(target: &Target, database: &str) -> String {
    let why = if *target == Target::Latest { "is up to date" } else { "is there already" };
    format!("nothing to do: `{database}` {why}")
}

fn show_report(report: &Report, target: &Target, database: &str, verbosity: u8) {
    for warning in &report.warnings {
        screen::warn(warning);
    }
    if verbosity == 0 {
        return;
    }
    if report.is_empty() {
        say(nothing(target, database));
    } else {
        let done = counted(report.done.len(), "migration");
        say(format_args!("{} on `{database}`", styled(GOOD, format_args!("{done} done"))));
    }
}

fn show_plan(format: Format, (parts, together): (&[Prepared], usize), losses: &[Loss], nothing: &str) {
    let plans: Vec<&MigrationPlan> = parts.iter().flat_map(|part| &part.plan.migrations).collect();
    if format == Format::Json {
        let migrations: Vec<_> = plans.into_iter().map(plan_json).collect();
        let losses: Vec<_> = losses.iter().map(loss_json).collect();
        say(json!({ "migrations": migrations, "losses": losses, "together": together }));
        return;
    }
    warn_of(losses);
    if plans.is_empty() {
        say(nothing);
    }
    if together > 0 {
        say(format_args!(
            "the first {together} migrations would run together, since nothing is applied: their tables are created as they \
             are in the end, and their statements below are those of one by one (`--one-by-one`)"
        ));
    }
    for migration in plans {
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
        "id": plan.id, "direction": plan.direction.to_string(), "faked": plan.faked, "operations": operations,
        "statements": statements,
    })
}
