//! The record of applied migrations that `migrate` leaves for the build step: a migration that is applied to a database of
//! the developer is not a draft any more, whatever git contains.
//!
//! A file lists the migrations of one app in one database. This module defines its text, and not its place.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::hash::fingerprint;
use crate::name::{AppLabel, MigrationId};

/// The number of the format that this version writes.
const FORMAT: u32 = 1;

/// The migrations of one app that one database has applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applied {
    format: u32,
    /// The file of the database, if it has one: without the file, nothing is applied.
    pub file: Option<String>,
    /// The migrations with the checksums of their operations.
    pub migrations: BTreeMap<MigrationId, String>,
}

impl Applied {
    /// Creates the record of a database.
    pub fn new(file: Option<String>, migrations: BTreeMap<MigrationId, String>) -> Self {
        Self { format: FORMAT, file, migrations }
    }

    /// Returns the name of the file for an app and a database, which is identified by its URL without secrets, or by its path.
    pub fn file_name(app: &AppLabel, database: &str) -> String {
        format!("{app}-{}.json", &fingerprint(database.as_bytes())[..16])
    }

    /// Reads the text of a file; none if it has another version.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str::<Self>(text).ok().filter(|applied| applied.format == FORMAT)
    }

    /// Returns the text of the file.
    ///
    /// # Errors
    /// Returns an error if serde fails, which no value of this type can cause.
    pub fn to_text(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let migrations = BTreeMap::from([(MigrationId::new("blog", "0001_initial"), "abc".to_owned())]);
        let applied = Applied::new(Some("/a\nb.sqlite3".to_owned()), migrations);
        let text = applied.to_text().unwrap();
        assert!(text.contains("\"blog.0001_initial\": \"abc\""), "{text}");
        assert_eq!(Applied::parse(&text), Some(applied));
        assert_eq!(Applied::parse(&text.replace("\"format\": 1", "\"format\": 2")), None);
        assert_eq!(Applied::parse("partial"), None);
        let names = ["/a", "/b"].map(|database| Applied::file_name(&AppLabel::new("blog"), database));
        assert!(names[0] != names[1] && names[0].starts_with("blog-"), "{names:?}");
    }
}
