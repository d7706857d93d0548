//! A PostgreSQL schema -> [`LiveSchema`], as the functions of the server print it.
//!
//! The first schema of the search path is read, and those of models. Objects in the search path are named without their schema, so that two
//! schemas with the same objects are equal.

#[cfg(feature = "inspect")]
pub(super) mod details;
#[cfg(feature = "inspect")]
mod types;

use std::collections::BTreeSet;

use modelshift_schema::name::SchemaName;

use super::quoted;
use crate::run::own_tables::is_own;
use crate::session::Session;
use crate::session::error::SessionError;
use crate::session::live_schema::{LiveColumn, LiveIndex, LiveReference, LiveSchema, LiveTable};
use crate::session::row::TextRow;

/// What stands in the queries for the schema that they read.
const SCHEMA: &str = "{schema}";

const TABLES: &str = "SELECT c.relname AS name FROM pg_class c \
    WHERE c.relnamespace = {schema} AND c.relkind IN ('r', 'p') AND NOT c.relispartition";

/// Since PostgreSQL 18, NOT NULL is a constraint, which can be there before the rows were checked.
const COLUMNS: &str = "SELECT c.relname AS table_name, a.attname AS name, \
    format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attcollation <> t.typcollation \
        THEN ' collate ' || a.attcollation::regcollation::text ELSE '' END AS declared, \
    (NOT a.attnotnull OR EXISTS (SELECT FROM pg_constraint n WHERE n.conrelid = c.oid AND n.contype = 'n' \
        AND n.conkey = ARRAY[a.attnum] AND NOT n.convalidated)) AS null, pg_get_expr(d.adbin, d.adrelid) AS value, \
    a.attgenerated::text AS generated, a.attidentity::text AS identity \
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid \
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
    WHERE c.relnamespace = {schema} AND c.relkind IN ('r', 'p') \
    AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum";

const INDEXES: &str = "SELECT c.relname AS table_name, i.relname AS name, x.indisprimary AS key, \
    x.indisunique AS is_unique, pg_get_indexdef(x.indexrelid, 0, true) AS text, \
    (SELECT string_agg(a.attname, ',' ORDER BY k.position) FROM unnest(x.indkey) WITH ORDINALITY k(number, position) \
     JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number) AS columns \
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid \
    WHERE c.relnamespace = {schema} AND x.indisvalid ORDER BY c.relname, i.relname";

const RULES: &str = "SELECT c.relname AS table_name, n.conname AS name, n.contype::text AS kind, \
    pg_get_constraintdef(n.oid, true) AS text, n.condeferrable AS deferrable, n.condeferred AS deferred, n.confrelid::regclass::text AS target, \
    n.confdeltype::text AS on_delete, n.confupdtype::text AS on_update, \
    (SELECT string_agg(a.attname, ',' ORDER BY k.position) FROM unnest(n.conkey) WITH ORDINALITY k(number, position) \
     JOIN pg_attribute a ON a.attrelid = n.conrelid AND a.attnum = k.number) AS columns, \
    (SELECT string_agg(a.attname, ',' ORDER BY k.position) FROM unnest(n.confkey) WITH ORDINALITY k(number, position) \
     JOIN pg_attribute a ON a.attrelid = n.confrelid AND a.attnum = k.number) AS target_columns \
    FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid \
    WHERE n.connamespace = {schema} AND n.contype IN ('c', 'f', 'u', 'x') \
    ORDER BY c.relname, n.conname";

const OTHERS: &str = "SELECT 'view ' || relname AS name, pg_get_viewdef(oid, true) AS text FROM pg_class \
    WHERE relnamespace = {schema} AND relkind IN ('v', 'm') \
    UNION ALL SELECT 'trigger ' || tgname, pg_get_triggerdef(t.oid, true) FROM pg_trigger t \
    JOIN pg_class c ON c.oid = t.tgrelid \
    WHERE c.relnamespace = {schema} AND NOT tgisinternal";

/// Returns the first schema of the search path, and others, whose objects are named with their schema.
///
/// # Errors
/// If the database reports an error.
pub(super) async fn introspect(
    session: &mut impl Session,
    others: &BTreeSet<SchemaName>,
) -> Result<LiveSchema, SessionError> {
    let mut all = one_schema(session, "current_schema()::regnamespace").await?;
    for name in others {
        // NULL if there is no such schema.
        let found = format!("(SELECT oid FROM pg_namespace WHERE nspname = {})", quoted(name.as_str()));
        let LiveSchema { tables, others } = one_schema(session, &found).await?;
        all.tables.extend(tables.into_iter().map(|(table, it)| (format!("{name}.{table}"), it)));
        all.others.extend(others.into_iter().map(|(object, text)| (format!("{object} of {name}"), text)));
    }
    Ok(all)
}

async fn one_schema(session: &mut impl Session, place: &str) -> Result<LiveSchema, SessionError> {
    let mut schema = LiveSchema::default();
    for row in session.rows(&TABLES.replace(SCHEMA, place)).await? {
        let name = row.text("name");
        if !is_own(&name) {
            schema.tables.insert(name, LiveTable::default());
        }
    }
    for row in session.rows(&COLUMNS.replace(SCHEMA, place)).await? {
        if let Some(table) = schema.tables.get_mut(&row.text("table_name")) {
            table.automatic |= row.get("identity").is_some_and(|kind| !kind.is_empty());
            table.columns.insert(row.text("name"), column(&row));
        }
    }
    for row in session.rows(&INDEXES.replace(SCHEMA, place)).await? {
        let Some(table) = schema.tables.get_mut(&row.text("table_name")) else { continue };
        if row.is_true("key") {
            table.primary_key = names(&row, "columns");
        } else {
            table.indexes.insert(row.text("name"), index(&row));
        }
    }
    for row in session.rows(&RULES.replace(SCHEMA, place)).await? {
        let Some(table) = schema.tables.get_mut(&row.text("table_name")) else { continue };
        match row.get("kind") {
            Some("f") => {
                table.references.insert(reference(&row));
            }
            // A unique constraint is compared by its index, unless it is deferrable.
            Some("u") if !row.is_true("deferrable") => {}
            Some(_) | None => {
                table.checks.insert(row.text("name"), row.text("text"));
            }
        }
    }
    let others = session.rows(&OTHERS.replace(SCHEMA, place)).await?;
    schema.others = others.iter().map(|row| (row.text("name"), row.text("text"))).collect();
    Ok(schema)
}

fn column(row: &TextRow) -> LiveColumn {
    let value = row.get("value").map(str::to_owned);
    let generated = match row.get("generated") {
        Some("s") => value.as_ref().map(|value| format!("{value} stored")),
        Some("v") => value.as_ref().map(|value| format!("{value} virtual")),
        Some(_) | None => None,
    };
    let identity = match row.get("identity") {
        Some("a") => " generated always as identity",
        Some("d") => " generated by default as identity",
        Some(_) | None => "",
    };
    LiveColumn {
        declared: format!("{}{identity}", row.text("declared")),
        null: row.is_true("null"),
        default: value.filter(|_| generated.is_none()),
        generated,
    }
}

/// Returns an index, with the part of its definition after the table: method, columns and condition.
fn index(row: &TextRow) -> LiveIndex {
    let text = row.text("text");
    let made = text.split_once(" USING ").map_or(text.as_str(), |(_, made)| made);
    let (parts, when) = match made.split_once(" WHERE ") {
        Some((parts, when)) => (parts, Some(when.to_owned())),
        None => (made, None),
    };
    LiveIndex { unique: row.is_true("is_unique"), parts: vec![parts.to_owned()], when }
}

fn reference(row: &TextRow) -> LiveReference {
    LiveReference {
        columns: names(row, "columns"),
        target: row.text("target"),
        target_columns: names(row, "target_columns"),
        on_delete: action(row.get("on_delete")).to_owned(),
        on_update: action(row.get("on_update")).to_owned(),
        deferrable: row.is_true("deferrable").then(|| row.is_true("deferred")),
    }
}

fn action(letter: Option<&str>) -> &'static str {
    match letter {
        Some("c") => "CASCADE",
        Some("n") => "SET NULL",
        Some("d") => "SET DEFAULT",
        Some("r") => "RESTRICT",
        Some(_) | None => "NO ACTION",
    }
}

fn names(row: &TextRow, column: &str) -> Vec<String> {
    row.text(column).split(',').filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
