//! Answers to questions, as values: from a person, from a file, or from a script.
//!
//! An answer has the meaning of the attributes `renamed_from`, `new`, `keep_rows`, `keep_values` and `backfill` (and of the
//! attributes of enums for removed variants), and is applied as if they were in the source.
//! An answer cannot set `default` or `Option<…>`: they are part of the model, so that the struct must declare them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

pub use super::answer::{Answer, Subject};
use crate::detect::answer::add_choices;
use crate::detect::error::DetectError;
use crate::detect::question::Question;
use crate::detect::{Detection, detect};
use crate::model::hints::{ChoiceHints, SourceModel};
use crate::name::{AppLabel, ModelKey};
use crate::state::ProjectState;

/// Answers, each used once. Answers without a question stay unused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    answers: BTreeMap<Subject, Answer>,
    #[serde(skip)]
    used: BTreeSet<Subject>,
}

impl Answers {
    /// Adds an answer. It is merged with an earlier answer about the same subject.
    pub fn add(&mut self, subject: Subject, answer: Answer) {
        let known = self.answers.entry(subject).or_default();
        if answer.renamed_from.is_some() || answer.new {
            (known.renamed_from, known.new) = (answer.renamed_from, answer.new);
        }
        known.keep_values = !known.new && (known.keep_values || answer.keep_values);
        known.keep_rows = !known.new && (known.keep_rows || answer.keep_rows);
        known.was = answer.was.or(known.was.take());
        known.filled = answer.backfill.is_none() && (known.filled || answer.filled);
        known.backfill = answer.backfill.or(known.backfill.take());
        add_choices(&mut known.choices, &answer.choices);
    }

    /// Copies the answer about a variant from one of several fields to another field, if that has no answer about the variant.
    pub fn share(&mut self, subject: &Subject, gone: &str, others: &[Subject]) {
        if self.about_variant(subject, gone).is_some() {
            return;
        }
        if let Some(choices) = others.iter().find_map(|other| self.about_variant(other, gone)) {
            self.add(subject.clone(), Answer { choices, ..Answer::default() });
            // The whole answer about the field is applied again, with this.
            self.used.remove(subject);
        }
    }

    fn about_variant(&self, subject: &Subject, gone: &str) -> Option<ChoiceHints> {
        Some(self.answers.get(subject)?.choices.about(gone)).filter(|it| !it.is_empty())
    }

    /// Adds all answers of others.
    pub fn extend(&mut self, others: &Self) {
        for (subject, answer) in &others.answers {
            self.add(subject.clone(), answer.clone());
        }
    }

    /// Returns the answers, in the order of the subjects.
    pub fn iter(&self) -> impl Iterator<Item = (&Subject, &Answer)> {
        self.answers.iter()
    }

    /// Returns whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// Returns the subjects without a question.
    pub fn unused(&self) -> impl Iterator<Item = &Subject> {
        self.answers.keys().filter(|subject| !self.used.contains(*subject))
    }

    /// Applies the answers to the question, and returns whether any of them was not applied before. Then the models must be
    /// compared again, which may lead to other questions.
    pub fn apply(&mut self, question: &Question, wanted: &mut BTreeMap<ModelKey, SourceModel>) -> bool {
        let mut answered = false;
        for subject in question.subjects() {
            let Some(answer) = self.answers.get(&subject) else { continue };
            let Some(source) = wanted.get_mut(&subject.model) else { continue };
            if self.used.insert(subject.clone()) {
                answer.apply(&subject, source);
                answered = true;
            }
        }
        answered
    }
}

/// Detects, and applies answers to the questions, until no more answers are used. Questions that are left open are returned.
///
/// The answers are in `wanted` afterwards, as if their attributes were in the source.
///
/// # Errors
/// Returns the errors of [`detect`].
pub fn detect_answered(
    recorded: &ProjectState,
    wanted: &mut BTreeMap<ModelKey, SourceModel>,
    app: &AppLabel,
    answers: &mut Answers,
) -> Result<Detection, DetectError> {
    loop {
        let found = detect(recorded, wanted, app)?;
        let mut is_answered = false;
        for question in &found.questions {
            is_answered |= answers.apply(question, wanted);
        }
        if !is_answered {
            return Ok(found);
        }
    }
}

#[cfg(test)]
mod tests;
