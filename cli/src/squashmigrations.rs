//! `squashmigrations`: writes one migration that replaces several, or as few as possible.

use std::process::ExitCode;

use clap::Args;
use modelshift_build::request::Command;
use modelshift_schema::name::AppLabel;

use crate::Place;
use crate::makemigrations::print_files;
use crate::package::Package;
use crate::screen::{failure, say, say_done};
use crate::script::ask;

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The app.
    app: String,
    /// The first migration of the range, unless it is the first one of the app; then the last one.
    #[arg(required = true, num_args = 1..=2, value_name = "MIGRATION")]
    range: Vec<String>,
    /// The name of the migration, after its number.
    #[arg(short, long)]
    name: Option<String>,
    /// Remove the files of all migrations that the named one replaces, once every database has them.
    #[arg(long, conflicts_with = "name")]
    finish: bool,
}

pub(crate) fn run(package: &Package, place: &Place, options: &Options) -> ExitCode {
    let (first, last) = match options.range.as_slice() {
        [first, last, ..] => (Some(first.clone()), last.clone()),
        [last] => (None, last.clone()),
        [] => return ExitCode::from(2),
    };
    let app = AppLabel::new(&options.app);
    if options.finish {
        return match ask(package, place, Command::Finish { app, name: last }) {
            Ok(response) => {
                let is_well = print_files(&response, false);
                for file in &response.removed {
                    say_done("removed", file);
                }
                if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE }
            }
            Err(error) => failure(&error),
        };
    }
    match ask(package, place, Command::Squash { app, first, last, name: options.name.clone() }) {
        Ok(response) if print_files(&response, false) => {
            say(match response.files.as_slice() {
                [_, _, ..] => {
                    "each is used if all or none of the migrations that it replaces are applied; once every database has them, `squashmigrations --finish` removes the replaced ones, for one after the other"
                }
                [_] | [] => {
                    "it is used if all or none of the migrations that it replaces are applied; once every database has it, `squashmigrations --finish` removes them"
                }
            });
            ExitCode::SUCCESS
        }
        Ok(_) => ExitCode::FAILURE,
        Err(error) => failure(&error),
    }
}
