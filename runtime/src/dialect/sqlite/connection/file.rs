//! The file of a database, and whether it is still the one that was opened.
//!
//! A file that is deleted or replaced while a connection is open still exists without a name. Everything that is written
//! to it is lost when the connection is closed.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// Identifies a file, whatever its name: its device and its inode.
#[cfg(unix)]
type Identity = (u64, u64);
/// On other systems an open file cannot be replaced.
#[cfg(not(unix))]
type Identity = ();

/// A file that was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenedFile {
    path: PathBuf,
    identity: Option<Identity>,
}

impl OpenedFile {
    /// Identifies the file that has this name now.
    ///
    /// Reads the metadata only: closing a second handle of a database would release the locks of the first.
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), identity: current(path) }
    }

    /// Identifies an open file.
    ///
    /// # Errors
    /// If its metadata cannot be read.
    pub(crate) fn of(path: &Path, file: &File) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), identity: Some(identity(&file.metadata()?)) })
    }

    /// Returns the path under which the file was opened.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns whether the path still leads to the file that was opened.
    pub(crate) fn is_there(&self) -> bool {
        self.identity.is_some() && self.identity == current(&self.path)
    }
}

fn current(path: &Path) -> Option<Identity> {
    path.metadata().ok().map(|metadata| identity(&metadata))
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> Identity {
    use std::os::unix::fs::MetadataExt;
    (metadata.dev(), metadata.ino())
}

#[cfg(not(unix))]
fn identity(_metadata: &Metadata) -> Identity {}
