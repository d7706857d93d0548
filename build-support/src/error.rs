//! What can go wrong: an environment that is no build script's, and faults of a project that its compiler reports.

use std::path::PathBuf;

use modelshift_schema::name::{AppLabel, MigrationId};

/// A build step that cannot do its work at all.
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
        /// What was to be done, such as "read".
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
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

/// Something wrong with an app that belongs to no struct; `migrations!` raises it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A label that names no app.
    #[error("`{label}` cannot be the label of an app; use small letters, digits and `_`, such as `blog`")]
    Label {
        /// The label.
        label: AppLabel,
    },
    /// A value of `MODELSHIFT` that means nothing.
    #[error("`MODELSHIFT={value}` is unknown, so nothing is written; expected `write`, `check` or `off`")]
    UnknownMode {
        /// The value.
        value: String,
    },
    /// Models in more than one binary.
    #[error(
        "models stand in more than one binary ({}); put the models and `migrations!` into a library, `src/lib.rs`",
        quoted(binaries)
    )]
    TwoBinaries {
        /// The files that the binaries begin in.
        binaries: Vec<String>,
    },
    /// Models without a place for their migrations.
    #[error(
        "the migrations of `{app}` have no place yet; add a file `{file}` with the line `{line}`, and `pub mod migrations;` beside it"
    )]
    NoPlace {
        /// The app.
        app: AppLabel,
        /// The file that is to be added.
        file: String,
        /// What is to stand in it.
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
        "{place}: this `migrations!` lies in the app `{lies_in}` but declares `{declares}`; write `{line}`"
    )]
    WrongPlace {
        /// Where the macro stands.
        place: String,
        /// The app of the file.
        lies_in: AppLabel,
        /// The app that it declares.
        declares: AppLabel,
        /// What is to stand there.
        line: String,
    },
    /// What a dependency tells of its models cannot be read.
    #[error(
        "what a dependency tells of its models cannot be read ({reason}; `{file}`); use one version of `modelshift-build`, and build again"
    )]
    Untold {
        /// The file that its build script left.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Two crates in sight tell of different types under one name.
    #[error(
        "two dependencies tell of `{name}`, and not the same, one of them being the package `{package}`; have one of them only, or give the library of one another name (`[lib]` in its Cargo.toml)"
    )]
    SameName {
        /// The crate and the path of the type.
        name: String,
        /// The package that told of it last.
        package: String,
    },
    /// Two crates in sight have an app of one label.
    #[error(
        "two apps bear the label `{label}`, with migrations in `{one}` and `{other}`; databases tell apps apart by their labels: call one of them otherwise with `.app(\"…\", \"src\")` in its build.rs"
    )]
    SameLabel {
        /// The label.
        label: AppLabel,
        /// One folder of migrations.
        one: String,
        /// The other.
        other: String,
    },
    /// A condition that cannot be decided here.
    #[error(
        "{place}: a build script cannot know for every build whether `{condition}` holds, and so not what the table of `{model}` is to be; use a cargo feature, or take the condition away"
    )]
    Undecided {
        /// Where the model stands.
        place: String,
        /// The condition.
        condition: String,
        /// The model.
        model: String,
    },
    /// A source file that cannot be read, where no person waits for the compiler to say so.
    #[error(
        "`{file}` cannot be read as Rust ({reason}), so models and migrations were not compared; correct it, or write it in stable Rust"
    )]
    NotRust {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A migration file that says nothing we understand.
    #[error("{place}: {message}")]
    Unreadable {
        /// Where in the file.
        place: String,
        /// What is wrong there.
        message: String,
        /// True where the compiler says the same, at the place itself.
        is_told_by_compiler: bool,
    },
    /// A history under a label that the app no longer bears.
    #[error(
        "`{file}` was written for the app `{recorded}`, and this build calls the app `{label}`; tables and databases know it by the label it had: keep that with `modelshift_build::new().app(\"{recorded}\", \"{source_folder}\").run()` in `build.rs` and `modelshift::migrations!({recorded})`; only where no database holds it yet, remove the migrations and build again"
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
    /// A migration file with a name that is none.
    #[error(
        "`{file}` is no name of a migration; it takes `m`, four or more digits, `_`, and up to 80 small letters, digits and `_`, such as `m0002_author_rating.rs`"
    )]
    BadName {
        /// The file.
        file: String,
    },
    /// Something else than a file under the name of a migration.
    #[error("`{file}` has the name of a migration and is not a file; remove it, or give it another name")]
    NoFile {
        /// The file.
        file: String,
    },
    /// A history that does not fit together.
    #[error("{message}")]
    History {
        /// What is wrong, with the migration that it begins at.
        message: String,
    },
    /// Migrations of one app that go on from the same point side by side.
    #[error(
        "the migrations of `{app}` end in {}, which know nothing of each other; run `cargo modelshift makemigrations --merge` for a migration that joins them, or `--rebase` to put one behind the other; by hand, give one the next number and name the other in its `depends_on`",
        quoted(leaves)
    )]
    TwoLeaves {
        /// The app.
        app: AppLabel,
        /// The ends.
        leaves: Vec<MigrationId>,
    },
    /// Drafts of a change that was undone, which cannot be removed.
    #[error(
        "the change behind {} was undone, but the draft cannot be removed ({reason}); remove it",
        quoted(drafts)
    )]
    StaleDrafts {
        /// The files.
        drafts: Vec<String>,
        /// What the system says.
        reason: String,
    },
    /// A question about a model that has no struct any more.
    #[error("{message}")]
    Question {
        /// The whole text.
        message: String,
    },
    /// Models and migrations that cannot be compared.
    #[error("{message}")]
    Incomparable {
        /// Why.
        message: String,
    },
    /// A model that the scan does not find, and that still stands in the sources.
    #[error(
        "the build script does not see the model `{model}` any more, but it stands at {place}, where the build script does not read models (a macro, a function, or a file that no `mod` leads to); its table is kept: move the struct to where `mod` leads from the root of the crate, or remove it there, too, if the table is to be dropped"
    )]
    StillWritten {
        /// The model.
        model: String,
        /// Where it stands.
        place: String,
    },
    /// Models that are ahead of their migrations where nothing may be written.
    #[error(
        "the models of `{app}` are ahead of its migrations:\n{}\n`{file}` is missing; {why}; {remedy}",
        listed(missing)
    )]
    Behind {
        /// The app.
        app: AppLabel,
        /// What the missing operations would do.
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
