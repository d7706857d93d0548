//! What a build step found and did, as a value: nothing below `run` prints.

use std::path::PathBuf;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId};
use modelshift_schema::question::Question;
use modelshift_syntax::findings::{FoundQuestion, Mode};

use crate::error::Fault;

/// What was found and done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What the build step was allowed to do.
    pub mode: Mode,
    /// False where the compiler has something to complain about first, so that nothing was compared.
    pub is_whole: bool,
    /// Every app, in the order of the labels.
    pub apps: Vec<AppReport>,
    /// What must be answered at a struct or a field before it can be compared.
    pub questions: Vec<ModelQuestion>,
    /// Those of the questions that an answer can settle, each with the place of its struct.
    pub open: Vec<(String, Question)>,
    /// What a person should know, although nothing fails.
    pub warnings: Vec<String>,
}

/// What was found and done for one app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppReport {
    /// The app.
    pub app: AppLabel,
    /// The folder of its migrations; none where no `migrations!` declares them.
    pub folder: Option<PathBuf>,
    /// What became of it.
    pub outcome: Outcome,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
}

/// What became of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was not compared, or something is in the way: see the faults and questions.
    Stopped,
    /// Models and migrations agree, and nothing was to be done.
    UpToDate,
    /// The missing migrations are written; `changed` is false where the same bytes were there.
    Written {
        /// The migrations, in their order, each with its file. There are several where apps refer to each other in a
        /// circle.
        migrations: Vec<(MigrationId, PathBuf)>,
        /// Whether any file was written or removed.
        changed: bool,
    },
    /// These migrations are missing, and were only to be told: each with its file and the text that would be in it.
    Shown {
        /// The migrations, in their order.
        migrations: Vec<(Migration, PathBuf, String)>,
    },
    /// The draft was removed, since its change was undone.
    Removed,
    /// A migration is missing and may not be written.
    Behind,
}

/// A question about a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelQuestion {
    /// Where the struct stands: file, line and column.
    pub place: String,
    /// What is asked.
    pub question: FoundQuestion,
}
