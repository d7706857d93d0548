//! The names that a question mentions beside its subject. Each kind is listed here once.

use crate::name::{AppLabel, ColumnName, FieldName, ModelKey, ModelName};

use super::{MovedField, Question, QuestionKind, TakenName};

/// The names that a question mentions beside its subject.
#[derive(Debug, Default)]
pub struct Mentioned<'a> {
    /// The possible former names of the subject.
    pub candidates: Vec<&'a str>,
    /// Another field of the model, or another model of the app, at which the question can be answered too.
    pub beside: Option<&'a str>,
    /// A model at which the question can be answered too.
    pub model: Option<&'a ModelKey>,
}

impl<'a> Mentioned<'a> {
    fn candidates(names: impl Iterator<Item = &'a str>) -> Self {
        Self { candidates: names.collect(), ..Self::default() }
    }
}

impl QuestionKind {
    /// Returns the names that the question mentions.
    pub fn mentioned(&self) -> Mentioned<'_> {
        match self {
            Self::RenamedField { candidates: names, .. }
            | Self::MovedField(MovedField { candidates: names, .. }) => {
                Mentioned::candidates(names.iter().map(FieldName::as_str))
            }
            Self::RenamedModel { candidates: names } => {
                Mentioned::candidates(names.iter().map(ModelName::as_str))
            }
            Self::UnknownOrigin { candidates: names, .. }
            | Self::TakenName(TakenName { candidates: names, .. }) => {
                Mentioned::candidates(names.iter().map(String::as_str))
            }
            Self::SharedOrigin { other, .. } => Mentioned { beside: Some(other), ..Mentioned::default() },
            // Another model or field can declare that it took the name.
            Self::OriginStillThere { from } if !from.contains('.') => {
                Mentioned { beside: Some(from), ..Mentioned::default() }
            }
            Self::OtherTarget(it) if it.may_be_renamed => {
                Mentioned { model: Some(&it.after), ..Mentioned::default() }
            }
            Self::NewNotNull(_)
            | Self::NullToNotNull(_)
            | Self::UnknownSource { .. }
            | Self::NullSource { .. }
            | Self::Misfit { .. }
            | Self::RawColumn { .. }
            | Self::ReplacedField { .. }
            | Self::OriginStillThere { .. }
            | Self::OtherTarget(_)
            | Self::RemovedChoice { .. } => Mentioned::default(),
        }
    }

    /// Returns the question with other names for the fields of the same model, for an embedded struct whose fields have a
    /// prefix in the model. A candidate without another name is left out; any other name stays as it is.
    #[must_use]
    pub fn with_names(&self, named: impl Fn(&str) -> Option<String>) -> Self {
        let mut kind = self.clone();
        match &mut kind {
            Self::RenamedField { candidates, .. } | Self::MovedField(MovedField { candidates, .. }) => {
                *candidates =
                    candidates.iter().filter_map(|it| named(it.as_str())).map(FieldName::new).collect();
            }
            Self::TakenName(TakenName { candidates, .. }) => {
                *candidates = candidates.iter().filter_map(|it| named(it)).collect();
            }
            Self::UnknownSource { name, known } => {
                rename(name, &named);
                *known = known.iter().filter_map(|it| named(it.as_str())).map(FieldName::new).collect();
            }
            Self::SharedOrigin { from: name, .. } | Self::NullSource { name, .. } => rename(name, &named),
            Self::RawColumn { column, now, .. } => {
                for it in [Some(column), now.as_mut()].into_iter().flatten() {
                    *it = named(it.as_str()).map_or_else(|| it.clone(), ColumnName::new);
                }
            }
            Self::NewNotNull(_)
            | Self::NullToNotNull(_)
            | Self::Misfit { .. }
            | Self::ReplacedField { .. }
            | Self::RenamedModel { .. }
            | Self::UnknownOrigin { .. }
            | Self::OriginStillThere { .. }
            | Self::OtherTarget(_)
            | Self::RemovedChoice { .. } => {}
        }
        kind
    }
}

fn rename(name: &mut String, named: impl Fn(&str) -> Option<String>) {
    if let Some(other) = named(name) {
        *name = other;
    }
}

impl Question {
    /// Returns the other apps from which the model may have moved.
    pub(crate) fn origins_in_other_apps(&self) -> Vec<AppLabel> {
        // A name without a dot is in the same app.
        let keys = self.kind.mentioned().candidates.into_iter().filter_map(|it| it.parse::<ModelKey>().ok());
        keys.map(|key| key.app).collect()
    }
}
