//! What the crates that a crate depends on tell of their models: `DEP_<LINKS>_MODELSHIFT` -> apps and paths.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, ModelKey};

use crate::environment::Environment;
use crate::error::Fault;
use crate::exports::Exports;
use crate::tree::slashed;
use crate::{dependencies, history, writer};

/// The crates in sight that have models.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Foreign {
    /// What they tell, by the name that paths call them.
    crates: BTreeMap<String, Exports>,
    apps: BTreeMap<AppLabel, PathBuf>,
    /// The files that were read.
    pub(crate) files: Vec<PathBuf>,
    /// The modification time of the newest of them, taken before it was read.
    pub(crate) newest: Option<SystemTime>,
    /// What is wrong with what they tell.
    pub(crate) faults: Vec<Fault>,
}

impl Foreign {
    /// Reads what the dependencies left for this build script; `manifest` tells which of them are renamed.
    pub(crate) fn gather(environment: &Environment, package: &Path, manifest: &str) -> Self {
        let mut foreign = Self::default();
        let mut told = Vec::new();
        for file in environment.told_by_dependencies() {
            foreign.newest = foreign.newest.max(writer::newest([file.as_path()]));
            match Exports::read(&file) {
                Ok(exports) => told.push(exports),
                Err(error) => {
                    let file = slashed(&file);
                    foreign.faults.push(Fault::Untold { file, reason: error.to_string() });
                }
            }
            foreign.files.push(file);
        }
        if told.is_empty() {
            return foreign;
        }
        let renamed = dependencies::renamed(manifest, package);
        for exports in told {
            for (label, folder) in &exports.apps {
                let known = foreign.apps.entry(AppLabel::new(label)).or_insert_with(|| folder.clone());
                if known != folder {
                    let (one, other) = (slashed(known), slashed(folder));
                    foreign.faults.push(Fault::SameLabel { label: AppLabel::new(label), one, other });
                }
            }
            let names: Vec<&String> = renamed
                .iter()
                .filter(|(_, package)| **package == exports.package)
                .map(|(name, _)| name)
                .collect();
            if names.is_empty() {
                foreign.crates.insert(exports.crate_name.clone(), exports);
            } else {
                for name in names {
                    foreign.crates.insert(name.replace('-', "_"), exports.clone());
                }
            }
        }
        foreign
    }

    /// Tells whether a crate in sight has an app of this label, too.
    pub(crate) fn same_label(&self, label: &AppLabel, own: Option<&Path>) -> Option<Fault> {
        let other = self.apps.get(label).map(|folder| slashed(folder))?;
        let one = own.map_or_else(|| "this crate".to_owned(), slashed);
        Some(Fault::SameLabel { label: label.clone(), one, other })
    }

    /// Gives every app in sight that is not of this crate, with the folder of its migrations.
    pub(crate) fn apps(&self) -> impl Iterator<Item = (&AppLabel, &Path)> {
        self.apps.iter().map(|(label, folder)| (label, folder.as_path()))
    }

    /// Finds the model that a path leads to, its first segment being the crate.
    pub(crate) fn model(&self, path: &[String]) -> Option<&ModelKey> {
        let (krate, rest) = path.split_first()?;
        self.crates.get(krate)?.models.get(&rest.join("::"))
    }

    /// Gives the models whose paths begin with this one, each with what follows.
    pub(crate) fn below<'a>(&'a self, path: &[String]) -> impl Iterator<Item = (&'a str, &'a ModelKey)> {
        let (krate, rest) =
            path.split_first().map_or((None, String::new()), |(krate, rest)| (Some(krate), rest.join("::")));
        let exports = krate.and_then(|krate| self.crates.get(krate));
        exports.into_iter().flat_map(|exports| &exports.models).filter_map(move |(path, key)| {
            let after = path.strip_prefix(&rest)?;
            let after = if rest.is_empty() || after.is_empty() { after } else { after.strip_prefix("::")? };
            Some((after, key))
        })
    }

    /// Gives the paths of all models that the crate of a name tells of; none where no crate of that name tells anything.
    pub(crate) fn paths_of(&self, krate: &str) -> Option<impl Iterator<Item = &str>> {
        self.crates.get(krate).map(|exports| exports.models.keys().map(String::as_str))
    }

    /// Reads the migrations of those apps that `wanted` names, and of those on which they build in turn.
    pub(crate) fn migrations(&self, wanted: BTreeSet<AppLabel>) -> (Vec<Migration>, Vec<(AppLabel, Fault)>) {
        let (mut migrations, mut faults) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        let mut open: Vec<AppLabel> = wanted.into_iter().collect();
        while let Some(label) = open.pop() {
            let Some(folder) = self.apps.get(&label).filter(|_| seen.insert(label.clone())) else { continue };
            let (files, wrong) = history::load(folder, &label).unwrap_or_else(|error| {
                let message = format!("the migrations cannot be read ({error})");
                let place = slashed(folder);
                (Vec::new(), vec![Fault::Unreadable { place, message, is_told_by_compiler: false }])
            });
            faults.extend(wrong.into_iter().map(|fault| (label.clone(), fault)));
            for file in files {
                match history::read(&file, Path::new("")) {
                    Ok(migration) => {
                        open.extend(migration.depends_on.iter().map(|id| id.app.clone()));
                        migrations.push(migration);
                    }
                    Err(fault) => faults.push((label.clone(), fault)),
                }
            }
        }
        (migrations, faults)
    }
}
