//! The name of a database, and the time to wait for it, which its errors contain.

use std::time::Duration;

use super::error::SessionError;
use crate::dialect::{Capabilities, Product, Server};
use crate::error::{Error, ErrorKind};

/// How long to wait for another process, unless it is set.
pub(crate) const WAIT: Duration = Duration::from_secs(10);

/// The name of a database, without secrets.
#[derive(Clone, Debug)]
pub(crate) struct DatabaseName {
    text: String,
    waits: Duration,
}

impl DatabaseName {
    /// Returns the name for this text, which holds no secret.
    pub(crate) fn new(text: String) -> Self {
        Self { text, waits: WAIT }
    }

    /// Returns the name.
    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns how long to wait for another process.
    pub(crate) fn waits(&self) -> Duration {
        self.waits
    }

    /// Returns how long one statement waits for locks of others. All that come after it wait for it meanwhile, so that it
    /// stops soon, and the whole transaction is tried again.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn waits_once(&self) -> Duration {
        (self.waits / 4).clamp(Duration::from_millis(200), Duration::from_secs(2))
    }

    /// Sets how long to wait for another process; returns the time before.
    pub(crate) fn set_waits(&mut self, waits: Duration) -> Duration {
        std::mem::replace(&mut self.waits, waits)
    }

    /// Returns the error for a database that is locked for longer than this time.
    pub(crate) fn locked(&self) -> Error {
        ErrorKind::Locked { database: self.text.clone(), waited: self.waits }.into()
    }

    /// Returns the error for a database that cannot be opened.
    pub(crate) fn open_error(&self, why: &str, remedy: &str) -> Error {
        let (why, remedy) = (why.to_owned(), remedy.to_owned());
        ErrorKind::Open { database: self.text.clone(), why, remedy }.into()
    }

    /// Returns the error for a read-only database.
    pub(crate) fn read_only(&self, remedy: &str) -> Error {
        ErrorKind::ReadOnly { database: self.text.clone(), remedy: remedy.to_owned() }.into()
    }

    /// Returns the features of the server that reports this version.
    ///
    /// # Errors
    /// [`ErrorKind::Open`] if the version is too old.
    pub(crate) fn capabilities(&self, product: Product, reported: &str) -> Result<Capabilities, Error> {
        let server = Server::read(product, reported);
        if server.is_supported() {
            return Ok(Capabilities::of(&server));
        }
        let (major, minor, patch) = server.product.oldest();
        let remedy = format!("use version {major}.{minor}.{patch} or newer");
        Err(self.open_error(&format!("{server} is too old"), &remedy))
    }

    /// Returns the error for an error of the database, with what was being done.
    pub(crate) fn error(&self, doing: &str, error: SessionError) -> Error {
        self.known(error).unwrap_or_else(|message| {
            let (database, doing) = (self.text.clone(), doing.to_owned());
            ErrorKind::Database { database, doing, source: message.into() }.into()
        })
    }

    /// Returns the error for an error of the database with a known cause.
    ///
    /// # Errors
    /// If the cause is unknown. The text is the message of the database.
    pub(crate) fn known(&self, error: SessionError) -> Result<Error, String> {
        match error {
            SessionError::Locked => Ok(self.locked()),
            SessionError::Replaced => Ok(ErrorKind::Replaced { database: self.text.clone() }.into()),
            SessionError::ReadOnly { remedy } => Ok(self.read_only(&remedy)),
            SessionError::Open { why, remedy } => Ok(self.open_error(&why, &remedy)),
            SessionError::Denied(message)
            | SessionError::NoTable(message)
            | SessionError::Reported(message) => Err(message),
        }
    }
}
