//! What the error codes of SQLite mean to a person.

use crate::session::error::SessionError;

/// `SQLITE_READONLY_DBMOVED`: SQLite has seen by itself that the name leads to another file now.
const FILE_MOVED: u32 = 1032;

/// Returns what an error of the driver means. Codes: <https://www.sqlite.org/rescode.html>.
#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` calls")]
pub(crate) fn session_error(error: sqlx::Error) -> SessionError {
    let Some(inner) = error.as_database_error() else { return SessionError::reported(&error) };
    let reported = SessionError::Reported(inner.message().to_owned());
    let Some(code) = inner.code().and_then(|code| code.parse::<u32>().ok()) else { return reported };
    if code == FILE_MOVED {
        return SessionError::Replaced;
    }
    let open =
        |why: &str, remedy: &str| SessionError::Open { why: why.to_owned(), remedy: remedy.to_owned() };
    // The low byte is the primary code.
    match code & 0xff {
        5 | 6 => SessionError::Locked,
        8 => SessionError::ReadOnly {
            remedy: "make the file and its folder writable for this user".to_owned(),
        },
        14 => open(
            "the file cannot be opened",
            "see whether the folder is there, and both it and the file may be written",
        ),
        11 => open("the file is damaged", "restore it from a backup; `PRAGMA integrity_check` tells more"),
        26 => open("the file is not a SQLite database", "correct the path; the file was not touched"),
        _ => reported,
    }
}

/// Returns what the database itself reports, without the driver's words around it.
pub(crate) fn message(error: &sqlx::Error) -> String {
    error.as_database_error().map_or_else(|| error.to_string(), |inner| inner.message().to_owned())
}
