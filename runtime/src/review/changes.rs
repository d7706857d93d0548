//! Two states -> the difference of their tables, in lines.

use std::collections::{BTreeMap, BTreeSet};

use modelshift_schema::error::StateError;
use modelshift_schema::expr::Expr;
use modelshift_schema::index::IndexPart;
use modelshift_schema::name::{ColumnName, TableName};
use modelshift_schema::state::ProjectState;
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::{Column, Table};

use crate::dialect::render::expression::Expressions;
use crate::dialect::{Capabilities, Dialect, with_spelling};
use crate::picture::type_name;

/// What became of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TableChange {
    /// Its name; if it has another one afterwards, that one.
    pub(crate) name: TableName,
    pub(crate) lines: Vec<Line>,
}

/// A line of the difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Added(String),
    Removed(String),
    Renamed(String),
}

/// Returns the tables that differ. The steps between say which names changed.
pub(super) fn between(
    before: &ProjectState,
    after: &ProjectState,
    steps: &[Step],
) -> Result<Vec<TableChange>, StateError> {
    let (mut old, new) = (tables(before)?, tables(after)?);
    let mut renames: BTreeMap<TableName, Vec<Line>> = BTreeMap::new();
    for step in steps {
        let Step::AlterTable { before, after, change } = step else { continue };
        if matches!(change, Change::RenameTable | Change::MoveTable) {
            follow_table(&mut old, &mut renames, &before.name, &after.name);
        } else if let Change::RenameColumn { before: from, after: to } = change
            && follow_column(&mut old, &after.name, from, to)
        {
            let line = Line::Renamed(format!("column {from} -> {to}"));
            renames.entry(after.name.clone()).or_default().push(line);
        }
    }
    let names: BTreeSet<&TableName> = old.keys().chain(new.keys()).collect();
    let mut changes = Vec::new();
    for name in names {
        let mut lines = renames.remove(name).unwrap_or_default();
        let (was, is) = (old.get(name), new.get(name));
        let (was, is) = (was.map(described).unwrap_or_default(), is.map(described).unwrap_or_default());
        lines.extend(was.iter().filter(|line| !is.contains(line)).cloned().map(Line::Removed));
        lines.extend(is.iter().filter(|line| !was.contains(line)).cloned().map(Line::Added));
        if !lines.is_empty() {
            changes.push(TableChange { name: name.clone(), lines });
        }
    }
    Ok(changes)
}

fn tables(state: &ProjectState) -> Result<BTreeMap<TableName, Table>, StateError> {
    let mut all = BTreeMap::new();
    for (key, _) in state.models() {
        all.extend(state.tables(key)?.into_iter().map(|table| (table.name.clone(), table)));
    }
    Ok(all)
}

fn follow_table(
    old: &mut BTreeMap<TableName, Table>,
    renames: &mut BTreeMap<TableName, Vec<Line>>,
    from: &TableName,
    to: &TableName,
) {
    let Some(table) = old.remove(from) else { return };
    old.insert(to.clone(), table);
    for table in old.values_mut() {
        table.rename_target(from, to);
    }
    let mut lines = renames.remove(from).unwrap_or_default();
    lines.push(Line::Renamed(format!("table {from} -> {to}")));
    renames.insert(to.clone(), lines);
}

/// Follows a new name of a column. Returns false if the table was not there before.
fn follow_column(
    old: &mut BTreeMap<TableName, Table>,
    table: &TableName,
    from: &ColumnName,
    to: &ColumnName,
) -> bool {
    let Some(changed) = old.get_mut(table) else { return false };
    changed.rename_column(from, to);
    let others = old.values_mut().flat_map(|it| it.references.iter_mut());
    for column in others.filter(|it| it.target == *table).flat_map(|it| it.target_columns.iter_mut()) {
        if column == from {
            *column = to.clone();
        }
    }
    true
}

/// Returns a line for each part of a table, as PostgreSQL spells types and expressions.
fn described(table: &Table) -> Vec<String> {
    let capabilities = Capabilities::default_for(Dialect::Postgres);
    with_spelling(Dialect::Postgres, &capabilities, |spelling| {
        lines_of(table, &Expressions::new(spelling, table))
    })
}

fn lines_of(table: &Table, expressions: &Expressions<'_>) -> Vec<String> {
    let mut lines: Vec<String> = table.columns.iter().map(|it| column(it, expressions)).collect();
    lines.extend(table.primary_key.iter().map(|key| format!("primary key ({})", joined(&key.columns))));
    lines.extend(table.uniques.iter().map(|it| format!("unique {} ({})", it.name, joined(&it.columns))));
    for index in &table.indexes {
        let unique = if index.unique { "unique " } else { "" };
        let parts: Vec<String> = index.parts.iter().map(|part| index_part(part, expressions)).collect();
        let when = index.when.as_ref().map(|it| format!(" where {}", condition(it, expressions)));
        let when = when.unwrap_or_default();
        lines.push(format!("{unique}index {} ({}){when}", index.name, parts.join(", ")));
    }
    for it in &table.checks {
        lines.push(format!("check {} ({})", it.name, condition(&it.condition, expressions)));
    }
    for it in &table.references {
        let (columns, targets) = (joined(&it.columns), joined(&it.target_columns));
        let action = it.on_delete.name().replace('_', " ");
        lines.push(format!("reference ({columns}) -> {} ({targets}), on delete {action}", it.target));
    }
    lines.extend(table.exclusions.iter().map(|it| format!("exclusion {}", it.name)));
    lines.extend(table.comment.iter().map(|it| format!("comment {it:?}")));
    lines
}

fn column(it: &Column, expressions: &Expressions<'_>) -> String {
    let type_name = type_name(it, Dialect::Postgres);
    let null = if it.null { "" } else { " NOT NULL" };
    let value = |expr: &Expr| {
        expressions
            .value(expr, &it.column_type)
            .unwrap_or_else(|_| "an expression of another database".to_owned())
    };
    let more = [
        it.default.as_ref().map(|expr| format!("default {}", value(expr))),
        it.generated.as_ref().map(|generated| format!("generated as {}", value(&generated.expression))),
        it.automatic.then(|| "numbered by the database".to_owned()),
        it.collation.is_some().then(|| "with a collation".to_owned()),
        it.comment.as_ref().map(|comment| format!("comment {comment:?}")),
    ];
    let head = format!("column {} {type_name}{null}", it.name);
    std::iter::once(head).chain(more.into_iter().flatten()).collect::<Vec<_>>().join(", ")
}

fn index_part(part: &IndexPart, expressions: &Expressions<'_>) -> String {
    let class = part.operator_class.as_ref().map(|class| format!(" {class}")).unwrap_or_default();
    let order = if part.descending { " DESC" } else { "" };
    format!("{}{class}{order}", condition(&part.value, expressions))
}

/// Returns a condition; the names that it reads, if PostgreSQL does not have it.
fn condition(expr: &Expr, expressions: &Expressions<'_>) -> String {
    expressions.condition(expr).unwrap_or_else(|_| expr.names().join(", "))
}

fn joined(columns: &[ColumnName]) -> String {
    columns.iter().map(ColumnName::as_str).collect::<Vec<_>>().join(", ")
}
