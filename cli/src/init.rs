//! `init`: adds modelshift to a package. All changes are found first, shown, and then written.

mod files;
mod manifest;
mod sources;

use std::io::{BufReader, IsTerminal};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use modelshift_schema::error_code::ErrorCode;
use similar::TextDiff;

use self::files::{Change, Files};
use crate::package::Package;
use crate::prompt::Prompt;
use crate::screen::{Coded, complain, failure, say, say_aside, say_done};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The models are in the package's one program, which becomes the program of the commands.
    #[arg(long, conflicts_with = "app")]
    bin: bool,
    /// An app with its folder; several can be given. Without any, the package is one app.
    #[arg(long, value_name = "NAME=FOLDER", value_parser = App::read)]
    app: Vec<App>,
    /// The databases that the program connects to.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "sqlite")]
    database: Vec<Database>,
    /// The folder of a clone of modelshift, in place of the released crates.
    #[arg(long, value_name = "FOLDER")]
    path: Option<PathBuf>,
    /// Change files without asking.
    #[arg(long, short)]
    yes: bool,
    /// Show the changes, and write nothing.
    #[arg(long)]
    dry_run: bool,
}

/// A database, by the feature of modelshift that connects to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Database {
    /// SQLite.
    Sqlite,
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
}

impl Database {
    fn feature(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
        }
    }
}

/// An app of several.
#[derive(Clone, Debug)]
struct App {
    /// Its label.
    name: String,
    /// Its folder, such as `src/blog`.
    folder: String,
}

impl App {
    fn read(text: &str) -> Result<Self, String> {
        let expected = "expected a name and a folder below `src`, such as `blog=src/blog`";
        let (name, folder) = text.split_once('=').ok_or(expected)?;
        let (folder, name) = (folder.trim_end_matches('/'), name.to_owned());
        let inner = folder.strip_prefix("src/").ok_or(expected)?;
        if !is_module_name(&name) || !inner.split('/').all(is_module_name) {
            return Err(format!("{expected}; the parts are names of modules, in lower case"));
        }
        Ok(Self { name, folder: folder.to_owned() })
    }

    /// Returns the path of the app's module, such as `blog` or `apps::blog`.
    fn module(&self) -> String {
        self.folder.trim_start_matches("src/").replace('/', "::")
    }
}

fn is_module_name(text: &str) -> bool {
    text.starts_with(|it: char| it.is_ascii_lowercase())
        && text.chars().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
}

/// Why a package cannot be set up.
#[derive(Debug, thiserror::Error)]
enum InitError {
    /// A file cannot be read or written.
    #[error("`{0}` cannot be read or written")]
    File(String, #[source] std::io::Error),
    /// A file was changed while a person was asked.
    #[error("`{0}` was changed while you were asked; run this command again")]
    Changed(String),
    /// `Cargo.toml` cannot be read.
    #[error("`Cargo.toml` cannot be read")]
    Manifest(#[source] toml_edit::TomlError),
    /// `Cargo.toml` has something else where dependencies are expected.
    #[error("`{0}` in `Cargo.toml` is not a table; add the dependencies by hand")]
    NoTable(&'static str),
    /// A source file does not parse.
    #[error("`{0}` is not Rust that can be read ({1}); correct it, and run this command again")]
    Source(String, String),
    /// A file that a person wrote, in which no place is known for what it needs.
    #[error("`{path}` has contents of its own; write this into it, and run this command again:\n\n{text}")]
    ByHand {
        /// The file.
        path: String,
        /// What it needs.
        text: String,
    },
    /// The clone has no such crates.
    #[error("`{0}` is not a clone of modelshift: it has no folder `runtime`")]
    NoClone(String),
}

impl Coded for InitError {
    fn code(&self) -> ErrorCode {
        match self {
            Self::File(..) | Self::Changed(_) => ErrorCode::FileAccess,
            Self::Manifest(_)
            | Self::NoTable(_)
            | Self::Source(..)
            | Self::ByHand { .. }
            | Self::NoClone(_) => ErrorCode::CannotSetUp,
        }
    }
}

pub(crate) fn run(package: &Package, options: &Options) -> ExitCode {
    let mut files = Files::of(package.folder());
    if let Err(error) = change_all(&mut files, package, options) {
        return failure(&error);
    }
    let changes = files.changes();
    if changes.is_empty() {
        say(format_args!("`{}` has all that modelshift needs", package.name));
        return ExitCode::SUCCESS;
    }
    for change in &changes {
        show(change);
    }
    if options.dry_run {
        return ExitCode::SUCCESS;
    }
    let is_edit = changes.iter().any(|change| change.before.is_some());
    if is_edit && !options.yes && !is_confirmed() {
        return ExitCode::FAILURE;
    }
    for change in &changes {
        if let Err(error) = files.write(change) {
            return failure(&error);
        }
    }
    say(next_steps(options));
    ExitCode::SUCCESS
}

/// Makes all changes that are needed.
fn change_all(files: &mut Files<'_>, package: &Package, options: &Options) -> Result<(), InitError> {
    manifest::change(files, options)?;
    sources::changes(files, package, options)?;
    if options.database.contains(&Database::Sqlite) {
        ignore_database(files)?;
    }
    Ok(())
}

/// The database of a developer is not part of the source.
fn ignore_database(files: &mut Files<'_>) -> Result<(), InitError> {
    const LINE: &str = "/db.sqlite3*";
    let text = files.text(".gitignore")?.unwrap_or_default();
    if text.lines().any(|line| line.trim() == LINE) {
        return Ok(());
    }
    let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    files.set(".gitignore", format!("{text}{gap}{LINE}\n"))
}

fn show(change: &Change) {
    let path = &change.path;
    let Some(before) = &change.before else {
        say_done("creates", path);
        return;
    };
    say_done("changes", path);
    let diff = TextDiff::from_lines(before, &change.after);
    for hunk in diff.unified_diff().context_radius(1).iter_hunks() {
        for line in hunk.iter_changes() {
            say(format_args!("    {}{}", line.tag(), line.to_string_lossy().trim_end_matches('\n')));
        }
    }
}

fn is_confirmed() -> bool {
    let (input, output) = (std::io::stdin(), std::io::stderr());
    if !input.is_terminal() {
        complain(
            ErrorCode::CannotSetUp,
            "files that exist are changed, and nobody can be asked; look at the changes, and add `--yes`",
        );
        return false;
    }
    let answer = Prompt::new(BufReader::new(input), output).confirm("Change these files?", Some(true));
    if answer != Ok(true) {
        say_aside("nothing was changed");
    }
    answer == Ok(true)
}

fn next_steps(options: &Options) -> String {
    let models = options.app.first().map_or_else(|| "src".to_owned(), |app| app.folder.clone());
    let address = match options.database.first() {
        Some(Database::Postgres) => "DATABASE_URL=postgres://user@localhost/name ",
        Some(Database::Mysql) => "DATABASE_URL=mysql://user@localhost/name ",
        Some(Database::Sqlite) | None => "",
    };
    format!(
        "\nNext:\n  1. write a struct with `#[derive(Model)]` into `{models}/models.rs`\n  \
         2. cargo build                        writes the first migration\n  \
         3. {address}cargo modelshift migrate"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_app_has_a_name_and_a_folder_below_src() {
        let app = App::read("blog=src/apps/blog/").unwrap();
        assert_eq!((app.name.as_str(), app.folder.as_str()), ("blog", "src/apps/blog"));
        assert_eq!(app.module(), "apps::blog");
        for wrong in ["blog", "blog=lib/blog", "Blog=src/blog", "blog=src/../x", "=src/a", "blog=src/a b"] {
            assert!(App::read(wrong).is_err(), "{wrong}");
        }
    }
}
