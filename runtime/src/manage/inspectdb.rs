//! `inspectdb`: prints models for the tables that the database has.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use modelshift_schema::error_code::ErrorCode;
use modelshift_schema::name::{AppLabel, SchemaName};
use serde_json::json;

use super::screen::{self, say};
use super::{Format, Place};
use crate::error::Error;
use crate::inspect::Inspect;
use crate::model::embedded::Migrations;

/// The options of `inspectdb`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// A table to print a model for; may be given several times. The default is all tables.
    #[arg(long, value_name = "NAME")]
    table: Vec<String>,
    /// A schema of PostgreSQL whose tables are printed; may be given several times. The default is the first of the search
    /// path. A table of another schema is named with it: `--table audit.log`.
    #[arg(long, value_name = "NAME")]
    schema: Vec<String>,
    /// Prints models for views too.
    #[arg(long)]
    include_views: bool,
    /// Prints models for the partitions of tables too.
    #[arg(long)]
    include_partitions: bool,
    /// The app of the models: names of tables that begin with it need not be written. The default is the app of this
    /// program, if there is one.
    #[arg(long, value_name = "LABEL")]
    app: Option<String>,
    /// Writes into a file, which must not exist.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(super) async fn run(place: &Place, options: &Options, migrations: Migrations) -> Result<ExitCode, Error> {
    let only = if let [app] = migrations.apps() { Some(app.clone()) } else { None };
    let mut migrator = place.connect(migrations).await?;
    let wanted = Inspect {
        tables: options.table.clone(),
        schemas: options.schema.iter().map(SchemaName::new).collect(),
        views: options.include_views,
        partitions: options.include_partitions,
        app: options.app.as_deref().map(AppLabel::new).or(only),
    };
    let source = migrator.inspect(&wanted).await?;
    migrator.close().await;
    if let Some(file) = &options.output {
        let written = OpenOptions::new().write(true).create_new(true).open(file);
        if let Err(error) = written.and_then(|mut file| file.write_all(source.as_bytes())) {
            let message = format!("cannot write `{}`: {error}; nothing is overwritten", file.display());
            let code = ErrorCode::FileAccess;
            match place.format() {
                Format::Text => screen::failure(code, &std::io::Error::other(message)),
                Format::Json => {
                    screen::failure_json(code, &message, &[], &crate::run::report::Report::default());
                    ExitCode::FAILURE
                }
            };
            return Ok(ExitCode::FAILURE);
        }
    } else if place.format() == Format::Json {
        say(json!({ "source": source }));
    } else {
        screen::say_text(&source);
    }
    Ok(ExitCode::SUCCESS)
}
