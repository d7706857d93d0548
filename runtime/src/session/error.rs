//! What a database reports, sorted by what a person can do about it.

/// What a database reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SessionError {
    /// Another process holds what is needed, for longer than the database waits.
    Locked,
    /// The file of the database is no longer the one that was opened.
    #[cfg_attr(not(feature = "sqlite"), expect(dead_code, reason = "only SQLite is a file"))]
    Replaced,
    /// The database may only be read.
    ReadOnly {
        /// What to do.
        remedy: String,
    },
    /// The database cannot be opened.
    Open {
        /// Why.
        why: String,
        /// What to do.
        remedy: String,
    },
    /// Anything else, in the words of the database.
    Reported(String),
}

impl SessionError {
    /// Returns the error with the words of a driver that is not a database's own error.
    pub(crate) fn reported(error: &dyn std::fmt::Display) -> Self {
        Self::Reported(error.to_string())
    }
}

impl std::fmt::Display for SessionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Locked => f.write_str("it is locked by another process"),
            Self::Replaced => f.write_str("its file was replaced"),
            Self::ReadOnly { .. } => f.write_str("it is read-only"),
            Self::Open { why, .. } => f.write_str(why),
            Self::Reported(message) => f.write_str(message),
        }
    }
}
