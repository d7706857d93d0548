//! An answer to a question, and its subject.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::model::expr::Expr;
use crate::model::hints::{ChoiceHints, SourceModel};
use crate::name::{FieldName, ModelKey, NameError};

/// The subject of a question: a model, or one of its fields.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subject {
    /// The model, by the current name of its struct.
    pub model: ModelKey,
    /// The field, if the subject is one.
    pub field: Option<FieldName>,
}

/// An answer about a model or a field.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of its own in an attribute")]
pub struct Answer {
    /// The former name; `app.Name` for a model of another app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renamed_from: Option<String>,
    /// True if it is new, and not renamed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new: bool,
    /// True if the join table of a relation becomes the table of its `through` model, with its rows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_rows: bool,
    /// True if the field is the recorded one, and keeps its values.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_values: bool,
    /// What the recorded field is that it replaces, or whose values it keeps.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// True if no row holds NULL any more, which is checked before anything is changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub filled: bool,
    /// The value for existing rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backfill: Option<Expr>,
    /// What happens to the removed variants of its enum.
    #[serde(default, skip_serializing_if = "ChoiceHints::is_empty")]
    pub choices: ChoiceHints,
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
    /// Creates the answer that it is renamed.
    pub fn renamed_from(name: impl Into<String>) -> Self {
        Self { renamed_from: Some(name.into()), ..Self::default() }
    }

    /// Creates the answer that it is renamed, to the name of another one that is removed or renamed.
    pub fn takes_name_from(name: impl Into<String>) -> Self {
        Self { new: true, ..Self::renamed_from(name) }
    }

    /// Creates the answer that it is the recorded one, and keeps its values.
    pub fn keeps_values() -> Self {
        Self { keep_values: true, ..Self::default() }
    }

    /// Returns the answer about a field that is recorded with this kind of values.
    #[must_use]
    pub fn about_what_was(self, was: &str) -> Self {
        Self { was: Some(was.to_owned()), ..self }
    }

    /// Creates the answer that it is new.
    pub fn new() -> Self {
        Self { new: true, ..Self::default() }
    }

    /// Applies the answer like attributes in the source, and replaces attributes that declare something else.
    pub(super) fn apply(&self, subject: &Subject, source: &mut SourceModel) {
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
        if self.was.is_some() {
            hints.was.clone_from(&self.was);
        }
        if let Some(backfill) = &self.backfill {
            (hints.backfill, hints.filled) = (Some(backfill.clone()), false);
        } else if self.filled {
            (hints.backfill, hints.filled) = (None, true);
        }
        add_choices(&mut hints.choices, &self.choices);
    }
}

/// Adds answers about variants, and replaces earlier answers about the same variants.
pub(super) fn add_choices(known: &mut ChoiceHints, more: &ChoiceHints) {
    let moved = more.moves.renamed.iter().chain(&more.moves.removed).map(|(gone, _)| gone);
    let answered: Vec<&String> = moved.chain(&more.unused).collect();
    known.moves.renamed.retain(|(gone, _)| !answered.contains(&gone));
    known.moves.removed.retain(|(gone, _)| !answered.contains(&gone));
    known.unused.retain(|gone| !answered.contains(&gone));
    known.moves.renamed.extend(more.moves.renamed.iter().cloned());
    known.moves.removed.extend(more.moves.removed.iter().cloned());
    known.unused.extend(more.unused.iter().cloned());
}
