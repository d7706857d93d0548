//! What must be as sound after a migration as it was before: references, views and triggers.
//!
//! A database may contain broken references before a migration. They are reported, and do not stop the migration. Only
//! what the migration itself would break is refused.

pub(super) mod snapshot;

use std::collections::BTreeMap;

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use super::error::message;
use super::names::quoted_name;

type Answer<T> = Result<T, sqlx::Error>;

/// The number of rows that refer to a missing row, by their table and the table that they refer to.
pub(crate) type Orphans = BTreeMap<(String, String), i64>;

/// Counts the rows that refer to a missing row. Tables whose foreign keys cannot be checked are added to `broken`.
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
            // For example, a foreign key to columns that are not unique.
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

/// Returns the number of new violations. The violations of a renamed table are not new.
pub(crate) fn new_orphans(before: &Orphans, after: &Orphans) -> Orphans {
    let mut grown = Orphans::new();
    for (pair, rows) in after {
        let more = rows - before.get(pair).copied().unwrap_or_default();
        if more > 0 {
            grown.insert(pair.clone(), more);
        }
    }
    let removed: i64 =
        before.iter().filter(|(pair, _)| !after.contains_key(pair)).map(|(_, rows)| rows).sum();
    if grown.values().sum::<i64>() <= removed { Orphans::new() } else { grown }
}

/// Returns the views and triggers that do not work, and the error. SQLite compiles each to find out.
pub(crate) async fn broken(connection: &mut SqliteConnection) -> Answer<BTreeMap<String, String>> {
    let mut probes = Vec::new();
    let read = "SELECT DISTINCT type, tbl_name FROM sqlite_schema WHERE type IN ('view', 'trigger') ORDER BY type, tbl_name";
    let mut with_triggers = Vec::new();
    for row in sqlx::query(read).fetch_all(&mut *connection).await? {
        let (kind, name): (String, String) = (row.try_get("type")?, row.try_get("tbl_name")?);
        if kind == "view" {
            probes.push((format!("view `{name}`"), format!("EXPLAIN SELECT * FROM {}", quoted_name(&name)?)));
        } else {
            with_triggers.push(name);
        }
    }
    for table in with_triggers {
        let columns = sqlx::query_scalar::<_, String>("SELECT name FROM pragma_table_info(?)")
            .bind(&table)
            .fetch_all(&mut *connection)
            .await?;
        let (name, quoted) = (format!("a trigger of `{table}`"), quoted_name(&table)?);
        let set = columns.iter().map(|it| quoted_name(it).map(|it| format!("{it} = {it}")));
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
