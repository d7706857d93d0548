//! The migrations that `migrate` applied from this checkout: they are not drafts.
//!
//! `migrate` records them in git's own folder of the work tree: drafts exist only in a work tree of git, that folder is
//! never committed, and neither `cargo clean` nor another target folder changes it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use modelshift_schema::applied::Applied;
use modelshift_schema::checksum;
use modelshift_schema::hash::fingerprint;
use modelshift_schema::name::AppLabel;
use modelshift_syntax::findings::Checkout;
use modelshift_syntax::trailer;

use crate::environment::git::WorkTree;
use crate::migrations::history;
use crate::migrations::history::MigrationFile;
use crate::scan::apps::App;

/// The migrations that `migrate` applied from this checkout, by database.
#[derive(Debug, Default)]
pub(crate) struct AppliedHere(Vec<Applied>);

/// Returns the folder of the records of `migrate`.
pub(crate) fn folder(work_tree: &WorkTree) -> PathBuf {
    work_tree.git_dir.join("modelshift").join("applied")
}

impl AppliedHere {
    /// Reads the records; a database whose file is removed has no migrations.
    pub(crate) fn read(work_tree: &WorkTree) -> Self {
        let entries = folder(work_tree).read_dir().into_iter().flatten().flatten();
        let files =
            entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|it| it == "json"));
        let all = files.filter_map(|path| Applied::parse(&std::fs::read_to_string(path).ok()?));
        Self(all.filter(|it| it.file.as_ref().is_none_or(|file| Path::new(file).is_file())).collect())
    }

    /// Returns whether the migration of a file is applied to a database, with the operations that the file has now.
    pub(crate) fn holds(&self, file: &MigrationFile) -> bool {
        let known: Vec<&String> = self.0.iter().filter_map(|it| it.migrations.get(&file.id)).collect();
        if known.is_empty() {
            return false;
        }
        let operations = history::read(file, &file.path).map(|migration| migration.operations);
        let text = operations.ok().and_then(|operations| checksum::canonical(&operations).ok());
        text.is_some_and(|text| known.contains(&&checksum::checksum(&text)))
    }
}

/// Sets for every app what `migrate` needs to know of the checkout; nothing if git refuses to answer.
pub(crate) fn set_checkouts(apps: &mut BTreeMap<AppLabel, App>, work_tree: &WorkTree) {
    let Some(notes) = folder(work_tree).to_str().map(str::to_owned) else { return };
    for app in apps.values_mut() {
        let Some(folder) = app.folder.as_deref().and_then(Path::to_str) else { continue };
        if let Ok(drafts) = drafts(Path::new(folder), work_tree) {
            let (applied, folder) = (notes.clone(), folder.to_owned());
            app.checkout = Some(Checkout { applied, folder, drafts });
        }
    }
}

/// Returns the migrations in a folder that a build wrote, that nobody edited and that git does not record, with the
/// fingerprints of their files.
fn drafts(folder: &Path, work_tree: &WorkTree) -> Result<BTreeMap<String, String>, String> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let paths: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| history::name_of(path).is_some()).collect();
    let recorded = work_tree.recorded(&paths)?;
    let mut drafts = BTreeMap::new();
    for path in paths.iter().filter(|path| !recorded.contains(*path)) {
        if path.symlink_metadata().is_ok_and(|about| about.is_file())
            && let Ok(text) = std::fs::read_to_string(path)
            && trailer::is_intact(&text)
            && let Some(name) = history::name_of(path)
        {
            drafts.insert(name.to_owned(), fingerprint(text.as_bytes()));
        }
    }
    Ok(drafts)
}
