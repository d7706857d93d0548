//! A call of a function of a migration.

use modelshift_schema::name::AppLabel;
use modelshift_schema::state::ProjectState;

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
