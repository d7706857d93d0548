//! [`Migration`] -> the bytes of its module, and the module on disk: whole or not at all.
//!
//! A file and its folder get the modification time of the newest input, so that cargo finds nothing newer than the
//! build that wrote them: the next build neither runs the script nor compiles.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use modelshift_schema::migration::Migration;
use modelshift_syntax::trailer;

use crate::history::MigrationFile;

/// Gives the whole text of a migration's module, trailer included; `before` is written together with it, and comes before.
pub(crate) fn text(migration: &Migration, before: Option<&Migration>) -> String {
    let text = modelshift_syntax::print_module(migration);
    match before {
        None => trailer::sign(&text),
        Some(before) => trailer::sign_continuing(&text, &before.id.name),
    }
}

/// Gives the file name of a migration's module.
pub(crate) fn file_name(migration: &Migration) -> String {
    format!("{}.rs", migration.id.module())
}

/// The migration folder of an app, and what may be changed in it.
#[derive(Debug)]
pub(crate) struct Shelf<'a> {
    /// The folder of the package; nothing outside is ever written.
    pub(crate) package: &'a Path,
    /// The migration folder.
    pub(crate) folder: &'a Path,
    /// The files that may be rewritten or removed.
    pub(crate) drafts: Vec<&'a MigrationFile>,
    /// The modification time of the newest input.
    pub(crate) stamp: Option<SystemTime>,
    /// False where what is written is no draft from the start.
    pub(crate) signs: bool,
}

impl Shelf<'_> {
    /// Puts the migrations in the place of all drafts; gives their files and whether anything was changed.
    ///
    /// # Errors
    /// Where the system refuses, where a link leads elsewhere, or where another file is in the way.
    pub(crate) fn put(&self, migrations: &[Migration]) -> io::Result<(Vec<PathBuf>, bool)> {
        let mut files = Vec::new();
        let mut changed = false;
        for (migration, text) in migrations.iter().zip(self.texts(migrations)) {
            let name = file_name(migration);
            let file = self.folder.join(&name);
            changed |= self.put_one(&file, &name, &text)?;
            files.push(file);
        }
        changed |= self.remove(|draft| !files.contains(&draft.path))?;
        Ok((files, changed))
    }

    /// Gives the texts of migrations that are written together.
    pub(crate) fn texts(&self, migrations: &[Migration]) -> Vec<String> {
        let mut before = None;
        let mut texts = Vec::new();
        for migration in migrations {
            let signed = self.signs.then(|| text(migration, before));
            texts.push(signed.unwrap_or_else(|| modelshift_syntax::print_module(migration)));
            before = Some(migration);
        }
        texts
    }

    /// Tells whether the drafts are these migrations already.
    pub(crate) fn holds(&self, migrations: &[Migration]) -> bool {
        let is_there = |(migration, text): (&Migration, String)| {
            let file = self.folder.join(file_name(migration));
            self.drafts.iter().any(|draft| draft.path == file && same(&draft.text, &text))
        };
        self.drafts.len() == migrations.len() && migrations.iter().zip(self.texts(migrations)).all(is_there)
    }

    /// Writes one module, unless it is there; tells whether it was written.
    fn put_one(&self, file: &Path, name: &str, text: &str) -> io::Result<bool> {
        let is_own = |draft: &&&MigrationFile| draft.path == file;
        if self.drafts.iter().find(is_own).is_some_and(|draft| same(&draft.text, text)) {
            return Ok(false);
        }
        self.check_folder()?;
        if !self.folder.is_dir() {
            fs::create_dir_all(self.folder)?;
            self.folder.parent().into_iter().for_each(|parent| self.set_back(parent));
        }
        self.replace(file, name, text)?;
        Ok(true)
    }

    /// Removes every draft; gives whether there was one.
    ///
    /// # Errors
    /// Where the system refuses, or where a link leads elsewhere.
    pub(crate) fn clear(&self) -> io::Result<bool> {
        self.remove(|_| true)
    }

    fn remove(&self, which: impl Fn(&MigrationFile) -> bool) -> io::Result<bool> {
        let mut changed = false;
        for draft in self.drafts.iter().filter(|draft| which(draft)) {
            self.check_folder()?;
            match fs::remove_file(&draft.path) {
                // Another build was quicker.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                answer => answer?,
            }
            changed = true;
        }
        if changed {
            self.set_back(self.folder);
        }
        Ok(changed)
    }

    fn replace(&self, file: &Path, name: &str, text: &str) -> io::Result<()> {
        if let Ok(about) = file.symlink_metadata()
            && !self.drafts.iter().any(|draft| draft.path == file)
        {
            // Another build may have written the same just now.
            if about.is_file() && same(&fs::read_to_string(file)?, text) {
                return Ok(());
            }
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, "another file is in its place"));
        }
        let beside = self.folder.join(format!(".{name}.{}.tmp", std::process::id()));
        let written = fs::write(&beside, text).and_then(|()| {
            self.set_back(&beside);
            fs::rename(&beside, file)
        });
        if written.is_err() {
            // What is left of a failed attempt is of no use; that it cannot be removed changes nothing.
            let _ = fs::remove_file(&beside);
        }
        self.set_back(self.folder);
        written
    }

    /// Gives a file or folder the modification time of the newest input. Where a system does not allow that, the next
    /// build compiles once more, and no harm is done.
    fn set_back(&self, path: &Path) {
        if let Some(stamp) = self.stamp {
            let opened = File::options().write(path.is_file()).read(true).open(path);
            let _ = opened.and_then(|file| file.set_modified(stamp));
        }
    }

    /// Refuses a folder that lies, by `..` or by links, outside the package.
    fn check_folder(&self) -> io::Result<()> {
        let mut existing = self.folder;
        while let (false, Some(parent)) = (existing.exists(), existing.parent()) {
            existing = parent;
        }
        let is_link = self.folder.symlink_metadata().is_ok_and(|about| about.is_symlink());
        if is_link || !existing.canonicalize()?.starts_with(self.package.canonicalize()?) {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "the folder leads out of the package"));
        }
        Ok(())
    }
}

/// Gives the modification time of the newest file.
pub(crate) fn newest<'a>(files: impl IntoIterator<Item = &'a Path>) -> Option<SystemTime> {
    files.into_iter().filter_map(|file| file.metadata().and_then(|about| about.modified()).ok()).max()
}

fn same(one: &str, other: &str) -> bool {
    one == other || one.replace("\r\n", "\n") == other.replace("\r\n", "\n")
}

#[cfg(test)]
mod tests;
