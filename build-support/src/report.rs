//! The result of a run as a value: only `run` prints.

use std::path::PathBuf;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::question::Question;
use modelshift_syntax::findings::{FoundQuestion, Mode};

use crate::error::Fault;

/// The result of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The mode of the run.
    pub mode: Mode,
    /// False if a source file cannot be read, so that nothing was compared.
    pub is_whole: bool,
    /// All apps, sorted by label.
    pub apps: Vec<AppReport>,
    /// The questions that must be answered at a struct or a field first.
    pub questions: Vec<ModelQuestion>,
    /// The questions that accept an answer of `makemigrations`, each with the place of its struct.
    pub open: Vec<(String, Question)>,
    /// Messages about something that is not an error.
    pub warnings: Vec<String>,
}

impl Report {
    /// Returns whether a run with the same input has the same result, and nobody is told anything.
    pub(crate) fn is_settled(&self) -> bool {
        self.warnings.is_empty() && self.apps.iter().all(|app| app.outcome.is_settled())
    }
}

/// The result for one app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppReport {
    /// The app.
    pub app: AppLabel,
    /// The folder of its migrations; none if no `migrations!` declares them.
    pub folder: Option<PathBuf>,
    /// The outcome.
    pub outcome: Outcome,
    /// The errors of the app.
    pub faults: Vec<Fault>,
}

/// The outcome of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was not compared, or something must be corrected or answered first: see the faults and questions.
    Stopped,
    /// Models and migrations agree; nothing to do.
    UpToDate,
    /// The missing migrations are written; `changed` is false if the files had the same text before.
    Written {
        /// The migrations in their order, each with its file. There are several if apps refer to each other in a
        /// circle.
        migrations: Vec<(MigrationId, PathBuf)>,
        /// Whether any file was written or removed.
        changed: bool,
    },
    /// These migrations are missing, and were not to be written: each with its file and the text for it.
    Shown {
        /// The migrations in their order.
        migrations: Vec<(Migration, PathBuf, String)>,
    },
    /// The draft was removed, since its change was reverted.
    Removed,
    /// A migration is missing, and this run may not write it.
    Behind,
}

impl Outcome {
    /// Returns whether a run with the same input has the same outcome.
    pub(crate) fn is_settled(&self) -> bool {
        match self {
            Self::UpToDate | Self::Written { changed: false, .. } => true,
            Self::Written { changed: true, .. }
            | Self::Stopped
            | Self::Shown { .. }
            | Self::Removed
            | Self::Behind => false,
        }
    }
}

/// A question about a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelQuestion {
    /// The place of the struct: file, line and column.
    pub place: String,
    /// The question.
    pub question: FoundQuestion,
}
