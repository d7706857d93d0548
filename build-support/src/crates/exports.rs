//! The exports of a crate for the build scripts of its dependents: its apps with their migration folders, and the paths
//! of its models, its enums and the structs that models flatten.
//!
//! Cargo passes one line from a build script to those of direct dependents, if `Cargo.toml` has a `links` key:
//! `cargo::metadata=modelshift=<file>` here is `DEP_<LINKS>_MODELSHIFT` there. The file holds the rest, including the
//! exports of the crate's own dependencies, so that dependents of dependents read it, too.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use modelshift_schema::json;
use modelshift_schema::name::ModelKey;
use serde::{Deserialize, Serialize};

use crate::crates::exported_types::ExportedTypes;

/// The version of the file format. Version 1 has no number, and only models; version 2 has the types of one build.
pub(crate) const FORMAT: u32 = 3;

/// The first version with enums and structs.
pub(crate) const FORMAT_OF_TYPES: u32 = 2;

/// The exports of a crate.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Exports {
    /// The version of the file format; see [`FORMAT`].
    #[serde(default)]
    pub(crate) format: u32,
    /// The name of the package.
    pub(crate) package: String,
    /// The name of the library.
    pub(crate) crate_name: String,
    /// The apps of the crate and of its dependencies: label and folder of the migrations.
    pub(crate) apps: BTreeMap<String, PathBuf>,
    /// The paths of models, from the root of the crate (`models::User`).
    pub(crate) models: BTreeMap<String, ModelKey>,
    /// The paths of enums, each with its name in [`Self::exported`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) choices: BTreeMap<String, String>,
    /// The paths of structs with `#[model(abstract)]`, each with its name in [`Self::exported`].
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) shared: BTreeMap<String, String>,
    /// The types of these names, with the types that they use.
    #[serde(default, rename = "exported")]
    pub(crate) exported: ExportedTypes,
    /// The same types as all builds see them together, as far as they differ.
    #[serde(default, skip_serializing_if = "ExportedTypes::is_empty")]
    pub(crate) elsewhere: ExportedTypes,
}

/// The item that a path of another crate resolves to.
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
    /// Returns all paths with their items.
    pub(crate) fn paths(&self) -> impl Iterator<Item = (&str, Export<'_>)> {
        let models = self.models.iter().map(|(path, key)| (path.as_str(), Export::Model(key)));
        let choices = self.choices.iter().map(|(path, id)| (path.as_str(), Export::Choices(id)));
        let shared = self.shared.iter().map(|(path, id)| (path.as_str(), Export::Shared(id)));
        models.chain(choices).chain(shared)
    }

    /// Returns whether nothing can be named by dependents.
    pub(crate) fn is_empty(&self) -> bool {
        self.paths().next().is_none()
    }

    /// Reads a file that another build script left.
    ///
    /// # Errors
    /// If the file cannot be read, or is of a newer version of modelshift.
    pub(crate) fn read(file: &Path) -> io::Result<Self> {
        let exports: Self = json::read(&fs::read_to_string(file)?)?;
        if exports.format > FORMAT {
            return Err(io::Error::other("it is of a newer version"));
        }
        Ok(exports)
    }
}
