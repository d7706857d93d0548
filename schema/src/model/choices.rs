//! The named values of an enum, of which a column holds one.

use serde::{Deserialize, Serialize};

use crate::model::expr::Literal;

/// The room that a column of text has where no value needs more: a variant more changes the rule, not the column.
const ROOM: u32 = 64;

/// The room for values beyond that, and for text on its way from one storage to another.
pub const MOST_ROOM: u32 = 255;

/// An enum as a column knows it; so that a migration can be read without the source.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Choices {
    /// The name of the enum; in the image of a table the name of the database's own type, where it has one.
    pub name: String,
    /// What the column is.
    #[serde(default, skip_serializing_if = "Storage::is_text")]
    pub storage: Storage,
    /// The variants, in the order of the enum; none where only the name is known.
    pub variants: Vec<Choice>,
}

/// A variant.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Choice {
    /// The name in the enum.
    pub name: String,
    /// What a row holds: text, or an integer for a storage that is one.
    pub value: Literal,
}

/// What a column of choices is in the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Storage {
    /// Text, with a check that lists the values.
    #[default]
    Text,
    /// A type of the database that lists the values; where there is none, text with a check.
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

    /// Returns the word by which source says it; none for text.
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

/// What becomes of variants that are gone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceMoves {
    /// Variants that bear another name: before and after.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renamed: Vec<(String, String)>,
    /// Removed variants, with those that their rows get.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<(String, String)>,
}

impl ChoiceMoves {
    /// Returns whether nothing is said.
    pub fn is_empty(&self) -> bool {
        self.renamed.is_empty() && self.removed.is_empty()
    }
}

impl Choices {
    /// Creates an enum of which only the name is known.
    pub fn as_written(name: impl Into<String>) -> Self {
        Self { name: name.into(), storage: Storage::Text, variants: Vec::new() }
    }

    /// Returns whether the variants are known.
    pub fn is_resolved(&self) -> bool {
        !self.variants.is_empty()
    }

    /// Returns whether the database has a type for the values, where it can.
    pub fn is_native(&self) -> bool {
        self.storage == Storage::Native
    }

    /// Finds a variant.
    pub fn variant(&self, name: &str) -> Option<&Choice> {
        self.variants.iter().find(|variant| variant.name == name)
    }

    /// Returns whether a row may hold the value.
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
        let keeps_value =
            |one: &Choice| other.variant(&one.name).is_none_or(|other| other.value == one.value);
        let values = |choices: &Self| {
            let all = choices.variants.iter().map(|variant| variant.value.clone());
            if choices.is_native() { all.collect() } else { choices.sorted_values() }
        };
        self.variants.iter().all(keeps_value) && values(self) == values(other)
    }

    /// Returns the width of the column that holds the values as text; none where they are stored otherwise.
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
    pub fn destinies<'a>(
        &'a self,
        after: &'a Self,
        moves: &ChoiceMoves,
    ) -> Vec<(&'a Choice, Option<&'a Choice>)> {
        let said = |pairs: &[(String, String)], name: &str| {
            let pair = pairs.iter().find(|(before, _)| before == name);
            pair.and_then(|(_, to)| after.variant(to))
        };
        let is_kept = |name: &str| self.variant(name).is_some() && after.variant(name).is_some();
        self.variants
            .iter()
            .map(|before| {
                let by_value = || {
                    let same = after.variants.iter().find(|it| it.value == before.value);
                    same.filter(|it| !is_kept(&it.name))
                };
                let destiny = said(&moves.renamed, &before.name)
                    .or_else(|| after.variant(&before.name))
                    .or_else(|| said(&moves.removed, &before.name))
                    .or_else(by_value);
                (before, destiny)
            })
            .collect()
    }

    /// Returns samples of every storage, for tests that cover them all.
    pub fn samples() -> Vec<Self> {
        let text = |name: &str, value: &str| Choice { name: name.into(), value: Literal::Text(value.into()) };
        let number = |name: &str, value: i64| Choice { name: name.into(), value: Literal::Int(value.into()) };
        let words = vec![text("Draft", "draft"), text("Published", "it's \"out\""), text("Gone", "größer")];
        let numbers = vec![number("Low", -1), number("High", 10), number("type", 30_000)];
        let made = |name: &str, storage, variants: &[Choice]| Self {
            name: name.into(),
            storage,
            variants: variants.to_vec(),
        };
        vec![
            made("Status", Storage::Text, &words),
            made("Mood", Storage::Native, &words),
            made("Level", Storage::I16, &numbers),
            made("Rank", Storage::I32, &numbers),
            made("Grade", Storage::I64, &numbers),
        ]
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
            before.destinies(&after, moves).into_iter().map(|(_, to)| Some(to?.name.clone())).collect()
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
