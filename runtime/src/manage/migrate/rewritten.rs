//! A draft that a build rewrote after it was applied: the database is migrated to it if a person agrees.

use std::process::ExitCode;

use super::{Options, warn_of};
use crate::error::Error;
use crate::manage::screen;
use crate::manage::screen::{HEAD, say, styled};
use crate::manage::{Format, Place};
use crate::migrator::Migrator;
use crate::run::rewritten::RewrittenDraft;

/// Migrates the database to rewritten drafts; returns an exit code if the command ends here.
pub(super) async fn bring_over(
    place: &Place,
    options: &Options,
    migrator: &mut Migrator,
) -> Result<Option<ExitCode>, Error> {
    let rewritten = migrator.rewritten().await?;
    if rewritten.is_empty() {
        return Ok(None);
    }
    for draft in &rewritten {
        show(draft, migrator.database());
    }
    if options.plan || options.check {
        screen::say_aside("`migrate` brings the database over first, and then goes on");
        return Ok(Some(if options.check { ExitCode::FAILURE } else { ExitCode::SUCCESS }));
    }
    if !options.yes && !place.may_continue("Bring the database over?") {
        screen::say_aside("nothing was done");
        return Ok(Some(ExitCode::FAILURE));
    }
    let report = migrator.bring_over().await?;
    report.warnings.iter().for_each(|warning| screen::warn(warning));
    for done in report.done.iter().filter(|_| place.format() == Format::Text) {
        say(format_args!("brought over to {}", styled(HEAD, &done.id)));
    }
    Ok(None)
}

fn show(draft: &RewrittenDraft, database: &str) {
    let [applied, now] = [&draft.applied, &draft.now]
        .map(|ids| ids.iter().map(|id| format!("`{id}`")).collect::<Vec<_>>().join(", "));
    screen::say_aside(format_args!(
        "a build rewrote a draft after it was applied: `{database}` holds {applied}, and the program has {now}"
    ));
    if draft.operations.is_empty() {
        screen::say_aside("  the tables are the same; only the history changes");
    }
    for operation in &draft.operations {
        screen::say_aside(format_args!("  - {operation}"));
    }
    warn_of(&draft.losses);
}
