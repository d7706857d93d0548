//! The codes of the errors of the build step.

use modelshift_schema::error_code::ErrorCode;

use super::{BuildError, Fault};

impl BuildError {
    /// Returns the code of the error.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::NoVariable { .. } => ErrorCode::NoBuildVariable,
            Self::Io { .. } => ErrorCode::FileAccess,
        }
    }
}

impl Fault {
    /// Returns the code of the error.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Label { .. } => ErrorCode::InvalidLabel,
            Self::UnknownMode { .. } => ErrorCode::UnknownMode,
            Self::TwoBinaries { .. } => ErrorCode::TwoBinaries,
            Self::NoPlace { .. } => ErrorCode::NoPlace,
            Self::TwoPlaces { .. } => ErrorCode::TwoPlaces,
            Self::WrongPlace { .. } => ErrorCode::WrongPlace,
            Self::UnreadableExports { .. } => ErrorCode::UnreadableExports,
            Self::SameName { .. } => ErrorCode::SameExport,
            Self::SameLabel { .. } => ErrorCode::SameLabel,
            Self::Undecided { .. } => ErrorCode::UndecidedCondition,
            Self::NotRust { .. } => ErrorCode::NotRust,
            Self::Unreadable { .. } => ErrorCode::UnreadableMigration,
            Self::OtherLabel { .. } => ErrorCode::OtherLabel,
            Self::BadName { .. } => ErrorCode::MigrationName,
            Self::NoFile { .. } => ErrorCode::MigrationNotFile,
            Self::History { .. } => ErrorCode::InconsistentMigrations,
            Self::TwoLeaves { .. } => ErrorCode::Branches,
            Self::StaleDrafts { .. } => ErrorCode::StaleDraft,
            Self::StillWritten { .. } => ErrorCode::ModelNotSeen,
            Self::Behind { .. } => ErrorCode::MigrationMissing,
            Self::Question { code, .. } | Self::Incomparable { code, .. } => *code,
        }
    }
}
