//! A MySQL database -> the parts of its tables, by the lines of SHOW CREATE TABLE.

use modelshift_schema::column_type::ColumnType;

use super::types::column_type;
use super::{action, name, names, without_check};
use crate::run::own_tables::is_own;
use crate::session::Session;
use crate::session::details::{
    CheckDetails, ColumnDetails, IndexDetails, Kind, Numbered, PartDetails, ReferenceDetails, TableDetails,
};
use crate::session::error::SessionError;

type Answer<T> = Result<T, SessionError>;

/// Returns the tables and views of the current database, by name.
///
/// # Errors
/// If the database reports an error.
pub(in super::super) async fn details(session: &mut impl Session) -> Answer<Vec<TableDetails>> {
    let query = "SELECT table_name AS name, table_type AS kind FROM information_schema.tables \
                 WHERE table_schema = database() ORDER BY binary table_name";
    let mut tables = Vec::new();
    for row in session.rows(query).await? {
        let mut table = TableDetails { name: row.text("name"), ..TableDetails::default() };
        if is_own(&table.name) {
            continue;
        }
        let read = match row.get("kind") {
            Some("BASE TABLE") => read_table(session, &mut table).await,
            Some("VIEW") => {
                table.kind = Kind::View;
                read_view(session, &mut table).await
            }
            kind => {
                let kind = kind.unwrap_or_default().to_lowercase();
                table.error = Some(format!("it is a {kind}, which no model can describe"));
                Ok(())
            }
        };
        match read {
            Ok(()) => {}
            Err(SessionError::Reported(message)) => table.error = Some(message),
            Err(error) => return Err(error),
        }
        tables.push(table);
    }
    let triggers = "SELECT event_object_table AS table_name, trigger_name AS name FROM information_schema.triggers \
                    WHERE trigger_schema = database() ORDER BY binary trigger_name";
    for row in session.rows(triggers).await? {
        let name = row.text("table_name");
        if let Some(table) = tables.iter_mut().find(|table| table.name == name) {
            table
                .others
                .push(format!("Trigger `{}` belongs to the table; migrations keep it.", row.text("name")));
        }
    }
    Ok(tables)
}

async fn read_table(session: &mut impl Session, table: &mut TableDetails) -> Answer<()> {
    let shown = session.rows(&format!("SHOW CREATE TABLE `{}`", table.name.replace('`', "``"))).await?;
    let text = shown.first().map(|row| row.text("Create Table")).unwrap_or_default();
    read_lines(table, &text);
    Ok(())
}

fn read_lines(table: &mut TableDetails, text: &str) {
    for line in text.lines().skip(1) {
        match line.strip_prefix("  ") {
            Some(inner) => add(table, inner.strip_suffix(',').unwrap_or(inner)),
            None if line.contains("PARTITION BY") => {
                table.others.push("The table is partitioned, which a model cannot say.".to_owned());
            }
            None => {
                if let Some((_, comment)) = line.split_once(" COMMENT='") {
                    let end = comment.rfind('\'').unwrap_or(comment.len());
                    table.comment = Some(unescaped(&comment[..end]));
                }
            }
        }
    }
}

async fn read_view(session: &mut impl Session, table: &mut TableDetails) -> Answer<()> {
    let name = table.name.replace('\\', "\\\\").replace('\'', "''");
    let query = format!(
        "SELECT column_name AS name, column_type AS declared, is_nullable AS is_null FROM information_schema.columns \
         WHERE table_schema = database() AND table_name = '{name}' ORDER BY ordinal_position"
    );
    for row in session.rows(&query).await? {
        let declared = row.text("declared");
        let (column_type, note) = column_type(&declared);
        table.columns.push(ColumnDetails {
            name: row.text("name"),
            labels: labels(&declared),
            declared,
            column_type,
            null: row.get("is_null") == Some("YES"),
            others: note.into_iter().collect(),
            ..ColumnDetails::default()
        });
    }
    Ok(())
}

/// Adds the column, key or constraint that one line declares.
fn add(table: &mut TableDetails, line: &str) {
    if let Some((name, declared)) = name(line) {
        let (declared, check) = without_check(&name, declared);
        let text = check.and_then(|check| check.strip_prefix("CHECK ")).map(|text| bare(text).to_owned());
        table.checks.extend(text.map(|text| CheckDetails { name: None, text }));
        table.columns.push(column(name, declared));
    } else if let Some(key) = line.strip_prefix("PRIMARY KEY ") {
        table.primary_key = names(key);
    } else if let Some(rest) = line.strip_prefix("CONSTRAINT ").and_then(name) {
        add_rule(table, rest.0, rest.1);
    } else if let Some((kind, rest)) = line.split_once("KEY ")
        && let Some((name, rest)) = name(rest)
    {
        table.indexes.push(index(kind.trim(), name, rest));
    } else {
        table.others.push(format!("This is left out, and stays in the database: {line}"));
    }
}

fn add_rule(table: &mut TableDetails, name: String, rule: &str) {
    if let Some((columns, rest)) =
        rule.strip_prefix("FOREIGN KEY ").and_then(|it| it.split_once(" REFERENCES "))
    {
        let Some((target, rest)) = self::name(rest) else { return };
        table.references.push(ReferenceDetails {
            name: Some(name),
            columns: names(columns),
            target,
            target_columns: names(rest),
            on_delete: action(rest, " ON DELETE "),
            on_update: action(rest, " ON UPDATE "),
            deferrable: None,
        });
    } else if let Some(condition) = rule.strip_prefix("CHECK ") {
        if condition.contains("NOT ENFORCED") {
            table.others.push(format!("Check `{name}` is left out, since it is not enforced: {condition}"));
            return;
        }
        table.checks.push(CheckDetails { name: Some(name), text: bare(condition).to_owned() });
    } else {
        table.others.push(format!("Constraint `{name}` is left out, and stays in the database: {rule}"));
    }
}

fn column(name: String, declared: &str) -> ColumnDetails {
    let words = words(declared);
    let mut length = 1;
    while words.get(length).is_some_and(|word| ["unsigned", "zerofill"].contains(word)) {
        length += 1;
    }
    let declared_type = words.get(..length).unwrap_or_default().join(" ");
    let after = |keyword: &str| {
        let position = words.iter().position(|word| *word == keyword)?;
        words.get(position + 1).copied()
    };
    let (mut known, note) = column_type(&declared_type);
    let mut collation = after("COLLATE").map(str::to_owned);
    let mut others: Vec<String> = note.into_iter().collect();
    if after("CHECK").is_some() {
        // MariaDB has no type of its own for documents, and checks that the text is one.
        known = Some(ColumnType::Json);
        collation = None;
    }
    if let Some(value) = after("UPDATE") {
        others.push(format!("ON UPDATE is left out, which a model cannot say: {value}"));
    }
    if words.contains(&"INVISIBLE") {
        others.push("The column is INVISIBLE, which a model cannot say.".to_owned());
    }
    let generated = after("AS").map(|value| {
        let is_stored = words.iter().any(|word| ["STORED", "PERSISTENT"].contains(word));
        (bare(value).to_owned(), is_stored)
    });
    ColumnDetails {
        name,
        labels: labels(&declared_type),
        declared: declared_type,
        column_type: known,
        null: !words.windows(2).any(|pair| pair == ["NOT", "NULL"]),
        default: after("DEFAULT").filter(|_| generated.is_none()).map(|text| bare(text).to_owned()),
        generated,
        numbered: words.contains(&"AUTO_INCREMENT").then_some(Numbered::ByDefault),
        collation,
        comment: after("COMMENT").map(|text| unescaped(text.trim_matches('\''))),
        others,
    }
}

fn index(kind: &str, name: String, rest: &str) -> IndexDetails {
    let words = words(rest);
    let inside = words.first().and_then(|it| it.strip_prefix('(')).and_then(|it| it.strip_suffix(')'));
    let mut index = IndexDetails {
        name: Some(name),
        unique: kind == "UNIQUE",
        method: (!kind.is_empty() && kind != "UNIQUE").then(|| kind.to_lowercase()),
        ..IndexDetails::default()
    };
    for part in split(inside.unwrap_or_default(), ',') {
        let (text, descending) = part.strip_suffix(" DESC").map_or((part, false), |text| (text, true));
        let plain = self::name(text);
        match plain {
            Some((column, "")) => {
                index.parts.push(PartDetails {
                    text: column,
                    is_column: true,
                    descending,
                    ..PartDetails::default()
                });
            }
            Some(_) => index.others.push(format!("the length in {text}")),
            None => {
                let text = bare(text).to_owned();
                index.parts.push(PartDetails { text, descending, ..PartDetails::default() });
            }
        }
    }
    index
}

/// Returns the values of an enum type.
fn labels(declared: &str) -> Vec<String> {
    let inside = declared.strip_prefix("enum(").and_then(|it| it.strip_suffix(')'));
    let Some(inside) = inside else { return Vec::new() };
    split(inside, ',').into_iter().map(|label| unescaped(label.trim_matches('\''))).collect()
}

fn unescaped(text: &str) -> String {
    text.replace("''", "'").replace("\\n", "\n").replace("\\\\", "\\")
}

/// Takes off parentheses around the whole.
fn bare(text: &str) -> &str {
    let Some(inside) = text.strip_prefix('(').and_then(|it| it.strip_suffix(')')) else { return text };
    let mut depth = 0_usize;
    let mut quote = None;
    for character in inside.chars() {
        match character {
            _ if quote == Some(character) => quote = None,
            _ if quote.is_some() => {}
            '\'' | '`' | '"' => quote = Some(character),
            '(' => depth += 1,
            ')' if depth == 0 => return text,
            ')' => depth -= 1,
            _ => {}
        }
    }
    bare(inside)
}

/// Splits at spaces outside of parentheses and quotes.
fn words(text: &str) -> Vec<&str> {
    split(text, ' ').into_iter().filter(|word| !word.is_empty()).collect()
}

/// Splits at a character outside of parentheses and quotes.
fn split(text: &str, at: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    let mut quote = None;
    for (position, character) in text.char_indices() {
        match character {
            _ if quote == Some(character) => quote = None,
            _ if quote.is_some() => {}
            '\'' | '`' | '"' => quote = Some(character),
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if character == at && depth == 0 => {
                parts.push(text[start..position].trim());
                start = position + at.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_table_are_read_in_their_parts() {
        let text = "CREATE TABLE `film` (\n  `id` int(10) unsigned NOT NULL AUTO_INCREMENT,\n  \
                    `rating` enum('G','PG-13','it''s') DEFAULT 'G' COMMENT 'who, may see it',\n  \
                    `data` longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`data`)),\n  \
                    `size` int(11) GENERATED ALWAYS AS (octet_length(`rating`) * 2) STORED,\n  \
                    `last_update` timestamp NOT NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),\n  \
                    PRIMARY KEY (`id`),\n  UNIQUE KEY `u` (`rating`,`size` DESC),\n  KEY `k` (`data`(10)),\n  \
                    FULLTEXT KEY `f` (`rating`),\n  CONSTRAINT `c` CHECK (`id` > 0),\n  \
                    CONSTRAINT `fk` FOREIGN KEY (`size`) REFERENCES `actor` (`id`) ON DELETE SET NULL\n\
                    ) ENGINE=InnoDB COMMENT='all films'";
        let mut table = TableDetails::default();
        read_lines(&mut table, text);
        let [id, rating, data, size, update] = table.columns.as_slice() else {
            panic!("{:?}", table.columns)
        };
        assert_eq!((id.declared.as_str(), id.numbered), ("int(10) unsigned", Some(Numbered::ByDefault)));
        assert_eq!(rating.labels, ["G", "PG-13", "it's"]);
        assert_eq!(
            (rating.default.as_deref(), rating.comment.as_deref()),
            (Some("'G'"), Some("who, may see it"))
        );
        assert_eq!((&data.column_type, data.null), (&Some(ColumnType::Json), true));
        assert_eq!(size.generated, Some(("octet_length(`rating`) * 2".to_owned(), true)));
        assert!(update.others.iter().any(|note| note.contains("ON UPDATE")), "{:?}", update.others);
        assert_eq!(table.comment.as_deref(), Some("all films"));
        let [unique, prefix, fulltext] = table.indexes.as_slice() else { panic!("{:?}", table.indexes) };
        assert!(unique.unique && unique.parts[1].descending && prefix.others.len() == 1);
        assert_eq!(fulltext.method.as_deref(), Some("fulltext"));
        assert_eq!(
            (table.checks[0].text.as_str(), table.references[0].on_delete.as_str()),
            ("`id` > 0", "SET NULL")
        );
    }
}
