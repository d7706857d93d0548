//! `cargo modelshift`: commands over the sources of a project, for which nothing of it needs to be compiled.
//!
//! The work is done by the project's own build script (see `modelshift_build::request`); here is what a person sees of it.
//! Exit codes: 0 where all is well, 1 where something failed, is missing or must be answered, 2 where the command line or
//! a file of answers cannot be read. Answers go to standard output, errors and questions to standard error.

#![forbid(unsafe_code)]

mod makemigrations;
mod optimizemigration;
mod package;
mod prompt;
mod screen;
mod script;
mod squashmigrations;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::package::Package;

/// Migrations of the models of a project.
#[derive(Debug, Parser)]
#[command(name = "cargo modelshift", bin_name = "cargo modelshift", version)]
struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// Which package, and how it is built.
#[derive(Debug, Args)]
struct Place {
    /// The package; where nothing is said, that of this folder.
    #[arg(short, long, global = true, value_name = "NAME")]
    package: Option<String>,
    /// The `Cargo.toml` to begin with, in place of that of this folder.
    #[arg(long, global = true, value_name = "FILE")]
    manifest_path: Option<PathBuf>,
    /// Features to build with, on which models may depend.
    #[arg(short = 'F', long, global = true, value_name = "FEATURES")]
    features: Vec<String>,
    /// Build with all features.
    #[arg(long, global = true)]
    all_features: bool,
    /// Build without the default features.
    #[arg(long, global = true)]
    no_default_features: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Writes the migrations that are missing.
    Makemigrations(makemigrations::Options),
    /// Writes a migration that does the same as another in fewer operations, and stands for it.
    Optimizemigration(optimizemigration::Options),
    /// Writes one migration that stands for several.
    Squashmigrations(squashmigrations::Options),
}

impl Place {
    /// Returns the words for cargo that decide what is built.
    fn words(&self) -> Vec<OsString> {
        let features = self.features.iter().flat_map(|features| ["--features".into(), features.into()]);
        let flags =
            [(self.all_features, "--all-features"), (self.no_default_features, "--no-default-features")];
        features.chain(flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag.into())).collect()
    }
}

fn main() -> ExitCode {
    // Cargo gives the name of the command as the first word.
    let mut words: Vec<OsString> = std::env::args_os().collect();
    if words.get(1).is_some_and(|word| word == "modelshift") {
        words.remove(1);
    }
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(error) => {
            // Where even this cannot be printed there is nobody to tell.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let place = &arguments.place;
    let package = match Package::find(place.manifest_path.as_deref(), place.package.as_deref()) {
        Ok(package) => package,
        Err(error) => return screen::failure(&error),
    };
    match &arguments.command {
        Command::Makemigrations(options) => makemigrations::run(&package, place, options),
        Command::Optimizemigration(options) => optimizemigration::run(&package, place, options),
        Command::Squashmigrations(options) => squashmigrations::run(&package, place, options),
    }
}
