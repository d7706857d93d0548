//! The named values of an enum, one of which is the value of a column.

use serde::{Deserialize, Serialize};

use crate::model::expr::Literal;
use crate::name::SchemaName;

/// The room that a column of text has where no value needs more: a variant more changes the rule, not the column.
const ROOM: u32 = 64;

/// The room for values beyond that, and for text on its way from one storage to another.
pub const MOST_ROOM: u32 = 255;

/// An enum, as a column stores it: a migration can be read without the source.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Choices {
    /// The name of the enum; in the image of a table the name of the database's type, if it has one.
    pub name: String,
    /// In the image of a table, the schema of the database's type, if it is not the first of the search path.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<SchemaName>,
    /// What the column is.
    #[serde(default, skip_serializing_if = "Storage::is_text")]
    pub storage: Storage,
    /// The variants, in the order of the enum; empty if only the name is known.
    pub variants: Vec<Choice>,
}

/// A variant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Choice {
    /// The name in the enum.
    pub name: String,
    /// The value in a row: text, or an integer for a storage that is one.
    pub value: Literal,
}

/// How a column stores choices in the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Storage {
    /// Text, with a check that lists the values.
    #[default]
    Text,
    /// A type of the database that lists the values; text with a check in a database without such types.
    Native,
    /// An integer of 16 bits, with a check.
    I16,
    /// An integer of 32 bits, with a check.
    I32,
    /// An integer of 64 bits, with a check.
    I64,
}

impl Storage {
    /// Every storage, in the order of the enum.
    pub const ALL: [Self; 5] = [Self::Text, Self::Native, Self::I16, Self::I32, Self::I64];

    #[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it with a reference")]
    fn is_text(&self) -> bool {
        *self == Self::Text
    }

    /// Returns whether the values are integers.
    pub fn is_integer(self) -> bool {
        match self {
            Self::Text | Self::Native => false,
            Self::I16 | Self::I32 | Self::I64 => true,
        }
    }

    /// Returns the word for it in source; `None` for text.
    pub fn word(self) -> Option<&'static str> {
        match self {
            Self::Text => None,
            Self::Native => Some("native"),
            Self::I16 => Some("i16"),
            Self::I32 => Some("i32"),
            Self::I64 => Some("i64"),
        }
    }
}

/// How variants are renamed and replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceMoves {
    /// Renamed variants: names before and after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renamed: Vec<(String, String)>,
    /// Removed variants, with those that their rows get.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<(String, String)>,
}

impl ChoiceMoves {
    /// Returns whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.renamed.is_empty() && self.removed.is_empty()
    }
}

impl Choices {
    /// Creates an enum with a name and unknown variants.
    pub fn as_written(name: impl Into<String>) -> Self {
        Self { name: name.into(), schema: None, storage: Storage::Text, variants: Vec::new() }
    }

    /// Returns whether the variants are known.
    pub fn is_resolved(&self) -> bool {
        !self.variants.is_empty()
    }

    /// Returns whether the values have a type of the database, if it supports such types.
    pub fn is_native(&self) -> bool {
        self.storage == Storage::Native
    }

    /// Finds a variant.
    pub fn variant(&self, name: &str) -> Option<&Choice> {
        self.variants.iter().find(|variant| variant.name == name)
    }

    /// Returns whether a row may have the value.
    pub fn has_value(&self, value: &Literal) -> bool {
        self.variants.iter().any(|variant| variant.value == *value)
    }

    /// Returns the values in an order that is always the same, whatever the order of the variants.
    pub fn sorted_values(&self) -> Vec<Literal> {
        let mut values: Vec<&Literal> = self.variants.iter().map(|variant| &variant.value).collect();
        values.sort_by_key(|value| sort_key(value));
        values.into_iter().cloned().collect()
    }

    /// Returns whether both make the same column: the order of variants counts for a type of the database only, and
    /// the name of a variant only where it says which value became which.
    pub fn is_equivalent_to(&self, other: &Self) -> bool {
        if self.storage != other.storage || self.stored_width() != other.stored_width() {
            return false;
        }
        let mut variants = self.variants.iter();
        variants.all(|one| other.variant(&one.name).is_none_or(|other| other.value == one.value))
            && self.values_of_column() == other.values_of_column()
    }

    /// Returns the values in the order that counts for the column: a type of the database keeps that of the enum.
    fn values_of_column(&self) -> Vec<Literal> {
        if self.is_native() {
            return self.variants.iter().map(|variant| variant.value.clone()).collect();
        }
        self.sorted_values()
    }

    /// Returns the width of the column that stores the values as text; `None` for another storage.
    pub(crate) fn stored_width(&self) -> Option<u32> {
        if self.storage != Storage::Text {
            return None;
        }
        let longest = self.variants.iter().map(|variant| text_of(&variant.value).chars().count());
        let fits = longest.max().is_none_or(|longest| longest <= ROOM as usize);
        Some(if fits { ROOM } else { MOST_ROOM })
    }

    /// Returns each variant with the one of the other enum that it is or becomes: what the moves say, else the one of its
    /// name, else the one of its value.
    pub fn replacements<'a>(
        &'a self,
        after: &'a Self,
        moves: &ChoiceMoves,
    ) -> Vec<(&'a Choice, Option<&'a Choice>)> {
        let replacements = self.variants.iter().map(|before| {
            let replacement = after
                .replacement(&moves.renamed, &before.name)
                .or_else(|| after.variant(&before.name))
                .or_else(|| after.replacement(&moves.removed, &before.name))
                .or_else(|| {
                    let same = after.variants.iter().find(|it| it.value == before.value);
                    same.filter(|it| self.variant(&it.name).is_none())
                });
            (before, replacement)
        });
        replacements.collect()
    }

    fn replacement(&self, moves: &[(String, String)], before: &str) -> Option<&Choice> {
        moves.iter().find(|(name, _)| name == before).and_then(|(_, after)| self.variant(after))
    }

    /// Returns samples of every storage, for tests that cover them all.
    pub fn samples() -> Vec<Self> {
        let words = [("Draft", "draft"), ("Published", "it's \"out\""), ("Gone", "größer")]
            .map(|(name, value)| Choice { name: name.into(), value: Literal::Text(value.into()) });
        let numbers = [("Low", -1), ("High", 10), ("type", 30_000)]
            .map(|(name, value)| Choice { name: name.into(), value: Literal::Int(value) });
        let samples = [
            ("Status", Storage::Text, &words),
            ("Mood", Storage::Native, &words),
            ("Level", Storage::I16, &numbers),
            ("Rank", Storage::I32, &numbers),
            ("Grade", Storage::I64, &numbers),
        ];
        let samples = samples.map(|(name, storage, variants)| Self {
            schema: None,
            name: name.into(),
            storage,
            variants: variants.to_vec(),
        });
        samples.into()
    }
}

/// Returns a value as text would have it.
pub(crate) fn text_of(value: &Literal) -> String {
    match value {
        Literal::Text(text) => text.clone(),
        Literal::Int(number) => number.to_string(),
        Literal::Float(digits) => digits.clone(),
        Literal::Bool(flag) => flag.to_string(),
        Literal::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn sort_key(value: &Literal) -> (i128, String) {
    match value {
        Literal::Int(number) => (*number, String::new()),
        Literal::Text(_) | Literal::Float(_) | Literal::Bool(_) | Literal::Bytes(_) => (0, text_of(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::column_type::ColumnType;

    fn choices(pairs: &[(&str, &str)]) -> Choices {
        let variant = |(name, value): &(&str, &str)| Choice {
            name: (*name).to_owned(),
            value: Literal::Text((*value).to_owned()),
        };
        Choices { variants: pairs.iter().map(variant).collect(), ..Choices::as_written("Status") }
    }

    #[test]
    fn order_and_names_count_only_where_the_database_sees_them() {
        let one = choices(&[("Draft", "draft"), ("Live", "live")]);
        let turned = choices(&[("Live", "live"), ("Draft", "draft")]);
        assert!(one.is_equivalent_to(&turned));
        assert!(one.is_equivalent_to(&choices(&[("Entwurf", "draft"), ("Live", "live")])));
        assert!(
            !one.is_equivalent_to(&choices(&[("Draft", "live"), ("Live", "draft")])),
            "the values are swapped"
        );
        let native = |choices: &Choices| Choices { storage: Storage::Native, ..choices.clone() };
        assert!(!native(&one).is_equivalent_to(&native(&turned)) && !one.is_equivalent_to(&native(&one)));
    }

    #[test]
    fn a_variant_becomes_what_is_said_then_its_name_then_its_value() {
        let before = choices(&[("Draft", "draft"), ("Live", "live"), ("Old", "old"), ("Gone", "gone")]);
        let after = choices(&[("Draft", "new"), ("Public", "live"), ("Past", "past")]);
        let moves = ChoiceMoves {
            renamed: vec![("Old".into(), "Past".into())],
            removed: vec![("Gone".into(), "Draft".into())],
        };
        let becomes = |moves: &ChoiceMoves| -> Vec<Option<String>> {
            before.replacements(&after, moves).into_iter().map(|(_, to)| Some(to?.name.clone())).collect()
        };
        let names = |names: &[&str]| names.iter().map(|it| Some((*it).to_owned())).collect::<Vec<_>>();
        assert_eq!(becomes(&moves), names(&["Draft", "Public", "Past", "Draft"]));
        assert_eq!(becomes(&ChoiceMoves::default())[2..], [None, None]);
    }

    #[test]
    fn a_variant_more_leaves_the_column_as_it_is() {
        let short = choices(&[("Draft", "draft")]);
        let long = "x".repeat(65);
        assert_eq!(short.stored(), ColumnType::Varchar { max_length: 64 });
        assert_eq!(choices(&[("Draft", &long)]).stored(), ColumnType::Varchar { max_length: 255 });
    }
}
