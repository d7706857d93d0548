//! URLs of databases.
//!
//! Only a URL that begins with `sqlite:`, or a text that looks like a path, opens a file. Other texts that are not
//! understood are refused, and messages contain no secrets.

mod masked;

use std::fmt;
use std::str::FromStr;

use self::masked::{holds_credentials, is_plain, masked, shown_file};
use crate::dialect::Dialect;
use crate::error::{Error, ErrorKind};

/// The default database: a file in the working directory.
pub const DEFAULT_URL: &str = "sqlite://db.sqlite3";

/// The options of a SQLite URL, and the values of each; empty if any value is allowed.
const SQLITE_OPTIONS: [(&str, &[&str]); 4] = [
    ("mode", &["ro", "rw", "rwc", "memory"]),
    ("cache", &["private", "shared"]),
    ("immutable", &["true", "1", "false", "0"]),
    ("vfs", &[]),
];

/// The URL of a database.
///
/// Its `Display` and `Debug` never show a password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl {
    text: String,
    dialect: Dialect,
}

impl DatabaseUrl {
    /// Returns the dialect of the database.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Returns the error of a URL that the driver cannot read.
    pub(crate) fn invalid(&self, error: &dyn fmt::Display) -> Error {
        ErrorKind::Url { url: self.to_string(), why: error.to_string() }.into()
    }

    /// Returns the URL with its secrets, for the driver only.
    pub(crate) fn secret(&self) -> &str {
        &self.text
    }

    /// Returns the URL of one schema of a PostgreSQL database.
    pub(crate) fn with_schema(&self, schema: &str) -> Self {
        let mut option = String::new();
        for character in format!("-c search_path=\"{}\"", schema.replace('"', "\"\"")).chars() {
            // Inside of the option, a backslash keeps a space.
            if character.is_whitespace() && option.contains('"') || character == '\\' {
                option.push('\\');
            }
            option.push(character);
        }
        let encoded: Vec<String> = option.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let mark = if self.text.contains('?') { '&' } else { '?' };
        Self { text: format!("{}{mark}options={}", self.text, encoded.concat()), dialect: self.dialect }
    }

    /// Returns the URL of another database of the same server; its name is a plain word.
    #[cfg(any(feature = "postgres", feature = "mysql"))]
    pub(crate) fn with_database(&self, name: &str) -> Self {
        let (base, query) = self.text.split_once('?').unwrap_or((&self.text, ""));
        let scheme = base.find("://").map_or(0, |at| at + 3);
        let path = base[scheme..].find('/').map_or(base.len(), |at| scheme + at);
        let others: Vec<&str> =
            query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("dbname=")).collect();
        let query = if others.is_empty() { String::new() } else { format!("?{}", others.join("&")) };
        Self { text: format!("{}/{name}{query}", &base[..path]), dialect: self.dialect }
    }
}

impl FromStr for DatabaseUrl {
    type Err = Error;

    /// Reads `sqlite://path`, `sqlite:path`, `sqlite::memory:`, `postgres://…`, `mysql://…`, or the plain path of a
    /// SQLite file, such as `db.sqlite3`, `./data` or `/var/lib/blog/db`.
    fn from_str(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.is_empty() {
            return Err(refused(text, "it is empty".to_owned()));
        }
        let Some((scheme, rest)) = split_scheme(text) else {
            check_path(text).map_err(|why| refused(text, why))?;
            return Ok(Self { text: format!("sqlite:{}", as_path(text)), dialect: Dialect::Sqlite });
        };
        let dialect = match scheme.as_str() {
            "sqlite" => {
                check_sqlite(rest).map_err(|why| refused(text, why))?;
                return Ok(Self { text: format!("sqlite:{rest}"), dialect: Dialect::Sqlite });
            }
            "postgres" | "postgresql" => Dialect::Postgres,
            "mysql" | "mariadb" => Dialect::Mysql,
            "file" => return Err(refused(text, "write `sqlite:` in the place of `file:`".to_owned())),
            _ => return Err(refused(text, "its scheme is unknown".to_owned())),
        };
        if !rest.starts_with("//") {
            return Err(refused(text, format!("`//` is missing behind `{scheme}:`")));
        }
        Ok(Self { text: format!("{scheme}:{rest}"), dialect })
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self.dialect {
            Dialect::Sqlite => shown_file(&self.text),
            Dialect::Postgres | Dialect::Mysql => masked(&self.text),
        })
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("DatabaseUrl").field(&self.to_string()).finish()
    }
}

fn refused(text: &str, why: String) -> Error {
    ErrorKind::Url { url: masked(text), why }.into()
}

/// Splits a URL into its scheme, in lower case, and the text after the colon. A path of Windows has no scheme.
fn split_scheme(text: &str) -> Option<(String, &str)> {
    let (scheme, rest) = text.split_once(':')?;
    let is_scheme = scheme.starts_with(|it: char| it.is_ascii_alphabetic())
        && scheme.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '+' | '-' | '.'));
    let is_drive = scheme.len() == 1 && rest.starts_with(['/', '\\']);
    (is_scheme && !is_drive).then(|| (scheme.to_ascii_lowercase(), rest))
}

/// Checks that a text without a scheme looks like the path of a file.
fn check_path(text: &str) -> Result<(), String> {
    const BEGINNINGS: [&str; 7] = ["/", "./", "../", "~/", "\\", ".\\", "..\\"];
    if text == ":memory:" {
        return Ok(());
    }
    let is_rooted = BEGINNINGS.iter().any(|beginning| text.starts_with(beginning)) && !text.starts_with("//");
    let is_drive = text.as_bytes().get(1) == Some(&b':') && split_scheme(text).is_none();
    let is_relative = text.contains(['.', '/', '\\']) && !text.contains([':', '=', '@', ';', '&', '?']);
    if (is_rooted || is_drive || is_relative) && !text.starts_with("//") && !holds_credentials(text) {
        return Ok(());
    }
    let why = if text.contains('=') {
        "it looks like a list of settings (`name=value`), which is not read"
    } else {
        "it has no scheme, and does not look like the path of a file"
    };
    Err(format!("{why}; write `sqlite:` before it if it is one"))
}

/// Checks the text after the scheme of a SQLite URL.
fn check_sqlite(rest: &str) -> Result<(), String> {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let authority = path.strip_prefix("//");
    let path = authority.unwrap_or(path);
    if path.is_empty() {
        return Err("it names no file".to_owned());
    }
    if path.starts_with("file:") {
        return Err("leave `file:` out behind `sqlite:`".to_owned());
    }
    let host = authority.and_then(|it| it.split('/').next()).filter(|it| !is_part_of_path(it));
    if host.is_some() || holds_credentials(path) {
        return Err("it holds a host, a user or a password, and names no file".to_owned());
    }
    query.split('&').filter(|pair| !pair.is_empty()).try_for_each(check_option)
}

/// Returns whether the first part after `sqlite://` can belong to a path, and is not a host with a port or a user.
fn is_part_of_path(first: &str) -> bool {
    let is_drive = first.len() == 2 && first.ends_with(':');
    first == ":memory:" || is_drive || !first.contains([':', '@'])
}

fn check_option(pair: &str) -> Result<(), String> {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let Some((name, values)) = SQLITE_OPTIONS.iter().find(|(known, _)| *known == name) else {
        let known: Vec<String> = SQLITE_OPTIONS.iter().map(|(name, _)| format!("`{name}`")).collect();
        return Err(format!("it has an unknown option; the options are {}", known.join(", ")));
    };
    if values.contains(&value) || (values.is_empty() && is_plain(value)) {
        return Ok(());
    }
    if values.is_empty() {
        return Err(format!("its option `{name}` takes a name"));
    }
    let values: Vec<String> = values.iter().map(|value| format!("`{value}`")).collect();
    Err(format!("its option `{name}` takes {}", values.join(", ")))
}

/// Escapes special characters of URLs in a path.
fn as_path(path: &str) -> String {
    path.replace('%', "%25").replace('?', "%3F").replace('#', "%23")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<DatabaseUrl, Error> {
        text.parse()
    }

    #[test]
    fn forms_of_sqlite() {
        for (text, shown) in [
            ("sqlite://a/b.db", "sqlite://a/b.db"),
            ("sqlite:b.db", "sqlite:b.db"),
            ("SQLite:b.db", "sqlite:b.db"),
            ("sqlite:b", "sqlite:b"),
            ("sqlite:b.db?mode=rwc&cache=private", "sqlite:b.db?mode=rwc&cache=private"),
            ("sqlite:./ann@work/b.db", "sqlite:./ann@work/b.db"),
            ("sqlite::memory:", "sqlite::memory:"),
            ("sqlite://:memory:", "sqlite://:memory:"),
            ("b.db", "sqlite:b.db"),
            ("b.db\r\n", "sqlite:b.db"),
            ("a/b", "sqlite:a/b"),
            ("./b", "sqlite:./b"),
            ("../a=1/b", "sqlite:../a=1/b"),
            ("C:\\data\\b.db", "sqlite:C:\\data\\b.db"),
            ("c:/data/b.db", "sqlite:c:/data/b.db"),
            ("/home/ann@work/b.db", "sqlite:/home/ann@work/b.db"),
            ("/tmp/what? 100%.db", "sqlite:/tmp/what%3F 100%25.db"),
            (":memory:", "sqlite::memory:"),
        ] {
            let url = read(text).unwrap();
            assert_eq!((url.dialect(), url.to_string().as_str()), (Dialect::Sqlite, shown), "{text}");
        }
    }

    #[test]
    fn another_database_of_the_same_server() {
        for (text, wanted) in [
            ("postgres://ann:x@host:1/shop", "postgres://ann:x@host:1/other"),
            ("postgres://ann@host", "postgres://ann@host/other"),
            ("postgres:///shop?host=/run/x&dbname=shop", "postgres:///other?host=/run/x"),
            (
                "postgres://ann@%2Frun%2Fx/shop?sslmode=disable",
                "postgres://ann@%2Frun%2Fx/other?sslmode=disable",
            ),
            ("mysql://ann@host/shop?socket=/run/x", "mysql://ann@host/other?socket=/run/x"),
        ] {
            assert_eq!(read(text).unwrap().with_database("other").secret(), wanted);
        }
    }

    #[test]
    fn other_texts_are_refused_with_what_to_write() {
        for (text, words) in [
            ("", "it is empty"),
            (" ", "it is empty"),
            ("sqlite:", "names no file"),
            ("sqlite://", "names no file"),
            ("sqlite:?mode=ro", "names no file"),
            ("sqlite:b.db?mode=readonly", "`mode` takes `ro`, `rw`, `rwc`, `memory`"),
            ("sqlite:b.db?journal=wal", "the options are `mode`, `cache`, `immutable`, `vfs`"),
            ("sqlite:file:b.db", "leave `file:` out"),
            ("file:b.db", "write `sqlite:` in the place of `file:`"),
            ("file:///b.db?mode=ro", "write `sqlite:` in the place of `file:`"),
            ("oracle://x", "scheme is unknown"),
            ("postgres:host/db", "`//` is missing behind `postgres:`"),
            ("blog", "does not look like the path of a file"),
            ("localhost:5432", "scheme is unknown"),
            ("dbname=blog", "a list of settings"),
        ] {
            let error = read(text).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Url { .. }), "{text}");
            assert!(error.to_string().contains(words), "{text}: {error}");
        }
    }

    #[test]
    fn passwords_are_never_shown() {
        for (text, shown) in [
            ("postgres://ann:hunter2@host/db", "postgres://ann:***@host/db"),
            ("PostgreSQL://ann:hunter2@host:5432/db", "postgresql://ann:***@host:5432/db"),
            ("mysql://ann:hun@ter2@host:3306/db", "mysql://ann:***@host:3306/db"),
            ("postgres://ann:hun/ter2@host/db", "postgres://ann:***@host/db"),
            ("postgres://ann:hun#ter2@host/db", "postgres://ann:***@host/db"),
            ("postgres://:hunter2@host/db", "postgres://:***@host/db"),
            ("postgresql://host/db?user=a&password=hunter2", "postgresql://host/db?user=a&password=***"),
            (
                "postgres://host/db?sslmode=require&auth=hunter2",
                "postgres://host/db?sslmode=require&auth=***",
            ),
            ("postgres://host/db?options=-c%20x.y=hunter2", "postgres://host/db?options=***"),
            ("postgres://host/db?hunter2", "postgres://host/db?***"),
            ("postgres://host/db?user=hun#ter2", "postgres://host/db?user=***"),
            ("mariadb://ann:hun?ter2@host/db", "mariadb://***"),
            ("postgres://host/db?password=hun@ter2", "postgres://***"),
            ("mysql://host/db;password=hunter2", "mysql://host/***"),
            ("postgres://ann:hunter2/db", "postgres://ann:***/db"),
            ("postgres://ann@host/db", "postgres://ann@host/db"),
            ("postgres://a:1,b:2/db", "postgres://a:1,b:2/db"),
            ("postgres://ann:hunter2@[::1]:5432/db", "postgres://ann:***@[::1]:5432/db"),
        ] {
            let url = read(text).unwrap();
            assert_eq!(url.to_string(), shown);
            assert!(!format!("{url:?}").contains("ter2"), "{text}");
        }
    }

    /// What is not understood may hold a secret anywhere.
    #[test]
    fn what_is_refused_shows_no_secret() {
        for text in [
            "oracle://ann:hunter2@host",
            "oracle:ann:hunter2@host",
            "host=h user=a password=hunter2 dbname=d",
            "host = h  password = 'hunter2'",
            "user=a dbname=hunter2",
            "Server=h;Database=d;Uid=a;Pwd=hunter2",
            "Data Source=b.db;Password=hunter2",
            "sqlite:Data Source=b.db;Password=hunter2",
            "sqlite:b.db?key=hunter2",
            "sqlite:b.db?hunter2",
            "sqlite:b.db?mode=hunter2",
            "sqlite://ann:hunter2@host/db",
            "postgres:ann:hunter2@host",
            "postgres:password=hunter2",
            "ann:hunter2@host/db",
            "ann:hunter2@tcp(host:3306)/db",
            "ann/hunter2@host",
            "//ann:hunter2@host/db",
            "/tmp/b.db?password=hunter2",
            "./b.db;pwd=hunter2",
            "jdbc:postgresql://host/db?user=a&password=hunter2",
            "postgresql+asyncpg://ann:hunter2@host/db",
            "postgres//ann:hunter2@host/db",
            "file:b.db?key=hunter2",
            "host/db?auth=hunter2",
            "hunter2",
        ] {
            let error = read(text).unwrap_err();
            let shown = format!("{error} {error:?}");
            assert!(matches!(error.kind(), ErrorKind::Url { .. }), "{text}");
            assert!(!shown.contains("hunter2"), "{text}: {shown}");
        }
        let error = read("oracle://ann:hunter2@host").unwrap_err().to_string();
        assert!(error.starts_with("`oracle://ann:***@host` is not an address of a database"), "{error}");
    }

    fn shown(text: &str) -> String {
        match read(text) {
            Ok(url) => format!("{url} {url:?}"),
            Err(error) => format!("{error} {error:?}"),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn a_named_secret_is_never_shown(
            before in "(postgres://|mysql:|sqlite:|sqlite://|/|./)?[a-c:/@?&;= .#,]{0,16}",
            name in prop_oneof!["password", "PWD ", "auth", "my_token", "Secret"],
            after in "[a-c:/@?&;= .#,]{0,16}",
        ) {
            let text = format!("{before}{name}=hunter2{after}");
            prop_assert!(!shown(&text).contains("hunter2"), "{}: {}", text, shown(&text));
        }

        #[test]
        fn a_password_of_a_user_is_never_shown(
            scheme in "(postgres://|mysql://|oracle://|sqlite://|sqlite:|postgres:|//|/|./)?",
            user in "[a-c./]{0,6}",
            after in "[a-c:/@?&;= .#,]{0,16}",
        ) {
            let text = format!("{scheme}{user}:hunter2@{after}");
            prop_assert!(!shown(&text).contains("hunter2"), "{}: {}", text, shown(&text));
        }

        #[test]
        fn every_text_is_read_or_refused(text in ".{0,40}") {
            prop_assert!(!shown(&text).is_empty());
        }
    }
}
