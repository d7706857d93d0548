//! The address in the environment: in `DATABASE_URL`, in a file, or in the file `.env`, as sqlx-cli reads it: that of the working directory, or of the nearest folder above it.

use std::path::Path;

use crate::error::{Error, ErrorKind};

/// Returns the value that the file `.env` has for a variable; `None` if there is no file, or no such variable in it.
///
/// The environment itself is not changed, and other variables of the file are not used.
///
/// # Errors
/// [`ErrorKind::Environment`] if the file cannot be read. The error never contains a value.
pub(super) fn from_file(variable: &str) -> Result<Option<String>, Error> {
    let pairs = match dotenvy::dotenv_iter() {
        Ok(pairs) => pairs,
        Err(error) if error.not_found() => return Ok(None),
        Err(error) => return Err(unreadable(&error)),
    };
    for pair in pairs {
        let (name, value) = pair.map_err(|error| unreadable(&error))?;
        if name == variable && !value.is_empty() {
            return Ok(Some(value));
        }
    }
    Ok(None)
}

/// The variable that names a file with the address, as secrets of containers are files.
const URL_FILE: &str = "DATABASE_URL_FILE";

/// Returns the address that was given, or the text of the file that `DATABASE_URL_FILE` names.
///
/// # Errors
/// [`ErrorKind::UrlFile`] if the file cannot be read or is empty, or if the environment has both variables. The error
/// never contains the address.
pub(super) fn url_or_file(given: Option<String>) -> Result<Option<String>, Error> {
    let Some(path) = std::env::var_os(URL_FILE).filter(|path| !path.is_empty()) else { return Ok(given) };
    let Some(given) = given else { return read(Path::new(&path)).map(Some) };
    if std::env::var("DATABASE_URL").is_ok_and(|url| url == given) {
        let why = format!(
            "it has both `DATABASE_URL` and `{URL_FILE}`, which may name two databases; unset one of them"
        );
        return Err(ErrorKind::UrlFile { why }.into());
    }
    Ok(Some(given))
}

/// Returns the address of the database that a word names: the value of `DATABASE_URL_ANALYTICS` for `analytics`. Another text is
/// returned as it is.
///
/// # Errors
/// [`ErrorKind::UrlFile`] if there is no such variable, and [`ErrorKind::Environment`] if the file `.env` cannot be read.
pub(super) fn of_name(given: String, reads_dotenv: bool) -> Result<String, Error> {
    if !is_name(&given) {
        return Ok(given);
    }
    let variable = format!("DATABASE_URL_{}", given.to_ascii_uppercase());
    let value = std::env::var(&variable).ok().filter(|value| !value.is_empty() && variable != URL_FILE);
    let value = match value {
        None if reads_dotenv && variable != URL_FILE => from_file(&variable)?,
        None | Some(_) => value,
    };
    // The word is not shown, since it may be a password.
    let why = "a word without a scheme names a database, and no variable `DATABASE_URL_<WORD>` has its address; set it, \
               or write the address";
    value.ok_or_else(|| ErrorKind::UrlFile { why: why.to_owned() }.into())
}

/// Returns whether a text is a word that names a database.
pub(super) fn is_name(given: &str) -> bool {
    given.starts_with(|it: char| it.is_ascii_alphabetic())
        && given.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
}

fn read(path: &Path) -> Result<String, Error> {
    let why = match std::fs::read_to_string(path) {
        Ok(text) if !text.trim().is_empty() => return Ok(text.trim().to_owned()),
        Ok(_) => "is empty".to_owned(),
        Err(error) => format!("cannot be read: {error}"),
    };
    let why = format!(
        "the file `{}` of `{URL_FILE}` {why}; write the address of the database into it",
        path.display()
    );
    Err(ErrorKind::UrlFile { why }.into())
}

/// Returns the error for a file that cannot be read, without its lines, which may contain secrets.
fn unreadable(error: &dotenvy::Error) -> Error {
    let why = match error {
        dotenvy::Error::LineParse(_, position) => {
            format!("a line is not `NAME=value`, at position {}", position + 1)
        }
        dotenvy::Error::Io(error) => error.to_string(),
        dotenvy::Error::EnvVar(error) => error.to_string(),
        _ => "it is not a list of `NAME=value`".to_owned(),
    };
    ErrorKind::Environment { why }.into()
}
