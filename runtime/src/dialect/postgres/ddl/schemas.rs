//! Schemas: each is created if it is missing, and never dropped.

use modelshift_schema::name::SchemaName;
use modelshift_schema::step::{Change, Step};
use modelshift_schema::table::Table;

use super::own_types;
use crate::dialect::postgres::names::qualified;
use crate::dialect::postgres::objects::block;
use crate::dialect::postgres::{Postgres, parts};
use crate::dialect::render::literal::Value;
use crate::dialect::{PlannedStep, Spelling, Unsupported};
use crate::plan::statement::{RawReason, Written};

/// Returns the statement that creates the schema that a step puts a table into, unless an earlier step has put one there.
pub(in crate::dialect) fn created(
    steps: &[PlannedStep],
    position: usize,
) -> Result<Vec<Written>, Unsupported> {
    let Some(schema) = entered(&steps[position].step) else { return Ok(Vec::new()) };
    if steps[..position].iter().any(|earlier| entered(&earlier.step) == Some(schema)) {
        return Ok(Vec::new());
    }
    Ok(vec![create(schema)?])
}

/// Returns the schema that a step puts a table into.
fn entered(step: &Step) -> Option<&SchemaName> {
    match step {
        Step::CreateTable { after } | Step::AlterTable { after, change: Change::MoveTable, .. } => {
            after.name.schema()
        }
        Step::AlterTable { .. }
        | Step::DropTable { .. }
        | Step::RunSql(_)
        | Step::RunRust { .. }
        | Step::LoadData { .. }
        | Step::CreateExtension { .. }
        | Step::DropExtension { .. }
        | Step::CreateCollation(_)
        | Step::DropCollation { .. } => None,
    }
}

/// A role that may not create schemas can use one that exists, which `IF NOT EXISTS` would refuse.
fn create(schema: &SchemaName) -> Result<Written, Unsupported> {
    let quoted = Postgres.identifier(schema.as_str())?;
    let text = Postgres.literal(&Value::Text(schema.as_str()))?;
    let code = format!(
        "BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = {text}) THEN
        CREATE SCHEMA {quoted};
    END IF;
END"
    );
    Ok(Written::raw(RawReason::Schema, block(&code)))
}

/// Writes the statements that move a table to another schema, with the types of its columns. Its indexes, constraints and
/// sequences follow.
pub(super) fn moved(before: &Table, after: &Table) -> Result<Vec<Written>, Unsupported> {
    let mut texts = vec![set_schema("TABLE", &parts(before).name()?, after.name.schema())?];
    for choices in own_types(before) {
        let name = qualified(choices.schema.as_ref(), &choices.name)?;
        texts.push(set_schema("TYPE", &name, after.name.schema())?);
    }
    Ok(texts)
}

fn set_schema(kind: &str, name: &str, schema: Option<&SchemaName>) -> Result<Written, Unsupported> {
    let alter = format!("ALTER {kind} {name} SET SCHEMA");
    if let Some(schema) = schema {
        let sql = format!("{alter} {}", Postgres.identifier(schema.as_str())?);
        return Ok(Written::raw(RawReason::Schema, sql));
    }
    // Only the server knows the first schema of the search path.
    let text = Postgres.literal(&Value::Text(&alter))?;
    let code = format!(
        "BEGIN
    EXECUTE pg_catalog.concat({text}, ' ', pg_catalog.quote_ident(pg_catalog.current_schema()));
END"
    );
    Ok(Written::raw(RawReason::Schema, block(&code)))
}
