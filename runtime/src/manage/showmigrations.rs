//! `showmigrations`: lists the migrations, and which are applied.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::screen::{self, FAINT, GOOD, HEAD, WARNING, say, styled};
use super::{Format, Place};
use crate::error::Error;
use crate::model::embedded::Migrations;
use crate::planner::target::check_app;
use crate::run::status::{MigrationStatus, Status};

/// The options of `showmigrations`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Only this app.
    app: Option<String>,
    /// Lists them in the order in which they are applied, with their operations and dependencies.
    #[arg(long)]
    plan: bool,
}

pub(super) async fn run(place: &Place, options: &Options, migrations: Migrations) -> Result<ExitCode, Error> {
    let apps: Vec<String> = migrations.apps().iter().map(ToString::to_string).collect();
    let mut migrator = place.connect(migrations).await?;
    let mut status = migrator.status().await?;
    if let Some(app) = &options.app {
        let known =
            apps.iter().map(String::as_str).chain(status.migrations.iter().map(|it| it.id.app.as_str()));
        check_app(app, known)?;
        status.migrations.retain(|it| it.id.app == app.as_str());
    }
    match place.format {
        Format::Json => say(to_json(&status)),
        Format::Text if options.plan => show_plan(&status),
        Format::Text => show_apps(&status, &apps, options.app.as_deref()),
    }
    if let (Some(problem), Format::Text) = (&status.problem, place.format) {
        screen::failure(problem);
    }
    Ok(ExitCode::SUCCESS)
}

fn show_apps(status: &Status, apps: &[String], only: Option<&str>) {
    let mut labels: Vec<&str> = apps.iter().map(String::as_str).collect();
    labels.extend(status.migrations.iter().map(|it| it.id.app.as_str()));
    labels.sort_unstable();
    labels.dedup();
    let width = status.migrations.iter().map(|it| it.id.name.chars().count()).max().unwrap_or_default();
    for label in labels.into_iter().filter(|label| only.is_none_or(|only| only == *label)) {
        say(styled(HEAD, label));
        let mut of_app = status.migrations.iter().filter(|it| it.id.app == label).peekable();
        if of_app.peek().is_none() {
            say(styled(FAINT, " (no migrations)"));
        }
        for it in of_app {
            let note = note(it);
            let name = if note.is_empty() { it.id.name.clone() } else { format!("{:width$}  ", it.id.name) };
            say(format_args!(" {} {name}{note}", mark(it)));
        }
    }
}

fn show_plan(status: &Status) {
    for it in &status.migrations {
        let note = note(it);
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

fn note(it: &MigrationStatus) -> String {
    let unknown = if it.known { "" } else { "only the database knows it; " };
    let partial = it.partial.as_ref().map(|partial| format!("{unknown}{partial}")).unwrap_or_default();
    let squashed = match it.replaces.len() {
        0 => String::new(),
        1 => "replaces 1 migration".to_owned(),
        several => format!("replaces {several} migrations"),
    };
    let applied = it.applied_at.as_ref().map(|at| format!("{unknown}applied {at}")).unwrap_or_default();
    let parts: Vec<String> =
        [squashed, partial, applied].into_iter().filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { String::new() } else { styled(FAINT, parts.join("; ")) }
}

fn to_json(status: &Status) -> serde_json::Value {
    let mut migrations = Vec::new();
    for it in &status.migrations {
        migrations.push(json!({
            "id": it.id, "applied": it.applied_at.is_some(), "applied_at": it.applied_at, "known": it.known,
            "operations": it.describes, "depends_on": it.depends_on, "replaces": it.replaces,
            "partial": it.partial.as_ref().map(screen::partial_json),
        }));
    }
    json!({ "migrations": migrations, "problem": status.problem.as_ref().map(ToString::to_string) })
}
