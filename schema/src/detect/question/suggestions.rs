//! The suggestions for each kind of question.

use super::suggestion::{Suggestion, new_field, values};
use super::{MissingValue, Question, QuestionKind, sources};
use crate::detect::answer::{Answer, Subject};
use crate::model::choices::ChoiceMoves;
use crate::model::hints::ChoiceHints;
use crate::name::{FieldName, ModelName};

/// What `filled` means.
const FILLED: &str = "no row holds NULL any more: the migration stops where one does";

impl Question {
    /// Returns the ways to answer the question.
    pub fn suggestions(&self) -> Vec<Suggestion> {
        let scope = if self.field.is_some() { "field" } else { "model" };
        let about = self.about();
        match &self.kind {
            QuestionKind::NewNotNull(missing) if missing.unique => {
                self.value_or_null(missing, "existing rows hold NULL until each has its own value")
            }
            QuestionKind::NewNotNull(missing) | QuestionKind::Misfit { missing, .. } => {
                self.value_or_null(missing, "existing rows hold NULL")
            }
            QuestionKind::NullToNotNull(missing) => {
                let mut suggestions = self.value_or_null(missing, "NULL stays allowed");
                let filled = Answer { filled: true, ..Answer::default() };
                let filled = Suggestion::new("#[field(filled)]", FILLED).with_answer(&about, filled);
                suggestions.insert(suggestions.len() - 1, filled);
                suggestions
            }
            QuestionKind::UnknownSource { name, known } => sources::unknown(name, known),
            QuestionKind::NullSource { name, sample } => sources::null(name, sample, &about),
            QuestionKind::RawColumn { column, now, .. } => sources::raw_column(column, now.as_ref()),
            QuestionKind::RenamedField { candidates, missing } => {
                let mut suggestions = self.renamed(candidates.iter().map(FieldName::as_str));
                suggestions.extend(match missing {
                    None => {
                        vec![self.new_one("a new field: the removed field is dropped with its values")]
                    }
                    Some(missing) => new_field(Some(missing), ("a new field", ", "), None, &about),
                });
                suggestions.extend(missing.as_ref().and_then(|missing| self.another_model(missing)));
                suggestions
            }
            QuestionKind::RenamedModel { candidates } => {
                let mut suggestions = self.renamed(candidates.iter().map(ModelName::as_str));
                suggestions.push(self.new_one("a new model: the removed model is dropped with its rows"));
                suggestions
            }
            QuestionKind::UnknownOrigin { candidates, .. } => {
                let mut suggestions = self.renamed(candidates.iter().map(String::as_str));
                suggestions.push(
                    self.new_that_means("nothing was renamed", format!("a new {scope}: nothing was renamed")),
                );
                suggestions
            }
            QuestionKind::OriginStillThere { from } => self.origin_still_there(from),
            QuestionKind::SharedOrigin { from, other } => {
                let text = format!("#[{scope}(new)] on `{other}`");
                vec![
                    self.new_that_means(
                        &format!("`{other}` is the renamed one"),
                        format!("`{other}` is the one renamed from `{from}`"),
                    ),
                    Suggestion::new(text, "this is the renamed one").with_answer_that_means(
                        &self.beside(other),
                        Answer::new(),
                        format!("this is the one renamed from `{from}`"),
                    ),
                ]
            }
            QuestionKind::ReplacedField { is_used: true, missing, .. } => {
                let mut suggestions = vec![Suggestion::new(
                    "another name for the new one",
                    "both exist until a migration has copied the values",
                )];
                suggestions.extend(missing.as_ref().and_then(|missing| self.another_model(missing)));
                suggestions
            }
            QuestionKind::ReplacedField { through_model, was, .. } => {
                let mut suggestions = Vec::new();
                if let Some(model) = through_model {
                    let keep = Answer { keep_rows: true, ..Answer::default() };
                    let meaning = format!("join table becomes the table of `{model}`, with its rows");
                    suggestions.push(
                        Suggestion::new("#[field(keep_rows)]", format!("the {meaning}"))
                            .with_answer_that_means(&about, keep, format!("its {meaning}")),
                    );
                }
                let another = Suggestion::new(
                    format!("#[field(new, was = \"{was}\")]"),
                    "another field: the old one is dropped with its values",
                );
                suggestions.push(another.with_answer_that_means(
                    &about,
                    Answer::new().about_what_was(was),
                    "a new field: the old one is dropped with its values",
                ));
                suggestions.push(Suggestion::new(
                    "another name for the new one",
                    "both exist until a migration has copied the values",
                ));
                suggestions
            }
            QuestionKind::OtherTarget(it) => it.suggestions(&about),
            QuestionKind::TakenName(it) => it.suggestions(self.name(), &about),
            QuestionKind::MovedField(it) => it.suggestions(&about),
            QuestionKind::RemovedChoice { choices, gone, came, kept } => {
                self.removed_choice(choices, gone, came, kept.as_ref())
            }
        }
    }

    /// Returns a suggestion for each name from which the subject may be renamed.
    fn renamed<'a>(&self, candidates: impl Iterator<Item = &'a str>) -> Vec<Suggestion> {
        let (scope, kept) = if self.field.is_some() { ("field", "values") } else { ("model", "rows") };
        let mut suggestions = Vec::new();
        for from in candidates {
            let text = format!("#[{scope}(renamed_from = \"{from}\")]");
            suggestions.push(
                Suggestion::new(text, format!("renamed: the {kept} stay")).with_answer_that_means(
                    &self.about(),
                    Answer::renamed_from(from),
                    format!("renamed from `{from}`: the {kept} stay"),
                ),
            );
        }
        suggestions
    }

    fn new_one(&self, meaning: &str) -> Suggestion {
        self.new_that_means(meaning, meaning)
    }

    fn new_that_means(&self, meaning: &str, answer_means: impl Into<String>) -> Suggestion {
        let scope = if self.field.is_some() { "field" } else { "model" };
        Suggestion::new(format!("#[{scope}(new)]"), meaning).with_answer_that_means(
            &self.about(),
            Answer::new(),
            answer_means,
        )
    }

    fn value_or_null(&self, missing: &MissingValue, null_means: &str) -> Vec<Suggestion> {
        let mut suggestions = values(missing, "", "", (&self.about(), &Answer::default()));
        suggestions.push(if missing.key {
            Suggestion::new(
                "Option<…> with `unique` for now",
                "make it the primary key in a later migration, when each row has its own value",
            )
        } else {
            Suggestion::new("Option<…>", null_means)
        });
        suggestions.extend(self.another_model(missing));
        suggestions
    }

    /// Returns the suggestion that the model is another one than the recorded one of its name, if it may be.
    fn another_model(&self, missing: &MissingValue) -> Option<Suggestion> {
        let name = &self.model.name;
        let meaning = format!("another model: the recorded `{name}` is dropped with its rows");
        let subject = Subject { model: self.model.clone(), field: None };
        let suggestion = Suggestion::new(format!("#[model(new)] on `{name}`"), meaning);
        missing.may_be_another_model.then(|| suggestion.with_answer(&subject, Answer::new()))
    }

    fn origin_still_there(&self, from: &str) -> Vec<Suggestion> {
        let scope = if self.field.is_some() { "field" } else { "model" };
        let mut suggestions = Vec::new();
        // A model of another app keeps its name there.
        if !from.contains('.') {
            let meaning = format!("renamed, and `{from}` is another {scope} now");
            suggestions.push(
                Suggestion::new(format!("#[{scope}(new)] on `{from}`"), meaning)
                    .with_answer(&self.beside(from), Answer::new()),
            );
        }
        suggestions.push(Suggestion::new(format!("remove `{from}`"), "renamed"));
        suggestions.push(self.new_that_means("a new one beside it", format!("a new {scope}: one beside it")));
        suggestions
    }

    /// Returns the suggestions for a removed variant. The attribute is at its enum, and the answer at each field.
    fn removed_choice(
        &self,
        choices: &str,
        gone: &String,
        came: &[String],
        kept: Option<&String>,
    ) -> Vec<Suggestion> {
        let mut suggestions = Vec::new();
        for to in came {
            let text = format!("#[choice(renamed_from = \"{gone}\")] on `{choices}::{to}`");
            let moves = ChoiceMoves { renamed: vec![(gone.clone(), to.clone())], removed: Vec::new() };
            suggestions.push(
                Suggestion::new(text, "renamed: rows that hold it follow").with_answer_that_means(
                    &self.about(),
                    about_variants(moves, Vec::new()),
                    format!("renamed to `{to}`: rows that hold it follow"),
                ),
            );
        }
        if let Some(to) = kept.or(came.first()) {
            let text = format!("#[choices(removed({gone} -> {to}))] on `{choices}`");
            let moves = ChoiceMoves { renamed: Vec::new(), removed: vec![(gone.clone(), to.clone())] };
            suggestions.push(
                Suggestion::new(text, format!("removed: rows that hold it get `{to}`"))
                    .with_answer(&self.about(), about_variants(moves, Vec::new())),
            );
        }
        let text = format!("#[choices(removed({gone}))] on `{choices}`");
        suggestions.push(
            Suggestion::new(text, "removed: the migration stops where a row holds it")
                .with_answer(&self.about(), about_variants(ChoiceMoves::default(), vec![gone.clone()])),
        );
        suggestions
    }
}

fn about_variants(moves: ChoiceMoves, unused: Vec<String>) -> Answer {
    Answer { choices: ChoiceHints { moves, unused }, ..Answer::default() }
}
