//! `check`: checks whether the database is up to date; fails if there is something to do.

use std::process::ExitCode;

use serde_json::json;

use super::screen::{self, GOOD, WARNING, counted, partial_json, say, styled};
use super::{Format, Place};
use crate::error::Error;
use crate::model::embedded::Migrations;

pub(super) async fn run(place: &Place, migrations: Migrations) -> Result<ExitCode, Error> {
    let mut migrator = place.connect(migrations).await?;
    let found = migrator.check().await?;
    if place.format() == Format::Json {
        let partial: Vec<_> = found.partial.iter().map(partial_json).collect();
        say(json!({
            "in_step": found.is_empty(), "unapplied": found.unapplied, "partial": partial, "drift": found.drift,
            "not_compared": found.not_compared,
        }));
    } else if found.is_fresh && !found.unapplied.is_empty() {
        let (todo, database) = (styled(WARNING, "to do:"), migrator.database());
        let all = counted(found.unapplied.len(), "migration");
        say(format_args!("{todo} nothing is applied to `{database}` yet; run `migrate` to apply {all}"));
    } else if found.is_empty() {
        say(format_args!("{}: `{}` is up to date", styled(GOOD, "ok"), migrator.database()));
    } else {
        for partial in &found.partial {
            let (todo, id) = (styled(WARNING, "to do:"), &partial.id);
            say(format_args!("{todo} `{id}` is {partial}; run `migrate` to apply the rest"));
        }
        for id in &found.unapplied {
            say(format_args!("{} `{id}` is not applied; run `migrate`", styled(WARNING, "to do:")));
        }
        for drift in &found.drift {
            say(format_args!("{} {drift}", styled(WARNING, "drift:")));
        }
    }
    if let (Some(why), Format::Text) = (&found.not_compared, place.format()) {
        screen::say_aside(format_args!(
            "note: only tables and columns were compared, and not types, defaults, keys, indexes, rules and references: \
             a new database to compare with cannot be made ({why})"
        ));
    }
    Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
