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

const POSTGRES: &str = "\
SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, \
    pg_get_expr(d.adbin, d.adrelid), col_description(a.attrelid, a.attnum), \
    CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation END) \
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped \
UNION ALL SELECT concat_ws(' ', relname, obj_description(oid, 'pg_class')) FROM pg_class \
WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' \
UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint \
WHERE connamespace = current_schema()::regnamespace \
UNION ALL SELECT pg_get_indexdef(indexrelid) FROM pg_index JOIN pg_class c ON c.oid = indexrelid \
WHERE c.relnamespace = current_schema()::regnamespace";

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
            let constraints = sql.lines().map(|line| line.trim().trim_end_matches(','));
            let constraints = constraints.filter(|line| line.starts_with("CONSTRAINT"));
            // Nothing goes by the name of a reference, and a renaming leaves it as it was.
            let nameless = |line: &str| match line.find(" FOREIGN KEY ") {
                Some(place) => line[place..].to_owned(),
                None => line.to_owned(),
            };
            lines.extend(constraints.map(|line| format!("{table} {}", nameless(line))));
            for (before, after) in sql.match_indices(" GENERATED ALWAYS AS ").map(|(at, _)| sql.split_at(at))
            {
                let start = before.rfind([',', '\n']).map_or(0, |at| at + 1);
                let end = [" STORED", " VIRTUAL"]
                    .iter()
                    .filter_map(|word| Some(after.find(word)? + word.len()))
                    .min();
                let column = before[start..].trim();
                lines.push(format!("{table} {column}{}", &after[..end.unwrap_or(after.len())]));
            }
            let collated = sql.split([',', '\n']).map(str::trim).filter(|piece| piece.contains(" COLLATE "));
            let collated = collated.filter_map(|piece| piece.split(" NOT NULL").next());
            lines.extend(collated.map(|piece| format!("{table} {}", piece.trim_end_matches(')'))));
        }
    }
    // Where a column is renamed, SQLite writes its name between quotes of its own.
    Ok(lines.into_iter().map(|line| line.replace('`', "\"")).collect())
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
