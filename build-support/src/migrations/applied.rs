//! What `migrate` applied from this checkout: it is no draft any more.
//!
//! `migrate` notes it in a folder inside of git's own folder for the work tree: only where git answers are there drafts,
//! it is never committed, and neither `cargo clean` nor another target folder touches it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use modelshift_schema::applied::Applied;
use modelshift_schema::checksum;
use modelshift_schema::name::AppLabel;
use modelshift_syntax::findings::Checkout;
use modelshift_syntax::trailer;

use crate::environment::git::WorkTree;
use crate::migrations::history;
use crate::migrations::history::MigrationFile;
use crate::scan::apps::App;

/// What databases hold that `migrate` led there from this checkout.
#[derive(Debug, Default)]
pub(crate) struct AppliedHere(Vec<Applied>);

/// Returns the folder of the notes.
pub(crate) fn folder(work_tree: &WorkTree) -> PathBuf {
    work_tree.git_dir.join("modelshift").join("applied")
}

impl AppliedHere {
    /// Reads the notes; a database whose file is gone holds nothing.
    pub(crate) fn read(work_tree: &WorkTree) -> Self {
        let entries = folder(work_tree).read_dir().into_iter().flatten().flatten();
        let files =
            entries.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|it| it == "json"));
        let all = files.filter_map(|path| Applied::parse(&std::fs::read_to_string(path).ok()?));
        let is_there = |it: &Applied| it.file.as_ref().is_none_or(|file| Path::new(file).is_file());
        Self(all.filter(is_there).collect())
    }

    /// Returns whether a database holds the migration of a file, with the operations that the file has now.
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

/// Notes for every app what `migrate` is to know of the checkout. Where git refuses to answer, it knows nothing of it.
pub(crate) fn tell(apps: &mut BTreeMap<AppLabel, App>, work_tree: &WorkTree) {
    let Some(notes) = folder(work_tree).to_str().map(str::to_owned) else { return };
    for app in apps.values_mut() {
        let unrecorded = app.folder.as_deref().map(|folder| unrecorded(folder, work_tree));
        if let Some(Ok(unrecorded)) = unrecorded {
            app.checkout = Some(Checkout { applied: notes.clone(), unrecorded });
        }
    }
}

/// Returns the migrations in a folder that builds wrote, nobody edited and git does not record.
fn unrecorded(folder: &Path, work_tree: &WorkTree) -> Result<Vec<String>, String> {
    let entries = folder.read_dir().into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.path()).filter(|path| history::name_of(path).is_some()).collect();
    paths.sort();
    let recorded = work_tree.recorded(&paths)?;
    let is_ours = |path: &&PathBuf| {
        !recorded.contains(*path)
            && path.symlink_metadata().is_ok_and(|about| about.is_file())
            && std::fs::read_to_string(path).is_ok_and(|text| trailer::is_intact(&text))
    };
    Ok(paths.iter().filter(is_ours).filter_map(|path| history::name_of(path)).map(str::to_owned).collect())
}
