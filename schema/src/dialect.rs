//! The dialects of SQL, by name. All that they do is in the runtime.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A dialect of SQL, which one or several database products understand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dialect {
    /// SQLite 3.35 or newer.
    Sqlite,
    /// PostgreSQL 13 or newer.
    Postgres,
    /// MySQL 8.0.19 or newer, and MariaDB 10.5.2 or newer.
    Mysql,
}

impl Dialect {
    /// Every dialect, in the order of the enum.
    pub const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::Mysql];

    /// Returns the name, such as `sqlite`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
            Self::Mysql => "mysql",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// An unknown name of a dialect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a dialect; write {}", names())]
pub struct UnknownDialect {
    /// The name.
    pub text: String,
}

/// Returns the names of all dialects, such as "`sqlite`, `postgres` or `mysql`".
fn names() -> String {
    let [names @ .., last] = &Dialect::ALL.map(|dialect| format!("`{dialect}`"));
    format!("{} or {last}", names.join(", "))
}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(text: &str) -> Result<Self, UnknownDialect> {
        let dialect = Self::ALL.into_iter().find(|dialect| dialect.name() == text);
        dialect.ok_or_else(|| UnknownDialect { text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_and_stored_as_it_is_printed() {
        for dialect in Dialect::ALL {
            assert_eq!(dialect.to_string().parse(), Ok(dialect));
            assert_eq!(serde_json::to_string(&dialect).unwrap(), format!("{:?}", dialect.name()));
        }
        assert_eq!(
            "oracle".parse::<Dialect>().unwrap_err().to_string(),
            "`oracle` is not a dialect; write `sqlite`, `postgres` or `mysql`"
        );
    }
}
