//! `loaddata`: loads fixtures into the database.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use serde_json::json;

use super::screen::{counted, say, warn};
use super::{Format, NamedFormat, Place};
use crate::error::Error;
use crate::fixtures::Load;
use crate::model::embedded::Migrations;

/// The options of `loaddata`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The names or paths of fixtures; `-` for standard input, with `--format`.
    #[arg(value_name = "FIXTURE")]
    names: Vec<String>,
    /// Looks for fixtures in the folder of this app only.
    #[arg(long, value_name = "LABEL")]
    app: Option<String>,
    /// An app or a model whose objects are left out; may be given several times.
    #[arg(short, long, value_name = "APP[.MODEL]")]
    exclude: Vec<String>,
    /// Leaves out models and fields that do not exist.
    #[arg(short, long = "ignorenonexistent")]
    ignore_nonexistent: bool,
    /// More folders in which fixtures are looked for.
    #[arg(long = "fixture-dirs", env = "FIXTURE_DIRS", value_name = "FOLDERS", value_delimiter = ':')]
    folders: Vec<PathBuf>,
}

pub(super) async fn run(place: &Place, options: &Options, migrations: Migrations) -> Result<ExitCode, Error> {
    let wanted = Load {
        names: options.names.clone(),
        format: place.named_format.and_then(NamedFormat::of_fixtures),
        app: options.app.clone(),
        exclude: options.exclude.clone(),
        ignore_nonexistent: options.ignore_nonexistent,
        folders: options.folders.clone(),
    };
    let mut migrator = place.connect(migrations).await?;
    let loaded = migrator.load(&wanted).await?;
    migrator.close().await;
    for file in &loaded.empty {
        warn(&format!("no fixture data found for `{file}` (the format of the file may be invalid)"));
    }
    if place.format() == Format::Json {
        say(json!({ "objects": loaded.objects, "fixtures": loaded.files }));
    } else if place.verbosity > 0 {
        let objects = usize::try_from(loaded.objects).unwrap_or(usize::MAX);
        say(format_args!(
            "Installed {} from {}",
            counted(objects, "object"),
            counted(loaded.files, "fixture")
        ));
    }
    Ok(ExitCode::SUCCESS)
}
