//! The Rust files of the workspace, each parsed once, with the module that each one is.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// Folders that hold no source of ours.
const SKIPPED: [&str; 3] = ["target", ".git", "node_modules"];
/// The crates whose source is published.
pub(crate) const CRATES: [&str; 6] = ["schema", "syntax", "macros", "build-support", "runtime", "cli"];

/// A Rust file.
pub(crate) struct Source {
    /// The path from the root of the workspace, with `/`.
    pub(crate) name: String,
    /// What is written in it.
    pub(crate) text: String,
    /// The same as a syntax tree; none for cases of bad input, which do not parse on purpose.
    pub(crate) tree: Option<syn::File>,
}

/// A module of a published crate, which is a file.
pub(crate) struct Module<'a> {
    /// Its file.
    pub(crate) source: &'a Source,
    /// The syntax tree of the file.
    pub(crate) tree: &'a syn::File,
}

/// The modules of one crate by their paths; the crate's root has the empty path. Modules of tests are left out.
pub(crate) type Modules<'a> = BTreeMap<Vec<String>, Module<'a>>;

/// Returns the paths of all files below the folder, in order.
///
/// # Errors
/// If a folder cannot be read.
pub(crate) fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    walk(folder, &mut found)?;
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = std::fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(std::fs::DirEntry::path);
    for entry in entries {
        let name = entry.file_name();
        if entry.file_type()?.is_dir() {
            if !SKIPPED.iter().any(|skipped| name == *skipped) {
                walk(&entry.path(), found)?;
            }
        } else {
            found.push(entry.path());
        }
    }
    Ok(())
}

/// Returns the path from the root, with `/`.
pub(crate) fn name_of(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string().replace('\\', "/")
}

/// Reads the Rust files among `files`.
///
/// # Errors
/// If a file cannot be read.
pub(crate) fn sources(root: &Path, files: &[PathBuf]) -> io::Result<Vec<Source>> {
    let mut found = Vec::new();
    for path in files.iter().filter(|path| path.extension().is_some_and(|it| it == "rs")) {
        let text = std::fs::read_to_string(path)?;
        let tree = syn::parse_file(&text).ok();
        found.push(Source { name: name_of(root, path), text, tree });
    }
    Ok(found)
}

/// Returns the modules of the crate in this folder, without those of tests.
pub(crate) fn modules<'a>(krate: &str, sources: &'a [Source]) -> Modules<'a> {
    let mut found = Modules::new();
    for file in ["lib.rs", "main.rs"] {
        add(&format!("{krate}/src/{file}"), &format!("{krate}/src"), Vec::new(), sources, &mut found);
    }
    found
}

fn add<'a>(file: &str, folder: &str, path: Vec<String>, sources: &'a [Source], found: &mut Modules<'a>) {
    let Some(source) = sources.iter().find(|source| source.name == file) else { return };
    let Some(tree) = &source.tree else { return };
    for item in &tree.items {
        let syn::Item::Mod(module) = item else { continue };
        if module.content.is_some() || is_test(&module.attrs) {
            continue;
        }
        let below = format!("{folder}/{}", module.ident);
        let path: Vec<String> = path.iter().cloned().chain([module.ident.to_string()]).collect();
        for file in [format!("{below}.rs"), format!("{below}/mod.rs")] {
            add(&file, &below, path.clone(), sources, found);
        }
    }
    found.insert(path, Module { source, tree });
}

/// Returns whether an item is compiled for tests only.
pub(crate) fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let is_cfg_test = attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test");
        is_cfg_test || attribute.path().is_ident("test")
    })
}
