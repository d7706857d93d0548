//! `flush`: removes all rows of the tables that migrations made.

use std::process::ExitCode;

use serde_json::json;

use super::screen::{ask, counted, say, say_aside};
use super::{Format, Place};
use crate::error::{Error, ErrorKind};
use crate::model::embedded::Migrations;

pub(super) async fn run(place: &Place, migrations: Migrations) -> Result<ExitCode, Error> {
    let mut migrator = place.connect(migrations).await?;
    if !place.no_input {
        if !place.can_ask() {
            let what = "`flush` removes all rows, and there is nobody to ask".to_owned();
            return Err(ErrorKind::FixtureRequest { what, remedy: "add `--noinput`".to_owned() }.into());
        }
        let question = format!("Remove ALL rows of all models from `{}`?", migrator.database());
        if !ask(&question) {
            say_aside("nothing was removed");
            return Ok(ExitCode::FAILURE);
        }
    }
    let tables = migrator.flush().await?;
    if place.format() == Format::Json {
        say(json!({ "tables": tables }));
    } else if place.verbosity > 0 {
        say(format_args!("removed all rows of {} from `{}`", counted(tables, "table"), migrator.database()));
    }
    migrator.close().await;
    Ok(ExitCode::SUCCESS)
}
