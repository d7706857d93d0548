//! A MySQL database -> [`LiveSchema`], by the lines of SHOW CREATE TABLE.
//!
//! The server prints one line for each column, key and constraint, always in the same form.

#[cfg(feature = "inspect")]
pub(super) mod details;
#[cfg(feature = "inspect")]
mod types;

use crate::run::own_tables::is_own;
use crate::session::Session;
use crate::session::error::SessionError;
use crate::session::live_schema::{LiveColumn, LiveIndex, LiveReference, LiveSchema, LiveTable};

/// Returns the schema of the current database with the tables that these texts name; all tables if they name none.
///
/// The server shows one table for each query, so that a note about one of many tables does not read them all.
///
/// # Errors
/// If the database reports an error.
pub(super) async fn introspect(
    session: &mut impl Session,
    texts: &[&str],
) -> Result<LiveSchema, SessionError> {
    let mut schema = LiveSchema::default();
    let tables = "SELECT table_name AS name FROM information_schema.tables \
                  WHERE table_schema = database() AND table_type = 'BASE TABLE'";
    let tables = session.rows(tables).await?;
    let all = tables.iter().map(|row| row.text("name")).filter(|name| !is_own(name));
    let (named, others): (Vec<String>, Vec<String>) =
        all.partition(|name| texts.iter().any(|text| text.contains(name.as_str())));
    for name in if named.is_empty() { others } else { named } {
        let shown = session.rows(&format!("SHOW CREATE TABLE `{}`", name.replace('`', "``"))).await?;
        let text = shown.first().map(|row| row.text("Create Table")).unwrap_or_default();
        schema.tables.insert(name, table(&text));
    }
    let others = "SELECT concat('view ', table_name) AS name, view_definition AS text FROM information_schema.views \
                  WHERE table_schema = database() UNION ALL \
                  SELECT concat('trigger ', trigger_name), action_statement FROM information_schema.triggers \
                  WHERE trigger_schema = database()";
    let others = session.rows(others).await?;
    schema.others = others.iter().map(|row| (row.text("name"), row.text("text"))).collect();
    Ok(schema)
}

fn table(text: &str) -> LiveTable {
    let mut table = LiveTable::default();
    for line in text.lines().skip(1) {
        let Some(inner) = line.strip_prefix("  ") else {
            table.options = options(line);
            continue;
        };
        add(&mut table, inner.strip_suffix(',').unwrap_or(inner));
    }
    table
}

/// Adds the column, key or constraint that one line declares.
fn add(table: &mut LiveTable, line: &str) {
    if let Some((name, declared)) = name(line) {
        table.automatic |= declared.contains("AUTO_INCREMENT");
        let (declared, check) = without_check(&name, declared);
        table.checks.extend(check.map(|text| (text.to_owned(), text.to_owned())));
        table.columns.insert(name, column(declared));
    } else if let Some(key) = line.strip_prefix("PRIMARY KEY ") {
        table.primary_key = names(key);
    } else if let Some((kind, (name, rest))) =
        ["UNIQUE ", "FULLTEXT ", "SPATIAL ", ""].iter().find_map(|kind| {
            let rest = line.strip_prefix(kind)?.strip_prefix("KEY ")?;
            Some((kind.trim(), self::name(rest)?))
        })
    {
        let words = if kind.is_empty() || kind == "UNIQUE" { String::new() } else { format!("{kind} ") };
        let index = LiveIndex { unique: kind == "UNIQUE", parts: vec![format!("{words}{rest}")], when: None };
        table.indexes.insert(name, index);
    } else if let Some((name, rule)) = line.strip_prefix("CONSTRAINT ").and_then(name) {
        match rule.strip_prefix("FOREIGN KEY ") {
            Some(rest) => {
                table.references.extend(reference(rest));
            }
            None => {
                table.checks.insert(name, rule.to_owned());
            }
        }
    }
}

/// Splits off the check that MariaDB keeps in the definition of a column: it is a check of the table without a name. That of a
/// JSON column is its type.
fn without_check<'a>(name: &str, declared: &'a str) -> (&'a str, Option<&'a str>) {
    let Some(place) = declared.rfind(" CHECK (") else { return (declared, None) };
    let check = declared[place + 1..].trim_end();
    let is_text = declared[..place].matches('\'').count() % 2 == 1;
    if is_text || check == format!("CHECK (json_valid(`{}`))", name.replace('`', "``")) {
        return (declared, None);
    }
    (&declared[..place], Some(check))
}

fn column(declared: &str) -> LiveColumn {
    let null = !declared.contains(" NOT NULL");
    LiveColumn { declared: declared.replacen(" NOT NULL", "", 1), null, default: None, generated: None }
}

/// Reads the rest of a foreign key, such as "(`author_id`) REFERENCES `author` (`id`) ON DELETE CASCADE".
fn reference(text: &str) -> Option<LiveReference> {
    let (columns, rest) = text.split_once(" REFERENCES ")?;
    let (target, rest) = name(rest)?;
    Some(LiveReference {
        columns: names(columns),
        target,
        target_columns: names(rest),
        on_delete: action(rest, " ON DELETE "),
        on_update: action(rest, " ON UPDATE "),
        deferrable: None,
    })
}

fn action(text: &str, words: &str) -> String {
    let rest = text.split_once(words).map_or("NO ACTION", |(_, rest)| rest);
    let end = rest.find(" ON ").unwrap_or(rest.len());
    let named = rest[..end].trim();
    // RESTRICT and NO ACTION are the same to the server.
    if named == "RESTRICT" { "NO ACTION".to_owned() } else { named.to_owned() }
}

/// Returns the name between backticks at the beginning, and the rest of the text.
fn name(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('`')?;
    let mut name = String::new();
    let mut characters = inner.char_indices().peekable();
    while let Some((position, character)) = characters.next() {
        if character != '`' {
            name.push(character);
        } else if characters.peek().is_some_and(|(_, next)| *next == '`') {
            name.push('`');
            characters.next();
        } else {
            return Some((name, inner[position + 1..].trim_start()));
        }
    }
    None
}

/// Returns the names between backticks up to the first closing parenthesis.
fn names(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    let mut rest = text.trim_start_matches('(');
    while let Some((name, after)) = self::name(rest) {
        names.push(name);
        match after.strip_prefix(',') {
            Some(more) => rest = more.trim_start(),
            None => break,
        }
    }
    names
}

/// Returns the options of the table, without the counter of keys.
fn options(line: &str) -> String {
    let words = line.trim_start_matches(')').split_whitespace();
    words.filter(|word| !word.starts_with("AUTO_INCREMENT=")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_table_are_read() {
        let text = "CREATE TABLE `post` (\n  `id` bigint NOT NULL AUTO_INCREMENT,\n  `a``b` text DEFAULT 'NOT NULL, x',\n  \
                    `author_id` bigint DEFAULT NULL,\n  PRIMARY KEY (`id`),\n  UNIQUE KEY `u` (`a``b`(10)),\n  \
                    KEY `k` (`author_id`),\n  CONSTRAINT `f` FOREIGN KEY (`author_id`) REFERENCES `author` (`id`) \
                    ON DELETE CASCADE,\n  CONSTRAINT `c` CHECK (`id` > 0)\n) ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT \
                    CHARSET=utf8mb4";
        let table = table(text);
        assert!(table.automatic);
        assert_eq!(table.primary_key, ["id"]);
        assert_eq!(table.columns.keys().collect::<Vec<_>>(), ["a`b", "author_id", "id"]);
        assert!(!table.columns["id"].null && table.columns["author_id"].null);
        assert_eq!(table.indexes["u"].to_string(), "unique ((`a``b`(10)))");
        assert_eq!(table.checks["c"], "CHECK (`id` > 0)");
        let reference = table.references.first().unwrap();
        assert_eq!((reference.target.as_str(), reference.on_delete.as_str()), ("author", "CASCADE"));
        assert_eq!(reference.on_update, "NO ACTION");
        assert_eq!(table.options, "ENGINE=InnoDB DEFAULT CHARSET=utf8mb4");
    }
}
