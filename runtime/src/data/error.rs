//! Why a function of a migration fails.

use std::fmt;

/// The result of a function of a migration.
pub type Result<T = ()> = std::result::Result<T, Error>;

/// Why a function of a migration fails. `?` makes it of any error.
///
/// It does not implement `std::error::Error` itself, so that any of them can become one.
#[derive(Debug)]
pub struct Error {
    message: String,
    /// True if another process held a lock, so that the whole may be tried again.
    #[cfg_attr(not(feature = "database"), expect(dead_code, reason = "only a database holds locks"))]
    pub(crate) is_locked: bool,
}

impl Error {
    /// Creates an error with a message of one's own.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), is_locked: false }
    }

    /// Returns the error of a lock that another process holds.
    #[cfg(feature = "database")]
    pub(crate) fn locked(message: String) -> Self {
        Self { message, is_locked: true }
    }

    /// Returns the error with what it is about before it.
    #[must_use]
    pub fn about(self, what: &str) -> Self {
        Self { message: format!("{what}: {}", self.message), ..self }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message.push_str(": ");
            message.push_str(&cause.to_string());
            source = cause.source();
        }
        Self::new(message)
    }
}
