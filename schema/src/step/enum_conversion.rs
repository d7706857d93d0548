//! Two columns of choices -> the stages that convert one into the other, with its values.
//!
//! What a database can do in one go differs; text is what every storage turns into, so that every way leads over it.

use crate::model::choices::{ChoiceMoves, Choices, MOST_ROOM, text_of};
use crate::model::column_type::ColumnType;
use crate::model::expr::{Expr, Literal};
use crate::model::field::{Field, FieldKind};
use crate::model::type_family::TypeFamily;
use crate::table::Column;

/// The conversion of the values of a column.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ValueMap {
    /// Each value that a variant had, with the one that it has.
    pairs: Vec<(Literal, Literal)>,
    /// The values that rows may have before, if some values are not allowed any more.
    pub(crate) allowed: Option<Vec<Literal>>,
}

/// One stage of a column's change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The column becomes this one.
    Alter(Column),
    /// Values are converted, and the column becomes this one.
    Convert(Vec<(Literal, Literal)>, Column),
}

/// The storage of a column of choices, as far as it matters for its values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Text,
    Integer,
    Native,
    Other,
}

impl Class {
    fn of(column_type: &ColumnType) -> Self {
        if let ColumnType::Choices(_) = column_type {
            return Self::Native;
        }
        match column_type.family() {
            TypeFamily::Text => Self::Text,
            TypeFamily::Integer => Self::Integer,
            TypeFamily::Bool
            | TypeFamily::Float
            | TypeFamily::Decimal
            | TypeFamily::Bytes
            | TypeFamily::Date
            | TypeFamily::Time
            | TypeFamily::DateTime
            | TypeFamily::Timestamp
            | TypeFamily::Uuid
            | TypeFamily::Json
            | TypeFamily::Enum
            | TypeFamily::Array
            | TypeFamily::Native => Self::Other,
        }
    }
}

impl ValueMap {
    /// Returns the conversion of the values when a field changes; `None` if the values stay the same.
    pub(crate) fn between(before: &Field, after: &Field, moves: &ChoiceMoves) -> Option<Self> {
        let (FieldKind::Column(before), FieldKind::Column(after)) = (&before.kind, &after.kind) else {
            return None;
        };
        let after_choices = after.choices()?;
        let Some(choices) = before.choices() else {
            // A column without a list of values may have any value.
            let is_same = match Class::of(before) {
                Class::Text => !after_choices.storage.is_integer(),
                Class::Integer => after_choices.storage.is_integer(),
                Class::Native | Class::Other => false,
            };
            let allowed = is_same.then(|| after_choices.sorted_values());
            return Some(Self { pairs: Vec::new(), allowed });
        };
        let replacements = choices.replacements(after_choices, moves);
        let pair = |(from, to): &(&crate::model::choices::Choice, Option<&crate::model::choices::Choice>)| {
            to.map(|to| (from.value.clone(), to.value.clone()))
        };
        let pairs: Vec<_> = replacements.iter().filter_map(pair).collect();
        let goes_on = pairs.len() == replacements.len();
        let allowed = (!goes_on).then(|| pairs.iter().map(|(from, _)| from.clone()).collect());
        Some(Self { pairs, allowed })
    }

    /// Returns the pairs whose values differ, as the integers or the text that the column stores meanwhile.
    fn changed(&self, class: Class) -> Vec<(Literal, Literal)> {
        let spelled = |value: &Literal| match class {
            Class::Integer => value.clone(),
            Class::Text | Class::Native | Class::Other => Literal::Text(text_of(value)),
        };
        let pairs = self.pairs.iter().map(|(from, to)| (spelled(from), spelled(to)));
        pairs.filter(|(from, to)| from != to).collect()
    }
}

/// Returns the stages from one column to the other; after the last stage the column is equal to it.
pub(crate) fn stages(before: &Column, after: &Column, map: &ValueMap, fill: Option<&Expr>) -> Vec<Stage> {
    let mut walk = Walk { current: before.clone(), stages: Vec::new() };
    let (from, to) = (Class::of(&before.column_type), Class::of(&after.column_type));
    match (before.column_type.choices(), after.column_type.choices()) {
        _ if map.pairs.is_empty() => {}
        (Some(one), Some(other)) => {
            let changed = map.changed(Class::Native);
            if changed.is_empty() && one.is_begun_by(other) {
                // A value that the database learns just now cannot be used at once everywhere.
                let is_new = |value: &Expr| matches!(value, Expr::Literal(value) if !one.has_value(value));
                if after.default.iter().chain(fill).any(is_new) {
                    walk.retype(between());
                }
            } else if is_renaming(one, other, &changed) {
                walk.convert(changed, Some(after.column_type.clone()));
            } else {
                walk.retype(between());
                walk.convert(changed, None);
            }
        }
        _ if from == to => {
            if room(&before.column_type) < room(&after.column_type) {
                walk.retype(after.column_type.clone());
            }
            walk.convert(map.changed(from), None);
        }
        _ => {
            if from != Class::Text {
                walk.retype(if to == Class::Text { after.column_type.clone() } else { between() });
            }
            walk.convert(map.changed(Class::Text), None);
        }
    }
    if walk.current != *after {
        walk.stages.push(Stage::Alter(after.clone()));
    }
    walk.stages
}

/// The type of a column on its way between two storages.
fn between() -> ColumnType {
    ColumnType::Varchar { max_length: MOST_ROOM }
}

/// The size of a column: characters, or the bits of an integer.
fn room(column_type: &ColumnType) -> u32 {
    if let ColumnType::Varchar { max_length } = column_type {
        return *max_length;
    }
    column_type.integer().map_or(u32::MAX, |(bits, _)| bits)
}

/// Returns whether each value stays in its place and at most gets a name that was free.
fn is_renaming(one: &Choices, other: &Choices, changed: &[(Literal, Literal)]) -> bool {
    let renamed = |value: &Literal| {
        let pair = changed.iter().find(|(from, _)| from == value);
        pair.map_or_else(|| value.clone(), |(_, to)| to.clone())
    };
    one.variants.len() == other.variants.len()
        && one.variants.iter().zip(&other.variants).all(|(from, to)| renamed(&from.value) == to.value)
        && changed.iter().all(|(_, to)| !one.has_value(to))
}

struct Walk {
    current: Column,
    stages: Vec<Stage>,
}

impl Walk {
    /// Changes the type of the column; its default is of the old one.
    fn retype(&mut self, column_type: ColumnType) {
        self.current = Column { column_type, default: None, automatic: false, ..self.current.clone() };
        self.stages.push(Stage::Alter(self.current.clone()));
    }

    fn convert(&mut self, pairs: Vec<(Literal, Literal)>, column_type: Option<ColumnType>) {
        let retyped = column_type.is_some();
        if let Some(column_type) = column_type {
            self.current.column_type = column_type;
            // The default is one of the values, and follows.
            for (from, to) in &pairs {
                if self.current.default == Some(Expr::Literal(from.clone())) {
                    self.current.default = Some(Expr::Literal(to.clone()));
                    break;
                }
            }
        }
        if !pairs.is_empty() || retyped {
            self.stages.push(Stage::Convert(pairs, self.current.clone()));
        }
    }
}

impl Choices {
    /// Returns whether the other has all the values of this one in their order, and perhaps more between them.
    pub fn is_begun_by(&self, other: &Self) -> bool {
        let mut rest = other.variants.iter();
        self.variants.iter().all(|variant| rest.any(|it| it.value == variant.value))
    }
}

#[cfg(test)]
mod tests;
