//! `optimizemigration`: writes a migration that replaces another one with fewer operations.

use std::process::ExitCode;

use clap::Args;
use modelshift_build::request::Command;
use modelshift_schema::name::AppLabel;

use crate::Place;
use crate::makemigrations::print_files;
use crate::package::Package;
use crate::screen::{failure, say};
use crate::script::ask;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The app.
    app: String,
    /// The name of the migration, or its beginning.
    migration: String,
    /// Write nothing, and fail if it can be shorter.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(package: &Package, place: &Place, options: &Options) -> ExitCode {
    let (app, name) = (AppLabel::new(&options.app), options.migration.clone());
    match ask(package, place, Command::Optimize { app, name, write: !options.check }) {
        Ok(response) if response.short_enough => {
            say("the migration cannot be shorter");
            ExitCode::SUCCESS
        }
        Ok(response) if !print_files(&response, false) => ExitCode::FAILURE,
        Ok(_) if options.check => {
            say("the migration can be shorter");
            ExitCode::FAILURE
        }
        Ok(_) => {
            say(
                "it replaces the other one; once every database has one of them, `squashmigrations --finish` removes the other one",
            );
            ExitCode::SUCCESS
        }
        Err(error) => failure(&error),
    }
}
