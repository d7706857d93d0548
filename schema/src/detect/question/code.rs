//! The codes of questions.

use super::{Question, QuestionKind};
use crate::error_code::ErrorCode;

impl Question {
    /// Returns the code of the question.
    pub fn code(&self) -> ErrorCode {
        match &self.kind {
            QuestionKind::NewNotNull(_) => ErrorCode::NewNotNull,
            QuestionKind::NullToNotNull(_) => ErrorCode::NullToNotNull,
            QuestionKind::UnknownSource { .. } => ErrorCode::UnknownSource,
            QuestionKind::NullSource { .. } => ErrorCode::NullSource,
            QuestionKind::Misfit { .. } => ErrorCode::Misfit,
            QuestionKind::RawColumn { .. } => ErrorCode::RawColumn,
            QuestionKind::RenamedField { .. } => ErrorCode::RenamedField,
            QuestionKind::ReplacedField { .. } => ErrorCode::ReplacedField,
            QuestionKind::RenamedModel { .. } => ErrorCode::RenamedModel,
            QuestionKind::UnknownOrigin { .. } => ErrorCode::UnknownOrigin,
            QuestionKind::OriginStillThere { .. } => ErrorCode::OriginStillThere,
            QuestionKind::SharedOrigin { .. } => ErrorCode::SharedOrigin,
            QuestionKind::OtherTarget(_) => ErrorCode::OtherTarget,
            QuestionKind::TakenName(_) => ErrorCode::TakenName,
            QuestionKind::MovedField(_) => ErrorCode::MovedField,
            QuestionKind::RemovedChoice { .. } => ErrorCode::RemovedChoice,
        }
    }
}
