//! How text is compared and sorted, by the name that each database has for it.

use serde::{Deserialize, Serialize};

/// The collation of a text column; a database whose name is not given uses its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Collation {
    /// Its name in SQLite.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sqlite: Option<String>,
    /// Its name in PostgreSQL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postgres: Option<String>,
    /// Its name in MySQL and MariaDB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mysql: Option<String>,
}

impl Collation {
    /// Makes one that has the same name in every database.
    pub fn everywhere(name: impl Into<String>) -> Self {
        let name = Some(name.into());
        Self { sqlite: name.clone(), postgres: name.clone(), mysql: name }
    }

    /// Gives the name, where it is the same in every database.
    pub fn name_everywhere(&self) -> Option<&str> {
        (self.sqlite == self.postgres && self.postgres == self.mysql)
            .then_some(self.mysql.as_deref())
            .flatten()
    }

    /// Gives the names that are given, each with its database, in the order of writing.
    pub fn names(&self) -> impl Iterator<Item = (&'static str, &str)> {
        [("sqlite", &self.sqlite), ("postgres", &self.postgres), ("mysql", &self.mysql)]
            .into_iter()
            .filter_map(|(database, name)| name.as_deref().map(|name| (database, name)))
    }
}
