//! The errors of a run. Each says where, what, why, and what to do.

use std::fmt;
use std::time::Duration;

use modelshift_schema::graph::GraphError;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::replay::ReplayError;

use crate::model::embedded::EmbeddedError;
use crate::planner::PlanError;
use crate::run::report::Report;

/// An error of a run, with a report of what was done before it.
pub struct Error(Box<(ErrorKind, Report)>);

impl Error {
    /// Returns the kind of the error.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.0
    }

    /// Returns what was done before the error. All of it is recorded and kept.
    pub fn report(&self) -> &Report {
        &self.0.1
    }

    /// Returns the error with this report.
    pub(crate) fn with_report(self, report: Report) -> Self {
        Self(Box::new((self.0.0, report)))
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self(Box::new((kind, Report::default())))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self.kind(), f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("kind", self.kind()).field("report", self.report()).finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(self.kind())
    }
}

/// The kind of an error.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The address of the database cannot be read.
    #[error(
        "`{url}` is not an address of a database: {why}; write `sqlite://path`, `postgres://user@host/name`, or \
         `mysql://user@host/name`"
    )]
    Url {
        /// The address, without secrets.
        url: String,
        /// Why it cannot be read.
        why: String,
    },
    /// The program was built without the feature of the database.
    #[error(
        "`{url}`: this program was built without support for {dialect}; add the feature `{feature}` to the \
         dependency `modelshift`"
    )]
    NoFeature {
        /// The address, without secrets.
        url: String,
        /// The dialect.
        dialect: String,
        /// The feature that is missing.
        feature: String,
    },
    /// The database cannot be opened.
    #[error("cannot open `{database}`: {why}; {remedy}")]
    Open {
        /// The database.
        database: String,
        /// Why it cannot be opened.
        why: String,
        /// What to do.
        remedy: String,
    },
    /// The file of the database was replaced while it was open.
    #[error(
        "`{database}` was deleted or replaced by another file while migrations ran on it; what they did is in the \
         former file and not in this one; let nothing else move or remove the file, and run again"
    )]
    Replaced {
        /// The database.
        database: String,
    },
    /// The database is read-only.
    #[error("`{database}` is read-only, so that nothing can be migrated; {remedy}")]
    ReadOnly {
        /// The database.
        database: String,
        /// What to do.
        remedy: String,
    },
    /// Another process locked the database for longer than the time to wait.
    #[error(
        "`{database}` is locked by another process, and was still so after {}; let that process end, or wait \
         longer with `--lock-timeout` (`Migrator::lock_timeout`)", seconds(*.waited)
    )]
    Locked {
        /// The database.
        database: String,
        /// The time that was waited.
        waited: Duration,
    },
    /// The database reported an error for a statement that is not part of a migration.
    #[error("`{database}`: {doing} failed")]
    Database {
        /// The database.
        database: String,
        /// What was being done.
        doing: String,
        /// The error of the database.
        source: Box<dyn std::error::Error + Send + Sync>,
    },

    /// The migrations of the program are inconsistent.
    #[error("the migrations of this program do not fit together: {}", joined(.0))]
    Graph(Vec<GraphError>),
    /// A migration of the program cannot be read.
    #[error(transparent)]
    Stored(EmbeddedError),
    /// An operation does not fit the state that it meets.
    #[error(transparent)]
    Replay(ReplayError),
    /// A migration cannot be rendered for the database.
    #[error(transparent)]
    Plan(PlanError),
    /// The state of the models cannot be rendered as a whole.
    #[error("the models cannot be rendered for a fresh database to compare with: {what}")]
    Unrenderable {
        /// What cannot be rendered.
        what: String,
    },
    /// An app has two newest migrations, so that "the latest" is ambiguous.
    #[error(
        "app `{app}` has more than one newest migration: {}; let one depend on the other (`depends_on`), or add a \
         migration that depends on both (`cargo modelshift makemigrations --merge`)", listed(.leaves)
    )]
    TwoLeaves {
        /// The app.
        app: AppLabel,
        /// Its newest migrations.
        leaves: Vec<MigrationId>,
    },

    /// No migration has the requested name.
    #[error("there is no migration `{asked}`; there is {}", choice(.candidates))]
    UnknownTarget {
        /// The requested name.
        asked: String,
        /// The most similar names.
        candidates: Vec<String>,
    },
    /// No app has the requested label.
    #[error("there is no app `{asked}`; there is {}", choice(.candidates))]
    UnknownApp {
        /// The requested name.
        asked: String,
        /// The most similar labels.
        candidates: Vec<String>,
    },
    /// Several migrations match the requested name.
    #[error("`{asked}` can mean {}; write more of the name, or the app before it", choice(.candidates))]
    AmbiguousTarget {
        /// The requested name.
        asked: String,
        /// The matching names.
        candidates: Vec<String>,
    },

    /// The table of the history is not one of modelshift, or a newer version wrote it.
    #[error("table `{table}` of `{database}` cannot be read as a history: {why}; {remedy}")]
    History {
        /// The table.
        table: String,
        /// The database.
        database: String,
        /// Why it cannot be read.
        why: String,
        /// What to do.
        remedy: String,
    },
    /// Operations cannot be written into the history.
    #[error("operations cannot be written into the history; this is a bug in modelshift; please report it")]
    Unwritable {
        /// The error.
        source: serde_json::Error,
    },
    /// Migrations were edited after they were applied.
    #[error("{}", edited(.database, .migrations))]
    Edited {
        /// The database.
        database: String,
        /// The migrations.
        migrations: Vec<EditedMigration>,
    },
    /// The database holds migrations that the program does not know.
    #[error(
        "`{database}` is ahead of this program: it holds {}, which the program does not know; use the program that \
         has {}, or revert {} by the operations that the history keeps, which drops what was created with all rows in it: `{way_out}`",
        listed(.migrations), pronoun(.migrations), pronoun(.migrations)
    )]
    Ahead {
        /// The database.
        database: String,
        /// The migrations that only the database has.
        migrations: Vec<MigrationId>,
        /// The command that reverts them.
        way_out: String,
    },
    /// A migration is applied, and one that it depends on is not.
    #[error(
        "`{database}` is inconsistent: `{child}` is applied, and `{parent}`, which it depends on, is not; correct \
         `depends_on`, or revert `{child}`: `{way_out}`"
    )]
    Inconsistent {
        /// The database.
        database: String,
        /// The migration that is applied.
        child: MigrationId,
        /// The migration that is not.
        parent: MigrationId,
        /// The command that reverts the child.
        way_out: String,
    },
    /// Rows of the history were changed.
    #[error(
        "the history of `{database}` is damaged: the operations that it keeps of {} are not those that were applied; \
         {remedy}", listed(.migrations)
    )]
    Damaged {
        /// The database.
        database: String,
        /// The migrations.
        migrations: Vec<MigrationId>,
        /// What to do.
        remedy: String,
    },
    /// A row of the history is missing in the middle.
    #[error(
        "the history of `{database}` lacks {}, though what was applied after it depends on it; run `repair`, which \
         records it as applied without running it, or restore the table from a backup", listed(.migrations)
    )]
    MissingRows {
        /// The database.
        database: String,
        /// The migrations whose rows are missing.
        migrations: Vec<MigrationId>,
    },
    /// Another process changed the history during the run.
    #[error(
        "another process changed the history of `{database}` while `{migration}` was waiting for its turn; nothing \
         more was done; run again"
    )]
    Moved {
        /// The database.
        database: String,
        /// The migration that would have run next.
        migration: MigrationId,
    },

    /// A migration is partially applied, and another target was requested.
    #[error(
        "`{database}`: migration `{migration}` is applied in part ({done} of {stages} stages), since it is not one \
         transaction (`atomic = false`) and was interrupted; complete or revert it before anything else: {way_out}"
    )]
    PartiallyApplied {
        /// The database.
        database: String,
        /// The migration.
        migration: MigrationId,
        /// The number of stages that are done.
        done: usize,
        /// The number of stages.
        stages: usize,
        /// The commands that complete or revert it.
        way_out: String,
    },
    /// A migration that the program does not know is partially applied.
    #[error(
        "`{database}`: migration `{migration}` is applied in part, and this program does not know it; restore its file \
         and run `migrate`, or revert what is applied: `{way_out}`"
    )]
    UnknownPartial {
        /// The database.
        database: String,
        /// The migration.
        migration: MigrationId,
        /// The command that reverts what is applied.
        way_out: String,
    },
    /// A statement of a migration failed.
    #[error("migration `{migration}`: a statement failed that {why}; {kept}; the statement: {sql}")]
    Statement {
        /// The migration.
        migration: MigrationId,
        /// The reason for the statement.
        why: String,
        /// The part of the migration that was kept.
        kept: Kept,
        /// The statement.
        sql: String,
        /// The error of the database.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A migration would leave the database broken.
    #[error("migration `{migration}`: {what}; {kept}; {remedy}")]
    Refused {
        /// The migration.
        migration: MigrationId,
        /// What would be broken.
        what: String,
        /// The part of the migration that was kept.
        kept: Kept,
        /// What to do.
        remedy: String,
    },
}

impl ErrorKind {
    /// Returns whether the command line is invalid, whatever the database contains.
    #[cfg(feature = "manage")]
    pub(crate) fn is_of_command_line(&self) -> bool {
        matches!(
            self,
            Self::Url { .. }
                | Self::UnknownTarget { .. }
                | Self::UnknownApp { .. }
                | Self::AmbiguousTarget { .. }
        )
    }
}

/// The part of a failed migration that was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Nothing, since the migration was one transaction.
    Nothing,
    /// Some of its stages, since it is not one transaction.
    Stages {
        /// The number of stages that are done.
        done: usize,
        /// The number of stages.
        all: usize,
    },
    /// Some of its stages, and a part of the failed stage, since that runs outside of a transaction.
    StagesAndMore {
        /// The number of stages that are done.
        done: usize,
        /// The number of stages.
        all: usize,
    },
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("nothing of this migration was kept"),
            Self::Stages { done, all } => write!(
                f,
                "{done} of its {all} stages are done and kept, since it is not one transaction (`atomic = false`); \
                 the next run continues behind them"
            ),
            Self::StagesAndMore { done, all } => write!(
                f,
                "{done} of its {all} stages are done and kept, since it is not one transaction (`atomic = false`), and \
                 so is what this stage did before it failed, since it runs outside of any transaction; the next run \
                 begins with this stage again"
            ),
        }
    }
}

/// A migration that was edited after it was applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EditedMigration {
    /// The migration.
    pub id: MigrationId,
    /// A description of each operation that differs.
    pub differences: Vec<String>,
    /// The command that reverts the applied form.
    pub way_out: String,
}

fn edited(database: &str, migrations: &[EditedMigration]) -> String {
    let mut lines = Vec::new();
    for EditedMigration { id, differences, way_out } in migrations {
        lines.push(format!(
            "migration `{id}` was edited after it was applied to `{database}`: {}; undo the edit, or revert the applied \
             form with `{way_out}`, which drops what it created with all rows in it, and migrate again",
            differences.join(", ")
        ));
    }
    lines.join("\n")
}

fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f32())
}

fn joined<T: fmt::Display>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

fn listed<T: fmt::Display>(items: &[T]) -> String {
    items.iter().map(|item| format!("`{item}`")).collect::<Vec<_>>().join(", ")
}

/// Lists some items, since a longer list would not help.
fn choice(items: &[String]) -> String {
    const FEW: usize = 5;
    match items {
        [] => "none at all".to_owned(),
        few if few.len() <= FEW => listed(few),
        many => format!("{} and {} more", listed(&many[..FEW]), many.len() - FEW),
    }
}

fn pronoun<T>(items: &[T]) -> &'static str {
    if items.len() == 1 { "it" } else { "them" }
}
