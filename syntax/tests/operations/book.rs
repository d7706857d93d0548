//! A book of cases: a text in which each case begins at a line's start with the rows that it covers.

use std::collections::BTreeMap;

/// The words that a case may use.
const KEYS: [&str; 9] = ["before", "does", "after", "refused", "back", "says", "name", "steps", "undone"];

/// One case.
pub(crate) struct Case {
    /// The rows that it covers, and what it is about.
    pub(crate) title: String,
    texts: BTreeMap<String, String>,
}

impl Case {
    /// Returns the text of a key, where the case has it.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(|text| text.trim())
    }
}

/// Reads a book.
pub(crate) fn read(book: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut key = String::new();
    for line in book.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (word, rest) = line.split_once(' ').unwrap_or((line, ""));
        if word.is_empty() {
            let texts = &mut cases.last_mut().unwrap().texts;
            let text = texts.get_mut(&key).unwrap();
            text.push_str(rest.trim());
            text.push('\n');
        } else if word.starts_with(char::is_uppercase) {
            cases.push(Case { title: line.to_owned(), texts: BTreeMap::new() });
        } else {
            assert!(KEYS.contains(&word), "`{word}` is none of {KEYS:?}");
            word.clone_into(&mut key);
            let old = cases.last_mut().unwrap().texts.insert(key.clone(), format!("{rest}\n"));
            assert!(old.is_none(), "{line}: twice in one case");
        }
    }
    cases
}
