//! Values of references that are replaced with values of another field of the referenced row.

use modelshift_schema::name::ColumnName;
use modelshift_schema::step::{Change, Lookup, Step};
use modelshift_schema::table::Table;

use crate::dialect::{Dialect, Spelling, Unsupported};
use crate::plan::statement::Statement;

/// The alias of the referenced table, which may be the same table.
const FOUND: &str = "modelshift_found";

/// Returns the query of a step that only requires that all referenced rows exist; `None` for other steps.
pub(crate) fn requirement(spelling: &dyn Spelling, step: &Step) -> Result<Option<Statement>, Unsupported> {
    let Step::AlterTable { before, change: Change::RequireRow { column, lookup }, .. } = step else {
        return Ok(None);
    };
    query(spelling, before, column, lookup).map(Some)
}

/// Writes the query for a row without a referenced row that has the other value.
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

/// Writes the UPDATE that sets a column to a value of the referenced row.
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
        // MySQL reads the table that it updates only in a join.
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
