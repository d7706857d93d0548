//! The meaning of error codes of SQLite.

use crate::session::error::SessionError;

/// `SQLITE_READONLY_DBMOVED`: SQLite itself noticed that the file was moved or replaced.
const FILE_MOVED: u32 = 1032;

/// Returns the meaning of an error of the driver. Codes: <https://www.sqlite.org/rescode.html>.
#[expect(clippy::needless_pass_by_value, reason = "`map_err` passes the error by value")]
pub(crate) fn session_error(error: sqlx::Error) -> SessionError {
    let Some(inner) = error.as_database_error() else { return SessionError::reported(&error) };
    let reported = SessionError::Reported(inner.message().to_owned());
    let Some(code) = inner.code().and_then(|code| code.parse::<u32>().ok()) else { return reported };
    if code == FILE_MOVED {
        return SessionError::Replaced;
    }
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
        11 => open("the file is damaged", "restore it from a backup; `PRAGMA integrity_check` reports more"),
        26 => open("the file is not a SQLite database", "correct the path; the file was not touched"),
        _ => reported,
    }
}

fn open(why: &str, remedy: &str) -> SessionError {
    SessionError::Open { why: why.to_owned(), remedy: remedy.to_owned() }
}

/// Returns the message of the database, without the words of the driver.
pub(crate) fn message(error: &sqlx::Error) -> String {
    error.as_database_error().map_or_else(|| error.to_string(), |inner| inner.message().to_owned())
}
