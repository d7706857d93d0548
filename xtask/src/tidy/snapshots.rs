//! Snapshots that no test makes any more, and those that nobody accepted.

use std::io;
use std::path::{Path, PathBuf};

use crate::source;

/// Returns one line for each snapshot whose test is gone, and for each that was not accepted.
///
/// # Errors
/// If a snapshot cannot be read.
pub(super) fn faults(root: &Path, files: &[PathBuf]) -> io::Result<Vec<String>> {
    let mut faults = Vec::new();
    for path in files {
        let name = source::name_of(root, path);
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("snap") if !is_used(path, files)? => {
                faults.push(format!("{name}: no test source names this snapshot; delete it"));
            }
            Some("new") => faults.push(format!("{name}: a snapshot that nobody accepted; look at it")),
            Some(_) | None => {}
        }
    }
    Ok(faults)
}

/// A snapshot's header names the source that made it; the source must be there.
fn is_used(path: &Path, files: &[PathBuf]) -> io::Result<bool> {
    let text = std::fs::read_to_string(path)?;
    let source = text.lines().find_map(|line| line.strip_prefix("source: "));
    Ok(source.is_none_or(|source| {
        let source = source.trim().trim_matches('"');
        files.iter().any(|file| file.ends_with(source))
    }))
}

#[cfg(test)]
mod tests {
    use super::super::tests::faults_of;

    #[test]
    fn stale_and_new_snapshots_are_found() {
        let stale = ("tests/old.snap", "---\nsource: gone.rs\n---\n");
        assert_eq!(
            faults_of(&[stale, ("tests/it.snap.new", "")]),
            [
                "tests/it.snap.new: a snapshot that nobody accepted; look at it",
                "tests/old.snap: no test source names this snapshot; delete it",
            ]
        );
    }
}
