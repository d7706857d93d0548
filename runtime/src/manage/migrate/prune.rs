//! `migrate APP --prune`: removes rows of the history that are not needed any more.

use std::process::ExitCode;

use serde_json::json;

use crate::error::Error;
use crate::manage::screen::say;
use crate::manage::{Format, Place};
use crate::migrator::Migrator;

pub(super) async fn run(place: &Place, app: &str, migrator: &mut Migrator) -> Result<ExitCode, Error> {
    let pruned = match migrator.prunable(app).await? {
        nothing if nothing.is_empty() => nothing,
        _ => migrator.prune(app).await?,
    };
    let lines: Vec<String> = pruned.iter().map(ToString::to_string).collect();
    match place.format() {
        Format::Json => say(json!({ "pruned": lines })),
        Format::Text if place.verbosity == 0 => {}
        Format::Text if lines.is_empty() => {
            say(format_args!("nothing to prune of `{app}` in the history of `{}`", migrator.database()));
        }
        Format::Text => lines.iter().for_each(say),
    }
    Ok(ExitCode::SUCCESS)
}
