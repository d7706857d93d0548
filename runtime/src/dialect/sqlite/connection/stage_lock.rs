//! The lock of a migration that is not one transaction.
//!
//! The lock of SQLite ends with each transaction, and statements outside of transactions run without it. So this lock is
//! a lock of the operating system on a file beside the database. It is released when the process ends, even in a crash.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::file::OpenedFile;

/// A lock that is held. Dropping it releases the lock.
#[derive(Debug)]
pub(crate) struct StageLock {
    path: PathBuf,
    // Dropped after the file is removed, so that the lock is held until then.
    _file: File,
}

impl StageLock {
    /// Acquires the lock of a database; `None` if another process, or another run of this process, holds it.
    ///
    /// # Errors
    /// Where the file cannot be created or locked.
    pub(crate) fn try_acquire(database: &Path) -> io::Result<Option<Self>> {
        let path = beside(database);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path)?;
        let opened = OpenedFile::of(&path, &file)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // The former holder may have removed the file. A lock on a file without a name excludes no other process.
        Ok(opened.is_there().then_some(Self { path, _file: file }))
    }
}

impl Drop for StageLock {
    fn drop(&mut self) {
        // On other systems the file is kept, so that no process locks a file without a name. A file that is kept does
        // no harm.
        if cfg!(unix) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Returns the path of the lock file, which is the same for every name of the database.
fn beside(database: &Path) -> PathBuf {
    let mut name = database.canonicalize().unwrap_or_else(|_| database.to_owned()).into_os_string();
    name.push("-modelshift-lock");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_run_holds_the_lock_and_the_next_acquires_it() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("blog.db");
        std::fs::write(&database, "").unwrap();
        let first = StageLock::try_acquire(&database).unwrap();
        assert!(first.is_some());
        assert!(StageLock::try_acquire(&folder.path().join(".").join("blog.db")).unwrap().is_none());
        drop(first);
        let second = StageLock::try_acquire(&database).unwrap();
        assert!(second.is_some());
        drop(second);
        if cfg!(unix) {
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
        }
    }
}
