//! Settings of the session that do not depend on the server and its accounts. They end with the connection.

use std::time::Duration;

use super::Answer;
use crate::dialect::mysql::quoted;
use crate::dialect::mysql::settings::SQL_MODE;
use crate::session::Session;

/// The settings that a connection has before, by name.
pub(super) type Former = Vec<(String, String)>;

/// What [`pin`] and [`limit_waits`] set. MariaDB has the one limit for statements, MySQL the other.
const PINNED: [&str; 11] = [
    "sql_mode",
    "time_zone",
    "autocommit",
    "foreign_key_checks",
    "unique_checks",
    "sql_quote_show_create",
    "sql_safe_updates",
    "lock_wait_timeout",
    "innodb_lock_wait_timeout",
    "max_statement_time",
    "max_execution_time",
];

/// Reads the settings that are set.
///
/// # Errors
/// If the database reports an error.
pub(super) async fn former(session: &mut impl Session) -> Answer<Former> {
    let names = PINNED.map(|name| format!("'{name}'")).join(", ");
    let rows = session.rows(&format!("SHOW SESSION VARIABLES WHERE variable_name IN ({names})")).await?;
    Ok(rows.iter().map(|row| (row.text("Variable_name"), row.text("Value"))).collect())
}

/// Sets the settings that a connection had.
///
/// # Errors
/// If the database reports an error.
pub(super) async fn restore(session: &mut impl Session, former: &Former) -> Answer<()> {
    for (name, value) in former {
        let is_number = value.parse::<f64>().is_ok();
        let value = if is_number { value.clone() } else { quoted(value) };
        session.execute(&format!("SET SESSION {name} = {value}")).await?;
    }
    Ok(())
}

/// Sets what every session sets, on a new connection.
///
/// With `ANSI_QUOTES` or without `sql_quote_show_create`, the server would print tables in another form than introspection
/// reads; with `sql_safe_updates`, it would refuse to fill a column.
///
/// # Errors
/// If the database reports an error.
pub(super) async fn pin(session: &mut impl Session) -> Answer<()> {
    session
        .execute(&format!(
            "SET SESSION sql_mode = '{SQL_MODE}', time_zone = '+00:00', autocommit = 1, foreign_key_checks = 1, \
             unique_checks = 1, sql_quote_show_create = 1, sql_safe_updates = 0"
        ))
        .await?;
    // MariaDB has the one, MySQL the other.
    for limit in ["max_statement_time", "max_execution_time"] {
        let _ = session.execute(&format!("SET SESSION {limit} = 0")).await;
    }
    Ok(())
}

/// Sets for how long a statement waits for locks of others, unless the server has a shorter time.
///
/// # Errors
/// If the database reports an error.
pub(super) async fn limit_waits(session: &mut impl Session, wait: Duration) -> Answer<()> {
    let seconds = wait.as_secs().max(1);
    let limits = ["lock_wait_timeout", "innodb_lock_wait_timeout"]
        .map(|name| format!("{name} = CAST(least(@@SESSION.{name}, {seconds}) AS UNSIGNED)"));
    session.execute(&format!("SET SESSION {}", limits.join(", "))).await
}
