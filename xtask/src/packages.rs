//! What a published crate needs: its metadata, and each file that its source includes.

use std::collections::BTreeSet;
use std::io;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::source::{self, CRATES, Source};

/// Returns one line for each part that a published crate lacks.
///
/// # Errors
/// If cargo does not answer, or a file cannot be read.
pub fn check(root: &Path) -> io::Result<Vec<String>> {
    let known = cargo(root, &["metadata", "--no-deps", "--format-version", "1", "--offline"])?;
    let known: Value = serde_json::from_str(&known)?;
    let packages = known["packages"].as_array().cloned().unwrap_or_default();
    let files = source::files(root)?;
    let sources = source::sources(root, &files)?;
    let mut faults = Vec::new();
    for krate in CRATES {
        let manifest = root.join(krate).join("Cargo.toml");
        let package =
            packages.iter().find(|it| it["manifest_path"].as_str().map(Path::new) == Some(&manifest));
        let Some(package) = package else {
            faults.push(format!("{krate}: cargo does not know it"));
            continue;
        };
        let text = std::fs::read_to_string(&manifest)?;
        faults.extend(metadata_faults(krate, package, &text));
        let name = package["name"].as_str().unwrap_or_default();
        let listed = cargo(root, &["package", "--list", "--allow-dirty", "--offline", "-p", name])?;
        let listed: BTreeSet<&str> = listed.lines().collect();
        faults.extend(file_faults(krate, &listed, &sources));
    }
    Ok(faults)
}

/// Returns one line for each field of the manifest that is missing.
fn metadata_faults(krate: &str, package: &Value, manifest: &str) -> Vec<String> {
    let is_text = |field: &str| package[field].as_str().is_some_and(|text| !text.is_empty());
    let is_list = |field: &str| package[field].as_array().is_some_and(|list| (1..=5).contains(&list.len()));
    let mut missing = Vec::new();
    missing.extend(
        ["description", "license", "repository", "readme", "rust_version"].iter().filter(|it| !is_text(it)),
    );
    missing.extend(["keywords", "categories"].iter().filter(|it| !is_list(it)));
    if !package["metadata"]["docs"]["rs"].is_object() {
        missing.push(&"package.metadata.docs.rs");
    }
    if !manifest.lines().any(|line| line.starts_with("include = [")) {
        missing.push(&"include");
    }
    let missing =
        missing.into_iter().map(|field| format!("{krate}/Cargo.toml: `{field}` is missing or too long"));
    // A path without a version cannot be published.
    let unversioned = package["dependencies"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|it| it["path"].is_string() && it["req"] == "*" && it["kind"] != "dev");
    let unversioned =
        unversioned.map(|it| format!("{krate}/Cargo.toml: the dependency {} has no version", it["name"]));
    missing.chain(unversioned).collect()
}

/// Returns one line for each file that the package lacks, or has without need.
fn file_faults(krate: &str, listed: &BTreeSet<&str>, sources: &[Source]) -> Vec<String> {
    let mut faults = Vec::new();
    for file in ["README.md", "LICENSE-MIT", "LICENSE-APACHE"] {
        if !listed.contains(file) {
            faults.push(format!("{krate}: the package has no `{file}`"));
        }
    }
    for source in sources {
        let Some(inside) = source.name.strip_prefix(krate).and_then(|rest| rest.strip_prefix('/')) else {
            continue;
        };
        if !inside.starts_with("src/") {
            continue;
        }
        if !listed.contains(inside) {
            faults.push(format!("{krate}: the package has no `{inside}`"));
        }
        for included in included(&source.text) {
            let path = normal(&Path::new(inside).with_file_name("").join(included));
            if !listed.contains(path.as_str()) {
                faults
                    .push(format!("{}: the package does not have `{path}`, which it includes", source.name));
            }
        }
    }
    faults.extend(
        listed
            .iter()
            .filter(|it| Path::new(it).extension().is_some_and(|end| end == "snap"))
            .map(|it| format!("{krate}: the package has the snapshot `{it}`")),
    );
    faults
}

/// Returns the paths in `include_str!` and `include_bytes!`.
fn included(text: &str) -> impl Iterator<Item = &str> {
    let begins = ["include_str!(\"", "include_bytes!(\""];
    begins.into_iter().flat_map(|begin| text.split(begin).skip(1)).filter_map(|rest| rest.split('"').next())
}

/// Returns a path without `..`, with `/`.
fn normal(path: &Path) -> String {
    let mut normal = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            normal.pop();
        } else {
            normal.push(part);
        }
    }
    normal.to_string_lossy().replace('\\', "/")
}

/// Runs cargo, and returns its output.
fn cargo(root: &Path, arguments: &[&str]) -> io::Result<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).args(arguments).current_dir(root).output()?;
    if output.status.success() {
        return String::from_utf8(output.stdout).map_err(io::Error::other);
    }
    Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_published_crate_has_what_it_needs() {
        assert_eq!(check(&crate::root()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn missing_metadata_and_missing_files_are_found() {
        let package = serde_json::json!({
            "description": "", "license": "MIT", "repository": "https://example.org", "rust_version": "1.94",
            "keywords": ["1", "2", "3", "4", "5", "6"], "categories": ["database"], "metadata": null,
            "dependencies": [{ "name": "schema", "path": "/schema", "req": "*", "kind": null }],
        });
        let faults = metadata_faults("cli", &package, "[package]\nname = \"x\"\n");
        let fields = ["description", "readme", "keywords", "package.metadata.docs.rs", "include"];
        let mut expected = fields.map(|it| format!("cli/Cargo.toml: `{it}` is missing or too long")).to_vec();
        expected.push("cli/Cargo.toml: the dependency \"schema\" has no version".to_owned());
        assert_eq!(faults, expected);
        let text = "const PAGE: &str = include_str!(\"../docs/page.md\");".to_owned();
        let sources = [Source { name: "cli/src/page.rs".to_owned(), text, tree: None }];
        let listed = BTreeSet::from(["README.md", "LICENSE-MIT", "src/a.snap"]);
        assert_eq!(
            file_faults("cli", &listed, &sources),
            [
                "cli: the package has no `LICENSE-APACHE`",
                "cli: the package has no `src/page.rs`",
                "cli/src/page.rs: the package does not have `docs/page.md`, which it includes",
                "cli: the package has the snapshot `src/a.snap`",
            ]
        );
    }
}
