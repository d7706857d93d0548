//! What must be as good after a migration as it was before: references, views, triggers, and the rows of a table that
//! is rebuilt.
//!
//! A database may have been broken before we came. That stops nothing, but it is named; only what the migration itself
//! would break is refused.

use std::collections::BTreeMap;

use modelshift_schema::name::TableName;
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use super::error::message;
use super::{Sqlite, statistics};
use crate::dialect::Spelling;

type Answer<T> = Result<T, sqlx::Error>;

/// What hangs on a table that is about to be rebuilt, and how many rows it has.
#[derive(Debug)]
pub(crate) struct Kept {
    rows: i64,
    objects: Vec<Object>,
}

#[derive(Debug)]
struct Object {
    kind: String,
    name: String,
    sql: String,
}

impl Kept {
    /// Reads what hangs on a table.
    pub(crate) async fn read(connection: &mut SqliteConnection, table: &TableName) -> Answer<Self> {
        let select = "SELECT type, name, sql FROM sqlite_schema \
                      WHERE lower(tbl_name) = lower(?) AND type IN ('trigger', 'index') AND sql IS NOT NULL \
                      ORDER BY rowid";
        let rows = sqlx::query(select).bind(table.as_str()).fetch_all(&mut *connection).await?;
        let object = |row: &sqlx::sqlite::SqliteRow| {
            Ok(Object { kind: row.try_get("type")?, name: row.try_get("name")?, sql: row.try_get("sql")? })
        };
        let objects = rows.iter().map(object).collect::<Answer<Vec<_>>>()?;
        statistics::set_aside(connection, table.as_str()).await?;
        Ok(Self { rows: count_rows(connection, table.as_str()).await?, objects })
    }

    /// Makes again what is missing after the rebuild; the migration has dropped by itself what is to go.
    ///
    /// Returns the object that could not be made, and why.
    pub(crate) async fn restore(
        &self,
        connection: &mut SqliteConnection,
    ) -> Result<(), (String, sqlx::Error)> {
        for Object { kind, name, sql } in &self.objects {
            let told = |error| (format!("{kind} `{name}`"), error);
            let there = "SELECT count(*) FROM sqlite_schema WHERE type = ? AND lower(name) = lower(?)";
            let count: i64 = sqlx::query_scalar(there)
                .bind(kind)
                .bind(name)
                .fetch_one(&mut *connection)
                .await
                .map_err(told)?;
            if count == 0 {
                sqlx::raw_sql(AssertSqlSafe(sql.as_str())).execute(&mut *connection).await.map_err(told)?;
            }
        }
        Ok(())
    }

    /// Returns how many rows there were and are, where that differs.
    pub(crate) async fn lost_rows(
        &self,
        connection: &mut SqliteConnection,
        table: &TableName,
    ) -> Answer<Option<(i64, i64)>> {
        let now = count_rows(connection, table.as_str()).await?;
        Ok((now != self.rows).then_some((self.rows, now)))
    }
}

/// Reads the text that the database keeps of a table; none where there is no such table.
pub(crate) async fn definition(
    connection: &mut SqliteConnection,
    table: &TableName,
) -> Answer<Option<String>> {
    let select = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND lower(name) = lower(?)";
    sqlx::query_scalar(select).bind(table.as_str()).fetch_optional(connection).await
}

async fn count_rows(connection: &mut SqliteConnection, table: &str) -> Answer<i64> {
    let count = format!("SELECT count(*) FROM {}", quote(table)?);
    sqlx::query_scalar(AssertSqlSafe(count)).fetch_one(connection).await
}

/// Rows that refer to nothing: how many, by their table and the table that they refer to.
pub(crate) type Orphans = BTreeMap<(String, String), i64>;

/// Finds rows that refer to nothing, and puts tables whose references cannot even be checked to what is broken.
pub(crate) async fn orphans(
    connection: &mut SqliteConnection,
    broken: &mut BTreeMap<String, String>,
) -> Answer<Orphans> {
    let mut orphans = Orphans::new();
    let referring = "SELECT name FROM sqlite_schema WHERE type = 'table' \
                     AND EXISTS (SELECT 1 FROM pragma_foreign_key_list(sqlite_schema.name)) ORDER BY name";
    for table in names(connection, referring).await? {
        let check = "SELECT parent, count(*) AS rows FROM pragma_foreign_key_check(?) GROUP BY parent";
        let rows = match sqlx::query(check).bind(&table).fetch_all(&mut *connection).await {
            Ok(rows) => rows,
            // Such as a reference to columns that are not unique.
            Err(error) => {
                broken.insert(format!("a reference of table `{table}`"), message(&error));
                continue;
            }
        };
        for row in rows {
            orphans.insert((table.clone(), row.try_get("parent")?), row.try_get("rows")?);
        }
    }
    Ok(orphans)
}

/// Returns the pairs of tables between which references broke; a table that was renamed takes its old ones along.
pub(crate) fn new_orphans(before: &Orphans, after: &Orphans) -> Orphans {
    let mut grown = Orphans::new();
    for (pair, rows) in after {
        let more = rows - before.get(pair).copied().unwrap_or_default();
        if more > 0 {
            grown.insert(pair.clone(), more);
        }
    }
    let gone: i64 = before.iter().filter(|(pair, _)| !after.contains_key(pair)).map(|(_, rows)| rows).sum();
    if grown.values().sum::<i64>() <= gone { Orphans::new() } else { grown }
}

/// Finds views and tables with triggers that no longer work, and why, by asking SQLite to compile what they say.
pub(crate) async fn broken(connection: &mut SqliteConnection) -> Answer<BTreeMap<String, String>> {
    let mut probes = Vec::new();
    for view in names(connection, "SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name").await? {
        probes.push((format!("view `{view}`"), format!("EXPLAIN SELECT * FROM {}", quote(&view)?)));
    }
    let with_triggers =
        "SELECT DISTINCT tbl_name FROM sqlite_schema WHERE type = 'trigger' ORDER BY tbl_name";
    for table in names(connection, with_triggers).await? {
        let columns = sqlx::query_scalar::<_, String>("SELECT name FROM pragma_table_info(?)")
            .bind(&table)
            .fetch_all(&mut *connection)
            .await?;
        let (name, quoted) = (format!("a trigger of `{table}`"), quote(&table)?);
        let set = columns.iter().map(|it| quote(it).map(|it| format!("{it} = {it}")));
        let set: Vec<String> = set.collect::<Answer<_>>()?;
        probes.push((name.clone(), format!("EXPLAIN INSERT INTO {quoted} DEFAULT VALUES")));
        probes.push((name.clone(), format!("EXPLAIN UPDATE {quoted} SET {}", set.join(", "))));
        probes.push((name, format!("EXPLAIN DELETE FROM {quoted}")));
    }
    let mut broken = BTreeMap::new();
    for (name, probe) in probes {
        if let Err(error) = sqlx::raw_sql(AssertSqlSafe(probe)).execute(&mut *connection).await {
            broken.insert(name, message(&error));
        }
    }
    Ok(broken)
}

async fn names(connection: &mut SqliteConnection, query: &'static str) -> Answer<Vec<String>> {
    sqlx::query_scalar(query).fetch_all(connection).await
}

/// Quotes a name as the dialect does.
fn quote(name: &str) -> Answer<String> {
    Sqlite.identifier(name).map_err(|error| sqlx::Error::Protocol(error.to_string()))
}
