//! `cargo modelshift`: commands for the sources of a project, which does not need to compile.
//!
//! The project's own build script does the work (see `modelshift_build::request`); this crate is the user interface.
//! The exit codes stand in `help::WHOLE`. Results are printed to standard output, errors and questions to standard error.

#![forbid(unsafe_code)]

mod explain;
mod help;
mod init;
mod makemigrations;
mod manage;
mod optimizemigration;
mod package;
mod prompt;
mod screen;
mod script;
mod shell;
mod squashmigrations;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, Parser, Subcommand};
use modelshift_schema::error_code::ErrorCode;

use crate::package::Package;

/// Manages the migrations of the models of a project.
#[derive(Debug, Parser)]
#[command(name = "cargo modelshift", bin_name = "cargo modelshift", version)]
#[command(after_help = help::WHOLE)]
struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// The package, and how it is built.
#[derive(Debug, Args)]
struct Place {
    /// The package; by default, that of the current folder.
    #[arg(short, long, global = true, value_name = "NAME")]
    package: Option<String>,
    /// The path of `Cargo.toml`, in place of that of the current folder.
    #[arg(long, global = true, value_name = "FILE")]
    manifest_path: Option<PathBuf>,
    /// Features to build with; models may depend on them.
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
    /// Adds modelshift to a package: dependencies, build script, modules, and the program of the commands.
    #[command(after_help = help::INIT)]
    Init(init::Options),
    /// Writes the missing migrations.
    #[command(after_help = help::MAKEMIGRATIONS)]
    Makemigrations(makemigrations::Options),
    /// Prints models for the tables of a database that exists already: `--database URL`, or `DATABASE_URL`.
    #[cfg(feature = "inspectdb")]
    #[command(disable_help_flag = true, after_help = help::INSPECTDB)]
    Inspectdb {
        /// The options; `--help` lists them.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        options: Vec<OsString>,
    },
    /// Writes a migration that replaces another one with fewer operations.
    #[command(after_help = help::OPTIMIZEMIGRATION)]
    Optimizemigration(optimizemigration::Options),
    /// Writes one migration that replaces several.
    #[command(after_help = help::SQUASHMIGRATIONS)]
    Squashmigrations(squashmigrations::Options),
    /// Explains the code of an error, such as `MS0012`: its cause, and what to do.
    #[command(after_help = help::EXPLAIN)]
    Explain(explain::Options),
    /// Prints completions for a shell.
    #[command(after_help = help::COMPLETIONS)]
    Completions(shell::Completions),
    /// Writes manual pages.
    #[command(after_help = help::MAN)]
    Man(shell::Man),
    /// A command of the project's program `manage`, with its options.
    #[command(external_subcommand)]
    Manage(Vec<OsString>),
}

impl Place {
    /// Returns the arguments for cargo that select features.
    fn arguments(&self) -> Vec<OsString> {
        let features = self.features.iter().flat_map(|features| ["--features".into(), features.into()]);
        let flags =
            [(self.all_features, "--all-features"), (self.no_default_features, "--no-default-features")];
        features.chain(flags.into_iter().filter(|(is_set, _)| *is_set).map(|(_, flag)| flag.into())).collect()
    }
}

fn main() -> ExitCode {
    // Cargo passes the name of the command as the first argument.
    let mut words: Vec<OsString> = std::env::args_os().collect();
    if words.get(1).is_some_and(|word| word == "modelshift") {
        words.remove(1);
    }
    let arguments = match Arguments::try_parse_from(words) {
        Ok(arguments) => arguments,
        Err(error) => {
            // An error of printing cannot be printed either.
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let place = &arguments.place;
    match &arguments.command {
        // It needs no package.
        #[cfg(feature = "inspectdb")]
        Command::Inspectdb { options } => inspectdb(options),
        Command::Init(options) => of_package(place, |package| init::run(package, options)),
        Command::Makemigrations(options) => {
            of_package(place, |package| makemigrations::run(package, place, options))
        }
        Command::Optimizemigration(options) => {
            of_package(place, |package| optimizemigration::run(package, place, options))
        }
        Command::Squashmigrations(options) => {
            of_package(place, |package| squashmigrations::run(package, place, options))
        }
        // They need no package either.
        Command::Explain(options) => explain::run(options),
        Command::Completions(options) => shell::completions(options),
        Command::Man(options) => shell::man(options),
        Command::Manage(words) => of_manage(place, words),
    }
}

/// Runs a command for the package that the command line selects.
fn of_package(place: &Place, run: impl FnOnce(&Package) -> ExitCode) -> ExitCode {
    match Package::find(place.manifest_path.as_deref(), place.package.as_deref()) {
        Ok(package) => run(&package),
        Err(error) => screen::failure(&error),
    }
}

/// Runs a command of the project's program `manage`.
fn of_manage(place: &Place, words: &[OsString]) -> ExitCode {
    let command = words.first().map(|word| word.to_string_lossy()).unwrap_or_default();
    let own = Arguments::command();
    if let Some(message) = manage::unknown(&command, own.get_subcommands().map(clap::Command::get_name)) {
        screen::complain(ErrorCode::CommandLine, message);
        return ExitCode::from(2);
    }
    of_package(place, |package| manage::run(package, place, words))
}

/// Runs the command of the library, which needs no project.
#[cfg(feature = "inspectdb")]
fn inspectdb(options: &[OsString]) -> ExitCode {
    let words = ["cargo modelshift", "inspectdb"].map(OsString::from).into_iter();
    modelshift::manage::main_from(words.chain(options.iter().cloned()), modelshift::Migrations::default())
}
