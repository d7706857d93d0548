//! Which dependencies a manifest gives another name, since paths in source call them by that.
//!
//! Read line by line, as in `roots`: cargo has accepted the file already. A name that a whole workspace shares stands
//! in the manifest of the workspace.

use std::collections::BTreeMap;
use std::path::Path;

/// Gives the renamed dependencies: the name in source, and the package behind it.
pub(crate) fn renamed(manifest: &str, folder: &Path) -> BTreeMap<String, String> {
    let own = entries(manifest);
    let mut renamed = BTreeMap::new();
    let mut shared = None;
    for (name, entry) in own {
        if let Some(package) = entry.package {
            renamed.insert(name, package);
        } else if entry.is_shared {
            let shared = shared.get_or_insert_with(|| entries(&workspace(folder)));
            if let Some(package) = shared.get(&name).and_then(|entry| entry.package.clone()) {
                renamed.insert(name, package);
            }
        }
    }
    renamed
}

/// Gives the text of the manifest of the workspace; nothing where there is none.
fn workspace(folder: &Path) -> String {
    let manifests =
        folder.ancestors().filter_map(|above| std::fs::read_to_string(above.join("Cargo.toml")).ok());
    let is_root = |text: &String| text.lines().any(|line| line.trim().starts_with("[workspace"));
    manifests.into_iter().find(is_root).unwrap_or_default()
}

/// What a manifest says of a dependency.
#[derive(Debug, Default, PartialEq, Eq)]
struct Entry {
    package: Option<String>,
    is_shared: bool,
}

/// Gives what a manifest says of each dependency that a library can name.
fn entries(manifest: &str) -> BTreeMap<String, Entry> {
    let mut entries: BTreeMap<String, Entry> = BTreeMap::new();
    let mut section = Section::Other;
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            section = self::section(line);
            continue;
        }
        let Some((key, value)) = line.split_once('=') else { continue };
        let (key, value) = (unquoted(key), value.trim());
        match &section {
            Section::Other => {}
            Section::Of(name) => entries.entry(name.clone()).or_default().say(key, value),
            Section::All => {
                if let Some((name, key)) = key.split_once('.') {
                    entries.entry(name.trim().to_owned()).or_default().say(key.trim(), value);
                    continue;
                }
                let entry = entries.entry(key.to_owned()).or_default();
                let inside = value.strip_prefix('{').map(|value| value.trim_end_matches('}'));
                let pairs =
                    inside.into_iter().flat_map(|it| it.split(',')).filter_map(|it| it.split_once('='));
                pairs.for_each(|(key, value)| entry.say(key.trim(), value.trim()));
            }
        }
    }
    entries
}

impl Entry {
    fn say(&mut self, key: &str, value: &str) {
        match key {
            "package" => self.package = value.split(['"', '\'']).nth(1).map(str::to_owned),
            "workspace" => self.is_shared = value.starts_with("true"),
            _ => {}
        }
    }
}

enum Section {
    /// `[dependencies]`, with a dependency in each line.
    All,
    /// `[dependencies.name]`.
    Of(String),
    Other,
}

fn section(line: &str) -> Section {
    let title = line.split('#').next().unwrap_or(line).trim().trim_start_matches('[').trim_end_matches(']');
    match title.rsplit_once("dependencies") {
        Some((before, after)) if before.is_empty() || before.ends_with('.') => {
            match after.strip_prefix('.') {
                Some(name) => Section::Of(unquoted(name).to_owned()),
                None if after.is_empty() => Section::All,
                None => Section::Other,
            }
        }
        Some(_) | None => Section::Other,
    }
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches(['"', '\''])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_source_calls_packages_by() {
        let manifest = "[package]\nname = \"shop\"\npackage = \"no\"\n[dependencies] # ours\nserde = \"1\"\n\
                        people = { path = \"../accounts\", package = \"acme-accounts\" }\n\
                        acl.workspace = true\nplain = { workspace = true }\n\
                        [dependencies.goods]\npackage = 'acme-goods'\nversion = \"1\"\n\
                        [target.'cfg(unix)'.dependencies]\nunix = { package = \"acme-unix\" }\n\
                        [build-dependencies]\ntool = { package = \"acme-tool\" }\n";
        let workspace = "[workspace]\n[workspace.dependencies]\nacl = { package = \"acme-acl\", path = \"acl\" }\nplain = \"1\"\n";
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Cargo.toml"), workspace).unwrap();
        let found = renamed(manifest, &folder.path().join("shop"));
        let found: Vec<String> = found.iter().map(|(name, package)| format!("{name}={package}")).collect();
        assert_eq!(found, ["acl=acme-acl", "goods=acme-goods", "people=acme-accounts", "unix=acme-unix"]);
    }
}
