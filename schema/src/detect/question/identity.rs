//! Questions about the identity of a model or field: the recorded one, another one under its name, or one that moved.

use serde::{Deserialize, Serialize};

use super::MissingValue;
use super::suggestion::{Suggestion, new_field};
use crate::detect::answer::{Answer, Subject};
use crate::model::expr::Expr;
use crate::name::{FieldName, ModelKey};

/// A reference now refers to another model, and its values would identify other rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherTarget {
    /// The former target.
    pub before: ModelKey,
    /// The new target.
    pub after: ModelKey,
    /// True if the one may be the other under a new name: the one is removed, and the other is new.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_be_renamed: bool,
    /// True if the former target is removed, and the new one is another model under its name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_another: bool,
    /// True if the values can stay: both are identified by values of the same type.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub can_keep: bool,
    /// The fields of the reference, if it is a foreign key constraint over plain fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The value that rows would lack if the field were new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<MissingValue>,
    /// What the recorded field is: the value of `was`.
    #[serde(default)]
    pub was: String,
}

/// A recorded name may now belong to another model or field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenName {
    /// Removed names from which it may be renamed.
    pub candidates: Vec<String>,
    /// True if its `renamed_from` declares it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_said: bool,
    /// True if it can be the recorded one: it is a model, or the field's values can become values of its type.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub can_keep: bool,
}

/// A field is new, and a field of its name and a similar type was removed from another model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedField {
    /// The model from which it was removed.
    pub from: ModelKey,
    /// Its name there, without the prefix of an embedded struct.
    pub field: FieldName,
    /// The expression that reads the values from that model's rows, if a reference connects the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<MovedValues>,
    /// Removed fields of the model itself from which it may be renamed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<FieldName>,
    /// The value that rows would lack if the field were another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<MissingValue>,
}

/// The expression that reads the values of a moved field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedValues {
    /// The value for existing rows.
    pub value: Expr,
    /// The same as it is written in the source.
    pub spelled: String,
}

impl OtherTarget {
    pub(super) fn summary(&self, subject: &str) -> String {
        let (before, after) = self.names();
        if self.before == self.after && !self.is_another {
            let fields = self.fields.join(", ");
            return format!(
                "{subject} refers to `{after}` by other fields, by `foreign_key(fields({fields}), …)`: what becomes of its values?"
            );
        }
        let before = if self.is_another { format!("the former `{before}`") } else { format!("`{before}`") };
        let by = match self.fields.as_slice() {
            [] => String::new(),
            fields => format!(", by `foreign_key(fields({}), …)`", fields.join(", ")),
        };
        format!("{subject} refers to `{after}` instead of {before}{by}: what becomes of its values?")
    }

    /// Returns the names of both models, with their apps if these differ.
    fn names(&self) -> (String, String) {
        if self.before.app == self.after.app {
            (self.before.name.to_string(), self.after.name.to_string())
        } else {
            (self.before.to_string(), self.after.to_string())
        }
    }

    fn kept(&self) -> String {
        let model = self.names().1;
        if self.before == self.after && !self.is_another {
            return format!("the values stay: together they identify a row of `{model}` by its other fields");
        }
        format!("the values stay: each is the key of a row of `{model}` from now on")
    }

    pub(super) fn suggestions(&self, about: &Subject) -> Vec<Suggestion> {
        let (before, after) = self.names();
        let mut suggestions = Vec::new();
        if self.may_be_renamed {
            let text = format!("#[model(renamed_from = \"{before}\")] on `{after}`");
            let target = Subject { model: self.after.clone(), field: None };
            suggestions.push(
                Suggestion::new(text, format!("`{after}` is `{before}` under another name"))
                    .with_answer(&target, Answer::renamed_from(before)),
            );
        }
        if self.fields.is_empty() {
            let meaning = "another reference: the old values are dropped";
            suggestions.extend(new_field(self.missing.as_ref(), (meaning, "; "), Some(&self.was), about));
        }
        if self.can_keep {
            let text = format!("#[field(keep_values, was = \"{}\")]", self.was);
            let answer = Answer::keeps_values().about_what_was(&self.was);
            suggestions.push(Suggestion::new(text, self.kept()).with_answer(about, answer));
        }
        if !self.fields.is_empty() {
            suggestions.push(Suggestion::new(
                "other names for the fields",
                "new fields with values of their own: the old values are dropped",
            ));
        }
        suggestions
    }
}

impl TakenName {
    pub(super) fn summary(&self, subject: &str, name: &str) -> String {
        let quoted: Vec<String> = self.candidates.iter().map(|it| format!("`{it}`")).collect();
        let candidates = quoted.join(", ");
        if self.is_said {
            let from = self.candidates.join(", ");
            return format!(
                "{subject} says `renamed_from = \"{from}\"`, but the migrations know `{name}` as well: which of the two is it?"
            );
        }
        format!(
            "{subject} is of another kind than the recorded `{name}`, and {candidates} is gone: is it one of these?"
        )
    }

    pub(super) fn suggestions(&self, name: &str, about: &Subject) -> Vec<Suggestion> {
        let scope = if about.field.is_some() { "field" } else { "model" };
        let mut suggestions = Vec::new();
        for from in &self.candidates {
            let text = format!("#[{scope}(new, renamed_from = \"{from}\")]");
            let meaning =
                format!("it was `{from}`: that keeps what it holds, and the old `{name}` is dropped");
            suggestions
                .push(Suggestion::new(text, meaning).with_answer(about, Answer::takes_name_from(from)));
        }
        if !self.can_keep {
            let gone = self.candidates.join("`, `");
            let text = format!("a migration of its own that removes `{gone}`");
            let meaning = format!("it is neither: `{name}` is asked about again after it");
            suggestions.push(Suggestion::new(text, meaning));
            return suggestions;
        }
        let (text, answer) = if about.field.is_some() {
            ("#[field(keep_values)]", Answer::keeps_values())
        } else {
            ("#[model(new)]", Answer::new())
        };
        suggestions.push(Suggestion::new(text, self.kept(name)).with_answer(about, answer));
        suggestions
    }

    fn kept(&self, name: &str) -> String {
        format!("it is still `{name}`: {} is dropped", self.candidates.join(", "))
    }
}

impl MovedField {
    pub(super) fn summary(&self, subject: &str, own: &ModelKey) -> String {
        format!(
            "{subject} is new and `{}.{}` is gone: does it move with its values?",
            self.model(own),
            self.field
        )
    }

    fn model(&self, own: &ModelKey) -> String {
        if self.from.app == own.app { self.from.name.to_string() } else { self.from.to_string() }
    }

    fn moved(&self, own: &ModelKey) -> String {
        format!("moved: each row gets the value of the row of `{}` that belongs to it", self.model(own))
    }

    fn other(&self, own: &ModelKey) -> String {
        format!("another field: the values of `{}.{}` are dropped", self.model(own), self.field)
    }

    pub(super) fn suggestions(&self, about: &Subject) -> Vec<Suggestion> {
        let own = &about.model;
        let mut suggestions = Vec::new();
        if let Some(values) = &self.values {
            let text = format!("#[field(new, backfill = {})]", values.spelled);
            let answer = Answer { backfill: Some(values.value.clone()), ..Answer::new() };
            suggestions.push(Suggestion::new(text, self.moved(own)).with_answer(about, answer));
        }
        for from in &self.candidates {
            let text = format!("#[field(renamed_from = \"{from}\")]");
            suggestions.push(Suggestion::new(text, "renamed: the values stay").with_answer_that_means(
                about,
                Answer::renamed_from(from.as_str()),
                format!("renamed from `{from}`: the values stay"),
            ));
        }
        suggestions.extend(new_field(self.missing.as_ref(), (&self.other(own), "; "), None, about));
        suggestions.push(Suggestion::new(
            format!("keep `{}.{}` for now", self.model(own), self.field),
            "both exist until a migration has copied the values",
        ));
        suggestions
    }
}
