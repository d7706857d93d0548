//! `showmigrations`: lists the migrations, and which are applied.

use std::collections::BTreeSet;
use std::process::ExitCode;

use clap::Args;
use modelshift_schema::name::MigrationId;
use serde_json::json;

use super::fleet::{self, FleetOptions};
use super::screen::{self, FAINT, GOOD, HEAD, WARNING, say, styled};
use super::{Format, Place};
use crate::error::Error;
use crate::model::embedded::Migrations;
use crate::planner::target::check_app;
use crate::run::status::{MigrationStatus, Status};

/// The options of `showmigrations`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Only these apps.
    #[arg(value_name = "APP")]
    apps: Vec<String>,
    /// Lists them by app. This is the default.
    #[arg(long, short, conflicts_with = "plan")]
    list: bool,
    /// Lists them in the order in which they are applied, with their operations and dependencies; those of some apps with
    /// what they need of others.
    #[arg(long, short)]
    plan: bool,
    #[command(flatten)]
    fleet: FleetOptions,
}

pub(super) async fn run(place: &Place, options: &Options, migrations: Migrations) -> Result<ExitCode, Error> {
    if let Some(file) = &options.fleet.fleet {
        return fleet::show(place, &options.fleet, file, migrations).await;
    }
    let apps: Vec<String> = migrations.apps().iter().map(ToString::to_string).collect();
    let mut migrator = place.connect(migrations).await?;
    let mut status = migrator.status().await?;
    for app in &options.apps {
        let known =
            apps.iter().map(String::as_str).chain(status.migrations.iter().map(|it| it.id.app.as_str()));
        check_app(app, known)?;
    }
    if !options.apps.is_empty() {
        let wanted = wanted(&status, &options.apps, options.plan);
        status.migrations.retain(|it| wanted.contains(&it.id));
    }
    match place.format() {
        Format::Json => say(to_json(&status)),
        Format::Text if options.plan => show_plan(&status, place.verbosity),
        Format::Text => show_apps(&status, &apps, &options.apps, place.verbosity),
    }
    if let (Some(problem), Format::Text) = (&status.problem, place.format()) {
        screen::failure(problem.code(), problem);
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the migrations of some apps; in the order of a plan, with those of other apps that they need.
fn wanted(status: &Status, apps: &[String], with_needed: bool) -> BTreeSet<MigrationId> {
    let mut wanted = BTreeSet::new();
    // What a migration depends on comes before it.
    for it in status.migrations.iter().rev() {
        if apps.iter().any(|app| it.id.app == app.as_str()) || wanted.contains(&it.id) {
            wanted.insert(it.id.clone());
            wanted.extend(it.depends_on.iter().filter(|_| with_needed).cloned());
        }
    }
    wanted
}

fn show_apps(status: &Status, apps: &[String], only: &[String], verbosity: u8) {
    let mut labels: Vec<&str> = apps.iter().map(String::as_str).collect();
    labels.extend(status.migrations.iter().map(|it| it.id.app.as_str()));
    labels.sort_unstable();
    labels.dedup();
    let width = status.migrations.iter().map(|it| it.id.name.chars().count()).max().unwrap_or_default();
    for label in labels.into_iter().filter(|label| only.is_empty() || only.iter().any(|only| only == label)) {
        say(styled(HEAD, label));
        let mut of_app = status.migrations.iter().filter(|it| it.id.app == label).peekable();
        if of_app.peek().is_none() {
            say(styled(FAINT, " (no migrations)"));
        }
        for it in of_app {
            let note = note(it, verbosity);
            let name = if note.is_empty() { it.id.name.clone() } else { format!("{:width$}  ", it.id.name) };
            say(format_args!(" {} {name}{note}", mark(it)));
        }
    }
}

fn show_plan(status: &Status, verbosity: u8) {
    if status.migrations.is_empty() {
        say(styled(FAINT, "(no migrations)"));
    }
    for it in &status.migrations {
        let note = note(it, verbosity);
        let gap = if note.is_empty() { "" } else { "  " };
        say(format_args!("{} {}{gap}{note}", mark(it), styled(HEAD, &it.id)));
        for describe in &it.describes {
            say(format_args!("      {describe}"));
        }
        if !it.depends_on.is_empty() {
            let parents: Vec<String> = it.depends_on.iter().map(ToString::to_string).collect();
            say(styled(FAINT, format_args!("      after {}", parents.join(", "))));
        }
    }
}

fn mark(it: &MigrationStatus) -> String {
    match (&it.applied_at, it.known) {
        (None, _) if it.partial.is_some() => styled(WARNING, "[-]"),
        (Some(_), true) => styled(GOOD, "[X]"),
        (Some(_), false) => styled(WARNING, "[?]"),
        (None, _) => "[ ]".to_owned(),
    }
}

fn note(it: &MigrationStatus, verbosity: u8) -> String {
    let unknown = if it.known { "" } else { "only the database knows it; " };
    let partial = it.partial.as_ref().map(|partial| format!("{unknown}{partial}")).unwrap_or_default();
    let squashed = match it.replaces.len() {
        0 => String::new(),
        1 => "replaces 1 migration".to_owned(),
        several => format!("replaces {several} migrations"),
    };
    let applied = it.applied_at.as_ref().map(|at| format!("{unknown}applied {at}")).unwrap_or_default();
    let by =
        it.applied_by.as_ref().filter(|_| verbosity > 1).map(|by| format!("by {by}")).unwrap_or_default();
    let took =
        it.milliseconds.filter(|_| verbosity > 1).map(|took| format!("took {took} ms")).unwrap_or_default();
    let parts: Vec<String> =
        [squashed, partial, applied, by, took].into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { String::new() } else { styled(FAINT, parts.join("; ")) }
}

fn to_json(status: &Status) -> serde_json::Value {
    let mut migrations = Vec::new();
    for it in &status.migrations {
        migrations.push(json!({
            "id": it.id, "applied": it.applied_at.is_some(), "applied_at": it.applied_at,
            "applied_by": it.applied_by, "milliseconds": it.milliseconds, "known": it.known,
            "operations": it.describes, "depends_on": it.depends_on, "replaces": it.replaces,
            "partial": it.partial.as_ref().map(screen::partial_json),
        }));
    }
    let problem = status.problem.as_ref();
    let (problem, code) = (problem.map(ToString::to_string), problem.map(Error::code));
    json!({ "migrations": migrations, "problem": problem, "problem_code": code })
}
