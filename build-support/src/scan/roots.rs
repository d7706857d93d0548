//! Finds the root files of the crates of a package.

use std::path::{Path, PathBuf};

use toml::Table;

use crate::crates::manifest::{Manifest, text};

/// A crate of the package that may hold models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Root {
    /// The name of the crate, as in `CARGO_CRATE_NAME`.
    pub(crate) crate_name: String,
    /// The root file.
    pub(crate) file: PathBuf,
}

/// The crates of a package that may hold models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Roots {
    /// True for a library, false for binaries.
    pub(crate) is_library: bool,
    /// The library, or every binary.
    pub(crate) roots: Vec<Root>,
}

/// Finds the crates that may hold models: the library if there is one, or else every binary.
pub(crate) fn roots(folder: &Path, manifest: &Manifest, package: &str) -> Roots {
    let name = |section: &Table| text(section, "name").unwrap_or(package).to_owned();

    let lib = manifest.table("lib");
    let lib_file = folder.join(lib.and_then(|section| text(section, "path")).unwrap_or("src/lib.rs"));
    if lib_file.is_file() {
        let root = root(&lib.map_or_else(|| package.to_owned(), name), lib_file);
        return Roots { is_library: true, roots: vec![root] };
    }

    let mut found: Vec<Root> = Vec::new();
    for section in manifest.tables("bin") {
        let name = name(section);
        let file =
            text(section, "path").map_or_else(|| default_file(folder, &name, package), |it| folder.join(it));
        if file.is_file() {
            found.push(root(&name, file));
        }
    }
    let mut unnamed = vec![(package.to_owned(), folder.join("src/main.rs"))];
    unnamed.extend(in_bin_folder(&folder.join("src/bin")));
    for (name, file) in unnamed {
        if file.is_file() && !found.iter().any(|root| root.file == file) {
            found.push(root(&name, file));
        }
    }
    Roots { is_library: false, roots: found }
}

fn root(name: &str, file: PathBuf) -> Root {
    Root { crate_name: name.replace('-', "_"), file }
}

/// Returns the root file of a binary whose section has no path.
fn default_file(folder: &Path, name: &str, package: &str) -> PathBuf {
    let candidates = [format!("src/bin/{name}.rs"), format!("src/bin/{name}/main.rs")];
    let found = candidates.iter().map(|candidate| folder.join(candidate)).find(|file| file.is_file());
    found.unwrap_or_else(|| {
        if name == package { folder.join("src/main.rs") } else { folder.join(&candidates[0]) }
    })
}

fn in_bin_folder(folder: &Path) -> Vec<(String, PathBuf)> {
    let Ok(entries) = folder.read_dir() else { return Vec::new() };
    let mut found = Vec::new();
    for path in entries.flatten().map(|entry| entry.path()) {
        let Some(name) = path.file_stem().and_then(|stem| stem.to_str()).map(str::to_owned) else { continue };
        if path.is_dir() {
            found.push((name, path.join("main.rs")));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((name, path));
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(manifest: &str, files: &[&str], expect: &[(&str, &str)]) {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let file = folder.path().join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        let found = roots(folder.path(), &Manifest::parse(manifest), "my-blog").roots;
        let found: Vec<(String, String)> = found
            .into_iter()
            .map(|root| {
                let file = root.file.strip_prefix(folder.path()).unwrap();
                (root.crate_name, file.to_str().unwrap().to_owned())
            })
            .collect();
        let expect: Vec<(String, String)> =
            expect.iter().map(|(name, file)| ((*name).to_owned(), (*file).to_owned())).collect();
        assert_eq!(found, expect);
    }

    #[test]
    fn a_library_comes_before_all_binaries() {
        check("", &["src/lib.rs", "src/main.rs", "src/bin/manage.rs"], &[("my_blog", "src/lib.rs")]);
        check(
            "[lib] # ours\nname = \"blog\"\npath = \"code/blog.rs\"\n",
            &["code/blog.rs", "src/main.rs"],
            &[("blog", "code/blog.rs")],
        );
    }

    #[test]
    fn binaries_are_found_where_cargo_finds_them() {
        check(
            "[[bin]]\nname = \"shop-front\"\npath = 'front.rs'\n[[bin]]\nname = \"two\"\n",
            &["front.rs", "src/main.rs", "src/bin/one.rs", "src/bin/two/main.rs"],
            &[
                ("shop_front", "front.rs"),
                ("two", "src/bin/two/main.rs"),
                ("my_blog", "src/main.rs"),
                ("one", "src/bin/one.rs"),
            ],
        );
    }
}
