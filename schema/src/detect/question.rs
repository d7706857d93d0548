//! Questions of the detector, which never guesses, with suggestions that are ready to paste.
//!
//! A question is answered in the source, by an attribute. So every developer has the answer, and it has no effect once the
//! change is recorded.

mod code;
mod identity;
mod missing_value;
mod names;
mod sources;
mod suggestion;
mod suggestions;
mod summary;

use serde::{Deserialize, Serialize};

use crate::detect::answer::Subject;
use crate::name::{ColumnName, FieldName, ModelKey, ModelName};

pub use self::identity::{MovedField, MovedValues, OtherTarget, TakenName};
pub use self::missing_value::MissingValue;
pub use self::names::Mentioned;
pub use self::suggestion::{SuggestedAnswer, Suggestion};

/// A question about a model or one of its fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The model, by the current name of its struct.
    pub model: ModelKey,
    /// The field, if the question is about one.
    pub field: Option<FieldName>,
    /// The kind of question.
    pub kind: QuestionKind,
}

/// The kinds of questions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum QuestionKind {
    /// A new field is NOT NULL, and existing rows have no value for it.
    NewNotNull(MissingValue),
    /// A field becomes NOT NULL, and rows that hold NULL have no value for it.
    NullToNotNull(MissingValue),
    /// The value for existing rows is read from a name that is not a field with a column.
    UnknownSource {
        /// The name from which the value is read.
        name: String,
        /// The fields from which it can be read.
        known: Vec<FieldName>,
    },
    /// The value for existing rows is NULL in rows in which another field is NULL.
    NullSource {
        /// The other field.
        name: String,
        /// A value of its type, as it is written in the source.
        sample: String,
    },
    /// The value for existing rows does not fit the column.
    Misfit {
        /// The expected value.
        expected: String,
        /// The value that rows lack.
        missing: MissingValue,
    },
    /// Raw text names a column that no field has any longer.
    RawColumn {
        /// The index or constraint that contains the text; none for the field itself.
        object: Option<String>,
        /// The name of the column.
        column: ColumnName,
        /// The new name, if the column stays.
        now: Option<ColumnName>,
    },
    /// A field was added, and removed fields may be the same field.
    RenamedField {
        /// The removed fields.
        candidates: Vec<FieldName>,
        /// The value that rows would lack if the field were new.
        missing: Option<MissingValue>,
    },
    /// A field is now stored in another way (in a column, a join table, or a `through` model), or has a type to which no
    /// database converts its values.
    ReplacedField {
        /// The new `through` model, whose table the join table can become, with its rows.
        #[serde(default, rename = "keeper", skip_serializing_if = "Option::is_none")]
        through_model: Option<ModelName>,
        /// Why the `through` model cannot have the join table.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        obstacle: Option<String>,
        /// What the recorded field is: the value of `was`.
        #[serde(default)]
        was: String,
        /// The value that rows would lack in a primary key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        missing: Option<MissingValue>,
        /// True if the field cannot be dropped by itself: it is a key or unique, or an index or a constraint names it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        is_used: bool,
    },
    /// A model was added, and removed models may be the same model.
    RenamedModel {
        /// The removed models.
        candidates: Vec<ModelName>,
    },
    /// A `renamed_from` names something that is not in the history.
    UnknownOrigin {
        /// The name in it.
        from: String,
        /// Removed names that may be meant.
        candidates: Vec<String>,
    },
    /// A `renamed_from` names something that still exists.
    OriginStillThere {
        /// The name in it.
        from: String,
    },
    /// Two `renamed_from` name the same.
    SharedOrigin {
        /// The name in both.
        from: String,
        /// The other one.
        other: String,
    },
    /// A reference now refers to another model.
    OtherTarget(OtherTarget),
    /// A recorded name may now belong to another model or field.
    TakenName(TakenName),
    /// A field was added, and a field of its name was removed from another model.
    MovedField(MovedField),
    /// A variant of an enum was removed, and rows may hold it.
    RemovedChoice {
        /// The enum.
        choices: String,
        /// The removed variant.
        gone: String,
        /// Added variants, which may be the removed one under another name.
        came: Vec<String>,
        /// A variant that can replace it in rows.
        kept: Option<String>,
    },
}

impl Question {
    /// Returns the whole text: the summary, and each suggestion.
    pub fn message(&self) -> String {
        self.message_with(&self.suggestions())
    }

    /// Returns the whole text with other suggestions.
    pub fn message_with(&self, suggestions: &[Suggestion]) -> String {
        use std::fmt::Write;
        let width = suggestions.iter().map(|it| it.text.chars().count()).max().unwrap_or(0);
        let mut message = format!("{}\npick one:", self.summary());
        for Suggestion { text, meaning, .. } in suggestions {
            // Writing into a `String` cannot fail.
            let _ = write!(message, "\n  {text:width$}    {meaning}");
        }
        message
    }

    /// Returns the subject of the question.
    pub fn about(&self) -> Subject {
        Subject { model: self.model.clone(), field: self.field.clone() }
    }

    /// Returns all subjects whose answers can settle the question: its own, and others that it names.
    pub(super) fn subjects(&self) -> Vec<Subject> {
        let mentioned = self.kind.mentioned();
        let beside = mentioned.beside.map(|name| self.beside(name));
        let model = mentioned.model.map(|model| Subject { model: model.clone(), field: None });
        let missing = match &self.kind {
            QuestionKind::NewNotNull(missing)
            | QuestionKind::RenamedField { missing: Some(missing), .. }
            | QuestionKind::ReplacedField { missing: Some(missing), .. } => Some(missing),
            QuestionKind::NullToNotNull(_)
            | QuestionKind::UnknownSource { .. }
            | QuestionKind::NullSource { .. }
            | QuestionKind::Misfit { .. }
            | QuestionKind::RawColumn { .. }
            | QuestionKind::RenamedField { .. }
            | QuestionKind::ReplacedField { .. }
            | QuestionKind::RenamedModel { .. }
            | QuestionKind::UnknownOrigin { .. }
            | QuestionKind::OriginStillThere { .. }
            | QuestionKind::SharedOrigin { .. }
            | QuestionKind::OtherTarget(_)
            | QuestionKind::TakenName(_)
            | QuestionKind::MovedField(_)
            | QuestionKind::RemovedChoice { .. } => None,
        };
        let another = missing.filter(|missing| missing.may_be_another_model);
        let another = another.map(|_| Subject { model: self.model.clone(), field: None });
        [Some(self.about()), beside, model, another].into_iter().flatten().collect()
    }

    /// Returns another field of the same model, or another model of the same app, by its name.
    fn beside(&self, name: &str) -> Subject {
        match self.field {
            Some(_) => Subject { model: self.model.clone(), field: Some(name.into()) },
            None => Subject { model: ModelKey::new(&self.model.app, name), field: None },
        }
    }

    /// Returns the name of the field, or else of the model.
    fn name(&self) -> &str {
        self.field.as_ref().map_or(self.model.name.as_str(), FieldName::as_str)
    }

    fn subject(&self) -> String {
        match &self.field {
            Some(field) => format!("`{}.{field}`", self.model.name),
            None => format!("`{}`", self.model.name),
        }
    }
}

#[cfg(test)]
mod tests;
