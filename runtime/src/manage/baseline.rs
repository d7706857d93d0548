//! `baseline [APP] [TARGET]`: records migrations as applied in a database that has their tables, after a comparison.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::screen::{self, GOOD, HEAD, say, styled};
use super::{Format, Place};
use crate::error::Error;
use crate::model::embedded::Migrations;
use crate::planner::target::Target;
use crate::run::fake::{Faking, unseen_operations};

/// The options of `baseline`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// An app, or (if that is unambiguous) the last migration whose tables the database has.
    app: Option<String>,
    /// The last migration within the app; the default is the latest.
    target: Option<String>,
    /// Prints what would be recorded, compares, and records nothing.
    #[arg(long)]
    plan: bool,
    /// Does not ask before it records.
    #[arg(long, short)]
    yes: bool,
}

pub(super) async fn run(place: &Place, options: &Options, migrations: Migrations) -> Result<ExitCode, Error> {
    let target = Target::from_words(options.app.as_deref(), options.target.as_deref());
    let mut migrator = place.connect(migrations).await?;
    // The comparison is part of it: what differs is an error, with every difference.
    let prepared = migrator.prepare_faked(&target, Faking::Compared).await?;
    let unseen: Vec<String> = prepared.all_pending.iter().filter_map(unseen_operations).collect();
    let ids: Vec<String> = prepared.plan.migrations.iter().map(|it| it.id.to_string()).collect();
    if ids.is_empty() {
        match place.format() {
            Format::Json => say(json!({ "recorded": ids, "warnings": unseen })),
            Format::Text => say(format_args!("nothing to record on `{}`", migrator.database())),
        }
        return Ok(ExitCode::SUCCESS);
    }
    if place.format() == Format::Text {
        say(format_args!("`{}` is as these migrations make it:", migrator.database()));
        for id in &ids {
            say(format_args!("  {}", styled(HEAD, id)));
        }
    }
    if options.plan {
        if place.format() == Format::Json {
            say(json!({ "to_record": ids, "warnings": unseen }));
        }
        return Ok(ExitCode::SUCCESS);
    }
    for warning in &unseen {
        screen::warn(warning);
    }
    if !options.yes && !place.may_continue("Record them as applied, without running them?") {
        screen::say_aside("nothing was recorded");
        return Ok(ExitCode::FAILURE);
    }
    migrator.run(prepared).await?;
    match place.format() {
        Format::Json => say(json!({ "recorded": ids, "warnings": unseen })),
        Format::Text => {
            say(styled(GOOD, format_args!("{} recorded", screen::counted(ids.len(), "migration"))));
        }
    }
    migrator.close().await;
    Ok(ExitCode::SUCCESS)
}
