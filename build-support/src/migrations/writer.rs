//! Writes the module of a [`Migration`], as a whole or not at all.
//!
//! A file and its folder get the modification time of the newest input, so that for cargo nothing is newer than the build
//! that wrote them: the next build neither runs the script nor compiles.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use modelshift_schema::migration::Migration;
use modelshift_syntax::trailer;

use crate::files::is_of_future;
use crate::migrations::history::MigrationFile;
use crate::migrations::swap;
use crate::migrations::swap::{Left, same, set_back};

/// Returns the text of a migration's module with its trailer; `before` is the preceding migration of the same run.
pub(crate) fn text(migration: &Migration, before: Option<&Migration>) -> String {
    let text = modelshift_syntax::print_module(migration);
    match before {
        None => trailer::sign(&text),
        Some(before) => trailer::sign_continuing(&text, &before.id.name),
    }
}

/// Returns the file name of a migration's module.
pub(crate) fn file_name(migration: &Migration) -> String {
    format!("{}.rs", migration.id.module())
}

/// The migration folder of an app, with its drafts.
#[derive(Debug)]
pub(crate) struct MigrationDir<'a> {
    /// The folder of the package; no file outside is written.
    pub(crate) package: &'a Path,
    /// The migration folder.
    pub(crate) folder: &'a Path,
    /// The files that may be rewritten or removed.
    pub(crate) drafts: Vec<&'a MigrationFile>,
    /// The modification time of the newest input.
    pub(crate) stamp: Option<SystemTime>,
    /// False if the migrations are written as final, without a trailer.
    pub(crate) signs: bool,
}

impl MigrationDir<'_> {
    /// Replaces all drafts by the migrations; returns their files and whether a file was changed.
    ///
    /// # Errors
    /// On an error of the system, if a link leads out of the package, or if another file has the name.
    pub(crate) fn put(&self, migrations: &[Migration]) -> Result<(Vec<PathBuf>, bool), Left> {
        let mut files = Vec::new();
        let mut changed = false;
        for (migration, text) in migrations.iter().zip(self.texts(migrations)) {
            let file = self.folder.join(file_name(migration));
            changed |= self.put_one(&file, &text)?;
            files.push(file);
        }
        changed |= self.remove(|draft| !files.contains(&draft.path))?;
        Ok((files, changed))
    }

    /// Returns the texts of migrations that are written together.
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

    /// Returns whether the drafts already contain these migrations.
    pub(crate) fn holds(&self, migrations: &[Migration]) -> bool {
        let mut wanted = migrations.iter().zip(self.texts(migrations));
        self.drafts.len() == migrations.len()
            && wanted.all(|(migration, text)| {
                let file = self.folder.join(file_name(migration));
                self.drafts.iter().any(|draft| draft.path == file && same(&draft.text, &text))
            })
    }

    /// Writes one module, unless it has this text already; returns whether it was written.
    fn put_one(&self, file: &Path, text: &str) -> Result<bool, Left> {
        let own = self.drafts.iter().find(|draft| draft.path == file);
        if own.is_some_and(|draft| same(&draft.text, text)) {
            return Ok(false);
        }
        self.check_folder()?;
        if !self.folder.is_dir() {
            fs::create_dir_all(self.folder)?;
            self.folder.parent().into_iter().for_each(|parent| set_back(parent, self.stamp));
        }
        let written = match own {
            Some(draft) => swap::replace(file, &draft.text, text, self.stamp),
            None => swap::create(file, text, self.stamp),
        };
        set_back(self.folder, self.stamp);
        written.map(|()| true)
    }

    /// Removes every draft; returns whether there was one.
    ///
    /// # Errors
    /// On an error of the system, if a link leads out of the package, or if a draft was saved in the meantime.
    pub(crate) fn clear(&self) -> Result<bool, Left> {
        self.remove(|_| true)
    }

    fn remove(&self, which: impl Fn(&MigrationFile) -> bool) -> Result<bool, Left> {
        let mut changed = false;
        for draft in self.drafts.iter().filter(|draft| which(draft)) {
            self.check_folder()?;
            let removed = swap::remove(&draft.path, &draft.text);
            set_back(self.folder, self.stamp);
            removed?;
            changed = true;
        }
        Ok(changed)
    }

    /// Corrects modification times in the future, which an earlier run took from an input.
    pub(crate) fn bring_back(&self) {
        let drafts = self.drafts.iter().map(|draft| draft.path.as_path());
        for path in drafts.chain([self.folder]).filter(|path| is_of_future(path)) {
            set_back(path, self.stamp.or_else(|| Some(SystemTime::now())));
        }
    }

    /// Refuses a folder that is outside the package, by `..` or by links.
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

#[cfg(test)]
mod tests;
