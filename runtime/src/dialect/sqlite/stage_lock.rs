//! The lock that is held over a whole migration that is not one transaction.
//!
//! SQLite's own lock ends with each transaction, and what cannot be in a transaction runs without it. So this one is on
//! a file beside the database, by the operating system, which releases it however a process ends.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::file::OpenedFile;

/// A lock that is held; dropping it releases it.
#[derive(Debug)]
pub(crate) struct StageLock {
    path: PathBuf,
    // Dropped behind the removal of the name, which is still ours then.
    _file: File,
}

impl StageLock {
    /// Takes the lock beside a database; none where another process, or another run of this one, holds it.
    ///
    /// # Errors
    /// Where the file cannot be created or locked.
    pub(crate) fn try_take(database: &Path) -> io::Result<Option<Self>> {
        let path = beside(database);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
        let opened = OpenedFile::of(&path, &file)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // Whoever held it before has removed the file; a lock on what has no name keeps nobody out.
        Ok(opened.is_there().then_some(Self { path, _file: file }))
    }
}

impl Drop for StageLock {
    fn drop(&mut self) {
        // Where a file keeps no identity, it stays, so that nobody locks one without a name. A file that stays is in
        // nobody's way.
        if cfg!(unix) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Returns the file of the lock: the same for every name of the database.
fn beside(database: &Path) -> PathBuf {
    let mut name = database.canonicalize().unwrap_or_else(|_| database.to_owned()).into_os_string();
    name.push("-modelshift-lock");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_it_and_the_next_gets_it_and_nothing_stays() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("blog.db");
        std::fs::write(&database, "").unwrap();
        let first = StageLock::try_take(&database).unwrap();
        assert!(first.is_some());
        assert!(StageLock::try_take(&folder.path().join(".").join("blog.db")).unwrap().is_none());
        drop(first);
        let second = StageLock::try_take(&database).unwrap();
        assert!(second.is_some());
        drop(second);
        if cfg!(unix) {
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        }
    }
}
