//! Values that rows would lack: no database may make one up for them, so that they are looked for before.

use modelshift_schema::name::ColumnName;
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::{Column, Table};

use super::kept_values;
use crate::dialect::{PlannedStep, Spelling, Unsupported};
use crate::plan::Action;
use crate::plan::statement::Statement;

/// Returns what makes sure that no row is left without a value by a step: that a table is empty which gets a column, or
/// that no row holds NULL where that is forbidden from then on.
///
/// A table that an earlier step of the same migration makes needs no looking into.
pub(crate) fn requirement(
    spelling: &dyn Spelling,
    earlier: &[PlannedStep],
    step: &Step,
) -> Result<Option<Action>, Unsupported> {
    let Step::AlterTable { before, after, change } = step else { return Ok(None) };
    let is_made = |planned: &PlannedStep| matches!(&planned.step, Step::CreateTable { after } if after.name == before.name);
    if earlier.iter().any(is_made) {
        return Ok(None);
    }
    let table = spelling.identifier(before.name.as_str())?;
    if let Change::AddColumn { column, fill: None } = change
        && after.column(column).is_some_and(needs_value)
    {
        let why = format!("table `{}` holds rows, and nobody knows their values for `{column}`", before.name);
        return Ok(Some(Action::Require(Statement::new(format!("SELECT 1 FROM {table} LIMIT 1"), why))));
    }
    if let Change::AlterColumn { column, fill: None } = change
        && forbids_null(before, after, column)
    {
        let why = format!(
            "a row of `{}` holds NULL in `{column}`, which is NOT NULL afterwards, and nobody knows its value",
            before.name
        );
        let quoted = spelling.read_column(column.as_str())?;
        let sql = format!("SELECT 1 FROM {table} WHERE {quoted} IS NULL LIMIT 1");
        return Ok(Some(Action::Require(Statement::new(sql, why))));
    }
    Ok(None)
}

/// Returns what a migration that is not done at once must look for before its first operation, so that none of it is done
/// in vain: what later operations require of tables that nothing before them touches.
pub(crate) fn before_anything(
    spelling: &dyn Spelling,
    first: usize,
    steps: &[PlannedStep],
) -> Result<Vec<Action>, (usize, Unsupported)> {
    let mut found = Vec::new();
    for (position, planned) in steps.iter().enumerate().skip(first) {
        let Step::AlterTable { before, .. } = &planned.step else { continue };
        if steps[..position].iter().any(|earlier| may_touch(&earlier.step, before)) {
            continue;
        }
        let earlier = &steps[..position];
        let failed = |error| (planned.operation, error);
        found.extend(requirement(spelling, earlier, &planned.step).map_err(failed)?);
        found.extend(kept_values::requirement(spelling, earlier, planned).map_err(failed)?);
    }
    Ok(found)
}

fn may_touch(step: &Step, table: &Table) -> bool {
    match step {
        Step::CreateTable { after: other } | Step::DropTable { before: other } => other.name == table.name,
        Step::AlterTable { before, after, .. } => before.name == table.name || after.name == table.name,
        Step::RunSql(_) => true,
        Step::CreateExtension { .. }
        | Step::DropExtension { .. }
        | Step::CreateCollation(_)
        | Step::DropCollation { .. } => false,
    }
}

fn needs_value(column: &Column) -> bool {
    !column.null && !column.automatic && column.default.is_none() && column.generated.is_none()
}

fn forbids_null(before: &Table, after: &Table, column: &ColumnName) -> bool {
    let is_null = |table: &Table| table.column(column).is_some_and(|column| column.null);
    is_null(before) && after.column(column).is_some_and(|it| !it.null && it.generated.is_none())
}
