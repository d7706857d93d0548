//! Indexes that are built and dropped concurrently, outside of transactions.

use modelshift_schema::name::ObjectName;
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::Table;

use super::index::{dropped, index_of};
use super::names::qualified;
use super::{Postgres, parts};
use crate::dialect::render::built::built;
use crate::dialect::render::literal::Value;
use crate::dialect::{Spelling, Unsupported};
use crate::plan::Action;
use crate::plan::statement::{RawReason, Statement};

/// Returns the actions of a step that adds or drops an index concurrently; `None` for any other step.
///
/// # Errors
/// If the step would run in a transaction.
pub(in crate::dialect) fn actions(
    step: &Step,
    why: &str,
    atomic: bool,
) -> Result<Option<Vec<Action>>, Unsupported> {
    let Step::AlterTable { after, change, .. } = step else { return Ok(None) };
    if let Change::AddIndexConcurrently { name } = change {
        refuse_transaction(name, atomic)?;
        return add(after, name, why).map(Some);
    }
    if let Change::DropIndexConcurrently { name } = change {
        refuse_transaction(name, atomic)?;
        // An interrupted run may have dropped it already.
        let drop = dropped(after, name)?.concurrently().if_exists().to_owned();
        return Ok(Some(vec![Action::Execute(built(&Postgres, drop).because(why))]));
    }
    Ok(None)
}

/// Builds an index. A failed build leaves an invalid index, which is dropped first.
fn add(table: &Table, name: &ObjectName, why: &str) -> Result<Vec<Action>, Unsupported> {
    let quoted = qualified(table.name.schema(), name.as_str())?;
    let probe = format!(
        "SELECT 1 FROM pg_catalog.pg_index WHERE indexrelid = pg_catalog.to_regclass({}) AND NOT indisvalid",
        Postgres.literal(&Value::Text(&quoted))?
    );
    let leftover = "drops what a build that failed has left";
    let mut create = index_of(table, parts(table).index(name)?)?;
    create.concurrently();
    let drop = dropped(table, name)?.concurrently().to_owned();
    Ok(vec![
        Action::ExecuteIf {
            probe: Statement::raw(RawReason::Catalog, probe, leftover),
            statement: built(&Postgres, drop).because(leftover),
        },
        Action::Execute(built(&Postgres, create).because(why)),
    ])
}

fn refuse_transaction(name: &ObjectName, atomic: bool) -> Result<(), Unsupported> {
    if !atomic {
        return Ok(());
    }
    let what =
        format!("postgres cannot build or drop an index inside a transaction while others write (`{name}`)");
    let remedy =
        "write `atomic = false;` at the head of the migration, and leave other operations to another one";
    Err(Unsupported::new(what, remedy))
}
