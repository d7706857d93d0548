//! `repair`: writes rows of the history that are missing or were changed by hand; runs no migration.

use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::screen::{self, GOOD, say, styled};
use super::{Format, Place};
use crate::error::Error;
use crate::model::embedded::Migrations;

/// The options of `repair`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Does not ask before it writes.
    #[arg(long, short)]
    yes: bool,
}

pub(super) async fn run(place: &Place, options: &Options, migrations: Migrations) -> Result<ExitCode, Error> {
    let mut migrator = place.connect(migrations).await?;
    let mut repairs = migrator.repairs().await?;
    let may_write = options.yes
        || repairs.is_empty()
        || (place.can_ask() && {
            for repair in &repairs {
                screen::warn(&repair.to_string());
            }
            screen::ask("The tables must be as these migrations made them. Continue?")
        });
    if may_write && !repairs.is_empty() {
        repairs = migrator.repair().await?;
    }
    let lines: Vec<String> = repairs.iter().map(ToString::to_string).collect();
    match place.format() {
        Format::Json => say(json!({ "repairs": lines, "written": may_write })),
        Format::Text if repairs.is_empty() => {
            say(format_args!("nothing to repair in the history of `{}`", migrator.database()));
        }
        Format::Text => {
            for repair in &lines {
                say(repair);
            }
            let done = if may_write { "written; `check` compares the tables" } else { "nothing was written" };
            say(styled(GOOD, done));
            if !may_write {
                screen::say_aside(
                    "run `repair --yes` to write this, if the tables are as these migrations made them",
                );
            }
        }
    }
    Ok(if may_write { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
