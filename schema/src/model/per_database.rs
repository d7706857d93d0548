//! A word that each database may have another for.

use serde::{Deserialize, Serialize};

/// A word by database; one whose word is not given goes its own way.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PerDatabase {
    /// The word for SQLite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sqlite: Option<String>,
    /// The word for PostgreSQL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postgres: Option<String>,
    /// The word for MySQL and MariaDB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mysql: Option<String>,
}

impl PerDatabase {
    /// Creates one that is the same in every database.
    pub fn everywhere(name: impl Into<String>) -> Self {
        let name = Some(name.into());
        Self { sqlite: name.clone(), postgres: name.clone(), mysql: name }
    }

    /// Returns the word, where it is the same in every database.
    pub fn name_everywhere(&self) -> Option<&str> {
        (self.sqlite == self.postgres && self.postgres == self.mysql)
            .then_some(self.mysql.as_deref())
            .flatten()
    }

    /// Returns the words that are given, each with its database, in the order of writing.
    pub fn names(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [("sqlite", &self.sqlite), ("postgres", &self.postgres), ("mysql", &self.mysql)]
            .into_iter()
            .filter_map(|(database, name)| name.as_deref().map(|name| (database, name)))
    }
}
