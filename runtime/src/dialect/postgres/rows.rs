//! Rows that change before the table does.
//!
//! The check of a rule that is put off waits for the end of the transaction, and the server alters no table for whose
//! rows a check waits. So the checks are made at once, and rules that were put off are put off again.

use modelshift_schema::relation::Deferrable;
use modelshift_schema::table::Table;

use super::Postgres;
use crate::dialect::{Spelling, Unsupported};

/// Writes an UPDATE with what makes the table ready for other changes.
pub(super) fn updated(table: &Table, update: String) -> Result<Vec<String>, Unsupported> {
    let uniques = table.uniques.iter().map(|it| (&it.name, it.deferrable));
    let references = table.references.iter().map(|it| (&it.name, it.deferrable));
    let exclusions = table.exclusions.iter().map(|it| (&it.name, it.deferrable));
    let rules = uniques.chain(references).chain(exclusions);
    let put_off = rules.filter(|(_, when)| *when == Some(Deferrable::Deferred));
    let names = put_off.map(|(name, _)| Postgres.identifier(name.as_str())).collect::<Result<Vec<_>, _>>()?;
    if names.is_empty() {
        return Ok(vec![update]);
    }
    Ok(vec![
        update,
        "SET CONSTRAINTS ALL IMMEDIATE".to_owned(),
        format!("SET CONSTRAINTS {} DEFERRED", names.join(", ")),
    ])
}
