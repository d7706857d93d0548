//! The head of a statement, and the page.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use modelshift::Dialect;

use crate::Cell;
use crate::measure::Blocks;

/// Words that show what is done to a column.
const CLAUSES: [&str; 12] = [
    "SET",
    "DROP",
    "TYPE",
    "NOT",
    "NULL",
    "DEFAULT",
    "IDENTITY",
    "TO",
    "VALID",
    "CONCURRENTLY",
    "CASCADE",
    "EXPRESSION",
];

/// Returns the words of a statement up to its second name, with `…` for names, values and what stands in parentheses.
pub(crate) fn head(sql: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut rest = sql;
    let mut names = 0;
    while let Some(first) = rest.chars().next() {
        let end = match first {
            '"' | '`' | '\'' => closing(rest, first),
            '(' => parenthesis(rest),
            ' ' | '\n' | ',' | ';' => 1,
            _ => rest.find([' ', '\n', ',', ';', '(', '"', '`', '\'']).unwrap_or(rest.len()),
        };
        let word = &rest[..end];
        rest = &rest[end..];
        if matches!(first, '"' | '`' | '\'' | '(') {
            if words.last().is_none_or(|last| last != "…") {
                names += 1;
                if names > 2 {
                    break;
                }
                words.push("…".to_owned());
            }
        } else if word.chars().all(|it| it.is_ascii_uppercase()) && (names < 2 || CLAUSES.contains(&word)) {
            words.push(word.to_owned());
        } else if names == 2 && !word.trim().is_empty() {
            break;
        }
    }
    words.join(" ")
}

/// Returns the end of a quoted text; doubled quotes stay inside.
fn closing(text: &str, quote: char) -> usize {
    let mut inside = text.char_indices().skip(1).peekable();
    while let Some((position, character)) = inside.next() {
        if character == quote && inside.next_if(|(_, next)| *next == quote).is_none() {
            return position + 1;
        }
    }
    text.len()
}

fn parenthesis(text: &str) -> usize {
    let (mut depth, mut position) = (0_usize, 0);
    while let Some(character) = text[position..].chars().next() {
        match character {
            '"' | '`' | '\'' => position += closing(&text[position..], character),
            other => {
                position += other.len_utf8();
                depth = match other {
                    '(' => depth + 1,
                    ')' => depth - 1,
                    _ => depth,
                };
                if depth == 0 {
                    return position;
                }
            }
        }
    }
    text.len()
}

/// Returns the page.
pub(crate) fn page(cells: &BTreeMap<String, BTreeMap<Dialect, Cell>>) -> String {
    let mut page = "# What databases do for each step\n\n\
        A migration is a list of steps. This page is made by a test (`tests/tests/statements`), which runs a migration for each \
        step and looks at the database. The reason of each statement stands in what `migrate --plan` prints.\n\n\
        - *Blocks*: what other connections cannot do with the table until the migration is committed, by the locks that \
        PostgreSQL 15 held. SQLite has one writer at a time.\n\
        - *Rows*: whether the table is rewritten, which takes as long as it has rows: by its file on PostgreSQL 15 and on \
        MariaDB 10.11; *some* where it depends on the types or values. On SQLite, a *rebuild* creates the new table, copies the rows, drops \
        the old table and renames the new one.\n\
        - Values that would stop a change are looked for before, which reads the table.\n\
        - A dash: the database has no such thing, and the migration is refused before anything runs.\n\n\
        | Step | SQLite | PostgreSQL | Blocks | Rows | MySQL, MariaDB | Rows |\n\
        |---|---|---|---|---|---|---|\n"
        .to_owned();
    for (kind, row) in cells {
        let statements = |dialect| row.get(&dialect).map_or_else(|| "-".to_owned(), listed);
        let rows = |dialect| row.get(&dialect).map_or("-", written);
        let blocks = blocked(row);
        let _ = writeln!(
            page,
            "| `{kind}` | {} | {} | {blocks} | {} | {} | {} |",
            statements(Dialect::Sqlite),
            statements(Dialect::Postgres),
            rows(Dialect::Postgres),
            statements(Dialect::Mysql),
            rows(Dialect::Mysql),
        );
    }
    page
}

/// Returns the table of the measurements alone.
pub(crate) fn table(cells: &BTreeMap<String, BTreeMap<Dialect, Cell>>) -> String {
    let mut table = "step\tsqlite rows\tpostgres blocks\tpostgres rows\tmysql rows\n".to_owned();
    for (kind, row) in cells {
        let rows = |dialect| row.get(&dialect).map_or("-", written);
        let [sqlite, postgres, mysql] = Dialect::ALL.map(rows);
        let _ = writeln!(table, "{kind}\t{sqlite}\t{}\t{postgres}\t{mysql}", blocked(row));
    }
    table
}

fn blocked(row: &BTreeMap<Dialect, Cell>) -> &'static str {
    row.get(&Dialect::Postgres).map_or("-", |cell| match cell.blocks {
        None | Some(Blocks::Nothing) => "nothing",
        Some(Blocks::Writes) => "writes",
        Some(Blocks::Everything) => "reads and writes",
    })
}

fn listed(cell: &Cell) -> String {
    if cell.statements.is_empty() {
        return "nothing".to_owned();
    }
    cell.statements.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join("<br>")
}

fn written(cell: &Cell) -> &'static str {
    match (cell.rewrites, cell.keeps) {
        (true, true) => "some",
        (true, false) => "rewritten",
        (false, _) => "stay",
    }
}

#[test]
fn the_head_of_a_statement_is_its_words() {
    for (sql, expected) in [
        (
            "ALTER TABLE \"a\"\"b\" ADD COLUMN \"c\" varchar(10) NOT NULL DEFAULT 'x(y'",
            "ALTER TABLE … ADD COLUMN …",
        ),
        ("CREATE INDEX \"i\" ON \"t\" (\"a\" DESC)", "CREATE INDEX … ON …"),
        ("ALTER TABLE `t` ALTER COLUMN `c` SET NOT NULL", "ALTER TABLE … ALTER COLUMN … SET NOT NULL"),
        ("UPDATE \"t\" SET \"a\" = lower(\"b\")", "UPDATE … SET …"),
        ("DROP TABLE \"t\"", "DROP TABLE …"),
    ] {
        assert_eq!(head(sql), expected);
    }
}
