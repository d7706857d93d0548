//! What belongs to a table that is rebuilt: its triggers and indexes, and how many rows it has.

use modelshift_schema::name::TableName;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use super::statistics;
use crate::dialect::sqlite::names::quoted_name;

type Answer<T> = Result<T, sqlx::Error>;

/// The triggers and indexes of a table that is about to be rebuilt, and the number of its rows.
#[derive(Debug)]
pub(crate) struct SavedObjects {
    rows: i64,
    objects: Vec<Object>,
}

#[derive(Debug)]
struct Object {
    kind: String,
    name: String,
    sql: String,
}

impl SavedObjects {
    /// Reads the triggers and indexes of a table, and moves its statistics aside.
    pub(crate) async fn read(connection: &mut SqliteConnection, table: &TableName) -> Answer<Self> {
        let select = "SELECT type, name, sql FROM sqlite_schema \
                      WHERE lower(tbl_name) = lower(?) AND type IN ('trigger', 'index') AND sql IS NOT NULL \
                      ORDER BY rowid";
        let rows = sqlx::query(select).bind(table.as_str()).fetch_all(&mut *connection).await?;
        let mut objects = Vec::new();
        for row in rows {
            let (kind, name) = (row.try_get("type")?, row.try_get("name")?);
            objects.push(Object { kind, name, sql: row.try_get("sql")? });
        }
        statistics::set_aside(connection, table.as_str()).await?;
        Ok(Self { rows: count_rows(connection, table.as_str()).await?, objects })
    }

    /// Creates the objects that are missing after the rebuild. Objects that the migration removes were dropped before it.
    ///
    /// # Errors
    /// Returns the first object that cannot be created, and the error of the driver.
    pub(crate) async fn restore(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<(), (String, sqlx::Error)> {
        for Object { kind, name, sql } in &self.objects {
            create_missing(connection, kind, name, sql)
                .await
                .map_err(|error| (format!("{kind} `{name}`"), error))?;
        }
        Ok(())
    }

    /// Returns the number of rows before and after the rebuild, if they differ.
    pub(crate) async fn lost_rows(
        &self,
        connection: &mut SqliteConnection,
        table: &TableName,
    ) -> Answer<Option<(i64, i64)>> {
        let now = count_rows(connection, table.as_str()).await?;
        Ok((now != self.rows).then_some((self.rows, now)))
    }
}

async fn create_missing(connection: &mut SqliteConnection, kind: &str, name: &str, sql: &str) -> Answer<()> {
    let existing = "SELECT count(*) FROM sqlite_schema WHERE type = ? AND lower(name) = lower(?)";
    let count: i64 = sqlx::query_scalar(existing).bind(kind).bind(name).fetch_one(&mut *connection).await?;
    if count == 0 {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await?;
    }
    Ok(())
}

/// Returns the `CREATE TABLE` text of a table; `None` if the table does not exist.
pub(crate) async fn definition(
    connection: &mut SqliteConnection,
    table: &TableName,
) -> Answer<Option<String>> {
    let select = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND lower(name) = lower(?)";
    sqlx::query_scalar(select).bind(table.as_str()).fetch_optional(connection).await
}

async fn count_rows(connection: &mut SqliteConnection, table: &str) -> Answer<i64> {
    let count = format!("SELECT count(*) FROM {}", quoted_name(table)?);
    sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(connection).await
}
