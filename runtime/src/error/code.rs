//! The codes of the errors of a run.

use modelshift_schema::error_code::ErrorCode;

use super::kind::ErrorKind;
use crate::model::embedded::EmbeddedError;
use crate::planner::{PlanError, PlanFault};

impl ErrorKind {
    /// Returns the code of the error, which `cargo modelshift explain` explains.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Url { .. } => ErrorCode::DatabaseAddress,
            Self::NoFeature { .. } => ErrorCode::NoDriver,
            Self::Environment { .. } => ErrorCode::EnvironmentFile,
            Self::UrlFile { .. } => ErrorCode::AddressFile,
            Self::Fleet { .. } => ErrorCode::Fleet,
            Self::Open { .. } => ErrorCode::CannotOpen,
            Self::Replaced { .. } => ErrorCode::FileReplaced,
            Self::ReadOnly { .. } => ErrorCode::ReadOnly,
            Self::Locked { .. } => ErrorCode::Locked,
            Self::Database { .. } => ErrorCode::DatabaseReported,
            Self::Graph(_) => ErrorCode::InconsistentMigrations,
            Self::Stored(error) => of_embedded(error),
            Self::Replay(_) => ErrorCode::OperationMisfit,
            Self::Plan(error) => of_plan(error),
            Self::Unrenderable { .. } => ErrorCode::Unsupported,
            Self::TwoLeaves { .. } => ErrorCode::Branches,
            Self::UnknownTarget { .. } => ErrorCode::UnknownMigration,
            Self::UnknownApp { .. } => ErrorCode::UnknownApp,
            Self::AmbiguousTarget { .. } => ErrorCode::AmbiguousMigration,
            Self::History { .. } => ErrorCode::HistoryUnreadable,
            Self::Unwritable { .. } => ErrorCode::HistoryUnwritable,
            Self::Edited { .. } => ErrorCode::EditedMigration,
            Self::OldProgram { .. } => ErrorCode::OldProgram,
            Self::Ahead { .. } => ErrorCode::DatabaseAhead,
            Self::Inconsistent { .. } => ErrorCode::InconsistentHistory,
            Self::Damaged { .. } => ErrorCode::HistoryDamaged,
            Self::MissingRows { .. } => ErrorCode::HistoryRowMissing,
            Self::Moved { .. } => ErrorCode::HistoryChanged,
            Self::PartiallyApplied { .. } => ErrorCode::PartiallyApplied,
            Self::UnknownPartial { .. } => ErrorCode::UnknownPartial,
            Self::NotAdoptable { .. } => ErrorCode::NotAdoptable,
            Self::NotBaseline { .. } => ErrorCode::NotBaseline,
            Self::NoSchemas { .. } => ErrorCode::NoSchemas,
            Self::NotOneTransaction { .. } => ErrorCode::NotOneTransaction,
            Self::Hook { .. } => ErrorCode::Hook,
            Self::Fixture { .. } => ErrorCode::Fixture,
            Self::FixtureRequest { .. } => ErrorCode::FixtureRequest,
            Self::CommandLine { .. } => ErrorCode::CommandLine,
            Self::UnwritableFixture { .. } => ErrorCode::FileAccess,
            Self::Statement { .. } => ErrorCode::StatementFailed,
            Self::Function { .. } => ErrorCode::FunctionFailed,
            Self::Load { .. } => ErrorCode::LoadFailed,
            Self::Refused { .. } => ErrorCode::Refused,
        }
    }

    /// Returns whether the command line is invalid, whatever the database contains.
    #[cfg(feature = "manage")]
    pub(crate) fn is_of_command_line(&self) -> bool {
        matches!(
            self,
            Self::Url { .. }
                | Self::Environment { .. }
                | Self::UrlFile { .. }
                | Self::Fleet { .. }
                | Self::UnknownTarget { .. }
                | Self::UnknownApp { .. }
                | Self::AmbiguousTarget { .. }
                | Self::FixtureRequest { .. }
                | Self::CommandLine { .. }
        )
    }
}

fn of_embedded(error: &EmbeddedError) -> ErrorCode {
    match error {
        EmbeddedError::Version { .. } => ErrorCode::OtherVersion,
        EmbeddedError::Label { .. } => ErrorCode::OtherLabel,
    }
}

fn of_plan(error: &PlanError) -> ErrorCode {
    match error.fault {
        PlanFault::State(_) => ErrorCode::OperationMisfit,
        PlanFault::Unsupported(_) => ErrorCode::Unsupported,
    }
}
