//! Columns that only an empty table can get, since its rows would lack a value: no database may make one up for them.

use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::Column;

use super::{PlannedStep, Spelling, Unsupported};
use crate::plan::Action;
use crate::statement::Statement;

/// Gives what makes sure that a table is empty, where a step would leave its rows without a value.
///
/// A table that an earlier step of the same migration makes needs no looking into.
pub(crate) fn requirement(
    spelling: &dyn Spelling,
    earlier: &[PlannedStep],
    step: &Step,
) -> Result<Option<Action>, Unsupported> {
    let Step::AlterTable { before, after, change: Change::AddColumn { column, fill: None } } = step else {
        return Ok(None);
    };
    let is_made = |planned: &PlannedStep| matches!(&planned.step, Step::CreateTable { after } if after.name == before.name);
    if !after.column(column).is_some_and(needs_value) || earlier.iter().any(is_made) {
        return Ok(None);
    }
    let name = spelling.identifier(before.name.as_str())?;
    let why = format!("table `{}` holds rows, and nobody knows their values for `{column}`", before.name);
    Ok(Some(Action::Require(Statement::new(format!("SELECT 1 FROM {name} LIMIT 1"), why))))
}

fn needs_value(column: &Column) -> bool {
    !column.null
        && !column.automatic
        && column.default.is_none()
        && column.generated.is_none()
        && column.identity.is_none()
}
