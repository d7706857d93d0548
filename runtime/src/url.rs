//! Where a database is: the forms that a person writes, and a text of it that holds no secret.

use std::fmt;
use std::str::FromStr;

use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};

/// The database that is used when nobody names one: a file in the working directory.
pub const DEFAULT_URL: &str = "sqlite://db.sqlite3";

/// The address of a database.
///
/// Its `Display` and `Debug` never show a password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    text: String,
    dialect: Dialect,
}

impl DatabaseUrl {
    /// Gives the dialect that the database speaks.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Gives the address with its secrets, for the driver alone.
    #[cfg(feature = "sqlite")]
    pub(crate) fn secret(&self) -> &str {
        &self.text
    }
}

impl FromStr for DatabaseUrl {
    type Err = Error;

    /// Reads `sqlite://path`, `sqlite:path`, `sqlite::memory:`, `postgres://…`, `mysql://…`, or the plain path of a
    /// SQLite file.
    fn from_str(text: &str) -> Result<Self, Error> {
        let bad = |why: &str| Error::from(ErrorKind::Url { url: redacted(text), why: why.to_owned() });
        let scheme = text.split_once(':').map_or("", |(scheme, _)| scheme);
        let dialect = match scheme {
            "sqlite" => Dialect::Sqlite,
            "postgres" | "postgresql" => Dialect::Postgres,
            "mysql" | "mariadb" => Dialect::Mysql,
            _ if text.contains("://") => return Err(bad("there is no such kind of database")),
            _ if text.is_empty() => return Err(bad("it is empty")),
            // A plain path, `:memory:` included.
            _ => return Ok(Self { text: format!("sqlite:{}", as_path(text)), dialect: Dialect::Sqlite }),
        };
        if dialect == Dialect::Sqlite && path_part(text).is_empty() {
            return Err(bad("it names no file"));
        }
        Ok(Self { text: text.to_owned(), dialect })
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redacted(&self.text))
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DatabaseUrl").field(&redacted(&self.text)).finish()
    }
}

/// Escapes what a URL would read otherwise, so that a plain path names exactly that file.
fn as_path(path: &str) -> String {
    path.replace('%', "%25").replace('?', "%3F").replace('#', "%23")
}

/// Gives the path of a SQLite address, as it is written.
fn path_part(text: &str) -> &str {
    let path = text.strip_prefix("sqlite://").or_else(|| text.strip_prefix("sqlite:")).unwrap_or(text);
    path.split_once('?').map_or(path, |(path, _)| path)
}

/// Puts `***` in the place of passwords, wherever a URL may carry one.
fn redacted(text: &str) -> String {
    let (base, query) = text.split_once('?').unwrap_or((text, ""));
    let base = match base.split_once("://") {
        Some((scheme, rest)) => match rest.rsplit_once('@') {
            Some((who, place)) => match who.split_once(':') {
                Some((user, _)) => format!("{scheme}://{user}:***@{place}"),
                None => format!("{scheme}://{who}@{place}"),
            },
            None => base.to_owned(),
        },
        None => base.to_owned(),
    };
    if query.is_empty() {
        return base;
    }
    // A password with an unescaped `?` ends up here; what is behind its `@` is all that may be shown.
    let query = match query.rsplit_once('@') {
        Some((_, place)) => return format!("{}***@{place}", scheme_of(text)),
        None => query,
    };
    let shown: Vec<String> = query.split('&').map(redacted_pair).collect();
    format!("{base}?{}", shown.join("&"))
}

fn scheme_of(text: &str) -> String {
    text.split_once("://").map_or_else(String::new, |(scheme, _)| format!("{scheme}://"))
}

fn redacted_pair(pair: &str) -> String {
    const SECRET: [&str; 5] = ["pass", "pwd", "key", "secret", "token"];
    match pair.split_once('=') {
        Some((name, _)) if SECRET.iter().any(|word| name.to_lowercase().contains(word)) => {
            format!("{name}=***")
        }
        Some(_) | None => pair.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<DatabaseUrl, Error> {
        text.parse()
    }

    #[test]
    fn forms_of_sqlite() {
        for (text, shown) in [
            ("sqlite://a/b.db", "sqlite://a/b.db"),
            ("sqlite:b.db", "sqlite:b.db"),
            ("sqlite::memory:", "sqlite::memory:"),
            ("b.db", "sqlite:b.db"),
            ("/tmp/what? 100%.db", "sqlite:/tmp/what%3F 100%25.db"),
            (":memory:", "sqlite::memory:"),
        ] {
            let url = read(text).unwrap();
            assert_eq!((url.dialect(), url.to_string().as_str()), (Dialect::Sqlite, shown), "{text}");
        }
    }

    #[test]
    fn what_is_no_database_is_refused() {
        for text in ["", "sqlite:", "sqlite://", "sqlite:?mode=ro", "oracle://x"] {
            assert!(matches!(read(text).unwrap_err().kind(), ErrorKind::Url { .. }), "{text}");
        }
    }

    #[test]
    fn passwords_are_never_shown() {
        for (text, shown) in [
            ("postgres://ann:hunter2@host/db", "postgres://ann:***@host/db"),
            ("mysql://ann:hun@ter2@host:3306/db", "mysql://ann:***@host:3306/db"),
            ("postgresql://host/db?user=a&password=hunter2", "postgresql://host/db?user=a&password=***"),
            ("mariadb://ann:hun?ter2@host/db", "mariadb://***@host/db"),
            ("postgres://ann@host/db", "postgres://ann@host/db"),
        ] {
            let url = read(text).unwrap();
            assert_eq!(url.to_string(), shown);
            assert!(!format!("{url:?}").contains("ter2"), "{text}");
        }
        let error = read("oracle://ann:hunter2@host").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
