//! The commands of a project's `manage` binary: `migrate`, `showmigrations`, `sqlmigrate`, `check`,
//! `repair`.
//!
//! Exit codes: 0 for success, 1 if a command failed or `check` found something, 2 if the command line is invalid. Answers
//! are written to standard output, errors and questions to standard error. Colours are used only on a terminal, unless
//! `NO_COLOR` is set. With `--format json`, answers and errors are JSON.

mod check;
mod migrate;
mod repair;
mod screen;
mod showmigrations;
mod sqlmigrate;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::error::Error;
use crate::migrator::Migrator;
use crate::model::embedded::Migrations;
use crate::run::report::Report;
use crate::url::DEFAULT_URL;

/// Brings databases up to date with this program's models.
#[derive(Debug, Parser)]
#[command(version = env!("CARGO_PKG_VERSION"), disable_version_flag = true)]
struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// The options of all commands.
#[derive(Debug, Args)]
struct Place {
    /// The database: `sqlite://path` or the plain path of a file; the default is `db.sqlite3`.
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
    /// How many seconds to wait for another process that writes.
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 10)]
    lock_timeout: u64,
    /// The format of answers.
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// The format of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For a person.
    Text,
    /// For a program.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Applies or reverts migrations.
    Migrate(migrate::Options),
    /// Lists the migrations, and which are applied.
    Showmigrations(showmigrations::Options),
    /// Prints the SQL of a migration, without connecting to a database.
    Sqlmigrate(sqlmigrate::Options),
    /// Checks whether the database is up to date; fails if there is something to do.
    Check,
    /// Writes rows of the history that are missing or were changed by hand; runs no migration.
    Repair(repair::Options),
}

impl Place {
    fn url(&self) -> &str {
        match self.database.as_deref() {
            None | Some("") => DEFAULT_URL,
            Some(url) => url,
        }
    }

    async fn connect(&self, migrations: Migrations) -> Result<Migrator, Error> {
        let migrator = Migrator::connect(self.url()).await?;
        Ok(migrator.lock_timeout(Duration::from_secs(self.lock_timeout)).with(migrations))
    }
}

/// Runs the command of the command line with the migrations of the program.
///
/// ```no_run
/// # let migrations = modelshift::Migrations::default();
/// # let main = || -> std::process::ExitCode {
/// modelshift::manage::main(migrations)
/// # };
/// # main();
/// ```
pub fn main(migrations: Migrations) -> ExitCode {
    main_from(std::env::args_os(), migrations)
}

/// Runs a command, as [`main`] does, from a given command line. Its first word is the name of the program.
pub fn main_from(words: impl IntoIterator<Item = OsString>, migrations: Migrations) -> ExitCode {
    let words: Vec<OsString> = words.into_iter().collect();
    let arguments = match Arguments::try_parse_from(&words) {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            if asks_for_json(&words) {
                screen::failure_json(error.to_string().trim_end(), &[], &Report::default());
            } else {
                // If the error cannot be printed, it cannot be reported either.
                let _ = error.print();
            }
            return ExitCode::from(2);
        }
        Err(help) => {
            let _ = help.print();
            return ExitCode::SUCCESS;
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return screen::failure(&error),
    };
    match runtime.block_on(run(&arguments, migrations)) {
        Ok(code) => code,
        Err(error) => {
            match arguments.place.format {
                Format::Text => {
                    screen::failure(&error);
                    screen::say_done_before(error.report());
                }
                Format::Json => {
                    screen::failure_json(&error.to_string(), &screen::causes(&error), error.report());
                }
            }
            if error.kind().is_of_command_line() { ExitCode::from(2) } else { ExitCode::FAILURE }
        }
    }
}

/// Returns whether an invalid command line requests answers in JSON.
fn asks_for_json(words: &[OsString]) -> bool {
    words.iter().any(|word| word == "--format=json")
        || words.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json")
}

async fn run(arguments: &Arguments, migrations: Migrations) -> Result<ExitCode, Error> {
    let place = &arguments.place;
    match &arguments.command {
        Command::Migrate(options) => migrate::run(place, options, migrations).await,
        Command::Showmigrations(options) => showmigrations::run(place, options, migrations).await,
        Command::Sqlmigrate(options) => sqlmigrate::run(place, options, &migrations),
        Command::Check => check::run(place, migrations).await,
        Command::Repair(options) => repair::run(place, options, migrations).await,
    }
}
