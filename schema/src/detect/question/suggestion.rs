//! A way to answer a question.

use crate::detect::answer::{Answer, Subject};

use super::MissingValue;

/// A way to answer a question in the source, and its answer in a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// What to write in the source, or to do there.
    pub text: String,
    /// The result.
    pub meaning: String,
    /// The answer; none if only the source can declare it.
    pub answer: Option<SuggestedAnswer>,
}

/// An answer that settles a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuggestedAnswer {
    /// The subject of the answer: usually that of the question.
    pub about: Subject,
    /// The answer, without the value if one is needed.
    pub answer: Answer,
    /// A sample of the value for existing rows as it is written in the source, if one is needed: it becomes the `backfill`.
    pub value: Option<String>,
    /// The result, for a person who does not see the text for the source.
    pub meaning: String,
}

impl Suggestion {
    /// Creates a suggestion that only the source can declare.
    pub(super) fn new(text: impl Into<String>, meaning: impl Into<String>) -> Self {
        Self { text: text.into(), meaning: meaning.into(), answer: None }
    }

    /// Adds the answer with the same meaning.
    pub(super) fn with_answer(self, about: &Subject, answer: Answer) -> Self {
        let meaning = self.meaning.clone();
        self.with_answer_that_means(about, answer, meaning)
    }

    /// Adds the answer, described in other words.
    pub(super) fn with_answer_that_means(
        mut self,
        about: &Subject,
        answer: Answer,
        meaning: impl Into<String>,
    ) -> Self {
        let (about, meaning) = (about.clone(), meaning.into());
        self.answer = Some(SuggestedAnswer { about, answer, value: None, meaning });
        self
    }

    /// Adds a sample of the value that the answer needs.
    pub(super) fn with_value(mut self, sample: impl Into<String>) -> Self {
        if let Some(answer) = &mut self.answer {
            answer.value = Some(sample.into());
        }
        self
    }
}

/// Returns a suggestion for each attribute that provides a missing value. One for existing rows can also be answered.
pub(super) fn values(
    missing: &MissingValue,
    prefix: &str,
    meaning: &str,
    (about, answer): (&Subject, &Answer),
) -> Vec<Suggestion> {
    let mut suggestions = Vec::new();
    for (attribute, means) in missing.attributes() {
        let suggestion =
            Suggestion::new(format!("#[field({prefix}{attribute})]"), format!("{meaning}{means}"));
        suggestions.push(match attribute.strip_prefix("backfill = ") {
            Some(sample) => suggestion.with_answer(about, answer.clone()).with_value(sample),
            None => suggestion,
        });
    }
    suggestions
}

/// Returns the suggestions for a new field; with what the recorded field of its name was, if it replaces one.
pub(super) fn new_field(
    missing: Option<&MissingValue>,
    (meaning, separator): (&str, &str),
    was: Option<&str>,
    about: &Subject,
) -> Vec<Suggestion> {
    let answer = Answer { was: was.map(str::to_owned), ..Answer::new() };
    let new = was.map_or_else(|| "new".to_owned(), |was| format!("new, was = \"{was}\""));
    match missing {
        None => vec![Suggestion::new(format!("#[field({new})]"), meaning).with_answer(about, answer)],
        Some(missing) if missing.attributes().is_empty() => {
            vec![Suggestion::new(
                format!("#[field({new})] and Option<…>"),
                format!("{meaning}{separator}existing rows hold NULL"),
            )]
        }
        Some(missing) => {
            values(missing, &format!("{new}, "), &format!("{meaning}{separator}"), (about, &answer))
        }
    }
}
