//! What a database holds, as lines that compare: tables, columns, keys, constraints, indexes.

use modelshift::dialect::Dialect;

use crate::database::{Database, Rejected};

/// Returns the shape of everything in the database; the order of columns in a table is no part of it.
///
/// # Errors
/// Where the database refuses a query.
pub async fn shape(database: &mut Database, dialect: Dialect) -> Result<Vec<String>, Rejected> {
    let mut lines = match dialect {
        Dialect::Sqlite => sqlite(database).await?,
        Dialect::Postgres => database.rows(POSTGRES).await?,
        Dialect::Mysql => mysql(database).await?,
    };
    lines.sort();
    Ok(lines)
}

/// Of every schema but those of the server itself.
const POSTGRES: &str = "\
WITH own AS (SELECT oid FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema') \
SELECT concat_ws(' ', c.oid::regclass, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, \
    pg_get_expr(d.adbin, d.adrelid), col_description(a.attrelid, a.attnum), \
    CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation END) \
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
WHERE c.relnamespace IN (TABLE own) AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped \
UNION ALL SELECT concat_ws(' ', oid::regclass, obj_description(oid, 'pg_class')) FROM pg_class \
WHERE relnamespace IN (TABLE own) AND relkind = 'r' \
UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint \
WHERE connamespace IN (TABLE own) AND contype <> 'n' \
UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class c ON c.oid = indexrelid \
WHERE c.relnamespace IN (TABLE own)";

async fn sqlite(database: &mut Database) -> Result<Vec<String>, Rejected> {
    let mut lines = database
        .rows(
            "SELECT replace(sql, char(10), ' ') FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
        )
        .await?;
    let names = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'";
    for table in database.rows(names).await? {
        let literal = format!("'{}'", table.replace('\'', "''"));
        let columns = format!(
            "SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo({literal})"
        );
        let references = format!(
            "SELECT \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list({literal})"
        );
        for row in database.rows(&columns).await?.into_iter().chain(database.rows(&references).await?) {
            lines.push(format!("{table} {row}"));
        }
        let text = format!("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = {literal}");
        for sql in database.rows(&text).await? {
            for item in items(&sql) {
                if item.starts_with("CONSTRAINT") {
                    // Nothing goes by the name of a reference, and a renaming leaves it as it was.
                    let rule = item.find(" FOREIGN KEY ").map_or(item.as_str(), |place| &item[place..]);
                    lines.push(format!("{table} {rule}"));
                } else if let Some(place) = item.find(" GENERATED ALWAYS AS ") {
                    let ends = [" STORED", " VIRTUAL"];
                    let end =
                        ends.iter().filter_map(|word| Some(item[place..].find(word)? + place + word.len()));
                    lines.push(format!("{table} {}", &item[..end.min().unwrap_or(item.len())]));
                } else if item.contains(" COLLATE ") {
                    let column = item.split(" NOT NULL").next().unwrap_or_default();
                    lines.push(format!("{table} {column}"));
                }
            }
        }
    }
    // Where a column is renamed, SQLite writes its name between quotes of its own.
    Ok(lines.into_iter().map(|line| line.replace('`', "\"")).collect())
}

/// Returns the columns and constraints of a CREATE TABLE, whatever its layout.
fn items(sql: &str) -> Vec<String> {
    let (mut items, mut item) = (Vec::new(), String::new());
    let (mut depth, mut quote) = (0_usize, None);
    for character in sql.chars() {
        match (quote, character) {
            (Some(open), _) if open == character => quote = None,
            (None, '\'' | '"' | '`') => quote = Some(character),
            (None, '(') => depth += 1,
            (None, ')') => depth = depth.saturating_sub(1),
            (Some(_) | None, _) => {}
        }
        let is_between = quote.is_none() && depth == 1 && character == ',';
        if is_between || (depth == 1 && item.is_empty() && character == '(') {
            items.push(std::mem::take(&mut item));
        } else if depth > 0 && (!character.is_whitespace() || !(item.is_empty() || item.ends_with(' '))) {
            item.push(if character.is_whitespace() { ' ' } else { character });
        }
    }
    items.push(item.trim_end().to_owned());
    items
}

async fn mysql(database: &mut Database) -> Result<Vec<String>, Rejected> {
    let mut lines = Vec::new();
    for table in database.rows("SHOW TABLES").await? {
        let show = format!("SHOW CREATE TABLE `{}`", table.replace('`', "``"));
        for row in database.rows(&show).await? {
            let comment = row.lines().last().and_then(|line| line.split_once(" COMMENT="));
            lines.extend(comment.map(|(_, comment)| format!("{table} {comment}")));
            let inner = row.lines().filter(|line| line.starts_with("  "));
            lines.extend(inner.map(|line| format!("{table} {}", line.trim().trim_end_matches(','))));
        }
    }
    Ok(lines)
}
