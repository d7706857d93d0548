//! A SQLite database -> the parts of its tables, by pragmas and by the texts of its definitions.

use modelshift_schema::sqlite_options::SqliteOptions;

use super::super::lexer::{Located, Token, located};
use super::types::column_type;
use crate::run::own_tables::is_own;
use crate::session::Session;
use crate::session::details::{
    CheckDetails, ColumnDetails, IndexDetails, Kind, Numbered, PartDetails, ReferenceDetails, TableDetails,
};
use crate::session::error::SessionError;

type Answer<T> = Result<T, SessionError>;

/// Returns the tables and views, by name.
///
/// # Errors
/// If the database reports an error.
pub(in super::super) async fn details(session: &mut impl Session) -> Answer<Vec<TableDetails>> {
    let all = "SELECT list.name, list.type, schema.sql, list.wr, list.strict FROM pragma_table_list AS list \
               JOIN sqlite_schema AS schema ON schema.name = list.name AND schema.type IN ('table', 'view') \
               WHERE list.schema = 'main' AND list.type <> 'shadow' \
               AND list.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY list.name";
    let mut tables = Vec::new();
    for row in session.rows(all).await? {
        let name = row.text("name");
        if is_own(&name) {
            continue;
        }
        let sql = row.text("sql");
        let kind = if row.text("type") == "view" { Kind::View } else { Kind::Table };
        if row.text("type") == "virtual" {
            let error = Some("it is a virtual table, which no model can describe".to_owned());
            tables.push(TableDetails { name, error, ..TableDetails::default() });
            continue;
        }
        let mut table = TableDetails { name, kind, ..TableDetails::default() };
        table.sqlite = SqliteOptions { strict: row.is_true("strict"), without_rowid: row.is_true("wr") };
        match read(session, &mut table, &sql).await {
            Ok(()) => {}
            // A view over a table that is gone has no columns.
            Err(SessionError::Reported(message)) => table.error = Some(message),
            Err(error) => return Err(error),
        }
        tables.push(table);
    }
    Ok(tables)
}

async fn read(session: &mut impl Session, table: &mut TableDetails, sql: &str) -> Answer<()> {
    let quoted = format!("'{}'", table.name.replace('\'', "''"));
    let tokens = located(sql);
    let body = if table.kind == Kind::Table { parentheses(&tokens).unwrap_or_default() } else { &[] };
    let items = items(body);
    let columns =
        format!("SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo({quoted})");
    let mut key = Vec::new();
    for row in session.rows(&columns).await? {
        let (column_type, note) = column_type(&row.text("type"));
        let mut column = ColumnDetails {
            name: row.text("name"),
            declared: row.text("type"),
            column_type: Some(column_type),
            others: note.into_iter().collect(),
            null: !row.is_true("notnull"),
            default: row.get("dflt_value").map(str::to_owned),
            ..ColumnDetails::default()
        };
        if let Ok(position @ 1..) = row.text("pk").parse::<usize>() {
            key.push((position, column.name.clone()));
        }
        let is_this = |item: &&[Located]| {
            name_of(item.first()).is_some_and(|name| name.eq_ignore_ascii_case(&column.name))
        };
        if let Some(item) = items.iter().copied().find(is_this) {
            declare(&mut column, item, sql);
        }
        table.columns.push(column);
    }
    key.sort();
    table.primary_key = key.into_iter().map(|(_, name)| name).collect();
    settle_rowid(table);
    for item in &items {
        table.checks.extend(checks(item, sql));
        if item.iter().any(|it| it.token.is("CONFLICT")) {
            let text = source(item, sql);
            table.others.push(format!("ON CONFLICT is not part of a model: {text}"));
        }
    }
    table.references = references(session, &quoted, &items).await?;
    table.indexes = indexes(session, &quoted).await?;
    let triggers = format!(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND tbl_name = {quoted} ORDER BY name"
    );
    for row in session.rows(&triggers).await? {
        table
            .others
            .push(format!("Trigger `{}` belongs to the table; migrations keep it.", row.text("name")));
    }
    Ok(())
}

/// Adds what only the text of a column says.
fn declare(column: &mut ColumnDetails, item: &[Located], sql: &str) {
    let outside = outside(item);
    if outside.iter().any(|(_, it)| it.token.is("AUTOINCREMENT")) {
        column.numbered = Some(Numbered::ByDefault);
    }
    let after = |keyword: &str| {
        outside.iter().find(|(_, it)| it.token.is(keyword)).map(|(position, _)| &item[position + 1..])
    };
    column.collation = after("COLLATE").and_then(|rest| name_of(rest.first())).map(str::to_owned);
    if let Some(rest) = after("AS")
        && let Some(value) = parentheses(rest)
    {
        let behind = rest.get(value.len() + 2);
        column.generated = Some((source(value, sql), behind.is_some_and(|it| it.token.is("STORED"))));
    }
}

/// A rowid under a name is never NULL, whatever is declared.
fn settle_rowid(table: &mut TableDetails) {
    let [key] = table.primary_key.as_slice() else { return };
    let is_alias =
        |column: &&mut ColumnDetails| column.name == *key && column.declared.eq_ignore_ascii_case("integer");
    if let Some(column) = table.columns.iter_mut().find(is_alias) {
        column.null = false;
    }
}

fn checks(item: &[Located], sql: &str) -> Vec<CheckDetails> {
    let mut checks = Vec::new();
    for (position, token) in outside(item) {
        if !token.token.is("CHECK") {
            continue;
        }
        let Some(condition) = parentheses(&item[position..]) else { continue };
        let is_named = position >= 2 && item[position - 2].token.is("CONSTRAINT");
        let name = if is_named { name_of(item.get(position - 1)).map(str::to_owned) } else { None };
        checks.push(CheckDetails { name, text: source(condition, sql) });
    }
    checks
}

async fn references(
    session: &mut impl Session,
    table: &str,
    items: &[&[Located]],
) -> Answer<Vec<ReferenceDetails>> {
    let query = format!(
        "SELECT id, \"table\", \"from\", \"to\", on_update, on_delete FROM pragma_foreign_key_list({table}) ORDER BY id DESC, seq"
    );
    let mut all: Vec<(String, ReferenceDetails)> = Vec::new();
    for row in session.rows(&query).await? {
        let id = row.text("id");
        if all.last().is_none_or(|(last, _)| *last != id) {
            let reference = ReferenceDetails {
                target: row.text("table"),
                on_delete: row.text("on_delete"),
                on_update: row.text("on_update"),
                ..ReferenceDetails::default()
            };
            all.push((id, reference));
        }
        if let Some((_, reference)) = all.last_mut() {
            reference.columns.push(row.text("from"));
            reference.target_columns.extend(row.get("to").map(str::to_owned));
        }
    }
    let mut references: Vec<ReferenceDetails> = all.into_iter().map(|(_, reference)| reference).collect();
    for item in items {
        let Some((columns, deferrable)) = deferrable(item) else { continue };
        let is_this = |it: &&mut ReferenceDetails| {
            it.columns.len() == columns.len()
                && it.columns.iter().zip(&columns).all(|(one, other)| one.eq_ignore_ascii_case(other))
        };
        if let Some(reference) = references.iter_mut().find(is_this) {
            reference.deferrable = Some(deferrable);
        }
    }
    Ok(references)
}

/// Returns the columns of a reference whose check may be deferred, and whether it is.
fn deferrable(item: &[Located]) -> Option<(Vec<String>, bool)> {
    let outside = outside(item);
    let at = |keyword: &str| outside.iter().position(|(_, it)| it.token.is(keyword));
    at("REFERENCES")?;
    let place = at("DEFERRABLE")?;
    if place > 0 && outside[place - 1].1.token.is("NOT") {
        return None;
    }
    let is_deferred = outside.iter().any(|(_, it)| it.token.is("DEFERRED"));
    let columns = match at("FOREIGN") {
        Some(foreign) => {
            let names = parentheses(&item[outside[foreign].0..])?;
            names.iter().filter_map(|it| name_of(Some(it))).map(str::to_owned).collect()
        }
        None => vec![name_of(item.first())?.to_owned()],
    };
    Some((columns, is_deferred))
}

async fn indexes(session: &mut impl Session, table: &str) -> Answer<Vec<IndexDetails>> {
    let query = format!(
        "SELECT list.name, list.\"unique\" AS is_unique, schema.sql FROM pragma_index_list({table}) AS list \
         LEFT JOIN sqlite_schema AS schema ON schema.type = 'index' AND schema.name = list.name \
         WHERE list.origin <> 'pk' ORDER BY list.name"
    );
    let mut indexes = Vec::new();
    for row in session.rows(&query).await? {
        let name = row.text("name");
        let sql = row.text("sql");
        let tokens = located(&sql);
        let body = parentheses(&tokens).unwrap_or_default();
        let items = items(body);
        let mut index = IndexDetails {
            unique: row.is_true("is_unique"),
            name: row.get("sql").map(|_| name.clone()),
            when: tokens.iter().rposition(|it| it.token.is("WHERE")).and_then(|place| {
                let end_of_body = body.last()?.place.end;
                (tokens[place].place.start > end_of_body).then(|| source(&tokens[place + 1..], &sql))
            }),
            ..IndexDetails::default()
        };
        let quoted = format!("'{}'", name.replace('\'', "''"));
        let parts =
            format!("SELECT name, desc FROM pragma_index_xinfo({quoted}) WHERE key = 1 ORDER BY seqno");
        for (position, row) in session.rows(&parts).await?.iter().enumerate() {
            let item = items.get(position).copied().unwrap_or_default();
            if outside(item).iter().any(|(_, it)| it.token.is("COLLATE")) {
                index.others.push(format!("the collation in `{}`", source(item, &sql)));
            }
            let part = PartDetails { descending: row.is_true("desc"), ..PartDetails::default() };
            index.parts.push(if let Some(column) = row.get("name") {
                PartDetails { text: column.to_owned(), is_column: true, ..part }
            } else {
                let is_order = |it: &Located| it.token.is("ASC") || it.token.is("DESC");
                let end = item.iter().rposition(|it| !is_order(it)).map_or(0, |last| last + 1);
                PartDetails { text: source(&item[..end], &sql), ..part }
            });
        }
        indexes.push(index);
    }
    Ok(indexes)
}

/// Returns the text of tokens as it stands.
fn source(tokens: &[Located], sql: &str) -> String {
    match (tokens.first(), tokens.last()) {
        (Some(first), Some(last)) => sql[first.place.start..last.place.end].to_owned(),
        _ => String::new(),
    }
}

fn name_of(token: Option<&Located>) -> Option<&str> {
    token.and_then(|it| it.token.name())
}

/// Returns the tokens outside of parentheses, with their positions.
fn outside(item: &[Located]) -> Vec<(usize, &Located)> {
    let mut depth = 0_usize;
    let mut found = Vec::new();
    for (position, it) in item.iter().enumerate() {
        match it.token {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth = depth.saturating_sub(1),
            Token::Word(_) | Token::Name(_) | Token::Text(_) | Token::Sign(_) if depth == 0 => {
                found.push((position, it));
            }
            Token::Word(_) | Token::Name(_) | Token::Text(_) | Token::Sign(_) => {}
        }
    }
    found
}

/// Returns the tokens between the first parenthesis and its closing one.
fn parentheses(tokens: &[Located]) -> Option<&[Located]> {
    let open = tokens.iter().position(|it| it.token == Token::Sign('('))?;
    let mut depth = 0_usize;
    for (position, it) in tokens.iter().enumerate().skip(open) {
        match it.token {
            Token::Sign('(') => depth += 1,
            Token::Sign(')') => depth -= 1,
            Token::Word(_) | Token::Name(_) | Token::Text(_) | Token::Sign(_) => {}
        }
        if depth == 0 {
            return Some(&tokens[open + 1..position]);
        }
    }
    None
}

/// Splits at the commas outside of parentheses.
fn items(body: &[Located]) -> Vec<&[Located]> {
    let commas = outside(body).into_iter().filter(|(_, it)| it.token == Token::Sign(','));
    let mut items = Vec::new();
    let mut start = 0;
    for (comma, _) in commas {
        items.push(&body[start..comma]);
        start = comma + 1;
    }
    items.push(&body[start..]);
    items
}
