//! The codes of the errors of commands.

use modelshift_schema::error_code::ErrorCode;
use modelshift_schema::merge::MergeError;

use super::CommandError;

impl CommandError {
    /// Returns the code of the error.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Build(error) => error.code(),
            Self::Fault(error) => error.code(),
            Self::NoApp { .. } | Self::WhichApp { .. } => ErrorCode::UnknownApp,
            Self::NoMigration { .. } => ErrorCode::UnknownMigration,
            Self::SeveralMigrations { .. } => ErrorCode::AmbiguousMigration,
            Self::OneMigration { .. } => ErrorCode::OneMigration,
            Self::BadName { .. } => ErrorCode::MigrationName,
            Self::NothingToMerge { .. } | Self::Merge(MergeError::NothingToMerge { .. }) => {
                ErrorCode::NothingToMerge
            }
            Self::WhichBranch { .. } => ErrorCode::WhichBranch,
            Self::NoDependencies { .. } => ErrorCode::NoDependencies,
            Self::ReplacesNone { .. } => ErrorCode::ReplacesNone,
            Self::Squash(_) => ErrorCode::CannotSquash,
            Self::Merge(
                MergeError::NoCommonAncestor { .. }
                | MergeError::Conflict { .. }
                | MergeError::Order { .. }
                | MergeError::Needed { .. },
            ) => ErrorCode::CannotMerge,
        }
    }
}
