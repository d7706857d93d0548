//! The exports of the dependencies: `DEP_<LINKS>_MODELSHIFT` -> apps, and paths of models, of enums and of structs with
//! `#[model(abstract)]`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use modelshift_schema::migration::Migration;
use modelshift_schema::name::{AppLabel, MigrationId, ModelKey};

use crate::crates::dependencies;
use crate::crates::exported_types::{ExportedEnum, ExportedStruct, ExportedTypes};
use crate::crates::exports::{Export, Exports, FORMAT_OF_TYPES};
use crate::crates::manifest::Manifest;
use crate::environment::Environment;
use crate::error::Fault;
use crate::files::{newest, slashed};
use crate::migrations::history;
use crate::migrations::history::MigrationFile;

/// The dependencies that have models.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Foreign {
    /// Their exports, by the name of the crate in paths.
    crates: BTreeMap<String, Exports>,
    apps: BTreeMap<AppLabel, PathBuf>,
    /// The exported enums and structs of all of them.
    exported: ExportedTypes,
    /// The same types as all builds see them together, as far as they differ.
    elsewhere: ExportedTypes,
    /// The files that were read.
    pub(crate) files: Vec<PathBuf>,
    /// The modification time of the newest of them, taken before it was read.
    pub(crate) newest: Option<SystemTime>,
    /// The errors in their exports.
    pub(crate) faults: Vec<Fault>,
}

/// Migrations of other crates.
#[derive(Debug)]
pub(crate) struct ForeignMigrations<T = Migration> {
    pub(crate) migrations: Vec<T>,
    /// The folders that were read, with their files.
    pub(crate) folders: Vec<(PathBuf, Vec<MigrationFile>)>,
    pub(crate) faults: Vec<(AppLabel, Fault)>,
}

impl Foreign {
    /// Reads the exports of the dependencies; `manifest` has their new names.
    pub(crate) fn gather(environment: &Environment, package: &Path, manifest: &Manifest) -> Self {
        let mut foreign = Self::default();
        let mut all = Vec::new();
        for file in environment.exports_of_dependencies() {
            foreign.newest = foreign.newest.max(newest([file.as_path()]));
            match Exports::read(&file) {
                Ok(exports) => all.push(exports),
                Err(error) => {
                    let file = slashed(&file);
                    foreign.faults.push(Fault::UnreadableExports { file, reason: error.to_string() });
                }
            }
            foreign.files.push(file);
        }
        if all.is_empty() {
            return foreign;
        }
        let renamed = dependencies::renamed(manifest, package);
        for exports in all {
            for (label, folder) in &exports.apps {
                let known = foreign.apps.entry(AppLabel::new(label)).or_insert_with(|| folder.clone());
                if known != folder {
                    let (one, other) = (slashed(known), slashed(folder));
                    foreign.faults.push(Fault::SameLabel { label: AppLabel::new(label), one, other });
                }
            }
            foreign.take(&exports);
            foreign.elsewhere = std::mem::take(&mut foreign.elsewhere).widened(&exports.elsewhere);
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

    /// Returns the same with enums and structs as all builds see them together; none if these do not differ.
    pub(crate) fn wide(&self) -> Option<Self> {
        if self.elsewhere.is_empty() {
            return None;
        }
        Some(Self { exported: self.exported.clone().widened(&self.elsewhere), ..self.clone() })
    }

    /// Returns a fault if a dependency has an app with this label, too.
    pub(crate) fn same_label(&self, label: &AppLabel, own: Option<&Path>) -> Option<Fault> {
        let other = self.apps.get(label).map(|folder| slashed(folder))?;
        let one = own.map_or_else(|| "this crate".to_owned(), slashed);
        Some(Fault::SameLabel { label: label.clone(), one, other })
    }

    /// Returns every app of the dependencies, with the folder of its migrations.
    pub(crate) fn apps(&self) -> impl Iterator<Item = (&AppLabel, &Path)> {
        self.apps.iter().map(|(label, folder)| (label, folder.as_path()))
    }

    /// Adds the enums and structs that one crate exports.
    fn take(&mut self, exports: &Exports) {
        let mut twice: Vec<&String> = Vec::new();
        for (id, exported) in &exports.exported.choices {
            let known = self.exported.choices.entry(id.clone()).or_insert_with(|| exported.clone());
            twice.extend((known != exported).then_some(id));
        }
        for (id, exported) in &exports.exported.structs {
            let known = self.exported.structs.entry(id.clone()).or_insert_with(|| exported.clone());
            twice.extend((known != exported).then_some(id));
        }
        if let Some(id) = twice.first() {
            let (name, package) = ((*id).clone(), exports.package.clone());
            self.faults.push(Fault::SameName { name, package });
        }
    }

    /// Finds the model of a path, whose first segment is the crate.
    pub(crate) fn model(&self, path: &[String]) -> Option<&ModelKey> {
        let (krate, rest) = path.split_first()?;
        self.crates.get(krate)?.models.get(&rest.join("::"))
    }

    /// Finds the enum of a path, with its name.
    pub(crate) fn choices(&self, path: &[String]) -> Option<(&str, &ExportedEnum)> {
        let (krate, rest) = path.split_first()?;
        let id = self.crates.get(krate)?.choices.get(&rest.join("::"))?;
        Some((id, self.exported.choices.get(id)?))
    }

    /// Finds the name of the struct with `#[model(abstract)]` of a path.
    pub(crate) fn shared(&self, path: &[String]) -> Option<&str> {
        let (krate, rest) = path.split_first()?;
        self.crates.get(krate)?.shared.get(&rest.join("::")).map(String::as_str)
    }

    /// Returns whether the crate of a path exports it.
    pub(crate) fn knows(&self, path: &[String]) -> bool {
        self.model(path).is_some() || self.choices(path).is_some() || self.shared(path).is_some()
    }

    /// Returns the enums and structs of all dependencies, by their names.
    pub(crate) fn exported(&self) -> &ExportedTypes {
        &self.exported
    }

    /// Returns the number of an exported struct, by its name, with the struct.
    pub(crate) fn numbered(&self, id: &str) -> Option<(usize, &ExportedStruct)> {
        let (number, (_, exported)) =
            self.exported.structs.iter().enumerate().find(|(_, (known, _))| *known == id)?;
        Some((number, exported))
    }

    /// Returns the exported struct of a number, with its name.
    pub(crate) fn name_of(&self, number: usize) -> Option<(&str, &ExportedStruct)> {
        self.exported.structs.iter().nth(number).map(|(id, exported)| (id.as_str(), exported))
    }

    /// Returns all exports whose paths begin with this one, each with the rest of its path.
    pub(crate) fn below<'a>(&'a self, path: &[String]) -> impl Iterator<Item = (&'a str, Export<'a>)> {
        let (krate, rest) =
            path.split_first().map_or((None, String::new()), |(krate, rest)| (Some(krate), rest.join("::")));
        let exports = krate.and_then(|krate| self.crates.get(krate));
        exports.into_iter().flat_map(Exports::paths).filter_map(move |(path, export)| {
            let after = path.strip_prefix(&rest)?;
            let after = if rest.is_empty() || after.is_empty() { after } else { after.strip_prefix("::")? };
            Some((after, export))
        })
    }

    /// Returns all exports of a crate, with their paths; none for an unknown crate or one without exports.
    pub(crate) fn paths_of(&self, krate: &str) -> Option<impl Iterator<Item = (&str, Export<'_>)>> {
        self.crates.get(krate).map(Exports::paths)
    }

    /// Returns whether a crate was built by a version that exported models only.
    pub(crate) fn is_older(&self, krate: &str) -> bool {
        self.crates.get(krate).is_some_and(|exports| exports.format < FORMAT_OF_TYPES)
    }

    /// Reads the migrations of the apps in `wanted`, and of all apps that they depend on.
    pub(crate) fn migrations(&self, wanted: BTreeSet<AppLabel>) -> ForeignMigrations {
        self.migrations_by(wanted, |file| {
            let migration = history::read(file, Path::new(""))?;
            Ok((migration.depends_on.clone(), migration))
        })
    }

    /// Reads the migrations of these apps, and of all apps that they depend on, by a function that returns what a migration
    /// depends on, too.
    pub(crate) fn migrations_by<T>(
        &self,
        wanted: BTreeSet<AppLabel>,
        read: impl Fn(&MigrationFile) -> Result<(Vec<MigrationId>, T), Fault>,
    ) -> ForeignMigrations<T> {
        let (mut migrations, mut folders, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        let mut open: Vec<AppLabel> = wanted.into_iter().collect();
        while let Some(label) = open.pop() {
            let Some(folder) = self.apps.get(&label).filter(|_| seen.insert(label.clone())) else { continue };
            let (files, wrong) = history::load(folder, &label).unwrap_or_else(|error| {
                let message = format!("the migrations cannot be read ({error})");
                let place = slashed(folder);
                (Vec::new(), vec![Fault::Unreadable { place, message, is_compile_error: false }])
            });
            faults.extend(wrong.into_iter().map(|fault| (label.clone(), fault)));
            for file in &files {
                match read(file) {
                    Ok((depends_on, migration)) => {
                        open.extend(depends_on.into_iter().map(|id| id.app));
                        migrations.push(migration);
                    }
                    Err(fault) => faults.push((label.clone(), fault)),
                }
            }
            folders.push((folder.clone(), files));
        }
        ForeignMigrations { migrations, folders, faults }
    }
}
