//! Names that SQLite reads as text because the column does not exist.
//!
//! In a definition, SQLite reads a word between double quotes as text if no column has that name. So an index, a check, a
//! view or a trigger remains valid after a column that it names is dropped, but has another meaning. SQLite itself shows
//! which words it reads as text: when it drops a column, it first replaces their double quotes with single quotes, in
//! every definition. Therefore a column of a temporary table is dropped, and everything is rolled back.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use crate::dialect::sqlite::lexer::{Token, tokens};

type Answer<T> = Result<T, sqlx::Error>;

/// The words that SQLite reads as text, by the kind and name of the object. Contains every object with double quotes.
pub(crate) type Unresolved = BTreeMap<String, BTreeSet<String>>;

const PROBE: &str = "modelshift_probe__";

/// Returns the words between double quotes that SQLite reads as text. Must be called in a transaction; changes nothing.
pub(crate) async fn unresolved(connection: &mut SqliteConnection) -> Answer<Unresolved> {
    send(connection, "SAVEPOINT modelshift_probe").await?;
    let found = probe(connection).await;
    // Both settings skip objects that are already broken; these are found elsewhere.
    send(connection, "PRAGMA writable_schema = OFF; PRAGMA legacy_alter_table = OFF").await?;
    send(connection, "ROLLBACK TO modelshift_probe; RELEASE modelshift_probe").await?;
    found
}

async fn probe(connection: &mut SqliteConnection) -> Answer<Unresolved> {
    send(connection, &format!("CREATE TABLE {PROBE} (a, b)")).await?;
    let before = definitions(connection).await?;
    send(connection, "PRAGMA writable_schema = ON; PRAGMA legacy_alter_table = ON").await?;
    send(connection, &format!("ALTER TABLE {PROBE} DROP COLUMN b")).await?;
    let after = definitions(connection).await?;
    let mut unresolved = Unresolved::new();
    for (name, sql) in before.into_iter().filter(|(_, sql)| sql.contains('"')) {
        let now = after.get(&name).map_or("", String::as_str);
        let pairs = tokens(&sql).into_iter().zip(tokens(now));
        let words = pairs.filter_map(|pair| match pair {
            (Token::Name(word), Token::Text(text)) if word == text => Some(word),
            _ => None,
        });
        unresolved.insert(name, words.collect());
    }
    Ok(unresolved)
}

async fn definitions(connection: &mut SqliteConnection) -> Answer<BTreeMap<String, String>> {
    let select = "SELECT type || ' `' || name || '`' AS name, sql FROM sqlite_schema WHERE sql IS NOT NULL";
    let rows = sqlx::query(select).fetch_all(connection).await?;
    rows.iter().map(|row| Ok((row.try_get("name")?, row.try_get("sql")?))).collect()
}

async fn send(connection: &mut SqliteConnection, sql: &str) -> Answer<()> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(|_| ())
}

/// Returns an object and a word that SQLite reads as text now and not before. New objects are not considered.
pub(crate) fn newly_unresolved(before: &Unresolved, after: &Unresolved) -> Option<(String, String)> {
    after.iter().find_map(|(name, words)| {
        let known = before.get(name)?;
        let new = words.iter().find(|word| !known.contains(*word))?;
        Some((name.clone(), new.clone()))
    })
}
