//! Names that SQLite reads as text since there is no such column.
//!
//! In a definition, a word between double quotes that is no column is a text to SQLite. So an index, a check, a view or a
//! trigger goes on after the column that it names is dropped, and means something else. SQLite itself tells which words
//! it reads so: when it drops a column, it first writes such words between apostrophes, in every definition. A column
//! of a table that is made for this alone is dropped, and all of it is rolled back.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use crate::dialect::sqlite::lexer::{Token, tokens};

type Answer<T> = Result<T, sqlx::Error>;

/// The words that are read as text, by the kind and name of what they stand in: all that has words between double quotes.
pub(crate) type Unresolved = BTreeMap<String, BTreeSet<String>>;

const PROBE: &str = "modelshift_probe__";

/// Finds words between double quotes that SQLite reads as text. Inside a transaction, which is as it was afterwards.
pub(crate) async fn unresolved(connection: &mut SqliteConnection) -> Answer<Unresolved> {
    send(connection, "SAVEPOINT modelshift_probe").await?;
    let found = probe(connection).await;
    // What is broken already is skipped by both settings, and found elsewhere.
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

/// Returns a word that is read as text now and was not before, with what it stands in; what is new is its author's affair.
pub(crate) fn newly_unresolved(before: &Unresolved, after: &Unresolved) -> Option<(String, String)> {
    after.iter().find_map(|(name, words)| {
        let known = before.get(name)?;
        let new = words.iter().find(|word| !known.contains(*word))?;
        Some((name.clone(), new.clone()))
    })
}
