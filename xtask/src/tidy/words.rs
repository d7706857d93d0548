//! Words that doc comments, messages and pages do without: each has a plain one.

use std::io;
use std::path::Path;

use syn::visit::Visit;

use crate::source::{self, Modules, is_test};

/// What is not written, and what is written instead. Lower case; a word begins and ends where the phrase does.
const FORBIDDEN: [(&str, &str); 30] = [
    ("gives", "returns, makes, adds"),
    ("tells whether", "returns whether"),
    ("tells", "reports, specifies"),
    ("is no", "is not a, invalid, unknown"),
    ("are no", "are not"),
    ("reckon", "compute"),
    ("reckoned", "computed"),
    ("reckons", "computes"),
    ("took back", "reverted"),
    ("take back", "revert"),
    ("taken back", "reverted"),
    ("takes back", "reverts"),
    ("rows that exist", "existing rows"),
    ("in step", "up to date"),
    ("half done", "partially applied"),
    ("put off", "deferred"),
    ("puts off", "defers"),
    ("let go of", "detached, released"),
    ("lets go of", "releases"),
    ("nothing is to be done", "nothing to do"),
    ("know nothing of each other", "are on different branches"),
    ("fault of modelshift", "bug in modelshift"),
    ("whoever", "the one that, any other"),
    ("wherever", "in each place where"),
    ("thereof", "of it"),
    ("moment", "timestamp, time"),
    ("went", "was removed"),
    ("came", "was added"),
    ("anew", "again"),
    ("lest", "so that it does not"),
];

/// What is plain, though a part of it is forbidden.
const PLAIN: [&str; 4] = ["there is no", "there are no", "is no longer", "are no longer"];

/// The pages, from the root of the workspace.
const PAGES: [&str; 4] = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"];
/// The folder of further pages.
const FOLDER: &str = "docs";

/// Returns one line for each such word in the doc comments and messages of a crate.
pub(super) fn in_source(modules: &Modules<'_>) -> Vec<String> {
    let mut found = Texts { file: String::new(), faults: Vec::new() };
    for module in modules.values() {
        found.file.clone_from(&module.source.name);
        found.visit_file(module.tree);
    }
    found.faults
}

/// Returns one line for each such word in the pages.
///
/// # Errors
/// If a page cannot be read.
pub(super) fn in_pages(root: &Path) -> io::Result<Vec<String>> {
    let mut faults = Vec::new();
    let folder = root.join(FOLDER);
    let more = if folder.is_dir() { source::files(&folder)? } else { Vec::new() };
    let pages = PAGES.iter().map(|page| root.join(page)).filter(|page| page.is_file());
    for page in pages.chain(more) {
        let name = source::name_of(root, &page);
        for (position, line) in std::fs::read_to_string(&page)?.lines().enumerate() {
            faults.extend(forbidden(line).map(|it| fault(&name, position + 1, it)));
        }
    }
    Ok(faults)
}

fn fault(file: &str, line: usize, (word, instead): (&str, &str)) -> String {
    format!("{file}:{line}: `{word}`; write {instead}")
}

/// Returns what is forbidden of a text, outside of code in backticks.
fn forbidden(text: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let words: Vec<String> = text
        .split('`')
        .step_by(2)
        .flat_map(|prose| prose.split_whitespace().chain(["`"]))
        .map(|word| word.trim_matches(|it: char| !it.is_alphanumeric() && it != '`').to_lowercase())
        .collect();
    let mut line = format!(" {} ", words.join(" "));
    for plain in PLAIN {
        line = line.replace(&format!(" {plain} "), " ");
    }
    FORBIDDEN.into_iter().filter(move |(phrase, _)| line.contains(&format!(" {phrase} ")))
}

struct Texts {
    file: String,
    faults: Vec<String>,
}

impl<'ast> Visit<'ast> for Texts {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        if let syn::Item::Mod(module) = item
            && is_test(&module.attrs)
        {
            return;
        }
        syn::visit::visit_item(self, item);
    }

    fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
        let line = text.span().start().line;
        self.faults.extend(forbidden(&text.value()).map(|it| fault(&self.file, line, it)));
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.texts_of(call.tokens.clone());
        syn::visit::visit_macro(self, call);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        // `#[error("…")]` is a message as well.
        if let syn::Meta::List(list) = &attribute.meta {
            self.texts_of(list.tokens.clone());
        }
        syn::visit::visit_attribute(self, attribute);
    }
}

impl Texts {
    fn texts_of(&mut self, tokens: proc_macro2::TokenStream) {
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Group(group) => self.texts_of(group.stream()),
                proc_macro2::TokenTree::Literal(literal) => {
                    if let syn::Lit::Str(text) = syn::Lit::new(literal) {
                        self.visit_lit_str(&text);
                    }
                }
                proc_macro2::TokenTree::Ident(_) | proc_macro2::TokenTree::Punct(_) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::faults_of;

    #[test]
    fn words_are_found_in_docs_messages_and_pages() {
        let text = "/// Gives the sum, but not `gives`.\npub fn sum() {\n    assert!(true, \"nothing is to be done\");\n}\n\
                    #[cfg(test)]\nmod tests {\n    /// Gives nothing.\n    fn it() {}\n}\n";
        assert_eq!(
            faults_of(&[("cli/src/main.rs", text), ("README.md", "A migration is half done.\n")]),
            [
                "cli/src/main.rs:1: `gives`; write returns, makes, adds",
                "cli/src/main.rs:3: `nothing is to be done`; write nothing to do",
                "README.md:1: `half done`; write partially applied",
            ]
        );
    }
}
