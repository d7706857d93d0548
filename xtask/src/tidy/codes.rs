//! The codes of errors: each is used, and explained in the page that the book and `cargo modelshift explain` share.

use std::io;
use std::path::Path;

use crate::source::{CRATES, Source};

/// The list of the codes.
const LIST: &str = "schema/src/error_code.rs";
/// The page of the book.
const PAGE: &str = "docs/errors.md";
/// The same page, in the package of the command that prints it.
const COPY: &str = "cli/src/explain/errors.md";

/// Returns one line for each code that is not used or not explained, and if the two pages differ.
///
/// # Errors
/// If a page cannot be read.
pub(super) fn faults(root: &Path, sources: &[Source]) -> io::Result<Vec<String>> {
    let Some(list) = sources.iter().find(|source| source.name == LIST) else { return Ok(Vec::new()) };
    let (page, copy) = (std::fs::read_to_string(root.join(PAGE))?, std::fs::read_to_string(root.join(COPY))?);
    let mut faults = Vec::new();
    if page != copy {
        faults.push(format!("{COPY}: it is not the same as `{PAGE}`; copy that file there"));
    }
    let codes = codes(&list.text);
    for (name, number) in &codes {
        if !page.contains(&format!("\n### {}: ", id(*number))) {
            faults.push(format!("{PAGE}: `{}` has no section", id(*number)));
        }
        let used = format!("ErrorCode::{name}");
        let is_used = sources.iter().filter(|source| source.name != LIST && is_of_crate(&source.name));
        if !is_used.map(|source| &source.text).any(|text| has_word(text, &used)) {
            faults.push(format!("{LIST}: no error has the code `{name}`"));
        }
    }
    let headings = page.lines().filter_map(|line| line.strip_prefix("### ")?.split_once(": "));
    for (heading, _) in headings.filter(|(heading, _)| codes.iter().all(|(_, it)| id(*it) != *heading)) {
        faults.push(format!("{PAGE}: there is no code `{heading}`"));
    }
    Ok(faults)
}

/// Returns the names of the codes with their numbers.
fn codes(list: &str) -> Vec<(&str, u16)> {
    let entries = list.lines().filter_map(|line| line.trim().strip_suffix(',')?.split_once(" = "));
    entries.filter_map(|(name, number)| Some((name, number.parse().ok()?))).collect()
}

fn id(number: u16) -> String {
    format!("MS{number:04}")
}

fn is_of_crate(name: &str) -> bool {
    CRATES.iter().any(|krate| name.strip_prefix(krate).is_some_and(|rest| rest.starts_with("/src/")))
}

/// Returns whether a text has a name that does not go on behind it.
fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| !text[at + word.len()..].starts_with(char::is_alphanumeric))
}

#[cfg(test)]
mod tests {
    use super::super::tests::faults_of;

    #[test]
    fn a_code_that_is_not_used_or_not_explained_and_a_section_without_a_code_are_found() {
        let list = "codes! {\n    Locked = 9,\n    LockedOut = 10,\n}\n";
        let user = "fn code() -> ErrorCode {\n    ErrorCode::LockedOut\n}\n";
        let page = "# Errors\n\n### MS0010: Another\n\n### MS0011: A third\n";
        let found = faults_of(&[
            (super::LIST, list),
            ("schema/src/user.rs", user),
            (super::PAGE, page),
            (super::COPY, "# Errors\n"),
        ]);
        assert_eq!(
            found,
            [
                "cli/src/explain/errors.md: it is not the same as `docs/errors.md`; copy that file there",
                "docs/errors.md: `MS0009` has no section",
                "schema/src/error_code.rs: no error has the code `Locked`",
                "docs/errors.md: there is no code `MS0011`",
            ]
        );
    }
}
