//! The tables of a state -> source for other crates that query them: `schema.rs` of Diesel, entities of SeaORM.
//!
//! No database is accessed here. The same state returns the same text.

mod diesel;
mod diesel_type;
mod entity_type;
mod identifier;
mod sea_orm;

use modelshift_schema::error::StateError;
use modelshift_schema::name::AppLabel;
use modelshift_schema::state::ProjectState;
use modelshift_schema::table::{ForeignKeyConstraint, Table};

pub(crate) use self::diesel::print as diesel;
pub(crate) use self::sea_orm::print as sea_orm;

/// Returns the tables of some apps (of all, if none is named) in the order of the state, with the tables of
/// `ManyToMany` fields behind that of their model.
///
/// # Errors
/// If the table of a model cannot be made.
pub(crate) fn tables(state: &ProjectState, apps: &[String]) -> Result<Vec<Table>, StateError> {
    let is_wanted = |label: &AppLabel| apps.is_empty() || apps.iter().any(|app| *label == app.as_str());
    let mut tables = Vec::new();
    for (key, _) in state.models().filter(|(key, _)| is_wanted(&key.app)) {
        tables.push(state.table(key)?);
        tables.extend(state.join_tables(key)?.into_iter().map(|(_, table)| table));
    }
    Ok(tables)
}

/// Returns the references over one column to the whole primary key of an exported table, each with that table.
fn plain_references<'a>(
    table: &'a Table,
    all: &'a [Table],
) -> impl Iterator<Item = (&'a ForeignKeyConstraint, &'a Table)> {
    table.references.iter().filter_map(|reference| {
        let target = all.iter().find(|it| it.name == reference.target)?;
        let key = target.primary_key.as_ref()?;
        let is_plain = reference.columns.len() == 1 && key.columns == reference.target_columns;
        is_plain.then_some((reference, target))
    })
}

#[cfg(test)]
mod tests;
