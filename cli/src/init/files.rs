//! Files as they will be: all changes are collected, and written at the end.

use std::io;
use std::path::Path;

use super::InitError;

/// What becomes of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// The file, from the folder of the package.
    pub(super) path: String,
    /// Its text; `None` if it is new.
    pub(super) before: Option<String>,
    /// The text that it gets.
    pub(super) after: String,
}

/// The files of a package, with the changes that are not written yet.
#[derive(Debug)]
pub(super) struct Files<'a> {
    folder: &'a Path,
    changes: Vec<Change>,
}

impl<'a> Files<'a> {
    /// Returns the files of a folder.
    pub(super) fn of(folder: &'a Path) -> Self {
        Self { folder, changes: Vec::new() }
    }

    /// Returns the text that a file has after the changes so far; `None` if there is no such file.
    ///
    /// # Errors
    /// If it cannot be read.
    pub(super) fn text(&self, path: &str) -> Result<Option<String>, InitError> {
        match self.changes.iter().find(|change| change.path == path) {
            Some(change) => Ok(Some(change.after.clone())),
            None => self.on_disk(path),
        }
    }

    /// Sets the text of a file.
    ///
    /// # Errors
    /// If its present text cannot be read.
    pub(super) fn set(&mut self, path: &str, after: String) -> Result<(), InitError> {
        if let Some(change) = self.changes.iter_mut().find(|change| change.path == path) {
            change.after = after;
            return Ok(());
        }
        let before = self.on_disk(path)?;
        self.changes.push(Change { path: path.to_owned(), before, after });
        Ok(())
    }

    /// Returns the files that get another text.
    pub(super) fn changes(&self) -> Vec<&Change> {
        self.changes.iter().filter(|change| change.before.as_ref() != Some(&change.after)).collect()
    }

    /// Writes a file, unless it was changed since it was read.
    ///
    /// # Errors
    /// If it was changed, or cannot be written.
    pub(super) fn write(&self, change: &Change) -> Result<(), InitError> {
        if self.on_disk(&change.path)? != change.before {
            return Err(InitError::Changed(change.path.clone()));
        }
        let path = self.folder.join(&change.path);
        let parent = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        parent
            .and_then(|()| std::fs::write(&path, &change.after))
            .map_err(|error| InitError::File(change.path.clone(), error))
    }

    fn on_disk(&self, path: &str) -> Result<Option<String>, InitError> {
        match std::fs::read_to_string(self.folder.join(path)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(InitError::File(path.to_owned(), error)),
        }
    }
}
