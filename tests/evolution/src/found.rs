//! The stories that are kept: what random evolutions found once, each in a file of its own.

use std::fs;
use std::io;
use std::path::Path;

/// Returns the name and the text of every file, in the order of the names.
///
/// # Errors
/// Where the folder cannot be read.
pub fn all() -> io::Result<Vec<(String, String)>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("found");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        found.push((name, fs::read_to_string(&path)?));
    }
    found.sort();
    Ok(found)
}
