//! A pooler between the program and the server, which may serve each transaction by another session.

use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};

use crate::session::error::SessionError;

/// The expression for the process of the server that serves a session.
pub(super) const PROCESS: &str = "pg_backend_pid()::text";

/// Returns whether a second connection is served by the process of the first one: a pooler hands it on between
/// transactions.
pub(super) async fn is_shared(options: &PgConnectOptions, process: &str) -> bool {
    // Without a second connection nothing is known; each transaction compares the process again.
    let Ok(mut other) = options.connect().await else { return false };
    let query = format!("SELECT {PROCESS}");
    let found = sqlx::raw_sql(AssertSqlSafe(query)).fetch_one(&mut other).await;
    let _ = other.close().await;
    found.is_ok_and(|row| row.try_get_unchecked::<String, _>(0).is_ok_and(|other| other == process))
}

/// Returns the error for a pooler that does not keep sessions.
pub(super) fn refused() -> SessionError {
    SessionError::Open {
        why: "a pooler serves each transaction by another session of the server, so that locks and settings do not last"
            .to_owned(),
        remedy: "connect to the server itself, or let the pooler keep sessions (`pool_mode = session`)".to_owned(),
    }
}
