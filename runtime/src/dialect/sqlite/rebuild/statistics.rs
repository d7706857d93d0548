//! The statistics of ANALYZE, which SQLite deletes when a rebuild drops the table.

use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnection;

type Answer<T> = Result<T, sqlx::Error>;

/// The tables of statistics; which exist depends on the version.
const TABLES: [&str; 3] = ["sqlite_stat1", "sqlite_stat3", "sqlite_stat4"];

/// Moves the statistics of a table to another name, under which they survive the rebuild.
pub(super) async fn set_aside(connection: &mut SqliteConnection, table: &str) -> Answer<()> {
    for statistics in existing(connection).await? {
        let update = format!("UPDATE {statistics} SET tbl = ? WHERE lower(tbl) = lower(?)");
        sqlx::query(AssertSqlSafe(update)).bind(aside(table)).bind(table).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Moves the statistics of a table back to its name, and deletes those of indexes that no longer exist.
pub(crate) async fn restore(connection: &mut SqliteConnection, table: &str) -> Answer<()> {
    for statistics in existing(connection).await? {
        let update = format!(
            "UPDATE {statistics} SET tbl = ?1 WHERE tbl = ?2 AND (idx IS NULL OR idx = ?1 OR EXISTS \
             (SELECT 1 FROM sqlite_schema WHERE type = 'index' AND name = idx AND tbl_name = ?1))"
        );
        sqlx::query(AssertSqlSafe(update)).bind(table).bind(aside(table)).execute(&mut *connection).await?;
        let delete = format!("DELETE FROM {statistics} WHERE tbl = ?");
        sqlx::query(AssertSqlSafe(delete)).bind(aside(table)).execute(&mut *connection).await?;
    }
    Ok(())
}

fn aside(table: &str) -> String {
    format!("modelshift_aside__{table}")
}

async fn existing(connection: &mut SqliteConnection) -> Answer<Vec<&'static str>> {
    let tables =
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'sqlite\\_stat%' ESCAPE '\\'";
    let names: Vec<String> = sqlx::query_scalar(tables).fetch_all(connection).await?;
    Ok(TABLES.into_iter().filter(|table| names.iter().any(|name| name == table)).collect())
}
