//! Enums with `#[derive(Choices)]`, each with the questions for its derive.

use modelshift_schema::question::{Question, QuestionKind};
use modelshift_syntax::findings::{FoundQuestion, Seen};
use modelshift_syntax::{choices_hash, parse_choices};

use crate::scan::crate_tree::{Found, Tree};

/// An enum that derives `Choices`, as it was read.
#[derive(Debug)]
pub(crate) struct ScannedChoices<'a> {
    /// The item that the scan found.
    pub(crate) found: &'a Found,
    /// The hash that the derive may compute; none if the enum has errors.
    hash: Option<String>,
    /// The variants about which there is a question, each once for all columns.
    asked: Vec<String>,
    /// The questions that the derive reports.
    pub(crate) questions: Vec<FoundQuestion>,
}

impl ScannedChoices<'_> {
    /// Returns whether the enum has errors, which the compiler reports.
    pub(crate) fn is_wrong(&self) -> bool {
        self.hash.is_none() && self.found.presence.skipped.is_none()
    }

    /// Adds a question about a removed variant; returns whether the question is one.
    pub(crate) fn ask(&mut self, question: &Question) -> bool {
        let QuestionKind::RemovedChoice { gone, .. } = &question.kind else { return false };
        if !self.asked.contains(gone) {
            self.asked.push(gone.clone());
            self.questions.push(FoundQuestion::new(None, question.message()).coded(question.code()));
        }
        true
    }

    /// Returns the findings of the enum.
    pub(crate) fn seen(&self) -> Option<Seen> {
        let found = self.found;
        Some(Seen {
            app: found.app.to_string(),
            file: found.place.file.clone(),
            hash: self.hash.clone()?,
            skipped: found
                .presence
                .skipped
                .as_ref()
                .map(|condition| format!("it stands under `{condition}`")),
            questions: self.questions.clone(),
            ..Seen::default()
        })
    }
}

/// Reads every enum that the scan found, in the order of the tree.
pub(crate) fn read(tree: &Tree) -> Vec<ScannedChoices<'_>> {
    tree.choices.iter().map(scanned).collect()
}

fn scanned(found: &Found) -> ScannedChoices<'_> {
    let parsed = parse_choices(&found.item).ok();
    let hash = parsed.map(|parsed| choices_hash(&parsed.choices, &parsed.hints));
    ScannedChoices { found, hash, asked: Vec::new(), questions: Vec::new() }
}
