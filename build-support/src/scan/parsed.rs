//! The source files that scans read and parse.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use modelshift_syntax::nesting;

use crate::scan::ignored::without_ignored;
use crate::scan::kept_sources::Source;

/// The files that scans have read, so that each is read and parsed once.
#[derive(Debug, Default)]
pub(crate) struct Parsed {
    /// The existing files.
    pub(crate) files: HashMap<PathBuf, SourceFile>,
    /// The sources of an earlier run.
    pub(crate) kept: HashMap<PathBuf, Source>,
    /// The files that were looked for and do not exist.
    pub(crate) absent: BTreeSet<PathBuf>,
    /// True if a file exists and cannot be read.
    pub(crate) is_incomplete: bool,
}

/// A source file that was read.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// Its content.
    pub(crate) text: String,
    /// The items, without those parts that the scan ignores if they are known from an earlier run.
    parsed: Rc<syn::File>,
}

impl Parsed {
    /// Returns every file with its text without ignored parts, sorted by path; none if all of them are kept already.
    pub(crate) fn to_keep(&self) -> Option<Vec<(&Path, Source)>> {
        let is_kept = self.files.len() == self.kept.len()
            && self
                .files
                .iter()
                .all(|(path, file)| self.kept.get(path).is_some_and(|kept| kept.text == file.text));
        if is_kept {
            return None;
        }
        let mut sources: Vec<(&Path, Source)> = self
            .files
            .iter()
            .filter_map(|(path, file)| {
                let kept = self.kept.get(path).filter(|kept| kept.text == file.text).cloned();
                let source = kept.or_else(|| {
                    let reduced = without_ignored(&file.text, &file.parsed)?;
                    Some(Source { text: file.text.clone(), reduced })
                });
                Some((path.as_path(), source?))
            })
            .collect();
        sources.sort_by_key(|(path, _)| *path);
        Some(sources)
    }

    /// Parses a file, unless it is parsed already.
    ///
    /// # Errors
    /// The reason why it cannot be read.
    pub(super) fn read(&mut self, path: &Path) -> Result<Rc<syn::File>, String> {
        if let Some(file) = self.files.get(path) {
            return Ok(Rc::clone(&file.parsed));
        }
        // A pipe has no end, so reading it would never return.
        if path.metadata().is_ok_and(|about| !about.is_file()) {
            return Err("it is not a file".to_owned());
        }
        let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
        let kept = self.kept.get(path).filter(|kept| kept.text == text);
        let read = kept.map_or(text.as_str(), |kept| kept.reduced.as_str());
        let parsed = Rc::new(nesting::parse_file(read).map_err(|error| parse_error(&error))?);
        self.files.insert(path.to_owned(), SourceFile { text, parsed: Rc::clone(&parsed) });
        Ok(parsed)
    }
}

fn parse_error(error: &syn::Error) -> String {
    let at = error.span().start();
    format!("line {}, column {}: {error}", at.line, at.column + 1)
}
