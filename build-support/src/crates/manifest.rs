//! Reads from `Cargo.toml` what cargo does not pass to a build script: the root files of crates, and the names of
//! dependencies in the source.

use std::collections::BTreeSet;
use std::path::Path;

use toml::{Table, Value};

/// A manifest.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manifest(Table);

impl Manifest {
    /// Reads a manifest. Cargo has accepted it already; a manifest that cannot be read here counts as empty.
    pub(crate) fn parse(text: &str) -> Self {
        Self(text.parse().unwrap_or_default())
    }

    /// Finds the manifest of the workspace of the package in a folder; an empty one if there is none.
    pub(crate) fn of_workspace(&self, folder: &Path) -> Self {
        let said = self.table("package").and_then(|package| package.get("workspace")).and_then(Value::as_str);
        if let Some(text) = said.and_then(|said| read_in(&folder.join(said))) {
            return Self::parse(&text);
        }
        let manifests = folder.ancestors().filter_map(|above| Some(Self::parse(&read_in(above)?)));
        manifests.into_iter().find(|manifest| manifest.table("workspace").is_some()).unwrap_or_default()
    }

    /// Returns whether the package has edition 2015, which is the default.
    pub(crate) fn is_2015(&self, folder: &Path) -> bool {
        let said = self.table("package").and_then(|package| package.get("edition"));
        match said {
            None => self.table("package").is_some(),
            Some(said) if said.get("workspace").and_then(Value::as_bool) == Some(true) => {
                let workspace = self.of_workspace(folder);
                let edition = workspace.table("workspace").and_then(|it| it.get("package")?.get("edition"));
                edition.and_then(Value::as_str) == Some("2015")
            }
            Some(said) => said.as_str() == Some("2015"),
        }
    }

    /// Returns the names of the dependencies in the source.
    pub(crate) fn dependencies(&self) -> BTreeSet<String> {
        let targets = self.table("target").into_iter().flat_map(Table::values).filter_map(Value::as_table);
        let kinds = ["dependencies", "dev-dependencies"];
        let tables = [&self.0].into_iter().chain(targets);
        let tables = tables.flat_map(|table| kinds.map(|kind| table.get(kind)));
        let names = tables.flatten().filter_map(Value::as_table).flat_map(Table::keys);
        let names = names.map(|name| name.replace('-', "_"));
        names.chain(["std", "core", "alloc"].map(str::to_owned)).collect()
    }

    /// Returns a table at the top level.
    pub(crate) fn table(&self, name: &str) -> Option<&Table> {
        self.0.get(name)?.as_table()
    }

    /// Returns the tables of a list at the top level, such as `[[bin]]`.
    pub(crate) fn tables(&self, name: &str) -> impl Iterator<Item = &Table> {
        self.0.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
    }
}

fn read_in(folder: &Path) -> Option<String> {
    std::fs::read_to_string(folder.join("Cargo.toml")).ok()
}

/// Returns the text under a key.
pub(crate) fn text<'a>(table: &'a Table, key: &str) -> Option<&'a str> {
    table.get(key)?.as_str()
}
