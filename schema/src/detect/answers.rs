//! Answers to questions, as values: given by a person, read from a file, or made by a script.
//!
//! An answer says what the attributes `renamed_from`, `new`, `keep_rows`, `keep_values` and `backfill` would say (and what
//! enums say of variants that are gone), and is put where they would stand.
//! What is part of the model (`default`, `Option<…>`) is no answer, since the struct must say it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::detect::error::DetectError;
use crate::detect::question::identity::Choice;
use crate::detect::question::{FILLED, MissingValue, Question, QuestionKind};
use crate::detect::{Detection, detect};
use crate::model::choices::ChoiceMoves;
use crate::model::expr::Expr;
use crate::model::hints::{ChoiceHints, SourceModel};
use crate::name::{AppLabel, FieldName, ModelKey, ModelName, NameError};
use crate::state::ProjectState;

/// What a question is about: a model, or one of its fields.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subject {
    /// The model, by the name that its struct has now.
    pub model: ModelKey,
    /// The field, where it is one.
    pub field: Option<FieldName>,
}

/// What is said about a model or a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of its own in an attribute")]
pub struct Answer {
    /// The name that it had; of a model that was of another app, `app.Name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// True where it is no renamed one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new: bool,
    /// True where the join table of a relation becomes the table of the model that it goes through, with its rows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_rows: bool,
    /// True where the field is the one that is recorded, and its values stay as they are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_values: bool,
    /// True where no row holds NULL any more, which is looked at before anything is done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub filled: bool,
    /// The value for rows that exist.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backfill: Option<Expr>,
    /// What becomes of the variants of its enum that are gone.
    #[serde(default, skip_serializing_if = "ChoiceHints::is_empty")]
    pub choices: ChoiceHints,
}

/// Answers, each used once; what was never asked for stays unused.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answers {
    answers: BTreeMap<Subject, Answer>,
    #[serde(skip)]
    used: BTreeSet<Subject>,
}

/// An answer that a question takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What the answer is about; mostly what the question is about.
    pub about: Subject,
    /// The answer; where a value is needed, without it.
    pub answer: Answer,
    /// A value for rows that exist as source spells it, where one is needed: it becomes the `backfill`.
    pub value: Option<String>,
    /// What comes of it.
    pub meaning: String,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{}.{field}", self.model),
            None => write!(f, "{}", self.model),
        }
    }
}

impl FromStr for Subject {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        match text.match_indices('.').nth(1) {
            Some((dot, _)) if !text[dot + 1..].is_empty() && !text[dot + 1..].contains('.') => {
                Ok(Self { model: text[..dot].parse()?, field: Some(text[dot + 1..].into()) })
            }
            _ => Ok(Self { model: text.parse()?, field: None }),
        }
    }
}

impl TryFrom<String> for Subject {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.to_string()
    }
}

impl Answer {
    /// Says that it is renamed.
    pub fn renamed_from(name: impl Into<String>) -> Self {
        Self { renamed_from: Some(name.into()), ..Self::default() }
    }

    /// Says that it is renamed, and takes the name of another one that goes or gets another name.
    pub fn takes_name_from(name: impl Into<String>) -> Self {
        Self { new: true, ..Self::renamed_from(name) }
    }

    /// Says that it is the one that is recorded, and keeps its values.
    pub fn keeps_values() -> Self {
        Self { keep_values: true, ..Self::default() }
    }

    /// Says that it is new.
    pub fn new() -> Self {
        Self { new: true, ..Self::default() }
    }

    /// Puts the answer where its attributes would stand, in the place of those that say something else.
    fn apply(&self, subject: &Subject, source: &mut SourceModel) {
        let Some(field) = &subject.field else {
            if let Some(from) = &self.renamed_from {
                source.hints.moved_from = from.parse().ok();
                let is_moved = source.hints.moved_from.is_some();
                source.hints.renamed_from = (!is_moved).then(|| from.as_str().into());
                source.hints.new = self.new;
            } else if self.new {
                source.hints.moved_from = None;
                source.hints.renamed_from = None;
                source.hints.new = true;
            }
            return;
        };
        let hints = source.hints.fields.entry(field.clone()).or_default();
        if let Some(from) = &self.renamed_from {
            hints.renamed_from = Some(from.as_str().into());
            hints.new = self.new;
            hints.keep_values = false;
        } else if self.new {
            hints.renamed_from = None;
            hints.new = true;
            (hints.keep_rows, hints.keep_values) = (false, false);
        }
        if self.keep_rows {
            (hints.keep_rows, hints.new) = (true, false);
        }
        if self.keep_values {
            (hints.keep_values, hints.new) = (true, false);
        }
        if let Some(backfill) = &self.backfill {
            (hints.backfill, hints.filled) = (Some(backfill.clone()), false);
        } else if self.filled {
            (hints.backfill, hints.filled) = (None, true);
        }
        add_choices(&mut hints.choices, &self.choices);
    }
}

/// Adds what is said of variants; what was said of the same variant before gives way.
fn add_choices(known: &mut ChoiceHints, more: &ChoiceHints) {
    let moved = more.moves.renamed.iter().chain(&more.moves.removed).map(|(gone, _)| gone);
    let said: Vec<&String> = moved.chain(&more.unused).collect();
    known.moves.renamed.retain(|(gone, _)| !said.contains(&gone));
    known.moves.removed.retain(|(gone, _)| !said.contains(&gone));
    known.unused.retain(|gone| !said.contains(&gone));
    known.moves.renamed.extend(more.moves.renamed.iter().cloned());
    known.moves.removed.extend(more.moves.removed.iter().cloned());
    known.unused.extend(more.unused.iter().cloned());
}

impl Answers {
    /// Adds an answer; to one about the same it adds what that does not say.
    pub fn add(&mut self, subject: Subject, answer: Answer) {
        let known = self.answers.entry(subject).or_default();
        if answer.renamed_from.is_some() || answer.new {
            (known.renamed_from, known.new) = (answer.renamed_from, answer.new);
        }
        known.keep_values = !known.new && (known.keep_values || answer.keep_values);
        known.keep_rows = !known.new && (known.keep_rows || answer.keep_rows);
        known.filled = answer.backfill.is_none() && (known.filled || answer.filled);
        known.backfill = answer.backfill.or(known.backfill.take());
        add_choices(&mut known.choices, &answer.choices);
    }

    /// Takes what is said of a variant at one of several fields for one of them, if nothing is said there of that variant.
    pub fn share(&mut self, subject: &Subject, gone: &str, others: &[Subject]) {
        let says = |subject: &Subject| {
            Some(self.answers.get(subject)?.choices.about(gone)).filter(|it| !it.is_empty())
        };
        if says(subject).is_some() {
            return;
        }
        if let Some(choices) = others.iter().find_map(says) {
            self.add(subject.clone(), Answer { choices, ..Answer::default() });
            // What was said there before is said again, with this.
            self.used.remove(subject);
        }
    }

    /// Adds all answers of others.
    pub fn extend(&mut self, others: &Self) {
        for (subject, answer) in &others.answers {
            self.add(subject.clone(), answer.clone());
        }
    }

    /// Returns what is said, in the order of the subjects.
    pub fn iter(&self) -> impl Iterator<Item = (&Subject, &Answer)> {
        self.answers.iter()
    }

    /// Returns whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// Returns the subjects that nothing was asked about.
    pub fn unused(&self) -> impl Iterator<Item = &Subject> {
        self.answers.keys().filter(|subject| !self.used.contains(*subject))
    }

    /// Puts what is said about the question where its attributes would stand; tells whether there was something that
    /// had not been said before. Then the models are to be compared again, which may lead to other questions.
    pub fn settle(&mut self, question: &Question, wanted: &mut BTreeMap<ModelKey, SourceModel>) -> bool {
        let mut settled = false;
        for subject in question.subjects() {
            let Some(answer) = self.answers.get(&subject) else { continue };
            let Some(source) = wanted.get_mut(&subject.model) else { continue };
            if self.used.insert(subject.clone()) {
                answer.apply(&subject, source);
                settled = true;
            }
        }
        settled
    }
}

/// Detects, and answers what is asked, until nothing more is said to it; what is left open is among the questions.
///
/// The answers stand in `wanted` afterwards as if their attributes had been in the source.
///
/// # Errors
/// As [`detect`].
pub fn detect_answered(
    recorded: &ProjectState,
    wanted: &mut BTreeMap<ModelKey, SourceModel>,
    app: &AppLabel,
    answers: &mut Answers,
) -> Result<Detection, DetectError> {
    loop {
        let found = detect(recorded, wanted, app)?;
        let mut is_settled = false;
        for question in &found.questions {
            is_settled |= answers.settle(question, wanted);
        }
        if !is_settled {
            return Ok(found);
        }
    }
}

impl Question {
    /// Returns what the question is about.
    pub fn about(&self) -> Subject {
        Subject { model: self.model.clone(), field: self.field.clone() }
    }

    /// Returns everything by which the question can be settled: what it is about, and what it names beside that.
    fn subjects(&self) -> Vec<Subject> {
        let mentioned = self.kind.mentioned();
        let beside = mentioned.beside.map(|name| self.beside(name));
        let model = mentioned.model.map(|model| Subject { model: model.clone(), field: None });
        [Some(self.about()), beside, model].into_iter().flatten().collect()
    }

    /// Returns the field of the same model, or the model of the same app, that bears a name.
    fn beside(&self, name: &str) -> Subject {
        match self.field {
            Some(_) => Subject { model: self.model.clone(), field: Some(name.into()) },
            None => Subject { model: ModelKey::new(&self.model.app, name), field: None },
        }
    }

    fn offered(&self, choices: Vec<Choice>) -> Vec<Offer> {
        let offer = |Choice { model, answer, value, meaning }: Choice| {
            let about = model.map_or_else(|| self.about(), |model| Subject { model, field: None });
            Offer { about, answer, value, meaning }
        };
        choices.into_iter().map(offer).collect()
    }

    /// Returns the answers that the question takes; none where only the struct can say it.
    pub fn offers(&self) -> Vec<Offer> {
        let thing = if self.field.is_some() { "field" } else { "model" };
        let keeps = if self.field.is_some() { "the values stay" } else { "the rows stay" };
        let offer =
            |answer: Answer, meaning: String| Offer { about: self.about(), answer, value: None, meaning };
        let renamed =
            |from: &str| offer(Answer::renamed_from(from), format!("renamed from `{from}`: {keeps}"));
        let new = |meaning: &str| offer(Answer::new(), format!("a new {thing}: {meaning}"));
        let value = |missing: &MissingValue, answer: Answer, what: &str| {
            let (sample, meaning) = missing.backfill()?;
            Some(Offer { value: Some(sample), ..offer(answer, format!("{what}{meaning}")) })
        };
        match &self.kind {
            QuestionKind::NewNotNull(missing) | QuestionKind::Misfit { missing, .. } => {
                value(missing, Answer::default(), "").into_iter().collect()
            }
            QuestionKind::NullToNotNull(missing) => {
                let mut offers: Vec<Offer> = value(missing, Answer::default(), "").into_iter().collect();
                let filled = Answer { filled: true, ..Answer::default() };
                offers.push(offer(filled, FILLED.to_owned()));
                offers
            }
            QuestionKind::NullSource { name, sample } => {
                let rest = "rows that hold NULL there get the value beside it".to_owned();
                vec![Offer {
                    value: Some(format!("coalesce({name}, {sample})")),
                    ..offer(Answer::default(), rest)
                }]
            }
            QuestionKind::UnknownSource { .. } | QuestionKind::RawColumn { .. } => Vec::new(),
            QuestionKind::RenamedField { candidates, missing } => {
                let mut offers: Vec<Offer> = candidates.iter().map(|it| renamed(it.as_str())).collect();
                match missing {
                    None => offers.push(new("what is gone goes with its values")),
                    Some(missing) => offers.extend(value(missing, Answer::new(), "a new field, ")),
                }
                offers
            }
            QuestionKind::RenamedModel { candidates } => {
                let mut offers: Vec<Offer> = candidates.iter().map(|it| renamed(it.as_str())).collect();
                offers.push(new("what is gone goes with its rows"));
                offers
            }
            QuestionKind::UnknownOrigin { candidates, .. } => {
                let mut offers: Vec<Offer> = candidates.iter().map(|it| renamed(it)).collect();
                offers.push(new("nothing was renamed"));
                offers
            }
            QuestionKind::OriginStillThere { from } => {
                let mut offers = vec![new("one beside it")];
                if !from.contains('.') {
                    let meaning = format!("renamed, and `{from}` is another {thing} now");
                    offers.insert(0, Offer { about: self.beside(from), ..offer(Answer::new(), meaning) });
                }
                offers
            }
            QuestionKind::OtherTarget(it) => self.offered(it.choices()),
            QuestionKind::TakenName(it) => self.offered(it.choices(self.field.is_some(), self.name())),
            QuestionKind::MovedField(it) => self.offered(it.choices(&self.model)),
            QuestionKind::SharedOrigin { from, other } => {
                let mine = Offer {
                    about: self.beside(other),
                    ..offer(Answer::new(), format!("this is the one renamed from `{from}`"))
                };
                vec![offer(Answer::new(), format!("`{other}` is the one renamed from `{from}`")), mine]
            }
            QuestionKind::ReplacedField { keeper, .. } => {
                let keep = |keeper: &ModelName| {
                    let answer = Answer { keep_rows: true, ..Answer::default() };
                    offer(answer, format!("its join table becomes the table of `{keeper}`, with its rows"))
                };
                let mut offers: Vec<Offer> = keeper.iter().map(keep).collect();
                offers.push(new("what the old one holds goes with it"));
                offers
            }
            // Its enum says it, for every field that holds it.
            QuestionKind::RemovedChoice { gone, came, kept, .. } => {
                let of = |moves: ChoiceMoves, unused: Vec<String>, meaning: String| {
                    let choices = ChoiceHints { moves, unused };
                    offer(Answer { choices, ..Answer::default() }, meaning)
                };
                let pair = |to: &String| vec![(gone.clone(), to.clone())];
                let renamed = |to: &String| {
                    let moves = ChoiceMoves { renamed: pair(to), removed: Vec::new() };
                    of(moves, Vec::new(), format!("renamed to `{to}`: rows that hold it follow"))
                };
                let mut offers: Vec<Offer> = came.iter().map(renamed).collect();
                offers.extend(kept.as_ref().or(came.first()).map(|to| {
                    let moves = ChoiceMoves { renamed: Vec::new(), removed: pair(to) };
                    of(moves, Vec::new(), format!("removed: rows that hold it get `{to}`"))
                }));
                let meaning = "removed: the migration stops where a row holds it".to_owned();
                offers.push(of(ChoiceMoves::default(), vec![gone.clone()], meaning));
                offers
            }
        }
    }
}

#[cfg(test)]
mod tests;
