//! Settings of the session that do not depend on the server, its roles and the address. They end with the connection.

use super::Answer;
use crate::dialect::postgres::quoted;
use crate::error::Error;
use crate::session::Session;
use crate::session::name::DatabaseName;

/// What every session sets.
///
/// A statement may take its time, since what it waits for is limited by `lock_timeout`. Texts of a `RunSql` mean the same
/// on every server (`standard_conforming_strings`).
const PINS: &str = "SET client_min_messages = warning; SET standard_conforming_strings = on; SET TimeZone = 'UTC'; \
    SET statement_timeout = 0; SET check_function_bodies = on";

/// The server notices within a second that this process is gone, and stops its statement. PostgreSQL 14 has it on Linux.
const CHECK_CLIENT: &str =
    "SELECT set_config(name, '1s', false) FROM pg_settings WHERE name = 'client_connection_check_interval'";

/// The schemas of the search path that exist, so that one that is created meanwhile does not take the place of another.
const SEARCH_PATH: &str = "SELECT set_config('search_path', string_agg(quote_ident(name), ', ' ORDER BY position), false) \
    FROM unnest(current_schemas(false)) WITH ORDINALITY AS found(name, position)";

/// The settings that a connection has before, by name.
pub(super) type Former = Vec<(String, String)>;

/// Reads the settings that [`pin`] sets.
///
/// # Errors
/// If the database reports an error.
pub(super) async fn former(session: &mut impl Session) -> Answer<Former> {
    let rows = session
        .rows(
            "SELECT name, current_setting(name) AS value FROM pg_settings WHERE name IN ('client_min_messages', \
             'standard_conforming_strings', 'TimeZone', 'statement_timeout', 'check_function_bodies', \
             'client_connection_check_interval', 'search_path')",
        )
        .await?;
    Ok(rows.iter().map(|row| (row.text("name"), row.text("value"))).collect())
}

/// Sets the settings that a connection had.
///
/// # Errors
/// If the database reports an error.
pub(super) async fn restore(session: &mut impl Session, former: &Former) -> Answer<()> {
    for (name, value) in former {
        session.rows(&format!("SELECT set_config({}, {}, false)", quoted(name), quoted(value))).await?;
    }
    Ok(())
}

/// Sets what every session sets, on a new connection.
///
/// # Errors
/// If no schema of the search path exists, or the database reports an error.
pub(super) async fn pin(session: &mut impl Session) -> Result<(), Error> {
    let name = session.database().clone();
    let path = set(session).await.map_err(|error| name.error("setting up the connection", error))?;
    match path {
        Some(path) => Err(no_schema(&name, &path)),
        None => Ok(()),
    }
}

/// Sets it all; returns the search path if none of its schemas exists.
async fn set(session: &mut impl Session) -> Answer<Option<String>> {
    session.execute(PINS).await?;
    // A server that cannot do it refuses the value, and goes on without.
    let _ = session.rows(CHECK_CLIENT).await;
    let found =
        session.rows("SELECT current_schema() AS schema, current_setting('search_path') AS path").await?;
    let found = found.into_iter().next().unwrap_or_default();
    if found.get("schema").is_none() {
        return Ok(Some(found.text("path")));
    }
    session.rows(SEARCH_PATH).await.map(|_| None)
}

fn no_schema(name: &DatabaseName, path: &str) -> Error {
    let why = format!("no schema of its search path exists (`{path}`), or this role may not use it");
    name.open_error(
        &why,
        "create it (`CREATE SCHEMA`), grant the role its use (`GRANT USAGE ON SCHEMA`), or correct `search_path` in the \
         options of the address or of the role",
    )
}
