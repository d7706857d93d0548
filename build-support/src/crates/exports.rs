//! What a crate tells the build scripts of those that depend on it: its apps with their migration folders, and the
//! paths that lead to its models, to its enums and to the structs that models flatten.
//!
//! Cargo carries one line from a build script to those of direct dependents, where `Cargo.toml` has a `links` key:
//! `cargo::metadata=modelshift=<file>` here is `DEP_<LINKS>_MODELSHIFT` there. The file holds the rest, also what the
//! crate was told itself, so that a chain of crates needs no more than its first link.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use modelshift_schema::json;
use modelshift_schema::name::{AppLabel, ModelKey};
use serde::{Deserialize, Serialize};

use crate::crates::exported_types::{Exporter, Told};
use crate::environment::directive;
use crate::error::BuildError;
use crate::findings;
use crate::models;
use crate::resolve::{Declarations, Target, follow};
use crate::scan::apps::App;
use crate::scan::crate_tree::{ModulePath, Tree};

/// The key under which a build script tells cargo of the file.
pub(crate) const METADATA: &str = "modelshift";

/// The name of the file in `OUT_DIR`.
const FILE: &str = "modelshift-exports.json";

/// The form of the file. Those of 1 say no number, and tell of models alone; those of 2 tell of one build.
const FORMAT: u32 = 3;

/// The first form that tells of enums and structs.
pub(crate) const FORMAT_OF_TYPES: u32 = 2;

/// How deep modules that re-export each other are followed.
const MAX_DEPTH: usize = 8;

/// What a crate tells its dependents.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Exports {
    /// The form of the file; see [`FORMAT`].
    #[serde(default)]
    pub(crate) format: u32,
    /// The name of the package.
    pub(crate) package: String,
    /// The name of the library.
    pub(crate) crate_name: String,
    /// The apps of the crate and of those that it depends on: label and folder of the migrations.
    pub(crate) apps: BTreeMap<String, PathBuf>,
    /// The paths of models, from the root of the crate (`models::User`).
    pub(crate) models: BTreeMap<String, ModelKey>,
    /// The paths of enums, each with its name in `told`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) choices: BTreeMap<String, String>,
    /// The paths of structs with `#[model(abstract)]`, each with its name in `told`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) shared: BTreeMap<String, String>,
    /// What these names stand for, and what they are made of.
    #[serde(default)]
    pub(crate) told: Told,
    /// The same as all builds see them together, where that is more than this one sees.
    #[serde(default, skip_serializing_if = "Told::is_empty")]
    pub(crate) elsewhere: Told,
}

/// What a path of another crate leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Export<'a> {
    /// A model.
    Model(&'a ModelKey),
    /// An enum, by its name.
    Choices(&'a str),
    /// A struct with `#[model(abstract)]`, by its name.
    Shared(&'a str),
}

impl Exports {
    /// Returns all paths with what they lead to.
    pub(crate) fn paths(&self) -> impl Iterator<Item = (&str, Export<'_>)> {
        let models = self.models.iter().map(|(path, key)| (path.as_str(), Export::Model(key)));
        let choices = self.choices.iter().map(|(path, id)| (path.as_str(), Export::Choices(id)));
        let shared = self.shared.iter().map(|(path, id)| (path.as_str(), Export::Shared(id)));
        models.chain(choices).chain(shared)
    }

    fn is_empty(&self) -> bool {
        self.paths().next().is_none()
    }

    /// Gathers what a library tells, with what it would tell in other builds.
    pub(crate) fn gather(
        package: &str,
        tree: &Tree,
        declarations: &Declarations,
        apps: &BTreeMap<AppLabel, App>,
    ) -> Self {
        let mut exports = Self::of_build(package, tree, declarations, apps);
        if let Some(wide) = &tree.wide {
            let all = Self::of_build(package, wide, &models::declarations(wide), apps);
            exports.elsewhere = all.told.without(&exports.told);
        }
        exports
    }

    fn of_build(
        package: &str,
        tree: &Tree,
        declarations: &Declarations,
        apps: &BTreeMap<AppLabel, App>,
    ) -> Self {
        let mut gathering = Gathering {
            tree,
            declarations,
            telling: Exporter::new(tree, declarations),
            models: BTreeMap::new(),
            choices: BTreeMap::new(),
            shared: BTreeMap::new(),
        };
        gathering.module(&Vec::new(), "", MAX_DEPTH);
        let Gathering { telling, models, choices, shared, .. } = gathering;
        let own = apps.iter().filter_map(|(label, app)| Some((label.to_string(), app.folder.clone()?)));
        let foreign = tree.foreign.apps().map(|(label, folder)| (label.to_string(), folder.to_owned()));
        Self {
            format: FORMAT,
            package: package.to_owned(),
            crate_name: tree.crate_name.clone(),
            apps: foreign.chain(own).collect(),
            models,
            choices,
            shared,
            told: telling.told,
            elsewhere: Told::default(),
        }
    }

    /// Reads a file that another build script left.
    ///
    /// # Errors
    /// Where the file cannot be read, or is of another version of modelshift.
    pub(crate) fn read(file: &Path) -> io::Result<Self> {
        let exports: Self = json::read(&fs::read_to_string(file)?)?;
        if exports.format > FORMAT {
            return Err(io::Error::other("it is of a newer version"));
        }
        Ok(exports)
    }
}

/// Leaves the file, and gives the line that tells cargo of it; where there is nothing new, what was told before stands.
///
/// # Errors
/// Where the file cannot be written.
pub(crate) fn tell(exports: Option<&Exports>, out_dir: &Path) -> Result<Option<String>, BuildError> {
    let file = out_dir.join(FILE);
    // A crate that never had models, nor what is for those of others, has nothing to tell.
    if let Some(exports) = exports.filter(|exports| !exports.is_empty() || file.is_file()) {
        let text = serde_json::to_string_pretty(exports)
            .map_err(|error| BuildError::io("write", FILE)(error.into()))?;
        findings::write(&file, &text)?;
    }
    Ok(file.is_file().then(|| directive::metadata(METADATA, &file)).flatten())
}

/// Walks through the names that others can write.
struct Gathering<'a> {
    tree: &'a Tree,
    declarations: &'a Declarations,
    telling: Exporter<'a>,
    models: BTreeMap<String, ModelKey>,
    choices: BTreeMap<String, String>,
    shared: BTreeMap<String, String>,
}

impl Gathering<'_> {
    /// Notes all that others may name below a module, `prefix` being what leads to it.
    fn module(&mut self, module: &ModulePath, prefix: &str, depth: usize) {
        let names = self.tree.names();
        for (name, target) in names.public(module) {
            self.target(follow(self.tree, target.clone()), &joined(prefix, name), depth);
        }
        for glob in names.public_globs(module) {
            self.target(glob, prefix, depth);
        }
    }

    fn target(&mut self, target: Target, path: &str, depth: usize) {
        if let Some(id) = self.telling.choices(&target) {
            self.choices.entry(path.to_owned()).or_insert(id);
        } else if let Some(id) = self.telling.shared(&target) {
            self.shared.entry(path.to_owned()).or_insert(id);
        }
        match target {
            Target::Own(module, name) => {
                if let Some(key) = self.declarations.get(&(module, name)) {
                    self.models.entry(path.to_owned()).or_insert_with(|| key.clone());
                }
            }
            Target::Module(_) if depth == 0 => {}
            Target::Module(module) => self.module(&module, path, depth - 1),
            Target::Foreign(there) => {
                for (rest, export) in self.tree.foreign.below(&there) {
                    let whole = if rest.is_empty() { path.to_owned() } else { joined(path, rest) };
                    if let Export::Model(key) = export {
                        self.models.entry(whole).or_insert_with(|| key.clone());
                    } else if !rest.is_empty() {
                        let further = there.iter().cloned().chain(rest.split("::").map(str::to_owned));
                        self.target(Target::Foreign(further.collect()), &whole, depth);
                    }
                }
            }
            Target::Unknown => {}
        }
    }
}

fn joined(prefix: &str, name: &str) -> String {
    if prefix.is_empty() { name.to_owned() } else { format!("{prefix}::{name}") }
}
