//! The source files of an earlier run, kept in `OUT_DIR` with their texts [`without_ignored`] parts: a file with the same
//! content is parsed from the shorter text.
//!
//! [`without_ignored`]: crate::scan::ignored::without_ignored

use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::files;
use crate::pages;

/// The name of the file, in the folder of the findings of a checkout.
pub(crate) const FILE: &str = "kept-sources";

/// The beginning of the file; another format has another number.
const MAGIC: &str = "modelshift kept sources 1";

/// A source file that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Source {
    /// The whole content.
    pub(crate) text: String,
    /// The content without ignored parts.
    pub(crate) reduced: String,
}

/// Reads the kept sources; none if the file is missing or damaged, or if another program wrote it.
pub(crate) fn read(file: &Path) -> HashMap<PathBuf, Source> {
    let program = files::program();
    let text = std::fs::read_to_string(file).ok();
    text.zip(program).and_then(|(text, program)| parse(&text, &program)).unwrap_or_default()
}

fn parse(text: &str, program: &str) -> Option<HashMap<PathBuf, Source>> {
    let (head, mut body) = pages::parse(MAGIC, text)?;
    let (first, lines) = head.split_once('\n')?;
    if first.strip_prefix("program ")? != program {
        return None;
    }
    let sources = lines.split_terminator('\n').map(|line| {
        let (length, rest) = line.strip_prefix("source ")?.split_once(' ')?;
        let (of_reduced, path) = rest.split_once(' ')?;
        let (text, rest) = body.split_at_checked(length.parse().ok()?)?;
        let (reduced, rest) = rest.split_at_checked(of_reduced.parse().ok()?)?;
        body = rest;
        Some((PathBuf::from(path), Source { text: text.to_owned(), reduced: reduced.to_owned() }))
    });
    let sources = sources.collect::<Option<_>>()?;
    body.is_empty().then_some(sources)
}

/// Keeps sources for later runs, sorted by their paths; what cannot be written is not kept.
pub(crate) fn keep(file: &Path, sources: &[(&Path, Source)]) -> Option<()> {
    let text = print(&files::program()?, sources)?;
    files::write(file, &text).ok()
}

fn print(program: &str, sources: &[(&Path, Source)]) -> Option<String> {
    let mut head = format!("program {program}\n");
    let mut body = String::new();
    for (path, Source { text, reduced }) in sources {
        let path = path.to_str().filter(|path| !path.contains(['\n', '\r']))?;
        writeln!(head, "source {} {} {path}", text.len(), reduced.len()).ok()?;
        body.push_str(text);
        body.push_str(reduced);
    }
    Some(pages::print(MAGIC, &head, &body))
}

#[cfg(test)]
mod tests;
