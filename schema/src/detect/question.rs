//! What the detector asks instead of guessing, with each way out spelled ready to paste.
//!
//! A question is answered in the source, by an attribute; so the answer is there for everyone, and is inert once the
//! change is recorded.

pub(crate) mod identity;
mod missing_value;
mod names;
mod sources;

use serde::{Deserialize, Serialize};

use crate::name::{ColumnName, FieldName, ModelKey, ModelName};

pub use self::missing_value::MissingValue;
pub use self::names::Mentioned;

/// What comes of `filled`.
pub(crate) const FILLED: &str = "no row holds NULL any more: the migration stops where one does";

pub use self::identity::{MovedField, MovedValues, OtherTarget, TakenName};

/// A question about a model or one of its fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// The model, by the name that its struct has now.
    pub model: ModelKey,
    /// The field, where the question is about one.
    pub field: Option<FieldName>,
    /// What is asked.
    pub kind: QuestionKind,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum QuestionKind {
    /// A new field forbids NULL, and rows that exist have no value for it.
    NewNotNull(MissingValue),
    /// A field forbids NULL from now on, and rows that hold NULL have no value for it.
    NullToNotNull(MissingValue),
    /// The value for existing rows is taken from what is no field with a column.
    UnknownSource {
        /// What the value is taken from.
        name: String,
        /// The fields that it can be taken from.
        known: Vec<FieldName>,
    },
    /// The value for existing rows is NULL where another field is.
    NullSource {
        /// The other field.
        name: String,
        /// A value of its type, as source spells it.
        sample: String,
    },
    /// The value for existing rows is none that the column takes.
    Misfit {
        /// What was expected.
        expected: String,
        /// What rows lack.
        missing: MissingValue,
    },
    /// Raw text names a column that no field has any longer.
    RawColumn {
        /// The index or constraint whose text it is, where it is not the field's own.
        object: Option<String>,
        /// The name of the column.
        column: ColumnName,
        /// The name that it has from now on, where it stays.
        now: Option<ColumnName>,
    },
    /// A field came and others went that it may have been.
    RenamedField {
        /// The fields that went.
        candidates: Vec<FieldName>,
        /// What rows would lack if the field were a new one.
        missing: Option<MissingValue>,
    },
    /// A field is kept in another kind of place from now on (a column, a join table, or a model that relates two), or has a
    /// type to which no database converts its values.
    ReplacedField {
        /// The new model that it goes through from now on, whose table the join table can become, with its rows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keeper: Option<ModelName>,
        /// Why the model that it goes through from now on cannot have the join table.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        obstacle: Option<String>,
    },
    /// A model came and others went that it may have been.
    RenamedModel {
        /// The models that went.
        candidates: Vec<ModelName>,
    },
    /// A `renamed_from` names what the history does not know.
    UnknownOrigin {
        /// What it names.
        from: String,
        /// Names that went and may be meant.
        candidates: Vec<String>,
    },
    /// A `renamed_from` names what is still there.
    OriginStillThere {
        /// What it names.
        from: String,
    },
    /// Two say that they are renamed from the same.
    SharedOrigin {
        /// What both name.
        from: String,
        /// The other one.
        other: String,
    },
    /// A reference leads to another model from now on.
    OtherTarget(OtherTarget),
    /// A name is recorded, and may be that of something else from now on.
    TakenName(TakenName),
    /// A field came, and one of its name is gone from another model.
    MovedField(MovedField),
    /// A variant of an enum went, and rows may hold it.
    RemovedChoice {
        /// The enum.
        choices: String,
        /// The variant that went.
        gone: String,
        /// Variants that came, and may be it under another name.
        came: Vec<String>,
        /// A variant that rows may get in its place.
        kept: Option<String>,
    },
}

/// A way out of a question: what to write, and what comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayOut {
    /// What to write in the source, or to do there.
    pub write: String,
    /// What comes of it.
    pub meaning: String,
}

impl WayOut {
    fn new(write: impl Into<String>, meaning: impl Into<String>) -> Self {
        Self { write: write.into(), meaning: meaning.into() }
    }
}

impl Question {
    /// Returns the whole text: what is the matter, and each way out.
    pub fn message(&self) -> String {
        self.message_with(self.ways_out())
    }

    /// Returns the whole text with other ways out.
    pub fn message_with(&self, ways: Vec<WayOut>) -> String {
        use std::fmt::Write;
        let width = ways.iter().map(|way| way.write.chars().count()).max().unwrap_or(0);
        let mut text = format!("{}\npick one:", self.summary());
        for WayOut { write, meaning } in ways {
            // Writing into a `String` cannot fail.
            let _ = write!(text, "\n  {write:width$}    {meaning}");
        }
        text
    }

    /// Says what is the matter, in one line.
    pub fn summary(&self) -> String {
        let subject = self.subject();
        match &self.kind {
            QuestionKind::NewNotNull(_) => {
                format!("{subject} is a new NOT NULL field, and rows that exist have no value for it")
            }
            QuestionKind::NullToNotNull(_) => {
                format!("{subject} is NOT NULL from now on, and rows that hold NULL have no value for it")
            }
            QuestionKind::UnknownSource { name, .. } => {
                format!(
                    "{subject} takes its `backfill` from `{name}`, which is no other field of it with a column"
                )
            }
            QuestionKind::NullSource { name, .. } => {
                format!(
                    "{subject} is NOT NULL, and its `backfill` is NULL in rows that hold NULL in `{name}`"
                )
            }
            QuestionKind::Misfit { expected, .. } => {
                format!("{subject} does not take the value of its `backfill`: {expected}")
            }
            QuestionKind::RawColumn { object, column, now } => {
                let object = object.as_ref().map(|object| format!("`{object}` of ")).unwrap_or_default();
                let what = match now {
                    Some(now) => format!("is called `{now}` from now on"),
                    None => "goes".to_owned(),
                };
                format!(
                    "{object}{subject} names the column `{column}` in `sql(\"…\")`, and the column {what}"
                )
            }
            QuestionKind::RenamedField { candidates, .. } => {
                format!("{subject} is new and {}: renamed, or another field?", gone(candidates))
            }
            QuestionKind::RenamedModel { candidates } => {
                format!("{subject} is new and {}: renamed, or another model?", gone(candidates))
            }
            QuestionKind::UnknownOrigin { from, .. } => {
                let kind = if self.field.is_some() { "field of this model" } else { "model of this app" };
                format!("{subject} says `renamed_from = \"{from}\"`, but the migrations know no such {kind}")
            }
            QuestionKind::OriginStillThere { from } => {
                format!("{subject} says `renamed_from = \"{from}\"`, but `{from}` is still there")
            }
            QuestionKind::SharedOrigin { from, other } => {
                format!("{subject} and `{other}` both say `renamed_from = \"{from}\"`")
            }
            QuestionKind::ReplacedField { keeper: Some(keeper), .. } => {
                format!(
                    "{subject} goes through `{keeper}` from now on: do the rows of its join table come along?"
                )
            }
            QuestionKind::ReplacedField { keeper: None, obstacle } => {
                let why = obstacle.as_ref().map(|obstacle| format!(": {obstacle}")).unwrap_or_default();
                let what = "and what it holds does not come along";
                format!("{subject} is kept in another kind of place from now on, {what}{why}")
            }
            QuestionKind::OtherTarget(it) => it.summary(&subject),
            QuestionKind::TakenName(it) => it.summary(&subject, self.name()),
            QuestionKind::MovedField(it) => it.summary(&subject, &self.model),
            QuestionKind::RemovedChoice { choices, gone, .. } => {
                format!("`{choices}::{gone}` is gone, and rows may hold it in {subject}")
            }
        }
    }

    /// Returns each way out.
    pub fn ways_out(&self) -> Vec<WayOut> {
        let scope = if self.field.is_some() { "field" } else { "model" };
        let renamed = |from: &str| {
            let keeps = if self.field.is_some() { "the values stay" } else { "the rows stay" };
            WayOut::new(format!("#[{scope}(renamed_from = \"{from}\")]"), format!("renamed: {keeps}"))
        };
        let new = |meaning: &str| WayOut::new(format!("#[{scope}(new)]"), meaning);
        match &self.kind {
            QuestionKind::NewNotNull(missing) if missing.unique => {
                values_or_null(missing, "rows that exist hold NULL until each is given its own value")
            }
            QuestionKind::NewNotNull(missing) | QuestionKind::Misfit { missing, .. } => {
                values_or_null(missing, "rows that exist hold NULL")
            }
            QuestionKind::NullToNotNull(missing) => {
                let mut ways = values_or_null(missing, "NULL stays allowed");
                ways.insert(ways.len() - 1, WayOut::new("#[field(filled)]", FILLED));
                ways
            }
            QuestionKind::UnknownSource { name, known } => sources::unknown(name, known),
            QuestionKind::NullSource { name, sample } => sources::null(name, sample),
            QuestionKind::RawColumn { column, now, .. } => sources::raw_column(column, now.as_ref()),
            QuestionKind::RenamedField { candidates, missing } => {
                let mut ways: Vec<WayOut> = candidates.iter().map(|it| renamed(it.as_str())).collect();
                match missing {
                    None => ways.push(new("a new field: what is gone goes with its values")),
                    Some(missing) if missing.attributes().is_empty() => {
                        let meaning = "a new field, rows that exist hold NULL";
                        ways.push(WayOut::new("#[field(new)] and Option<…>", meaning));
                    }
                    Some(missing) => ways.extend(values(missing, "new, ", "a new field, ")),
                }
                ways
            }
            QuestionKind::RenamedModel { candidates } => {
                let mut ways: Vec<WayOut> = candidates.iter().map(|it| renamed(it.as_str())).collect();
                ways.push(new("a new model: what is gone goes with its rows"));
                ways
            }
            QuestionKind::UnknownOrigin { candidates, .. } => {
                let mut ways: Vec<WayOut> = candidates.iter().map(|it| renamed(it)).collect();
                ways.push(new("nothing was renamed"));
                ways
            }
            QuestionKind::OriginStillThere { from } => {
                let mut ways = Vec::new();
                // A model of another app keeps its name there.
                if !from.contains('.') {
                    let write = format!("#[{scope}(new)] on `{from}`");
                    ways.push(WayOut::new(write, format!("renamed, and `{from}` is another {scope} now")));
                }
                ways.push(WayOut::new(format!("remove `{from}`"), "renamed"));
                ways.push(new("a new one beside it"));
                ways
            }
            QuestionKind::SharedOrigin { other, .. } => {
                vec![
                    new(&format!("`{other}` is the renamed one")),
                    WayOut::new(format!("#[{scope}(new)] on `{other}`"), "this is the renamed one"),
                ]
            }
            QuestionKind::ReplacedField { keeper, .. } => {
                let keep = |keeper: &ModelName| {
                    let meaning = format!("the join table becomes the table of `{keeper}`, with its rows");
                    WayOut::new("#[field(keep_rows)]", meaning)
                };
                let mut ways: Vec<WayOut> = keeper.iter().map(keep).collect();
                ways.push(new("another field: what the old one holds goes with it"));
                ways.push(WayOut::new(
                    "another name for the new one",
                    "both are there, until a migration has carried over what the old one holds",
                ));
                ways
            }
            QuestionKind::OtherTarget(it) => it.ways(),
            QuestionKind::TakenName(it) => it.ways(scope, self.name()),
            QuestionKind::MovedField(it) => it.ways(&self.model),
            QuestionKind::RemovedChoice { choices, gone, came, kept } => {
                let renamed = |to: &String| {
                    let write = format!("#[choice(renamed_from = \"{gone}\")] on `{choices}::{to}`");
                    WayOut::new(write, "renamed: rows that hold it follow")
                };
                let mut ways: Vec<WayOut> = came.iter().map(renamed).collect();
                if let Some(to) = kept.as_ref().or(came.first()) {
                    let write = format!("#[choices(removed({gone} -> {to}))] on `{choices}`");
                    ways.push(WayOut::new(write, format!("removed: rows that hold it get `{to}`")));
                }
                let write = format!("#[choices(removed({gone}))] on `{choices}`");
                ways.push(WayOut::new(write, "removed: the migration stops where a row holds it"));
                ways
            }
        }
    }

    /// Returns the name of the field, or else of the model.
    pub(crate) fn name(&self) -> &str {
        self.field.as_ref().map_or(self.model.name.as_str(), FieldName::as_str)
    }

    fn subject(&self) -> String {
        match &self.field {
            Some(field) => format!("`{}.{field}`", self.model.name),
            None => format!("`{}`", self.model.name),
        }
    }
}

fn gone<T: std::fmt::Display>(names: &[T]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb} gone", quoted.join(", "))
}

fn values(missing: &MissingValue, prefix: &str, meaning: &str) -> Vec<WayOut> {
    let way = |(text, what)| WayOut::new(format!("#[field({prefix}{text})]"), format!("{meaning}{what}"));
    missing.attributes().into_iter().map(way).collect()
}

fn values_or_null(missing: &MissingValue, of_null: &str) -> Vec<WayOut> {
    let mut ways = values(missing, "", "");
    ways.push(if missing.key {
        let meaning = "make it the primary key in a later migration, when each row has its own value";
        WayOut::new("Option<…> with `unique` for now", meaning)
    } else {
        WayOut::new("Option<…>", of_null)
    });
    ways
}

#[cfg(test)]
mod tests;
