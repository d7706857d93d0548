//! The meaning of error codes of PostgreSQL.

use crate::session::error::SessionError;

/// Returns the meaning of an error of the driver. Codes: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
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
    match inner.code().as_deref() {
        // lock_not_available, deadlock_detected, serialization_failure
        Some("55P03" | "40P01" | "40001") => SessionError::Locked,
        // read_only_sql_transaction
        Some("25006") => SessionError::ReadOnly {
            remedy: "connect to the primary server if this is a replica; or set `default_transaction_read_only` to \
                     `off` for this role"
                .to_owned(),
        },
        // invalid_catalog_name
        Some("3D000") => open(message, "create the database (`createdb`), or correct its name"),
        // invalid_authorization_specification, invalid_password
        Some("28000" | "28P01") => open(message, "correct the user or the password of the address"),
        // cannot_connect_now, too_many_connections
        Some("57P03" | "53300") => open(message, "try again later"),
        // insufficient_privilege
        Some("42501") => SessionError::Denied(format!(
            "{message}; grant this role the right (`GRANT`), or connect as the role that owns the schema and its tables"
        )),
        // undefined_table
        Some("42P01") => SessionError::NoTable(format!("{message} (42P01)")),
        Some(code) => SessionError::Reported(format!("{message} ({code})")),
        None => SessionError::Reported(message.to_owned()),
    }
}

fn open(why: &str, remedy: &str) -> SessionError {
    SessionError::Open { why: why.to_owned(), remedy: remedy.to_owned() }
}
