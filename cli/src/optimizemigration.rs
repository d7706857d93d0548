//! `optimizemigration`: one migration that does the same as another in fewer operations.

use std::process::ExitCode;

use clap::Args;
use modelshift_build::request::Command;
use modelshift_schema::name::AppLabel;

use crate::Place;
use crate::makemigrations::tell_files;
use crate::package::Package;
use crate::screen::{failure, say};
use crate::script::ask;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The app.
    app: String,
    /// The migration, or the beginning of its name.
    migration: String,
    /// Write nothing, and fail where it can be shorter.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(package: &Package, place: &Place, options: &Options) -> ExitCode {
    let (app, name) = (AppLabel::new(&options.app), options.migration.clone());
    match ask(package, place, Command::Optimize { app, name, write: !options.check }) {
        Ok(response) if response.short_enough => {
            say("it is as short as it can be");
            ExitCode::SUCCESS
        }
        Ok(response) if !tell_files(&response, false) => ExitCode::FAILURE,
        Ok(_) if options.check => {
            say("it can be shorter");
            ExitCode::FAILURE
        }
        Ok(_) => {
            say(
                "it stands for the other; once every database has one of them, `squashmigrations --finish` removes the other",
            );
            ExitCode::SUCCESS
        }
        Err(error) => failure(&error),
    }
}
