//! The habits of the house that a program can see, a file for each.

mod circles;
mod closures;
mod codes;
mod dialects;
mod folders;
mod sizes;
mod snapshots;
mod words;

use std::io;
use std::path::Path;

use crate::source;

/// Names that say nothing about what is inside.
const FORBIDDEN: [&str; 6] = ["utils", "util", "helpers", "common", "misc", "manager"];

/// Returns one line for each fault below the folder.
///
/// # Errors
/// If a file cannot be read.
pub fn check(root: &Path) -> io::Result<Vec<String>> {
    let files = source::files(root)?;
    let sources = source::sources(root, &files)?;
    let mut faults = Vec::new();
    for path in &files {
        let name = source::name_of(root, path);
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        if FORBIDDEN.contains(&stem.as_ref()) {
            faults.push(format!("{name}: `{stem}` says nothing about what is inside; name it after its job"));
        }
    }
    faults.extend(sources.iter().flat_map(sizes::faults));
    faults.extend(snapshots::faults(root, &files)?);
    faults.extend(folders::faults(&sources));
    faults.extend(dialects::faults(&sources));
    faults.extend(codes::faults(root, &sources)?);
    for krate in source::CRATES {
        let modules = source::modules(krate, &sources);
        faults.extend(circles::faults(krate, &modules));
        faults.extend(closures::faults(krate, &modules));
        faults.extend(words::in_source(&modules));
    }
    faults.extend(words::in_pages(root)?);
    Ok(faults)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Writes a workspace of these files, and returns what is found in it.
    pub(super) fn faults_of(files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        check(folder.path()).unwrap()
    }

    #[test]
    fn the_workspace_is_tidy() {
        assert_eq!(check(&crate::root()).unwrap(), Vec::<String>::new());
    }

    #[test]
    fn a_name_that_says_nothing_is_found() {
        assert_eq!(
            faults_of(&[("schema/src/lib.rs", "mod utils;\n"), ("schema/src/utils.rs", "")]),
            ["schema/src/utils.rs: `utils` says nothing about what is inside; name it after its job"]
        );
    }
}
