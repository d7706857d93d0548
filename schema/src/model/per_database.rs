//! A value that each database may have another one of.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::dialect::Dialect;

/// A value for some of the dialects; the others use their default.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PerDatabase<T = String>(BTreeMap<Dialect, T>);

impl<T> Default for PerDatabase<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> PerDatabase<T> {
    /// Creates a value for one dialect.
    pub fn only(dialect: Dialect, value: impl Into<T>) -> Self {
        Self(BTreeMap::from([(dialect, value.into())]))
    }

    /// Returns the value for a dialect.
    pub fn get(&self, dialect: Dialect) -> Option<&T> {
        self.0.get(&dialect)
    }

    /// Sets the value for a dialect, and returns the one that was set before.
    pub fn insert(&mut self, dialect: Dialect, value: T) -> Option<T> {
        self.0.insert(dialect, value)
    }

    /// Returns whether no dialect has a value.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the values with their dialects, in the order of [`Dialect::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Dialect, &T)> {
        self.0.iter().map(|(dialect, value)| (*dialect, value))
    }
}

impl<T> FromIterator<(Dialect, T)> for PerDatabase<T> {
    fn from_iter<I: IntoIterator<Item = (Dialect, T)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

/// The values of [`Dialect::ALL`], in that order.
impl<T> From<[Option<T>; Dialect::ALL.len()]> for PerDatabase<T> {
    fn from(values: [Option<T>; Dialect::ALL.len()]) -> Self {
        Dialect::ALL.into_iter().zip(values).filter_map(|(dialect, value)| Some((dialect, value?))).collect()
    }
}

impl PerDatabase {
    /// Creates a word that is the same for every dialect.
    pub fn everywhere(word: impl Into<String>) -> Self {
        let word = word.into();
        Dialect::ALL.into_iter().map(|dialect| (dialect, word.clone())).collect()
    }

    /// Returns the word, if it is the same for every dialect.
    pub fn name_everywhere(&self) -> Option<&str> {
        let first = self.0.values().next()?;
        let is_same = Dialect::ALL.into_iter().all(|dialect| self.get(dialect) == Some(first));
        is_same.then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_stored_as_it_was_when_it_had_a_member_for_each_dialect() {
        let word = PerDatabase::from([Some("NOCASE".to_owned()), None, Some("utf8mb4_bin".to_owned())]);
        let json = r#"{"sqlite":"NOCASE","mysql":"utf8mb4_bin"}"#;
        assert_eq!(serde_json::to_string(&word).unwrap(), json);
        assert_eq!(serde_json::from_str::<PerDatabase>(json).unwrap(), word);
        assert_eq!(word.name_everywhere(), None);
        let everywhere = PerDatabase::everywhere("C");
        assert_eq!(
            serde_json::to_string(&everywhere).unwrap(),
            r#"{"sqlite":"C","postgres":"C","mysql":"C"}"#
        );
        assert_eq!(everywhere.name_everywhere(), Some("C"));
        assert_eq!(PerDatabase::<String>::default().name_everywhere(), None);
    }
}
