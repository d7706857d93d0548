//! Values of references that are replaced with values of another field of the referenced row.

use modelshift_schema::name::ColumnName;
use modelshift_schema::step::{Change, Lookup, Step};
use modelshift_schema::table::Table;
use sea_query::Query;

use super::built::{built, word};
use super::table_parts::Parts;
use crate::dialect::{Dialect, Spelling, Unsupported};
use crate::plan::statement::{RawReason, Statement, Written};

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
    let Quoted { other, by, value } = quoted(spelling, lookup)?;
    let condition = format!(
        "{own} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {other} {FOUND} WHERE {FOUND}.{by} = {own} AND \
         {FOUND}.{value} IS NOT NULL)"
    );
    let query = Parts::new(spelling, before).rows([own], Some(condition))?.limit(1).take();
    let why = format!(
        "a row of `{}` holds in `{column}` what no row of `{}` with a value in `{}` has in `{}`, so that it cannot refer \
         by the other column",
        before.name, lookup.table, lookup.value, lookup.by
    );
    Ok(built(spelling, query).because(why))
}

/// Writes the UPDATE that sets a column to a value of the referenced row.
pub(crate) fn update(
    spelling: &dyn Spelling,
    table: &Table,
    (column, from): (&ColumnName, &ColumnName),
    lookup: &Lookup,
) -> Result<Written, Unsupported> {
    let name = spelling.table(&table.name)?;
    let own = own_column(spelling, table, from)?;
    let (quoted_column, parts) = (spelling.identifier(column.as_str())?, Parts::new(spelling, table));
    let Quoted { other, by, value } = quoted(spelling, lookup)?;
    Ok(match spelling.dialect() {
        // MySQL reads the table that it updates only in a join.
        Dialect::Mysql => Written::raw(
            RawReason::JoinedUpdate,
            format!(
                "UPDATE {name} LEFT JOIN {other} {FOUND} ON {FOUND}.{by} = {own} SET {name}.{quoted_column} = {FOUND}.{value}"
            ),
        ),
        Dialect::Sqlite | Dialect::Postgres => {
            let found = format!("(SELECT {FOUND}.{value} FROM {other} {FOUND} WHERE {FOUND}.{by} = {own})");
            let update = Query::update()
                .table(parts.table_name()?)
                .value(parts.iden(column.as_str())?, word(found))
                .take();
            built(spelling, update)
        }
    })
}

struct Quoted {
    other: String,
    by: String,
    value: String,
}

fn quoted(spelling: &dyn Spelling, lookup: &Lookup) -> Result<Quoted, Unsupported> {
    Ok(Quoted {
        other: spelling.table(&lookup.table)?,
        by: spelling.identifier(lookup.by.as_str())?,
        value: spelling.identifier(lookup.value.as_str())?,
    })
}

fn own_column(spelling: &dyn Spelling, table: &Table, column: &ColumnName) -> Result<String, Unsupported> {
    let (table, column) = (spelling.table(&table.name)?, spelling.identifier(column.as_str())?);
    Ok(format!("{table}.{column}"))
}
