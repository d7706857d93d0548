//! Compares the files of a kept run with those that exist now.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::files::{is_future, is_of_future};
use crate::kept::record::{Folder, Text};
use crate::migrations::{history, swap};

/// A source file with another content than in the kept run.
#[derive(Debug)]
pub(super) struct Changed<'a> {
    pub(super) path: &'a str,
    /// The content in the kept run.
    pub(super) before: &'a str,
    /// The content now.
    pub(super) now: String,
}

/// The content of a file, compared with a kept one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Same,
    Other,
    /// It cannot be read, or a full run would say something about it.
    Unclear,
}

/// Returns whether a file has this content.
pub(super) fn is_same(path: &Path, content: &str) -> bool {
    compare(path, content, &mut Vec::new()) == Content::Same
}

/// Returns the source files with another content; none if one cannot be read.
pub(super) fn changed<'a>(sources: &[Text<'a>]) -> Option<Vec<Changed<'a>>> {
    let mut changed = Vec::new();
    let mut buffer = Vec::new();
    for Text { path, content } in sources {
        match compare(Path::new(path), content, &mut buffer) {
            Content::Same => {}
            Content::Other => {
                changed.push(Changed { path, before: content, now: std::fs::read_to_string(path).ok()? });
            }
            Content::Unclear => return None,
        }
    }
    Some(changed)
}

/// Returns whether a migration folder has the same migrations, and nothing else that a run cares for.
pub(super) fn is_same_folder(folder: &Folder<'_>, may_write: bool) -> bool {
    let path = Path::new(folder.path);
    let entries = match path.read_dir() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return folder.files.is_empty(),
        Err(_) => return false,
        Ok(entries) => entries,
    };
    let mut found = 0;
    for entry in entries {
        let Ok(entry) = entry else { return false };
        let name = entry.file_name();
        if may_write && swap::is_leftover(Path::new(&name)) {
            return false;
        }
        if history::is_candidate(Path::new(&name)) {
            found += 1;
            // What a link leads to may be written in other ways.
            if !entry.file_type().is_ok_and(|kind| kind.is_file()) {
                return false;
            }
        }
    }
    let mut buffer = Vec::new();
    // As many files as there are kept ones, all of which exist: they are the same.
    found == folder.files.len()
        && !(folder.is_own && is_of_future(path))
        && folder
            .files
            .iter()
            .all(|file| compare(&path.join(file.name), file.content, &mut buffer) == Content::Same)
}

/// Compares a file; the buffer is used again for each.
fn compare(path: &Path, content: &str, buffer: &mut Vec<u8>) -> Content {
    let Ok(mut file) = File::open(path) else { return Content::Unclear };
    let Ok(about) = file.metadata() else { return Content::Unclear };
    if !about.is_file() || !about.modified().is_ok_and(|time| !is_future(time)) {
        return Content::Unclear;
    }
    if about.len() != content.len() as u64 {
        return Content::Other;
    }
    buffer.resize(content.len(), 0);
    match file.read_exact(buffer) {
        Ok(()) if buffer == content.as_bytes() => Content::Same,
        Ok(()) => Content::Other,
        Err(_) => Content::Unclear,
    }
}
