//! Updates of rows before their table is altered.
//!
//! The check of a deferred constraint waits for the end of the transaction, and the server cannot alter a table with
//! pending checks. So the checks run immediately, and the constraints are deferred again.

use modelshift_schema::relation::Deferrable;
use modelshift_schema::table::Table;

use super::names::qualified;
use crate::dialect::Unsupported;
use crate::plan::statement::{RawReason, Written};

/// Writes an UPDATE, and the statements after which the table can be altered.
pub(super) fn updated(table: &Table, update: Written) -> Result<Vec<Written>, Unsupported> {
    let uniques = table.uniques.iter().map(|it| (&it.name, it.deferrable));
    let references = table.references.iter().map(|it| (&it.name, it.deferrable));
    let exclusions = table.exclusions.iter().map(|it| (&it.name, it.deferrable));
    let rules = uniques.chain(references).chain(exclusions);
    let deferred = rules.filter(|(_, when)| *when == Some(Deferrable::Deferred));
    let names = deferred
        .map(|(name, _)| qualified(table.name.schema(), name.as_str()))
        .collect::<Result<Vec<_>, _>>()?;
    if names.is_empty() {
        return Ok(vec![update]);
    }
    Ok(vec![
        update,
        Written::raw(RawReason::Setting, "SET CONSTRAINTS ALL IMMEDIATE"),
        Written::raw(RawReason::Setting, format!("SET CONSTRAINTS {} DEFERRED", names.join(", "))),
    ])
}
