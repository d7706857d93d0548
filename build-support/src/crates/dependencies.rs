//! The dependencies that a manifest renames: paths in the source use the new name, and cargo passes only the `links` keys
//! to a build script.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};

use crate::crates::manifest::{Manifest, text};

/// Returns the name of the crate `modelshift` in the source.
pub(crate) fn library(manifest: &Manifest, folder: &Path) -> String {
    let own = "modelshift".to_owned();
    if manifest.dependencies().contains(&own) && !renamed(manifest, folder).contains_key(&own) {
        return own;
    }
    let mut renamed = renamed(manifest, folder).into_iter();
    renamed.find(|(_, package)| *package == own).map_or(own, |(name, _)| name.replace('-', "_"))
}

/// Returns the renamed dependencies of a library: the name in the source, and the package. The workspace manifest is read
/// for dependencies that it shares.
pub(crate) fn renamed(manifest: &Manifest, folder: &Path) -> BTreeMap<String, String> {
    let targets = manifest.table("target").into_iter().flat_map(Table::values).filter_map(Value::as_table);
    let of_targets = targets.filter_map(|target| target.get("dependencies")?.as_table());
    let mut renamed = BTreeMap::new();
    let mut shared = None;
    for (name, entry) in manifest.table("dependencies").into_iter().chain(of_targets).flatten() {
        let Some(entry) = entry.as_table() else { continue };
        let package = if entry.get("workspace").and_then(Value::as_bool) == Some(true) {
            let shared = shared.get_or_insert_with(|| manifest.of_workspace(folder));
            let all = shared.table("workspace").and_then(|it| it.get("dependencies")?.as_table());
            all.and_then(|all| text(all.get(name)?.as_table()?, "package")).map(str::to_owned)
        } else {
            text(entry, "package").map(str::to_owned)
        };
        renamed.extend(package.map(|package| (name.clone(), package)));
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_source_calls_packages_by() {
        let manifest = "[package]\nname = \"shop\"\npackage = \"no\"\n[dependencies] # ours\nserde = \"1\"\n\
                        people = { path = \"../accounts\", package = \"acme-accounts\" }\n\
                        acl.workspace = true\nplain = { workspace = true }\n\
                        many-lines = { # with a comment, over several lines\n  version = \"1\",\n  package = \"acme-lines\",\n}\n\
                        text = { version = \"1\", features = [\"a=b, package = 'no'\"] }\n\
                        [dependencies.goods]\npackage = 'acme-goods'\nversion = \"1\"\n\
                        [target.'cfg(unix)'.dependencies]\nunix = { package = \"acme-unix\" }\n\
                        [build-dependencies]\ntool = { package = \"acme-tool\" }\n";
        let workspace = "[workspace]\n[workspace.dependencies]\nacl = { package = \"acme-acl\", path = \"acl\" }\nplain = \"1\"\n";
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("Cargo.toml"), workspace).unwrap();
        let found = renamed(&Manifest::parse(manifest), &folder.path().join("shop"));
        let found: Vec<String> = found.iter().map(|(name, package)| format!("{name}={package}")).collect();
        assert_eq!(
            found,
            [
                "acl=acme-acl",
                "goods=acme-goods",
                "many-lines=acme-lines",
                "people=acme-accounts",
                "unix=acme-unix"
            ]
        );
    }
}
