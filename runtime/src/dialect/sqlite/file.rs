//! The file of a database, and whether it is still the one that was opened.
//!
//! A file that is deleted or replaced while a connection is open stays without a name: what is written is written to it, and
//! nobody finds it again.

use std::fs::{File, Metadata};
use std::io;
use std::path::{Path, PathBuf};

/// What distinguishes a file from another one that bears its name later: its device and its number there.
#[cfg(unix)]
type Identity = (u64, u64);
/// Elsewhere an open file keeps its name, so that being there says enough.
#[cfg(not(unix))]
type Identity = ();

/// A file that was opened under a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenedFile {
    path: PathBuf,
    identity: Option<Identity>,
}

impl OpenedFile {
    /// Looks at the file that bears the name now.
    ///
    /// It asks for the metadata alone: closing a second handle of a database would release the locks of the first.
    pub(crate) fn at(path: &Path) -> Self {
        Self { path: path.to_owned(), identity: current(path) }
    }

    /// Looks at a file that was opened under a name.
    ///
    /// # Errors
    /// Where its metadata cannot be read.
    pub(crate) fn of(path: &Path, file: &File) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), identity: Some(identity(&file.metadata()?)) })
    }

    /// Returns the name under which it was opened.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns whether the name still leads to the file that was opened.
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
