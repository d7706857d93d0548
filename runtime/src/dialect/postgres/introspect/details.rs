//! A PostgreSQL schema -> the parts of its tables.

use std::collections::BTreeSet;

use modelshift_schema::name::SchemaName;

use super::types::column_type;
use super::{SCHEMA, quoted};
use crate::run::own_tables::is_own;
use crate::session::Session;
use crate::session::details::{
    CheckDetails, ColumnDetails, IndexDetails, Kind, Numbered, PartDetails, ReferenceDetails, TableDetails,
};
use crate::session::error::SessionError;
use crate::session::row::TextRow;

const TABLES: &str = "SELECT c.relname AS name, c.relkind::text AS kind, c.relispartition AS is_partition, \
    obj_description(c.oid, 'pg_class') AS comment, c.relkind = 'p' AS is_partitioned, c.relrowsecurity AS has_policies \
    FROM pg_class c \
    WHERE c.relnamespace = {schema} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY c.relname COLLATE \"C\"";

/// A column of a domain has the type of the domain.
const COLUMNS: &str = "SELECT c.relname AS table_name, a.attname AS name, \
    format_type(a.atttypid, a.atttypmod) AS declared, \
    format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE a.atttypid END, \
        CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE a.atttypmod END) AS base, \
    NOT a.attnotnull AS null, pg_get_expr(d.adbin, d.adrelid) AS value, \
    a.attgenerated::text AS generated, a.attidentity::text AS identity, \
    CASE WHEN a.attcollation <> t.typcollation THEN l.collname END AS collation, \
    col_description(c.oid, a.attnum) AS comment, \
    (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder)::text FROM pg_enum e WHERE e.enumtypid = a.atttypid) AS labels \
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid \
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
    LEFT JOIN pg_collation l ON l.oid = a.attcollation \
    WHERE c.relnamespace = {schema} AND c.relkind IN ('r', 'p', 'v', 'm', 'f') \
    AND a.attnum > 0 AND NOT a.attisdropped ORDER BY c.relname, a.attnum";

/// Each part of an index in a row; parts beyond the keys are included columns.
const INDEXES: &str = "SELECT c.relname AS table_name, i.relname AS name, x.indisprimary AS key, \
    x.indisunique AS is_unique, m.amname AS method, x.indnkeyatts AS keys, k.position, \
    k.number <> 0 AS is_column, \
    CASE WHEN k.number = 0 THEN pg_get_indexdef(x.indexrelid, k.position::int, true) ELSE a.attname END AS text, \
    (x.indoption[k.position - 1]) & 1 AS is_descending, ((x.indoption[k.position - 1]) & 2) / 2 AS is_nulls_first, \
    CASE WHEN NOT o.opcdefault THEN o.opcname END AS class, \
    CASE WHEN k.number <> 0 AND x.indcollation[k.position - 1] <> a.attcollation THEN 'its own collation' END AS other, \
    pg_get_expr(x.indpred, x.indrelid, true) AS condition, \
    n.condeferrable AS is_deferrable, n.condeferred AS is_deferred, n.contype::text AS rule, \
    pg_get_indexdef(x.indexrelid) LIKE '% NULLS NOT DISTINCT%' AS nulls_not_distinct \
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid \
    JOIN pg_am m ON m.oid = i.relam \
    CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY k(number, position) \
    LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.number \
    LEFT JOIN pg_opclass o ON k.position <= x.indnkeyatts AND o.oid = x.indclass[k.position - 1] \
    LEFT JOIN pg_constraint n ON n.conindid = x.indexrelid AND n.contype IN ('u', 'x', 'p') AND n.conrelid = c.oid \
    WHERE c.relnamespace = {schema} AND x.indisvalid \
    ORDER BY c.relname COLLATE \"C\", i.relname COLLATE \"C\", k.position";

const RULES: &str = "SELECT c.relname AS table_name, n.conname AS name, n.contype::text AS kind, \
    pg_get_expr(n.conbin, n.conrelid, true) AS condition, pg_get_constraintdef(n.oid, true) AS text, \
    n.condeferrable AS is_deferrable, n.condeferred AS is_deferred, n.convalidated AS is_valid, \
    CASE WHEN t.relnamespace = current_schema()::regnamespace THEN t.relname ELSE s.nspname || '.' || t.relname END AS target, \
    n.confdeltype::text AS on_delete, n.confupdtype::text AS on_update, \
    (SELECT json_agg(a.attname ORDER BY k.position)::text FROM unnest(n.conkey) WITH ORDINALITY k(number, position) \
     JOIN pg_attribute a ON a.attrelid = n.conrelid AND a.attnum = k.number) AS columns, \
    (SELECT json_agg(a.attname ORDER BY k.position)::text FROM unnest(n.confkey) WITH ORDINALITY k(number, position) \
     JOIN pg_attribute a ON a.attrelid = n.confrelid AND a.attnum = k.number) AS target_columns \
    FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid LEFT JOIN pg_class t ON t.oid = n.confrelid \
    LEFT JOIN pg_namespace s ON s.oid = t.relnamespace \
    WHERE n.connamespace = {schema} AND n.contype IN ('c', 'f', 'x') AND n.conparentid = 0 \
    ORDER BY c.relname COLLATE \"C\", n.conname COLLATE \"C\"";

const TRIGGERS: &str = "SELECT c.relname AS table_name, t.tgname AS name FROM pg_trigger t \
    JOIN pg_class c ON c.oid = t.tgrelid \
    WHERE c.relnamespace = {schema} AND NOT t.tgisinternal AND t.tgparentid = 0 \
    ORDER BY c.relname, t.tgname";

type Answer<T> = Result<T, SessionError>;

/// Returns the tables and views of some schemas, by name; those of the first one of the search path if there are no names.
///
/// # Errors
/// If the database reports an error.
pub(in super::super) async fn details(
    session: &mut impl Session,
    schemas: &BTreeSet<SchemaName>,
) -> Answer<Vec<TableDetails>> {
    let first = session.rows("SELECT current_schema() AS name").await?;
    let first = first.first().and_then(|row| row.get("name")).map(SchemaName::new);
    if schemas.is_empty() {
        return of_schema(session, "current_schema()::regnamespace").await;
    }
    let mut all = Vec::new();
    for name in schemas {
        // The server says so if there is no such schema.
        let place = format!("quote_ident({})::regnamespace", quoted(name.as_str()));
        let mut tables = of_schema(session, &place).await?;
        if first.as_ref() != Some(name) {
            for table in &mut tables {
                table.name = format!("{name}.{}", table.name);
                table.schema = Some(name.clone());
            }
        }
        all.extend(tables);
    }
    Ok(all)
}

async fn of_schema(session: &mut impl Session, place: &str) -> Answer<Vec<TableDetails>> {
    let mut tables = Vec::new();
    for row in session.rows(&TABLES.replace(SCHEMA, place)).await? {
        if !is_own(&row.text("name")) {
            tables.push(table(&row));
        }
    }
    for row in session.rows(&COLUMNS.replace(SCHEMA, place)).await? {
        if let Some(table) = find(&mut tables, &row) {
            table.columns.push(column(&row));
        }
    }
    for row in session.rows(&INDEXES.replace(SCHEMA, place)).await? {
        if let Some(table) = find(&mut tables, &row) {
            add_part(table, &row);
        }
    }
    for row in session.rows(&RULES.replace(SCHEMA, place)).await? {
        if let Some(table) = find(&mut tables, &row) {
            add_rule(table, &row);
        }
    }
    for row in session.rows(&TRIGGERS.replace(SCHEMA, place)).await? {
        if let Some(table) = find(&mut tables, &row) {
            table
                .others
                .push(format!("Trigger `{}` belongs to the table; migrations keep it.", row.text("name")));
        }
    }
    Ok(tables)
}

fn find<'a>(tables: &'a mut [TableDetails], row: &TextRow) -> Option<&'a mut TableDetails> {
    let name = row.text("table_name");
    tables.iter_mut().find(|table| table.name == name)
}

fn table(row: &TextRow) -> TableDetails {
    let kind = match row.get("kind") {
        Some("v" | "m") => Kind::View,
        _ if row.is_true("is_partition") => Kind::Partition,
        Some(_) | None => Kind::Table,
    };
    let mut table = TableDetails {
        name: row.text("name"),
        kind,
        comment: row.get("comment").map(str::to_owned),
        ..TableDetails::default()
    };
    if row.get("kind") == Some("f") {
        table.error = Some("it is a foreign table, whose rows another server has".to_owned());
    }
    if row.is_true("is_partitioned") {
        table.others.push("The table is partitioned, which a model cannot say.".to_owned());
    }
    if row.is_true("has_policies") {
        table.others.push("The table has policies for its rows, which a model cannot say.".to_owned());
    }
    table
}

fn column(row: &TextRow) -> ColumnDetails {
    let (column_type, note) = column_type(&row.text("base"));
    let value = row.get("value").map(str::to_owned);
    let generated = match row.get("generated") {
        Some("s") => value.clone().map(|text| (text, true)),
        Some("v") => value.clone().map(|text| (text, false)),
        Some(_) | None => None,
    };
    ColumnDetails {
        name: row.text("name"),
        declared: row.text("declared"),
        column_type,
        null: row.is_true("null"),
        default: value.filter(|_| generated.is_none()),
        generated,
        numbered: match row.get("identity") {
            Some("a") => Some(Numbered::Always),
            Some("d") => Some(Numbered::ByDefault),
            Some(_) | None => None,
        },
        labels: list(row.get("labels")),
        collation: row.get("collation").map(str::to_owned),
        comment: row.get("comment").map(str::to_owned),
        others: note.into_iter().collect(),
    }
}

/// Adds a part of an index, of which there is one in each row.
fn add_part(table: &mut TableDetails, row: &TextRow) {
    if row.is_true("key") {
        table.key_name = row.get("name").map(str::to_owned);
        if let Some(column) = row.get("text") {
            table.primary_key.push(column.to_owned());
        }
        return;
    }
    // An exclusion is a rule and no index.
    if row.get("rule") == Some("x") {
        return;
    }
    let name = row.text("name");
    if table.indexes.last().is_none_or(|index| index.name.as_deref() != Some(name.as_str())) {
        table.indexes.push(IndexDetails {
            name: Some(name),
            unique: row.is_true("is_unique"),
            when: row.get("condition").map(str::to_owned),
            method: row.get("method").filter(|method| *method != "btree").map(str::to_owned),
            nulls_not_distinct: row.is_true("nulls_not_distinct"),
            deferrable: row.is_true("is_deferrable").then(|| row.is_true("is_deferred")),
            ..IndexDetails::default()
        });
    }
    let Some(index) = table.indexes.last_mut() else { return };
    let number = |column: &str| row.text(column).parse::<usize>().unwrap_or_default();
    if number("position") > number("keys") {
        index.include.push(row.text("text"));
        return;
    }
    index.others.extend(row.get("other").map(str::to_owned));
    let descending = row.is_true("is_descending");
    let nulls_first = row.is_true("is_nulls_first");
    index.parts.push(PartDetails {
        text: row.text("text"),
        is_column: row.is_true("is_column"),
        descending,
        nulls_first: (nulls_first != descending).then_some(nulls_first),
        class: row.get("class").map(str::to_owned),
    });
}

fn add_rule(table: &mut TableDetails, row: &TextRow) {
    let name = row.text("name");
    if !row.is_true("is_valid") {
        table.others.push(format!("Constraint `{name}` is NOT VALID: rows from before may break it."));
    }
    match row.get("kind") {
        Some("c") => table.checks.push(CheckDetails { name: Some(name), text: row.text("condition") }),
        Some("f") => table.references.push(ReferenceDetails {
            name: Some(name),
            columns: list(row.get("columns")),
            target: row.text("target"),
            target_columns: list(row.get("target_columns")),
            on_delete: super::action(row.get("on_delete")).to_owned(),
            on_update: super::action(row.get("on_update")).to_owned(),
            deferrable: row.is_true("is_deferrable").then(|| row.is_true("is_deferred")),
        }),
        Some(_) | None => {
            let text = row.text("text");
            table.others.push(format!("Constraint `{name}` is left out, write it as `exclude(…)`: {text}"));
        }
    }
}

fn list(text: Option<&str>) -> Vec<String> {
    text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}
