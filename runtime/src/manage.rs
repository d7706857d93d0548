//! The commands of a project's `manage` binary: `migrate`, `showmigrations`, `sqlmigrate`, `graph`, `export`, `review`,
//! `check`, `baseline`, `repair`, `dumpdata`, `loaddata`, `flush`, `dbshell`.
//!
//! The exit codes stand in `help::EXIT_CODES`. Answers
//! are written to standard output, errors and questions to standard error. Colours are used only on a terminal, unless
//! `NO_COLOR` is set. With `--format json`, answers and errors are JSON.

mod baseline;
mod check;
mod dbshell;
mod dumpdata;
mod environment;
mod export;
mod fleet;
mod flush;
mod graph;
mod help;
#[cfg(feature = "inspect")]
mod inspectdb;
mod loaddata;
mod migrate;
mod output;
mod repair;
mod review;
mod screen;
mod showmigrations;
mod sqlmigrate;

use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use modelshift_schema::error_code::ErrorCode;

use crate::error::{Error, ErrorKind};
use crate::fixtures;
use crate::migrator::Migrator;
use crate::model::embedded::Migrations;
use crate::run::report::Report;
use crate::url::DEFAULT_URL;

/// Brings databases up to date with this program's models.
#[derive(Debug, Parser)]
#[command(after_help = help::EXIT_CODES, version = env!("CARGO_PKG_VERSION"), disable_version_flag = true)]
struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

/// The options of all commands.
#[derive(Debug, Args)]
struct Place {
    /// The database: `sqlite://path`, the plain path of a file, `postgres://user@host/name` or `mysql://user@host/name`.
    ///
    /// A word such as `analytics` names the one of `DATABASE_URL_ANALYTICS`, in the environment or in the file `.env`.
    ///
    /// By default, the value of `DATABASE_URL` in the environment, the text of the file that `DATABASE_URL_FILE` names, or the
    /// value of `DATABASE_URL` in the file `.env` of this folder or of one above it; else `db.sqlite3`.
    #[arg(long, global = true, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    database: Option<String>,
    /// Does not read the file `.env`.
    #[arg(long, global = true)]
    no_dotenv: bool,
    /// How many seconds to wait for another process that writes.
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 10)]
    lock_timeout: u64,
    /// The format of answers, of fixtures, of drawings and reviews; the default is text.
    #[arg(long = "format", global = true, value_enum, value_name = "FORMAT")]
    named_format: Option<NamedFormat>,
    /// Never asks, as in a pipe.
    #[arg(long, global = true, visible_alias = "noinput")]
    no_input: bool,
    /// How much is printed: 0 errors and warnings, 1 each migration, 2 also how long it took, 3 also its statements.
    #[arg(short, long, global = true, value_name = "LEVEL", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=3))]
    verbosity: u8,
}

/// The format of answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    /// For a person.
    Text,
    /// For a program.
    Json,
}

/// The formats that a command line can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum NamedFormat {
    /// For a person.
    Text,
    /// For a program; of a fixture, a list of objects.
    Json,
    /// Of a fixture: an object of JSON in each line.
    Jsonl,
    /// Of a fixture: YAML.
    Yaml,
    /// Of a fixture: XML.
    Xml,
    /// Of rows: a script for the client of the database.
    Sql,
    /// Of a drawing: Mermaid, which GitHub and GitLab draw in their pages.
    Mermaid,
    /// Of a drawing: the language of Graphviz.
    Dot,
    /// Of a drawing or a review: a page for a browser.
    Html,
    /// Of a review: a comment on a pull request.
    Markdown,
}

impl NamedFormat {
    /// Returns the format of fixtures; `None` for text.
    fn of_fixtures(self) -> Option<fixtures::Format> {
        match self {
            Self::Text | Self::Sql | Self::Mermaid | Self::Dot | Self::Html | Self::Markdown => None,
            Self::Json => Some(fixtures::Format::Json),
            Self::Jsonl => Some(fixtures::Format::Jsonl),
            Self::Yaml => Some(fixtures::Format::Yaml),
            Self::Xml => Some(fixtures::Format::Xml),
        }
    }

    /// Returns the format of answers; `None` if it is one of fixtures or drawings only.
    fn of_answers(self) -> Option<Format> {
        match self {
            Self::Text => Some(Format::Text),
            Self::Json => Some(Format::Json),
            Self::Jsonl
            | Self::Yaml
            | Self::Xml
            | Self::Sql
            | Self::Mermaid
            | Self::Dot
            | Self::Html
            | Self::Markdown => None,
        }
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Applies or reverts migrations.
    #[command(after_help = help::MIGRATE)]
    Migrate(migrate::Options),
    /// Lists the migrations, and which are applied.
    #[command(after_help = help::SHOWMIGRATIONS)]
    Showmigrations(showmigrations::Options),
    /// Prints the SQL of a migration, without connecting to a database.
    #[command(after_help = help::SQLMIGRATE)]
    Sqlmigrate(sqlmigrate::Options),
    /// Draws the migrations and the schema; marks what the database has of them with `--applied`.
    #[command(after_help = help::GRAPH)]
    Graph(graph::Options),
    /// Prints the tables for another crate: `schema.rs` of Diesel, or entities of SeaORM.
    #[command(after_help = help::EXPORT)]
    Export(export::Options),
    /// Shows what new migrations would do: operations, SQL, locks, losses, and the difference of the schema.
    #[command(after_help = help::REVIEW)]
    Review(review::Options),
    /// Checks whether the database is up to date; fails if there is something to do.
    #[command(after_help = help::CHECK)]
    Check,
    /// Opens the client of the database: `sqlite3`, `psql` or `mysql`.
    #[command(after_help = help::DBSHELL)]
    Dbshell(dbshell::Options),
    /// Removes all rows of the tables that migrations made; the history stays.
    #[command(after_help = help::FLUSH)]
    Flush,
    /// Writes rows as a fixture (JSON, or what `--format` says), or as a script of SQL.
    #[command(after_help = help::DUMPDATA)]
    Dumpdata(dumpdata::Options),
    /// Loads fixtures, all or nothing.
    #[command(after_help = help::LOADDATA)]
    Loaddata(loaddata::Options),
    /// Prints models for the tables that the database has.
    #[cfg(feature = "inspect")]
    #[command(after_help = help::INSPECTDB)]
    Inspectdb(inspectdb::Options),
    /// Records migrations as applied in a database that has their tables already, after a comparison; runs no migration.
    #[command(after_help = help::BASELINE)]
    Baseline(baseline::Options),
    /// Writes rows of the history that are missing or were changed by hand; runs no migration.
    #[command(after_help = help::REPAIR)]
    Repair(repair::Options),
}

impl Command {
    /// Refuses a format that the command does not have.
    ///
    /// # Errors
    /// [`ErrorKind::CommandLine`].
    fn check_format(&self, format: NamedFormat) -> Result<(), Error> {
        let (is_known, formats) = match self {
            // A text is no fixture, but it has always been the default here.
            Self::Dumpdata(_) => (
                matches!(format, NamedFormat::Text | NamedFormat::Sql) || format.of_fixtures().is_some(),
                "`json`, `jsonl`, `yaml`, `xml` or `sql`",
            ),
            Self::Loaddata(_) => (
                format == NamedFormat::Text || format.of_fixtures().is_some(),
                "`json`, `jsonl`, `yaml` or `xml`",
            ),
            Self::Graph(_) => {
                (graph::form_of(format).is_some(), "`text`, `mermaid`, `dot`, `html` or `json`")
            }
            Self::Review(_) => (review::form_of(format).is_some(), "`text`, `markdown`, `html` or `json`"),
            Self::Migrate(_)
            | Self::Showmigrations(_)
            | Self::Sqlmigrate(_)
            | Self::Export(_)
            | Self::Check
            | Self::Dbshell(_)
            | Self::Flush
            | Self::Baseline(_)
            | Self::Repair(_) => (format.of_answers().is_some(), "`text` or `json`"),
            #[cfg(feature = "inspect")]
            Self::Inspectdb(_) => (format.of_answers().is_some(), "`text` or `json`"),
        };
        if is_known {
            return Ok(());
        }
        let what = format!("this command answers in {formats}");
        let remedy = "write one of these after `--format`, or leave it out".to_owned();
        Err(ErrorKind::CommandLine { what, remedy }.into())
    }
}

impl Place {
    /// Returns the URL of the database.
    ///
    /// # Errors
    /// If the file `.env`, or the one of `DATABASE_URL_FILE`, cannot be read.
    fn url(&self) -> Result<String, Error> {
        let given = self.database.clone().filter(|url| !url.is_empty());
        let given = environment::url_or_file(given)?;
        let url = match given {
            None if !self.no_dotenv => environment::from_file("DATABASE_URL")?,
            None | Some(_) => given,
        };
        url.map_or_else(|| Ok(DEFAULT_URL.to_owned()), |url| environment::of_name(url, !self.no_dotenv))
    }

    /// Returns the name of the database, by which apps belong to it.
    fn name(&self) -> &str {
        self.database.as_deref().filter(|given| environment::is_name(given)).unwrap_or("default")
    }

    /// Returns the format of answers.
    fn format(&self) -> Format {
        self.named_format.and_then(NamedFormat::of_answers).unwrap_or(Format::Text)
    }

    /// Returns whether there is a person to ask.
    fn can_ask(&self) -> bool {
        !self.no_input && screen::can_ask()
    }

    /// Asks a person; without a terminal, prints the option that answers the question.
    fn may_continue(&self, question: &str) -> bool {
        if self.can_ask() {
            return screen::ask(question);
        }
        screen::say_aside("nobody can be asked here; run the command again with `--yes`");
        false
    }

    async fn connect(&self, migrations: Migrations) -> Result<Migrator, Error> {
        let migrator = Migrator::connect(&self.url()?).await?;
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

/// Returns the whole command line, for completions and manual pages.
#[doc(hidden)]
pub fn command_line() -> clap::Command {
    Arguments::command()
}

/// Runs a command, as [`main`] does, from a given command line. Its first word is the name of the program.
pub fn main_from(words: impl IntoIterator<Item = OsString>, migrations: Migrations) -> ExitCode {
    let words: Vec<OsString> = words.into_iter().collect();
    let arguments = match Arguments::try_parse_from(&words) {
        Ok(arguments) => arguments,
        Err(error) if error.use_stderr() => {
            if asks_for_json(&words) {
                let text = error.to_string();
                screen::failure_json(ErrorCode::CommandLine, text.trim_end(), &[], &Report::default());
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
        Err(error) => return screen::failure(ErrorCode::FileAccess, &error),
    };
    match runtime.block_on(run(&arguments, migrations)) {
        Ok(code) => code,
        Err(error) => {
            match arguments.place.format() {
                Format::Text => {
                    screen::failure(error.code(), &error);
                    screen::say_done_before(error.report());
                }
                Format::Json => {
                    let causes = screen::causes(&error);
                    screen::failure_json(error.code(), &error.to_string(), &causes, error.report());
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
    if let Some(format) = place.named_format {
        arguments.command.check_format(format)?;
    }
    let named = place.database.as_deref().is_some_and(environment::is_name);
    // What needs no database is about all of them, unless one is named.
    let needs_no_database = matches!(&arguments.command, Command::Review(_) | Command::Export(_))
        || matches!(&arguments.command, Command::Graph(options) if !options.applied);
    let is_of_all = needs_no_database && !named;
    let migrations = if is_of_all { migrations } else { migrations.of_database(place.name()) };
    match &arguments.command {
        Command::Migrate(options) => migrate::run(place, options, migrations).await,
        Command::Showmigrations(options) => showmigrations::run(place, options, migrations).await,
        Command::Sqlmigrate(options) => sqlmigrate::run(place, options, &migrations),
        Command::Graph(options) => graph::run(place, options, &migrations).await,
        Command::Export(options) => export::run(place, options, &migrations),
        Command::Review(options) => review::run(place, options, &migrations),
        Command::Dbshell(options) => dbshell::run(place, options),
        Command::Flush => flush::run(place, migrations).await,
        Command::Dumpdata(options) => dumpdata::run(place, options, migrations).await,
        Command::Loaddata(options) => loaddata::run(place, options, migrations).await,
        #[cfg(feature = "inspect")]
        Command::Inspectdb(options) => inspectdb::run(place, options, migrations).await,
        Command::Check => check::run(place, migrations).await,
        Command::Baseline(options) => baseline::run(place, options, migrations).await,
        Command::Repair(options) => repair::run(place, options, migrations).await,
    }
}
