//! Queries for rows that would have no value in a NOT NULL column.

use modelshift_schema::name::ColumnName;
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::{Column, Table};

use super::built::built;
use super::kept_values;
use super::table_parts::Parts;
use crate::dialect::{PlannedStep, Spelling, Unsupported};
use crate::plan::Action;

/// Returns the query for rows that would have no value after a step: rows of a table that gets a NOT NULL column, or rows
/// with NULL in a column that becomes NOT NULL.
///
/// A table that an earlier step of the same migration creates has no rows.
pub(crate) fn requirement(
    spelling: &dyn Spelling,
    earlier: &[PlannedStep],
    step: &Step,
) -> Result<Option<Action>, Unsupported> {
    let Step::AlterTable { before, after, change } = step else { return Ok(None) };
    let mut steps = earlier.iter().map(|planned| &planned.step);
    if steps.any(|step| matches!(step, Step::CreateTable { after } if after.name == before.name)) {
        return Ok(None);
    }
    let parts = Parts::new(spelling, before);
    if let Change::AddColumn { column, fill: None } = change
        && after.column(column).is_some_and(needs_value)
    {
        let why = format!("table `{}` holds rows, and nobody knows their values for `{column}`", before.name);
        let query = parts.rows(["1".to_owned()], None)?.limit(1).take();
        return Ok(Some(Action::Require(built(spelling, query).because(why))));
    }
    if let Change::AlterColumn { column, fill: None } = change
        && forbids_null(before, after, column)
    {
        let why = format!(
            "a row of `{}` holds NULL in `{column}`, which is NOT NULL afterwards, and nobody knows its value",
            before.name
        );
        let quoted = spelling.read_column(column.as_str())?;
        let query = parts.rows(["1".to_owned()], Some(format!("{quoted} IS NULL")))?.limit(1).take();
        return Ok(Some(Action::Require(built(spelling, query).because(why))));
    }
    Ok(None)
}

/// Returns the queries that run before the first operation of a migration that is not one transaction: the requirements of
/// later operations, for tables that no earlier step changes.
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
        let not_null = requirement(spelling, earlier, &planned.step);
        found.extend(not_null.map_err(|error| (planned.operation, error))?);
        let kept = kept_values::requirement(spelling, earlier, planned);
        found.extend(kept.map_err(|error| (planned.operation, error))?);
    }
    Ok(found)
}

fn may_touch(step: &Step, table: &Table) -> bool {
    match step {
        Step::CreateTable { after: other } | Step::DropTable { before: other } => other.name == table.name,
        Step::AlterTable { before, after, .. } => before.name == table.name || after.name == table.name,
        Step::RunSql(_) | Step::RunRust { .. } | Step::LoadData { .. } => true,
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
    before.column(column).is_some_and(|it| it.null)
        && after.column(column).is_some_and(|it| !it.null && it.generated.is_none())
}
