//! The text of a kept run.
//!
//! ```text
//! modelshift kept run 1 <length of the head> <checksum of the head>
//! <word> <value>                      the head: a line for each value; a content is named by its length
//! …
//! <the contents, one after the other>
//! ```
//!
//! The contents need no checksum: a damaged one differs from its file.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher as _};

/// The beginning of a record; another format has another number.
const MAGIC: &str = "modelshift kept run 1";

/// A file with its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Text<'a> {
    pub(super) path: &'a str,
    pub(super) content: &'a str,
}

/// A file of a migration folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct MigrationText<'a> {
    /// The name of the file in its folder.
    pub(super) name: &'a str,
    /// True if a build wrote the file and nobody edited it.
    pub(super) is_intact: bool,
    pub(super) content: &'a str,
}

/// A migration folder, which need not exist if it has no files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Folder<'a> {
    pub(super) path: &'a str,
    /// False for a folder of another package.
    pub(super) is_own: bool,
    /// The migrations, sorted by name.
    pub(super) files: Vec<MigrationText<'a>>,
}

/// What a run read and printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Record<'a> {
    /// All values that decide about the run.
    pub(super) key: &'a str,
    /// The root files of a package without a library.
    pub(super) roots: &'a str,
    /// What `migrate` had applied from the checkout.
    pub(super) applied: &'a str,
    /// The lines that were printed.
    pub(super) lines: Vec<&'a str>,
    /// The names of the findings.
    pub(super) findings: Vec<&'a str>,
    /// The files that were looked for and did not exist.
    pub(super) absent: Vec<&'a str>,
    /// The migrations that git did not record.
    pub(super) drafts: Vec<&'a str>,
    /// Files of which every change matters.
    pub(super) fixed: Vec<Text<'a>>,
    /// Files that the run wrote, and that others may write too.
    pub(super) outputs: Vec<Text<'a>>,
    pub(super) sources: Vec<Text<'a>>,
    pub(super) folders: Vec<Folder<'a>>,
}

impl<'a> Record<'a> {
    /// Returns the text; none if a value has a line break, which the head cannot hold.
    pub(super) fn print(&self) -> Option<String> {
        let mut pages = Pages::default();
        for (word, value) in [("key", self.key), ("roots", self.roots), ("applied", self.applied)] {
            pages.line(word, value)?;
        }
        for (word, values) in [
            ("line", &self.lines),
            ("finding", &self.findings),
            ("absent", &self.absent),
            ("draft", &self.drafts),
        ] {
            for value in values {
                pages.line(word, value)?;
            }
        }
        for (word, texts) in [("fixed", &self.fixed), ("output", &self.outputs), ("source", &self.sources)] {
            for text in texts {
                pages.text(word, text.path, text.content)?;
            }
        }
        for folder in &self.folders {
            pages.line(if folder.is_own { "own" } else { "foreign" }, folder.path)?;
            for file in &folder.files {
                pages.text(if file.is_intact { "intact" } else { "edited" }, file.name, file.content)?;
            }
        }
        let Pages { head, body } = pages;
        Some(format!("{MAGIC} {} {:016x}\n{head}{body}", head.len(), checksum(&head)))
    }

    /// Reads a text; none if it is damaged or of another version.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let (first, rest) = text.strip_prefix(MAGIC)?.strip_prefix(' ')?.split_once('\n')?;
        let (length, sum) = first.split_once(' ')?;
        let (head, mut body) = rest.split_at_checked(length.parse().ok()?)?;
        if sum != format!("{:016x}", checksum(head)) {
            return None;
        }
        let mut record = Self::default();
        for line in head.split_terminator('\n') {
            let (word, value) = line.split_once(' ')?;
            match word {
                "key" => record.key = value,
                "roots" => record.roots = value,
                "applied" => record.applied = value,
                "line" => record.lines.push(value),
                "finding" => record.findings.push(value),
                "absent" => record.absent.push(value),
                "draft" => record.drafts.push(value),
                "own" | "foreign" => {
                    record.folders.push(Folder { path: value, is_own: word == "own", files: Vec::new() });
                }
                _ => {
                    let (length, name) = value.split_once(' ')?;
                    let (content, rest) = body.split_at_checked(length.parse().ok()?)?;
                    body = rest;
                    let text = Text { path: name, content };
                    match word {
                        "fixed" => record.fixed.push(text),
                        "output" => record.outputs.push(text),
                        "source" => record.sources.push(text),
                        "intact" | "edited" => {
                            let is_intact = word == "intact";
                            record.folders.last_mut()?.files.push(MigrationText { name, is_intact, content });
                        }
                        _ => return None,
                    }
                }
            }
        }
        body.is_empty().then_some(record)
    }
}

/// The two parts of a record.
#[derive(Default)]
struct Pages {
    head: String,
    body: String,
}

impl Pages {
    fn line(&mut self, word: &str, value: &str) -> Option<()> {
        if value.contains(['\n', '\r']) {
            return None;
        }
        writeln!(self.head, "{word} {value}").ok()
    }

    fn text(&mut self, word: &str, name: &str, content: &str) -> Option<()> {
        self.line(word, &format!("{} {name}", content.len()))?;
        self.body.push_str(content);
        Some(())
    }
}

fn checksum(head: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(head.as_bytes());
    hasher.finish()
}
