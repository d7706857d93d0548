//! What a migration does to rows by itself: it calls one of its functions, or loads a file.

use modelshift_schema::name::AppLabel;
use modelshift_schema::state::ProjectState;
use modelshift_schema::step::Step;

use super::Action;

/// A call of a function of a migration: of a `RunRust`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataCall {
    /// The name of the function.
    pub function: String,
    /// The description of its operation.
    pub why: String,
    /// The app of the migration.
    pub(crate) app: AppLabel,
    /// All models, as they stand there.
    pub(crate) state: ProjectState,
}

impl DataCall {
    /// Returns the comment that stands in the place of the call in SQL.
    pub(crate) fn comment(&self) -> String {
        format!("-- (runs the function `{}` of the migration, which cannot be written as SQL)", self.function)
    }
}

/// A file of a migration that is loaded: of a `LoadData`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileLoad {
    /// The name of the file.
    pub file: String,
    /// The description of its operation.
    pub why: String,
    /// The app of the migration.
    pub(crate) app: AppLabel,
    /// All models, as they stand there.
    pub(crate) state: ProjectState,
}

impl FileLoad {
    /// Returns the comment that stands in the place of the rows in SQL.
    pub(crate) fn comment(&self) -> String {
        format!("-- (loads the file `{}` of the migration, whose rows are not written as SQL)", self.file)
    }
}

impl Action {
    /// Returns the action of a step on rows that no dialect writes as SQL; `None` for any other step.
    pub(crate) fn on_rows(step: &Step, why: &str) -> Option<Self> {
        let why = why.to_owned();
        if let Step::RunRust { function, app, state } = step {
            let (function, app, state) = (function.clone(), app.clone(), state.clone());
            return Some(Self::RunRust(DataCall { function, why, app, state }));
        }
        if let Step::LoadData { file, app, state } = step {
            let (file, app, state) = (file.clone(), app.clone(), state.clone());
            return Some(Self::LoadData(FileLoad { file, why, app, state }));
        }
        None
    }
}
