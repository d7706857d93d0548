//! Errors of the build step itself, and faults of a project, which the compiler reports.

mod code;

use std::path::PathBuf;

use modelshift_schema::error_code::ErrorCode;
use modelshift_schema::name::{AppLabel, MigrationId};

/// An error that stops the build step.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// A variable of a build script is not set.
    #[error("the variable `{name}` is not set; call modelshift's build step from `build.rs`")]
    NoVariable {
        /// The variable.
        name: &'static str,
    },
    /// A file cannot be read, written or removed.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// The action, such as "read".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// The error of the system.
        #[source]
        source: std::io::Error,
    },
}

impl BuildError {
    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}

/// An error of an app that does not belong to a struct; `migrations!` reports it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// An invalid label of an app.
    #[error("invalid label of an app `{label}`; use lowercase letters, digits and `_`, such as `blog`")]
    Label {
        /// The label.
        label: AppLabel,
    },
    /// An unknown value of `MODELSHIFT`.
    #[error("`MODELSHIFT={value}` is unknown, so nothing is written; expected `write`, `check` or `off`")]
    UnknownMode {
        /// The value.
        value: String,
    },
    /// Models in more than one binary.
    #[error(
        "there are models in more than one binary ({}); put the models and `migrations!` into a library, `src/lib.rs`",
        quoted(binaries)
    )]
    TwoBinaries {
        /// The root files of the binaries.
        binaries: Vec<String>,
    },
    /// Models without a place for their migrations.
    #[error(
        "the migrations of `{app}` have no place yet; add a file `{file}` with the line `{line}`, and `pub mod migrations;` beside it"
    )]
    NoPlace {
        /// The app.
        app: AppLabel,
        /// The file to add.
        file: String,
        /// The line for it.
        line: String,
    },
    /// Two places for the migrations of one app.
    #[error("the migrations of `{app}` are declared at {first} and at {second}; keep one `migrations!`")]
    TwoPlaces {
        /// The app.
        app: AppLabel,
        /// One place.
        first: String,
        /// The other place.
        second: String,
    },
    /// A `migrations!` inside the sources of an app that declares those of another.
    #[error(
        "{place}: this `migrations!` is in the app `{lies_in}` but declares `{declares}`; write `{line}`"
    )]
    WrongPlace {
        /// The place of the macro.
        place: String,
        /// The app of the file.
        lies_in: AppLabel,
        /// The app that it declares.
        declares: AppLabel,
        /// The correct line.
        line: String,
    },
    /// The exports of a dependency cannot be read.
    #[error(
        "the exports of a dependency cannot be read ({reason}; `{file}`); use one version of `modelshift-build`, and build again"
    )]
    UnreadableExports {
        /// The file that its build script wrote.
        file: String,
        /// The error.
        reason: String,
    },
    /// Two dependencies export different types under one name.
    #[error(
        "two dependencies export different types `{name}`, one of them the package `{package}`; remove one of them, or give the library of one another name (`[lib]` in its Cargo.toml)"
    )]
    SameName {
        /// The crate and the path of the type.
        name: String,
        /// The package that exports it last.
        package: String,
    },
    /// Two crates have an app with the same label.
    #[error(
        "two apps have the label `{label}`, with migrations in `{one}` and `{other}`; databases identify apps by their labels: give one of them another label with `.app(\"…\", \"src\")` in its build.rs"
    )]
    SameLabel {
        /// The label.
        label: AppLabel,
        /// One folder of migrations.
        one: String,
        /// The other.
        other: String,
    },
    /// A condition that cannot be decided.
    #[error(
        "{place}: a build script cannot know for every build whether `{condition}` holds, and so cannot know the table of `{model}`; use a cargo feature, or remove the condition"
    )]
    Undecided {
        /// The place of the model.
        place: String,
        /// The condition.
        condition: String,
        /// The model.
        model: String,
    },
    /// A source file that cannot be read, in mode `check`.
    #[error(
        "`{file}` cannot be read as Rust ({reason}), so models and migrations were not compared; correct it, or write it in stable Rust"
    )]
    NotRust {
        /// The file.
        file: String,
        /// The error.
        reason: String,
    },
    /// A migration file that cannot be read.
    #[error("{place}: {message}")]
    Unreadable {
        /// The place in the file.
        place: String,
        /// The error.
        message: String,
        /// True if the compiler reports the same at the place itself.
        is_compile_error: bool,
    },
    /// A history with another label than the app has now.
    #[error(
        "`{file}` was written for the app `{recorded}`, and this build calls the app `{label}`; tables and databases use the earlier label: keep it with `modelshift_build::new().app(\"{recorded}\", \"{source_folder}\").run()` in `build.rs` and `modelshift::migrations!({recorded})`; only if they are not applied to any database, remove the migrations and build again"
    )]
    OtherLabel {
        /// The file that names the label.
        file: String,
        /// The label in the file.
        recorded: AppLabel,
        /// The label that the app has now.
        label: AppLabel,
        /// The folder of the app's sources.
        source_folder: String,
    },
    /// A migration file with an invalid name.
    #[error(
        "invalid name of a migration `{file}`; write `m`, four or more digits, `_`, and up to 80 lowercase letters, digits and `_`, such as `m0002_author_rating.rs`"
    )]
    BadName {
        /// The file.
        file: String,
    },
    /// A folder or another kind of file with the name of a migration.
    #[error("`{file}` has the name of a migration and is not a file; remove it, or give it another name")]
    NoFile {
        /// The file.
        file: String,
    },
    /// An inconsistent history.
    #[error("{message}")]
    History {
        /// The error, with the first migration that has it.
        message: String,
    },
    /// Branches in the migrations of one app.
    #[error(
        "the migrations of `{app}` end in {}, which are on different branches; run `cargo modelshift makemigrations --merge` for a migration that joins them, or `--rebase` to put one after the other; by hand, give one the next number and name the other in its `depends_on`",
        quoted(leaves)
    )]
    TwoLeaves {
        /// The app.
        app: AppLabel,
        /// The ends.
        leaves: Vec<MigrationId>,
    },
    /// Drafts of a reverted change that cannot be removed.
    #[error(
        "the change in {} was reverted, but the draft cannot be removed ({reason}); remove it",
        quoted(drafts)
    )]
    StaleDrafts {
        /// The files.
        drafts: Vec<String>,
        /// The error of the system.
        reason: String,
    },
    /// A question about a model without a struct.
    #[error("{message}")]
    Question {
        /// The whole text.
        message: String,
        /// The code of the question.
        code: ErrorCode,
    },
    /// Models and migrations that cannot be compared.
    #[error("{message}")]
    Incomparable {
        /// The reason.
        message: String,
        /// The code of the reason.
        code: ErrorCode,
    },
    /// A model that the scan does not find, although it is in the sources.
    #[error(
        "the build script does not see the model `{model}` any more, but it is at {place}, where the build script does not read models (a macro, a function, or a file without a `mod` declaration); its table is kept: move the struct to a file that `mod` declarations reach from the root of the crate, or remove it there, too, to drop the table"
    )]
    StillWritten {
        /// The model.
        model: String,
        /// Its place.
        place: String,
    },
    /// Models with missing migrations, in a build that may not write them.
    #[error(
        "the models of `{app}` are ahead of its migrations:\n{}\n`{file}` is missing; {why}; {remedy}",
        listed(missing)
    )]
    Behind {
        /// The app.
        app: AppLabel,
        /// Descriptions of the missing operations.
        missing: Vec<String>,
        /// The migration that would be written.
        file: String,
        /// Why it is not written.
        why: String,
        /// What to do.
        remedy: String,
    },
}

fn quoted<T: std::fmt::Display>(names: &[T]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        Some(_) | None => names.join(", "),
    }
}

fn listed(lines: &[String]) -> String {
    lines.iter().map(|line| format!("  - {line}")).collect::<Vec<_>>().join("\n")
}
