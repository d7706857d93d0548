//! Values of references that become those of another field of the row that they refer to.

use modelshift_schema::name::ColumnName;
use modelshift_schema::step::{Change, Lookup, Step};
use modelshift_schema::table::Table;

use crate::dialect::{Dialect, Spelling, Unsupported};
use crate::plan::statement::Statement;

/// The name of the other table in a statement, where it may be the table itself.
const FOUND: &str = "modelshift_found";

/// Returns the query that a step is, where it changes nothing and must find no row: one that refers to no row which has
/// the other value.
pub(crate) fn requirement(spelling: &dyn Spelling, step: &Step) -> Result<Option<Statement>, Unsupported> {
    let Step::AlterTable { before, change: Change::RequireRow { column, lookup }, .. } = step else {
        return Ok(None);
    };
    query(spelling, before, column, lookup).map(Some)
}

/// Writes the query for a row that refers to no row which has the other value.
pub(crate) fn query(
    spelling: &dyn Spelling,
    before: &Table,
    column: &ColumnName,
    lookup: &Lookup,
) -> Result<Statement, Unsupported> {
    let own = own_column(spelling, before, column)?;
    let table = spelling.identifier(before.name.as_str())?;
    let Quoted { other, by, value } = quoted(spelling, lookup)?;
    let sql = format!(
        "SELECT {own} FROM {table} WHERE {own} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {other} {FOUND} WHERE {FOUND}.{by} = \
         {own} AND {FOUND}.{value} IS NOT NULL) LIMIT 1"
    );
    let why = format!(
        "a row of `{}` holds in `{column}` what no row of `{}` with a value in `{}` has in `{}`, so that it cannot refer \
         by the other column",
        before.name, lookup.table, lookup.value, lookup.by
    );
    Ok(Statement::new(sql, why))
}

/// Writes the UPDATE that gives every row the value of the row that it refers to.
pub(crate) fn update(
    dialect: Dialect,
    spelling: &dyn Spelling,
    table: &Table,
    (column, from): (&ColumnName, &ColumnName),
    lookup: &Lookup,
) -> Result<String, Unsupported> {
    let name = spelling.identifier(table.name.as_str())?;
    let own = own_column(spelling, table, from)?;
    let quoted_column = spelling.identifier(column.as_str())?;
    let Quoted { other, by, value } = quoted(spelling, lookup)?;
    Ok(match dialect {
        // It does not read the table that it changes, unless the two are joined.
        Dialect::Mysql => format!(
            "UPDATE {name} LEFT JOIN {other} {FOUND} ON {FOUND}.{by} = {own} SET {name}.{quoted_column} = {FOUND}.{value}"
        ),
        Dialect::Sqlite | Dialect::Postgres => format!(
            "UPDATE {name} SET {quoted_column} = (SELECT {FOUND}.{value} FROM {other} {FOUND} WHERE {FOUND}.{by} = {own})"
        ),
    })
}

struct Quoted {
    other: String,
    by: String,
    value: String,
}

fn quoted(spelling: &dyn Spelling, lookup: &Lookup) -> Result<Quoted, Unsupported> {
    Ok(Quoted {
        other: spelling.identifier(lookup.table.as_str())?,
        by: spelling.identifier(lookup.by.as_str())?,
        value: spelling.identifier(lookup.value.as_str())?,
    })
}

fn own_column(spelling: &dyn Spelling, table: &Table, column: &ColumnName) -> Result<String, Unsupported> {
    let (table, column) = (spelling.identifier(table.name.as_str())?, spelling.identifier(column.as_str())?);
    Ok(format!("{table}.{column}"))
}
