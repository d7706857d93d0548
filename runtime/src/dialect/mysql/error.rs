//! The meaning of error codes of MySQL and MariaDB.

use sqlx::mysql::MySqlDatabaseError;

use crate::session::error::SessionError;

/// Returns the meaning of an error of the driver. Codes:
/// <https://dev.mysql.com/doc/mysql-errors/9.0/en/server-error-reference.html>.
#[expect(clippy::needless_pass_by_value, reason = "`map_err` passes the error by value")]
pub(super) fn session_error(error: sqlx::Error) -> SessionError {
    let Some(inner) = error.as_database_error() else {
        return if let sqlx::Error::Io(cause) = &error {
            open(&cause.to_string(), "see whether the server runs and can be reached under this address")
        } else {
            SessionError::reported(&error)
        };
    };
    let message = inner.message();
    match inner.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number) {
        // ER_LOCK_WAIT_TIMEOUT, ER_LOCK_DEADLOCK, ER_CHECKREAD (MariaDB, where another transaction changed the row),
        // ER_TABLE_DEF_CHANGED (another session created the table after the snapshot of this one)
        Some(1205 | 1213 | 1020 | 1412) => SessionError::Locked,
        // ER_OPTION_PREVENTS_STATEMENT (read_only), ER_READ_ONLY_MODE, ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
        Some(1290 | 1836 | 1792) => SessionError::ReadOnly {
            remedy:
                "connect to the primary server if this is a replica; or set `read_only` to `OFF` on this one"
                    .to_owned(),
        },
        // ER_BAD_DB_ERROR
        Some(1049) => open(message, "create the database (`CREATE DATABASE`), or correct its name"),
        // ER_ACCESS_DENIED_ERROR, ER_DBACCESS_DENIED_ERROR
        Some(1045 | 1044) => {
            open(message, "correct the user or the password of the address, or grant it the database")
        }
        // ER_CON_COUNT_ERROR
        Some(1040) => open(message, "try again later"),
        // ER_TABLEACCESS_DENIED_ERROR, ER_COLUMNACCESS_DENIED_ERROR, ER_SPECIFIC_ACCESS_DENIED_ERROR
        Some(1142 | 1143 | 1227) => SessionError::Denied(format!(
            "{message}; grant this account the right (`GRANT`), or connect with one that has it"
        )),
        // ER_NO_SUCH_TABLE
        Some(1146) => SessionError::NoTable(format!("{message} (1146)")),
        Some(number) => SessionError::Reported(format!("{message} ({number})")),
        None => SessionError::Reported(message.to_owned()),
    }
}

fn open(why: &str, remedy: &str) -> SessionError {
    SessionError::Open { why: why.to_owned(), remedy: remedy.to_owned() }
}
