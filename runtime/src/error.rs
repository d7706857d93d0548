//! The errors of a run. Each says where, what, why, and what to do.

mod code;
mod fixture_place;
mod kind;
mod outcome;
mod words;

use std::fmt;

use modelshift_schema::error_code::ErrorCode;

pub use self::fixture_place::FixturePlace;
pub use self::kind::ErrorKind;
pub use self::outcome::{EditedMigration, HookOrder, Kept};
use crate::run::report::Report;

/// An error of a run, with a report of what was done before it.
pub struct Error(Box<(ErrorKind, Report)>);

impl Error {
    /// Returns the kind of the error.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.0
    }

    /// Returns the code of the error, which `cargo modelshift explain` explains.
    pub fn code(&self) -> ErrorCode {
        self.kind().code()
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
