//! The last run that had nothing to do, kept in `OUT_DIR`: a run with the same inputs prints the same lines, and stops.
//!
//! Build scripts run at every edit of a source file, and nearly all edits change no model. So a run that found models and
//! migrations in agreement leaves a [`Record`] of all that it read and printed. The next run compares: each file by its
//! content, and a source file that differs by what the scan takes from it ([`skeleton`]). If anything else differs, or the
//! record is damaged or of another version, the whole work is done. From a record, nothing is written but the record.
//!
//! The record is removed before the whole work begins and written after all findings, so that one that exists always
//! belongs to the findings beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use modelshift_syntax::findings;

use crate::config::Build;
use crate::crates::exporter;
use crate::crates::manifest::Manifest;
use crate::environment::Environment;
use crate::environment::git::WorkTree;
use crate::environment::mode;
use crate::environment::mode::Permission;
use crate::files::{is_of_future, program};
use crate::kept::inputs::Changed;
use crate::kept::record::{Folder, MigrationText, Record, Text};
use crate::migrations::applied::AppliedHere;
use crate::migrations::history::MigrationFile;
use crate::scan::roots::roots;

mod inputs;
mod record;
mod skeleton;
#[cfg(test)]
mod tests;

/// The name of the file, in the folder of the findings of a checkout.
const FILE: &str = "kept-run";

/// The folders of findings in which each file is one struct, enum, app or migration.
const FOLDERS: [&str; 4] = ["apps", "choices", "historical", "models"];

/// The inputs of a settled run that are known at its end.
#[derive(Debug, Default)]
pub(crate) struct Inputs {
    /// The content of every source file.
    pub(crate) sources: BTreeMap<PathBuf, String>,
    /// The files that were looked for and do not exist.
    pub(crate) absent: BTreeSet<PathBuf>,
    /// The migration folders of this package.
    pub(crate) own: Vec<(PathBuf, Vec<MigrationFile>)>,
    /// The migration folders of other packages that were read.
    pub(crate) foreign: Vec<(PathBuf, Vec<MigrationFile>)>,
    /// The migrations of this package that a build wrote, nobody edited and git does not record; none outside a checkout.
    pub(crate) drafts: Option<BTreeSet<PathBuf>>,
    /// False if the package has no library, so that its root files may be others at any time.
    pub(crate) is_library: bool,
}

impl Inputs {
    /// Adds migration folders of other packages.
    pub(crate) fn with_foreign(mut self, folders: Vec<(PathBuf, Vec<MigrationFile>)>) -> Self {
        self.foreign.extend(folders);
        self
    }

    /// Adds the sources, and the files that were looked for.
    pub(crate) fn with_sources(
        self,
        (sources, absent): (BTreeMap<PathBuf, String>, BTreeSet<PathBuf>),
    ) -> Self {
        Self { sources, absent, ..self }
    }
}

/// The inputs of a run that are read before its work begins.
///
/// A file that changes in the meantime differs from what is kept, and the next run does the whole work.
#[derive(Debug)]
pub(crate) struct Beginning {
    /// All values that decide about the run, on one line.
    key: String,
    /// The folder of the findings of this checkout.
    folder: PathBuf,
    out_dir: PathBuf,
    package: PathBuf,
    name: String,
    /// The existing manifests of the package and of the folders around it, and the exports of dependencies.
    fixed: Vec<(PathBuf, String)>,
    /// The work tree that decides which migrations are drafts.
    work_tree: Option<WorkTree>,
    /// False if the run may not write, so that it does not remove temporary files.
    may_write: bool,
}

impl Beginning {
    /// Reads what decides about a run; none if such a run is not kept.
    pub(crate) fn read(build: &Build, environment: &Environment, permission: &Permission) -> Option<Self> {
        let package = environment.manifest_dir().ok()?;
        let out_dir = environment.out_dir().ok()?;
        let name = environment.package().ok()?.to_owned();
        let work_tree = match permission {
            Permission::Off => return None,
            Permission::Check(_) | Permission::Write(_) | Permission::Show(_) => {
                mode::checkout(&package, environment, permission)
            }
        };
        if matches!(permission, Permission::Write(Some(_)) | Permission::Show(Some(_))) && work_tree.is_none()
        {
            // The findings of such a run do not name its drafts.
            return None;
        }
        let key = format!("{} {:?}", program()?, (build, environment, permission, &work_tree));
        let mut fixed = Vec::new();
        let manifests = package.ancestors().map(|folder| folder.join("Cargo.toml"));
        for file in manifests.chain(environment.exports_of_dependencies()) {
            match std::fs::read_to_string(&file) {
                Ok(_) if is_of_future(&file) => return None,
                Ok(text) => fixed.push((file, text)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(_) => return None,
            }
        }
        let folder = findings::folder_of(&out_dir, &package.display().to_string());
        let may_write = matches!(permission, Permission::Write(_));
        Some(Self { key, folder, out_dir, package, name, fixed, work_tree, may_write })
    }

    /// Returns the lines of the kept run, if all inputs are the same.
    pub(crate) fn recall(&self) -> Option<Vec<String>> {
        let text = std::fs::read_to_string(self.folder.join(FILE)).ok()?;
        let record = Record::parse(&text)?;
        let changed = self.changed(&record)?;
        if !changed.is_empty() {
            let sources = record.sources.iter().map(|source| {
                let now = changed.iter().find(|it| it.path == source.path);
                Text { content: now.map_or(source.content, |it| it.now.as_str()), ..*source }
            });
            let record = Record { sources: sources.collect(), ..record.clone() };
            self.write(&record)?;
        }
        Some(record.lines.iter().map(|line| (*line).to_owned()).collect())
    }

    /// Returns the source files that differ in what does not matter; none if anything else differs.
    fn changed<'a>(&self, record: &Record<'a>) -> Option<Vec<Changed<'a>>> {
        let are_same = record.key == self.key
            && !findings::is_run_requested(&self.out_dir)
            && record.findings == self.findings()?
            && record.fixed.len() == self.fixed.len()
            && record
                .fixed
                .iter()
                .zip(&self.fixed)
                .all(|(text, (path, now))| text.content == now && Path::new(text.path) == path)
            && record.outputs.iter().all(|text| inputs::is_same(Path::new(text.path), text.content))
            && !record.absent.iter().any(|path| Path::new(path).is_file())
            && (record.roots.is_empty() || record.roots == self.roots())
            && record.folders.iter().all(|folder| inputs::is_same_folder(folder, self.may_write));
        if !are_same {
            return None;
        }
        let changed = inputs::changed(&record.sources)?;
        let are_alike = changed.iter().all(|it| skeleton::are_same(it.before, &it.now));
        (are_alike && self.has_drafts(record)).then_some(changed)
    }

    /// Returns whether git records the same migrations as in the kept run, and the same are applied.
    fn has_drafts(&self, record: &Record<'_>) -> bool {
        let Some(work_tree) = &self.work_tree else { return record.drafts.is_empty() };
        let own = record.folders.iter().filter(|folder| folder.is_own);
        let intact = own.flat_map(|folder| {
            let intact = folder.files.iter().filter(|file| file.is_intact);
            intact.map(|file| Path::new(folder.path).join(file.name))
        });
        let intact: Vec<PathBuf> = intact.collect();
        let Ok(recorded) = work_tree.recorded(&intact) else { return false };
        let drafts: BTreeSet<&Path> =
            intact.iter().filter(|path| !recorded.contains(*path)).map(PathBuf::as_path).collect();
        let kept: BTreeSet<&Path> = record.drafts.iter().map(Path::new).collect();
        drafts == kept && (drafts.is_empty() || record.applied == self.applied())
    }

    /// Removes the record, and returns what `migrate` has applied; call it before the work begins.
    ///
    /// None if the record cannot be removed; then the run is not kept.
    pub(crate) fn forget(&self) -> Option<String> {
        match std::fs::remove_file(self.folder.join(FILE)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => None,
            Ok(()) | Err(_) => Some(self.applied()),
        }
    }

    /// Writes the record of a settled run; a run that cannot be recorded is not kept.
    pub(crate) fn keep(&self, applied: &str, inputs: &Inputs, lines: &[String]) -> Option<()> {
        let manifest = Manifest::parse(&std::fs::read_to_string(self.package.join("Cargo.toml")).ok()?);
        if manifest.table("package").is_some_and(|package| package.contains_key("workspace")) {
            return None;
        }
        if !inputs.own.is_empty() && inputs.drafts.is_some() != self.work_tree.is_some() {
            return None;
        }
        let (exports, found) = (exporter::file(&self.out_dir), self.findings()?);
        let mut outputs = vec![findings::crate_file(&self.out_dir)];
        let mut absent = texts(&inputs.absent)?;
        if exports.is_file() {
            outputs.push(exports.clone());
        } else {
            absent.push(exports.to_str()?);
        }
        let outputs = outputs.into_iter().map(|path| std::fs::read_to_string(&path).map(|text| (path, text)));
        let outputs: Vec<(PathBuf, String)> = outputs.collect::<io::Result<_>>().ok()?;
        let roots = if inputs.is_library { String::new() } else { self.roots() };
        let own = inputs.own.iter().map(|(path, files)| folder(path, files, true));
        let foreign = inputs.foreign.iter().map(|(path, files)| folder(path, files, false));
        let record = Record {
            key: &self.key,
            roots: &roots,
            applied,
            lines: lines.iter().map(String::as_str).collect(),
            findings: found.iter().map(String::as_str).collect(),
            absent,
            drafts: inputs.drafts.as_ref().map_or(Some(Vec::new()), texts)?,
            fixed: contents(self.fixed.iter().map(|(path, text)| (path, text)))?,
            outputs: contents(outputs.iter().map(|(path, text)| (path, text)))?,
            sources: contents(&inputs.sources)?,
            folders: own.chain(foreign).collect::<Option<_>>()?,
        };
        self.write(&record)
    }

    fn write(&self, record: &Record<'_>) -> Option<()> {
        let beside = self.folder.join(format!("{FILE}.tmp"));
        std::fs::write(&beside, record.print()?).ok()?;
        std::fs::rename(&beside, self.folder.join(FILE)).ok()
    }

    /// Returns the names of all findings about structs, enums, apps and migrations; none if a folder cannot be read.
    fn findings(&self) -> Option<Vec<String>> {
        let mut names = Vec::new();
        for folder in FOLDERS {
            let entries = match self.folder.join(folder).read_dir() {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                entries => entries.ok()?,
            };
            for entry in entries {
                names.push(format!("{folder}/{}", entry.ok()?.file_name().to_str()?));
            }
        }
        names.sort_unstable();
        Some(names)
    }

    /// Returns the root files that the package has now, on one line.
    fn roots(&self) -> String {
        let manifest = self.fixed.iter().find(|(path, _)| path.parent() == Some(&self.package));
        let manifest = manifest.map(|(_, text)| Manifest::parse(text)).unwrap_or_default();
        format!("{:?}", roots(&self.package, &manifest, &self.name))
    }

    /// Returns the migrations that `migrate` has applied from this checkout, on one line.
    fn applied(&self) -> String {
        format!("{:?}", self.work_tree.as_ref().map(AppliedHere::read))
    }
}

fn texts(paths: &BTreeSet<PathBuf>) -> Option<Vec<&str>> {
    paths.iter().map(|path| path.to_str()).collect()
}

fn contents<'a>(files: impl IntoIterator<Item = (&'a PathBuf, &'a String)>) -> Option<Vec<Text<'a>>> {
    let files = files.into_iter();
    files.map(|(path, content)| Some(Text { path: path.to_str()?, content })).collect()
}

fn folder<'a>(path: &'a Path, files: &'a [MigrationFile], is_own: bool) -> Option<Folder<'a>> {
    let files = files.iter().map(|file| {
        let name = file.path.file_name()?.to_str()?;
        Some(MigrationText { name, is_intact: file.is_intact, content: &file.text })
    });
    Some(Folder { path: path.to_str()?, is_own, files: files.collect::<Option<_>>()? })
}
