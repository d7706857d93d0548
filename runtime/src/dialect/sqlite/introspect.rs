//! A SQLite database -> [`LiveSchema`].
//!
//! Most is read by pragmas. The texts of CREATE TABLE and CREATE INDEX are read for checks, conditions and expressions.
//! Names and keywords are compared without regard to case and quotes, as SQLite does.

#[cfg(feature = "inspect")]
pub(super) mod details;
#[cfg(feature = "inspect")]
mod types;

use std::collections::BTreeMap;

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::lexer::{Token, spelled, tokens};
use crate::run::own_tables::is_own;
use crate::session::live_schema::{LiveColumn, LiveIndex, LiveReference, LiveSchema, LiveTable};

type Answer<T> = Result<T, sqlx::Error>;

/// Returns the schema of a database.
///
/// # Errors
/// If the database reports an error.
pub(crate) async fn introspect(connection: &mut SqliteConnection) -> Answer<LiveSchema> {
    let all = "SELECT type, name, coalesce(sql, '') AS sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    let mut schema = LiveSchema::default();
    for row in sqlx::query(all).fetch_all(&mut *connection).await? {
        let (kind, name): (String, String) = (row.try_get("type")?, row.try_get("name")?);
        let sql: String = row.try_get("sql")?;
        match kind.as_str() {
            "table" if is_own(&name) => {}
            "table" => {
                let table = table(connection, &name, &sql).await?;
                schema.tables.insert(name, table);
            }
            "index" => {}
            _ => {
                schema.others.insert(format!("{kind} {name}"), sql);
            }
        }
    }
    settle_references(&mut schema);
    Ok(schema)
}

/// Names the targets of references as they are named themselves, and the primary key where a reference names no columns.
fn settle_references(schema: &mut LiveSchema) {
    let keys: Vec<(String, Vec<String>)> =
        schema.tables.iter().map(|(name, table)| (name.clone(), table.primary_key.clone())).collect();
    for table in schema.tables.values_mut() {
        let settled = std::mem::take(&mut table.references).into_iter().map(|mut reference| {
            if let Some((name, key)) =
                keys.iter().find(|(name, _)| name.eq_ignore_ascii_case(&reference.target))
            {
                reference.target.clone_from(name);
                if reference.target_columns.is_empty() {
                    reference.target_columns.clone_from(key);
                }
            }
            reference
        });
        table.references = settled.collect();
    }
}

async fn table(connection: &mut SqliteConnection, name: &str, sql: &str) -> Answer<LiveTable> {
    let mut table = LiveTable { references: references(connection, name).await?, ..LiveTable::default() };
    let mut key = BTreeMap::new();
    let columns = r#"SELECT name, type, "notnull", dflt_value, pk FROM pragma_table_xinfo(?)"#;
    for row in sqlx::query(columns).bind(name).fetch_all(&mut *connection).await? {
        let column: String = row.try_get("name")?;
        let default: Option<String> = row.try_get("dflt_value")?;
        let position: i64 = row.try_get("pk")?;
        if position > 0 {
            key.insert(position, column.clone());
        }
        let column_here = LiveColumn {
            declared: row.try_get::<String, _>("type")?.to_lowercase(),
            null: row.try_get::<i64, _>("notnull")? == 0,
            default: default.map(|text| spelled(bare(&tokens(&text)))),
            generated: None,
        };
        table.columns.insert(column, column_here);
    }
    table.primary_key = key.into_values().collect();
    if let [key] = table.primary_key.as_slice()
        && let Some(column) = table.columns.get_mut(key).filter(|column| column.declared == "integer")
    {
        // Another name of the rowid is never NULL, whatever is declared.
        column.null = false;
    }
    table.indexes = indexes(connection, name).await?;
    let definition = tokens(sql);
    table.automatic = definition.iter().any(|token| token.is("AUTOINCREMENT"));
    if let Some((body, tail)) = parentheses(&definition) {
        table.checks = checks(body);
        for (name, value) in items(body).into_iter().filter_map(generated) {
            for (_, column) in
                table.columns.iter_mut().filter(|(column, _)| column.eq_ignore_ascii_case(name))
            {
                column.generated = Some(value.clone());
            }
        }
        table.options = spelled(tail);
    }
    Ok(table)
}

async fn references(
    connection: &mut SqliteConnection,
    table: &str,
) -> Answer<std::collections::BTreeSet<LiveReference>> {
    let query = r#"SELECT id, "table", "from", "to", on_update, on_delete FROM pragma_foreign_key_list(?)
                   ORDER BY id, seq"#;
    let mut references: BTreeMap<i64, LiveReference> = BTreeMap::new();
    for row in sqlx::query(query).bind(table).fetch_all(connection).await? {
        let reference = references.entry(row.try_get("id")?).or_insert(LiveReference {
            columns: Vec::new(),
            target: row.try_get("table")?,
            target_columns: Vec::new(),
            on_delete: row.try_get("on_delete")?,
            on_update: row.try_get("on_update")?,
            deferrable: None,
        });
        reference.columns.push(row.try_get("from")?);
        // A foreign key without target columns refers to the primary key.
        reference.target_columns.extend(row.try_get::<Option<String>, _>("to")?);
    }
    Ok(references.into_values().collect())
}

async fn indexes(connection: &mut SqliteConnection, table: &str) -> Answer<BTreeMap<String, LiveIndex>> {
    let query = r#"SELECT list.name, list."unique" AS is_unique, list.origin, schema.sql
                   FROM pragma_index_list(?) AS list LEFT JOIN sqlite_schema AS schema
                   ON schema.type = 'index' AND schema.name = list.name WHERE list.origin <> 'pk'"#;
    let mut indexes = BTreeMap::new();
    for row in sqlx::query(query).bind(table).fetch_all(&mut *connection).await? {
        let name: String = row.try_get("name")?;
        let sql: Option<String> = row.try_get("sql")?;
        let unique = row.try_get::<i64, _>("is_unique")? != 0;
        if let Some(sql) = sql {
            indexes.insert(name, index(&sql, unique));
            continue;
        }
        let query = "SELECT name FROM pragma_index_info(?) ORDER BY seqno";
        let rows: Vec<SqliteRow> = sqlx::query(query).bind(&name).fetch_all(&mut *connection).await?;
        let parts = rows.iter().map(|row| row.try_get("name")).collect::<Answer<Vec<String>>>()?;
        let parts: Vec<String> = parts.iter().map(|name| name.to_lowercase()).collect();
        indexes.insert(format!("unique ({})", parts.join(", ")), LiveIndex { unique, parts, when: None });
    }
    Ok(indexes)
}

fn index(sql: &str, unique: bool) -> LiveIndex {
    let definition = tokens(sql);
    let (body, tail) = parentheses(&definition).unwrap_or((&[], &[]));
    let when = tail.first().filter(|token| token.is("WHERE")).map(|_| spelled(bare(&tail[1..])));
    let part = |item: &[Token]| {
        let is_descending = item.last().is_some_and(|token| token.is("DESC"));
        let has_order = is_descending || item.last().is_some_and(|token| token.is("ASC"));
        let value = spelled(bare(&item[..item.len() - usize::from(has_order)]));
        if is_descending { format!("{value} desc") } else { value }
    };
    LiveIndex { unique, parts: items(body).into_iter().map(part).collect(), when }
}

/// Takes off parentheses around the whole, which mean nothing.
fn bare(tokens: &[Token]) -> &[Token] {
    match parentheses(tokens) {
        Some((inside, [])) if tokens.len() == inside.len() + 2 => bare(inside),
        Some(_) | None => tokens,
    }
}

/// Returns all checks of a table and its columns.
fn checks(body: &[Token]) -> BTreeMap<String, String> {
    let mut checks = BTreeMap::new();
    for item in items(body) {
        let mut depth = 0_usize;
        for (position, token) in item.iter().enumerate() {
            match token {
                Token::Sign('(') => depth += 1,
                Token::Sign(')') => depth = depth.saturating_sub(1),
                Token::Word(_) if depth == 0 && token.is("CHECK") => {
                    let Some((condition, _)) = parentheses(&item[position..]) else { continue };
                    let text = spelled(bare(condition));
                    let named = position >= 2 && item[position - 2].is("CONSTRAINT");
                    let name = if named { item[position - 1].name() } else { None };
                    checks.insert(name.map_or_else(|| text.clone(), str::to_owned), text);
                }
                Token::Word(_) | Token::Name(_) | Token::Text(_) | Token::Sign(_) => {}
            }
        }
    }
    checks
}

/// Returns the name of a generated column, and its expression and storage, as in `price * 2 stored`.
fn generated(item: &[Token]) -> Option<(&str, String)> {
    let name = item.first()?.name()?;
    let mut depth = 0_usize;
    let position = item.iter().position(|token| {
        match token {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth = depth.saturating_sub(1),
            Token::Word(_) | Token::Name(_) | Token::Text(_) | Token::Sign(_) => {}
        }
        depth == 0 && token.is("AS")
    })?;
    let (value, tail) = parentheses(&item[position..])?;
    let is_stored = tail.first().is_some_and(|token| token.is("STORED"));
    Some((name, format!("{} {}", spelled(bare(value)), if is_stored { "stored" } else { "virtual" })))
}

/// Returns the tokens between the first parenthesis and its closing parenthesis, and the tokens after it.
fn parentheses(tokens: &[Token]) -> Option<(&[Token], &[Token])> {
    let open = tokens.iter().position(|token| *token == Token::Sign('('))?;
    let mut depth = 0_usize;
    for (position, token) in tokens.iter().enumerate().skip(open) {
        match token {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth -= 1,
            Token::Word(_) | Token::Name(_) | Token::Text(_) | Token::Sign(_) => {}
        }
        if depth == 0 {
            return Some((&tokens[open + 1..position], &tokens[position + 1..]));
        }
    }
    None
}

/// Splits at the commas outside of parentheses.
fn items(body: &[Token]) -> Vec<&[Token]> {
    let mut items = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (position, token) in body.iter().enumerate() {
        match token {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth = depth.saturating_sub(1),
            Token::Sign(',') if depth == 0 => {
                items.push(&body[start..position]);
                start = position + 1;
            }
            Token::Word(_) | Token::Name(_) | Token::Text(_) | Token::Sign(_) => {}
        }
    }
    items.push(&body[start..]);
    items
}
