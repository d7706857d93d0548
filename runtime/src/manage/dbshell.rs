//! `dbshell`: opens the client of the database.
//!
//! A password reaches the client by its environment, and never by the command line, which other users can read.

use std::process::{Command, ExitCode};

use clap::Args;
use modelshift_schema::dialect::Dialect;
use percent_encoding::percent_decode_str;
use url::Url;

use super::Place;
use crate::error::{Error, ErrorKind};
use crate::url::DatabaseUrl;

/// The options of `dbshell`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Arguments of the client, behind `--`.
    #[arg(last = true, value_name = "ARGUMENTS")]
    arguments: Vec<String>,
}

/// A client, and how it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Client {
    /// The names of the program; the first one that is there is called.
    programs: Vec<&'static str>,
    arguments: Vec<String>,
    environment: Vec<(&'static str, String)>,
}

pub(super) fn run(place: &Place, options: &Options) -> Result<ExitCode, Error> {
    let url: DatabaseUrl = place.url()?.parse()?;
    let client = client(&url)?;
    for program in &client.programs {
        let mut command = Command::new(program);
        command.args(&client.arguments).args(&options.arguments);
        command.envs(client.environment.iter().map(|(name, value)| (*name, value)));
        match command.status() {
            Ok(status) => {
                let code = status.code().and_then(|code| u8::try_from(code).ok());
                return Ok(code.map_or(ExitCode::FAILURE, ExitCode::from));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(request(
                    &format!("`{program}` cannot be started: {error}"),
                    "see whether you may run it",
                ));
            }
        }
    }
    let names: Vec<String> = client.programs.iter().map(|name| format!("`{name}`")).collect();
    Err(request(
        &format!("the client {} is not installed, or not in `PATH`", names.join(" or ")),
        "install it",
    ))
}

fn request(what: &str, remedy: &str) -> Error {
    ErrorKind::FixtureRequest { what: what.to_owned(), remedy: remedy.to_owned() }.into()
}

fn client(url: &DatabaseUrl) -> Result<Client, Error> {
    if url.dialect() == Dialect::Sqlite {
        return of_sqlite(url);
    }
    let read = Url::parse(url.secret()).map_err(|error| url.invalid(&error))?;
    Ok(if url.dialect() == Dialect::Postgres { of_postgres(read) } else { of_mysql(&read) })
}

fn of_sqlite(url: &DatabaseUrl) -> Result<Client, Error> {
    let path = url.secret().strip_prefix("sqlite:").unwrap_or_default();
    let path = path.strip_prefix("//").unwrap_or(path);
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    if path == ":memory:" || query.contains("mode=memory") {
        return Err(request(
            "a database in memory has no client",
            "give the address of a file with `--database`",
        ));
    }
    let read_only = query.contains("mode=ro").then(|| "-readonly".to_owned());
    let path = decoded(path);
    // A path that begins with a dash is not an option.
    let path = if path.starts_with('-') { format!("./{path}") } else { path };
    let arguments = read_only.into_iter().chain([path]).collect();
    Ok(Client { programs: vec!["sqlite3"], arguments, environment: Vec::new() })
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

fn of_postgres(mut url: Url) -> Client {
    let mut environment: Vec<(&str, String)> =
        url.password().map(|password| ("PGPASSWORD", decoded(password))).into_iter().collect();
    let mut options: Vec<(String, String)> = Vec::new();
    for (name, value) in url.query_pairs() {
        match name.as_ref() {
            "password" => environment.push(("PGPASSWORD", value.into_owned())),
            "ssl-mode" => options.push(("sslmode".to_owned(), value.into_owned())),
            "ssl-root-cert" | "ssl-ca" => options.push(("sslrootcert".to_owned(), value.into_owned())),
            "application_name" | "dbname" | "host" | "hostaddr" | "options" | "port" | "sslcert"
            | "sslkey" | "sslmode" | "sslrootcert" | "user" => {
                options.push((name.into_owned(), value.into_owned()));
            }
            // The others are those of the driver.
            _ => {}
        }
    }
    // This fails only for addresses without a host, which have no password either.
    let _ = url.set_password(None);
    url.set_query(None);
    if !options.is_empty() {
        // The client reads `+` as it is, and not as a space.
        let all = url
            .query_pairs_mut()
            .extend_pairs(options)
            .finish()
            .query()
            .map(|query| query.replace('+', "%20"));
        url.set_query(all.as_deref());
    }
    Client { programs: vec!["psql"], arguments: vec![url.into()], environment }
}

fn of_mysql(url: &Url) -> Client {
    let environment = url.password().map(|password| ("MYSQL_PWD", decoded(password))).into_iter().collect();
    let mut arguments = Vec::new();
    let user = Some(url.username()).filter(|user| !user.is_empty());
    arguments.extend(user.map(|user| format!("--user={}", decoded(user))));
    let socket = url.query_pairs().find(|(name, _)| name == "socket").map(|(_, socket)| socket.into_owned());
    if let Some(socket) = socket {
        arguments.push(format!("--socket={socket}"));
    } else {
        arguments.extend(url.host_str().map(|host| format!("--host={}", host.trim_matches(['[', ']']))));
        arguments.extend(url.port().map(|port| format!("--port={port}")));
    }
    let certificate = url.query_pairs().find(|(name, _)| name == "ssl-ca").map(|(_, file)| file.into_owned());
    arguments.extend(certificate.map(|file| format!("--ssl-ca={file}")));
    let name = decoded(url.path().trim_start_matches('/'));
    arguments.extend((!name.is_empty()).then(|| format!("--database={name}")));
    let programs =
        if url.scheme() == "mariadb" { vec!["mariadb", "mysql"] } else { vec!["mysql", "mariadb"] };
    Client { programs, arguments, environment }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Client {
        client(&url.parse().unwrap()).unwrap()
    }

    #[test]
    fn a_password_is_never_an_argument() {
        for (url, variable) in [
            ("postgres://ann:s%40cret@db.example:5433/shop?sslmode=require", "PGPASSWORD"),
            ("postgres://ann@db.example/shop?password=s%40cret&statement-cache-capacity=5", "PGPASSWORD"),
            ("mysql://ann:s%40cret@db.example/shop", "MYSQL_PWD"),
            ("mariadb://ann:s%40cret@localhost/shop?socket=/run/db.sock", "MYSQL_PWD"),
        ] {
            let client = of(url);
            assert_eq!(client.environment, [(variable, "s@cret".to_owned())], "{url}");
            assert!(!client.arguments.concat().contains("cret"), "{:?}", client.arguments);
        }
    }

    #[test]
    fn clients_are_called_with_the_address() {
        assert_eq!(of("sqlite://a%20b.db?mode=ro").arguments, ["-readonly", "a b.db"]);
        assert_eq!(of("./-x.db").arguments, ["./-x.db"]);
        let postgres =
            of("postgres://ann:x@db.example:5433/shop?ssl-mode=require&statement-cache-capacity=5");
        assert_eq!(postgres.arguments, ["postgres://ann@db.example:5433/shop?sslmode=require"]);
        let mysql = of("mysql://ann:x@[::1]:3307/my%20shop");
        assert_eq!(mysql.arguments, ["--user=ann", "--host=::1", "--port=3307", "--database=my shop"]);
        assert_eq!(of("mariadb://localhost/x?socket=/s").arguments, ["--socket=/s", "--database=x"]);
        assert!(client(&"sqlite::memory:".parse().unwrap()).is_err());
    }
}
