//! The first line of each question.

use super::{Question, QuestionKind};

impl Question {
    /// Returns the problem, in one line.
    pub fn summary(&self) -> String {
        let subject = self.subject();
        match &self.kind {
            QuestionKind::NewNotNull(_) => {
                format!("{subject} is a new NOT NULL field, and existing rows have no value for it")
            }
            QuestionKind::NullToNotNull(_) => {
                format!("{subject} is NOT NULL from now on, and rows that hold NULL have no value for it")
            }
            QuestionKind::UnknownSource { name, .. } => {
                format!(
                    "{subject} takes its `backfill` from `{name}`, which is not another field of the model with a column"
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
                    None => "is dropped".to_owned(),
                };
                format!(
                    "{object}{subject} names the column `{column}` in `sql(\"…\")`, and the column {what}"
                )
            }
            QuestionKind::RenamedField { candidates, .. } => {
                format!("{subject} is new and {}: renamed, or another field?", are_gone(candidates))
            }
            QuestionKind::RenamedModel { candidates } => {
                format!("{subject} is new and {}: renamed, or another model?", are_gone(candidates))
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
            QuestionKind::ReplacedField { through_model: Some(model), .. } => {
                format!("{subject} now goes through `{model}`: are the rows of its join table kept?")
            }
            QuestionKind::ReplacedField { through_model: None, obstacle, .. } => {
                let why = obstacle.as_ref().map(|obstacle| format!(": {obstacle}")).unwrap_or_default();
                let what = "and its values are not kept";
                format!("{subject} is now stored in another way, {what}{why}")
            }
            QuestionKind::OtherTarget(it) => it.summary(&subject),
            QuestionKind::TakenName(it) => it.summary(&subject, self.name()),
            QuestionKind::MovedField(it) => it.summary(&subject, &self.model),
            QuestionKind::RemovedChoice { choices, gone, .. } => {
                format!("`{choices}::{gone}` is gone, and rows may hold it in {subject}")
            }
        }
    }
}

fn are_gone<T: std::fmt::Display>(names: &[T]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let verb = if names.len() == 1 { "is" } else { "are" };
    format!("{} {verb} gone", quoted.join(", "))
}
