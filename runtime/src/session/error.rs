//! Errors of a database, by what a person can do about them.

/// An error of a database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SessionError {
    /// Another process holds a lock for longer than the database waits.
    Locked,
    /// The file of the database was replaced.
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
    /// The role lacks a right. The text is the message of the database, with what to do.
    #[cfg_attr(
        not(any(feature = "postgres", feature = "mysql")),
        expect(dead_code, reason = "only servers have roles")
    )]
    Denied(String),
    /// There is no such table. The text is the message of the database.
    #[cfg_attr(
        not(any(feature = "postgres", feature = "mysql")),
        expect(dead_code, reason = "only on servers can a table go while a snapshot has it")
    )]
    NoTable(String),
    /// Any other error, as the database reports it.
    Reported(String),
}

impl SessionError {
    /// Returns the error for an error of the driver.
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
            Self::Denied(message) | Self::NoTable(message) | Self::Reported(message) => f.write_str(message),
        }
    }
}
