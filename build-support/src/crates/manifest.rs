//! `Cargo.toml`, as far as it says what cargo tells no build script: where crates begin, and what source calls dependencies.

use std::collections::BTreeSet;
use std::path::Path;

use toml::{Table, Value};

/// A manifest.
#[derive(Clone, Debug, Default)]
pub(crate) struct Manifest(Table);

impl Manifest {
    /// Reads a manifest. Cargo has accepted it already, so what cannot be read here says nothing.
    pub(crate) fn parse(text: &str) -> Self {
        Self(text.parse().unwrap_or_default())
    }

    /// Finds the manifest of the workspace of the package in a folder; an empty one where there is none.
    pub(crate) fn of_workspace(&self, folder: &Path) -> Self {
        let read = |folder: &Path| std::fs::read_to_string(folder.join("Cargo.toml")).ok();
        let said = self.table("package").and_then(|package| package.get("workspace")).and_then(Value::as_str);
        if let Some(text) = said.and_then(|said| read(&folder.join(said))) {
            return Self::parse(&text);
        }
        let manifests = folder.ancestors().filter_map(|above| Some(Self::parse(&read(above)?)));
        manifests.into_iter().find(|manifest| manifest.table("workspace").is_some()).unwrap_or_default()
    }

    /// Returns whether the package is of edition 2015, which is that of a package that says none.
    pub(crate) fn is_2015(&self, folder: &Path) -> bool {
        let said = self.table("package").and_then(|package| package.get("edition"));
        let shared = |said: &Value| said.get("workspace").and_then(Value::as_bool) == Some(true);
        match said {
            None => self.table("package").is_some(),
            Some(said) if shared(said) => {
                let workspace = self.of_workspace(folder);
                let edition = workspace.table("workspace").and_then(|it| it.get("package")?.get("edition"));
                edition.and_then(Value::as_str) == Some("2015")
            }
            Some(said) => said.as_str() == Some("2015"),
        }
    }

    /// Returns the names by which source calls the dependencies.
    pub(crate) fn dependencies(&self) -> BTreeSet<String> {
        let of = |tables: &Table| {
            let kinds = ["dependencies", "dev-dependencies"].into_iter();
            let tables = kinds.filter_map(|kind| tables.get(kind)?.as_table());
            tables.flat_map(Table::keys).map(|name| name.replace('-', "_")).collect::<Vec<_>>()
        };
        let targets = self.table("target").into_iter().flat_map(Table::values).filter_map(Value::as_table);
        let named = of(&self.0).into_iter().chain(targets.flat_map(of));
        named.chain(["std", "core", "alloc"].map(str::to_owned)).collect()
    }

    /// Returns a table at the top.
    pub(crate) fn table(&self, name: &str) -> Option<&Table> {
        self.0.get(name)?.as_table()
    }

    /// Returns the tables of a list at the top, such as `[[bin]]`.
    pub(crate) fn tables(&self, name: &str) -> impl Iterator<Item = &Table> {
        self.0.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_table)
    }
}

/// Returns the text under a key.
pub(crate) fn text<'a>(table: &'a Table, key: &str) -> Option<&'a str> {
    table.get(key)?.as_str()
}
