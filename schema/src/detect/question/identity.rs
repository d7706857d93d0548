//! Questions about what a thing is: the one that is recorded, another one under its name, or one that was elsewhere.

use serde::{Deserialize, Serialize};

use super::{MissingValue, WayOut, values};
use crate::detect::answers::Answer;
use crate::model::expr::Expr;
use crate::name::{FieldName, ModelKey};

/// A reference leads to another model from now on, and its values would come to mean other rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OtherTarget {
    /// The model that it led to.
    pub before: ModelKey,
    /// The model that it leads to from now on.
    pub after: ModelKey,
    /// True where the one may be the other under a new name: the one is gone, and the other is new.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub may_be_renamed: bool,
    /// True where the values can stay: what the one model goes by, the other goes by as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub can_keep: bool,
    /// The fields of the reference, where it is a rule over plain fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// What rows would lack if the field were a new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<MissingValue>,
}

/// A name is recorded, and may be that of something else from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenName {
    /// What it may have been, which is gone under its own name.
    pub candidates: Vec<String>,
    /// True where its `renamed_from` says so.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_said: bool,
}

/// A field is new, and one of its name and a fitting type is gone from another model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedField {
    /// The model that it is gone from.
    pub from: ModelKey,
    /// Its name there, which a struct that is flattened under a prefix does not have.
    pub field: FieldName,
    /// What reads the values from that model's rows, where a reference leads from the one to the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<MovedValues>,
    /// Fields of the model itself that are gone, and that it may be under another name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<FieldName>,
    /// What rows would lack if the field were another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<MissingValue>,
}

/// What reads the values of a field that moves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedValues {
    /// The value for existing rows.
    pub value: Expr,
    /// The same as source spells it.
    pub spelled: String,
}

/// An answer, where it is to stand, and what it means.
pub(crate) struct Choice {
    /// The model that the answer is about, where it is not the subject of the question.
    pub(crate) model: Option<ModelKey>,
    /// The answer.
    pub(crate) answer: Answer,
    /// A value that is asked for with it, as source spells it.
    pub(crate) value: Option<String>,
    /// What it means.
    pub(crate) meaning: String,
}

impl Choice {
    fn new(answer: Answer, meaning: impl Into<String>) -> Self {
        Self { model: None, answer, value: None, meaning: meaning.into() }
    }
}

/// Returns the choice of a new thing, with a value where rows would lack one; none where no value does for all rows.
fn new_field(missing: Option<&MissingValue>, meaning: &str) -> Option<Choice> {
    let Some(missing) = missing else { return Some(Choice::new(Answer::new(), meaning)) };
    let (sample, value_means) = missing.backfill()?;
    let meaning = format!("{meaning}; {value_means}");
    Some(Choice { value: Some(sample), ..Choice::new(Answer::new(), meaning) })
}

/// Returns the ways to say that a field is a new one.
fn new_ways(missing: Option<&MissingValue>, meaning: &str) -> Vec<WayOut> {
    match missing {
        None => vec![WayOut::new("#[field(new)]", meaning)],
        Some(missing) if missing.attributes().is_empty() => {
            vec![WayOut::new("#[field(new)] and Option<…>", format!("{meaning}; existing rows hold NULL"))]
        }
        Some(missing) => values(missing, "new, ", &format!("{meaning}; ")),
    }
}

impl OtherTarget {
    pub(super) fn summary(&self, subject: &str) -> String {
        let (before, after) = self.names();
        let by = match self.fields.as_slice() {
            [] => String::new(),
            fields => format!(", by `foreign_key(fields({}), …)`", fields.join(", ")),
        };
        format!("{subject} refers to `{after}` instead of `{before}`{by}: what becomes of its values?")
    }

    /// Returns the names of both models, with their apps where these differ or the names do not.
    fn names(&self) -> (String, String) {
        if self.before.app == self.after.app {
            (self.before.name.to_string(), self.after.name.to_string())
        } else {
            (self.before.to_string(), self.after.to_string())
        }
    }

    /// Returns what `renamed_from` would say of the model that is referred to.
    fn origin(&self) -> String {
        self.names().0
    }

    fn kept(&self) -> String {
        format!("the values stay: each is the key of a row of `{}` from now on", self.names().1)
    }

    pub(super) fn ways(&self) -> Vec<WayOut> {
        let (before, after) = self.names();
        let mut ways = Vec::new();
        if self.may_be_renamed {
            let write = format!("#[model(renamed_from = \"{}\")] on `{after}`", self.origin());
            ways.push(WayOut::new(write, format!("`{after}` is `{before}` under another name")));
        }
        if self.fields.is_empty() {
            ways.extend(new_ways(self.missing.as_ref(), "another reference: the old values are dropped"));
        }
        if self.can_keep {
            ways.push(WayOut::new("#[field(keep_values)]", self.kept()));
        }
        if !self.fields.is_empty() {
            let meaning = "new fields with values of their own: the old values are dropped";
            ways.push(WayOut::new("other names for the fields", meaning));
        }
        ways
    }

    pub(crate) fn choices(&self) -> Vec<Choice> {
        let mut choices = Vec::new();
        if self.may_be_renamed {
            let (before, after) = self.names();
            let choice = Choice::new(
                Answer::renamed_from(self.origin()),
                format!("`{after}` is `{before}` under another name"),
            );
            choices.push(Choice { model: Some(self.after.clone()), ..choice });
        }
        if self.fields.is_empty() {
            choices.extend(new_field(self.missing.as_ref(), "another reference: the old values are dropped"));
        }
        if self.can_keep {
            choices.push(Choice::new(Answer::keeps_values(), self.kept()));
        }
        choices
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

    pub(super) fn ways(&self, scope: &str, name: &str) -> Vec<WayOut> {
        let taken = |from: &String| {
            let write = format!("#[{scope}(new, renamed_from = \"{from}\")]");
            WayOut::new(write, Self::meaning(from, name))
        };
        let mut ways: Vec<WayOut> = self.candidates.iter().map(taken).collect();
        let write = if scope == "field" { "#[field(keep_values)]" } else { "#[model(new)]" };
        ways.push(WayOut::new(write, self.kept(name)));
        ways
    }

    fn meaning(from: &str, name: &str) -> String {
        format!("it was `{from}`: that keeps what it holds, and the old `{name}` is dropped")
    }

    fn kept(&self, name: &str) -> String {
        format!("it is still `{name}`: {} is dropped", self.candidates.join(", "))
    }

    pub(crate) fn choices(&self, is_field: bool, name: &str) -> Vec<Choice> {
        let taken = |from: &String| Choice::new(Answer::takes_name_from(from), Self::meaning(from, name));
        let mut choices: Vec<Choice> = self.candidates.iter().map(taken).collect();
        let kept = if is_field { Answer::keeps_values() } else { Answer::new() };
        choices.push(Choice::new(kept, self.kept(name)));
        choices
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

    pub(super) fn ways(&self, own: &ModelKey) -> Vec<WayOut> {
        let moved = |values: &MovedValues| {
            WayOut::new(format!("#[field(new, backfill = {})]", values.spelled), self.moved(own))
        };
        let renamed = |from: &FieldName| {
            WayOut::new(format!("#[field(renamed_from = \"{from}\")]"), "renamed: the values stay")
        };
        let mut ways: Vec<WayOut> = self.values.iter().map(moved).collect();
        ways.extend(self.candidates.iter().map(renamed));
        ways.extend(new_ways(self.missing.as_ref(), &self.other(own)));
        ways.push(WayOut::new(
            format!("keep `{}.{}` for now", self.model(own), self.field),
            "both are there until a migration has copied the values",
        ));
        ways
    }

    pub(crate) fn choices(&self, own: &ModelKey) -> Vec<Choice> {
        let moved = |values: &MovedValues| {
            let answer = Answer { backfill: Some(values.value.clone()), ..Answer::new() };
            Choice::new(answer, self.moved(own))
        };
        let renamed = |from: &FieldName| {
            let meaning = format!("renamed from `{from}`: the values stay");
            Choice::new(Answer::renamed_from(from.as_str()), meaning)
        };
        let mut choices: Vec<Choice> = self.values.iter().map(moved).collect();
        choices.extend(self.candidates.iter().map(renamed));
        choices.extend(new_field(self.missing.as_ref(), &self.other(own)));
        choices
    }
}
