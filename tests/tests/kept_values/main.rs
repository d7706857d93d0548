//! Every type of column becomes every other with values at the edges, there and back: a value stays as it is, or the
//! migration stops before anything changes and names the rows.

#![expect(clippy::wildcard_enum_match_arm, reason = "every other type holds whole numbers")]

mod edges;
mod meaning;
mod spelled;
mod trial;

use modelshift::dialect::Dialect;
use modelshift::plan::Direction;
use modelshift::planner::plan_migration;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::model::Model;
use modelshift_schema::state::ProjectState;
use modelshift_tests::backend::Backend;
use modelshift_tests::cases::{Case, alter, id, null};
use modelshift_tests::database::{Database, Rejected};
use modelshift_tests::on_backends;

use crate::edges::{edges, types};
use crate::meaning::written;
use crate::trial::Trial;

/// Converts there and back; returns how many rows were kept on the way there, and how many stopped it.
async fn convert(
    database: &mut Database,
    dialect: Dialect,
    from: &ColumnType,
    to: &ColumnType,
    values: &[String],
) -> Result<Option<(usize, usize)>, String> {
    let field = |holds: &ColumnType| {
        null(Field { kind: FieldKind::Column(holds.clone()), ..Field::new("value", holds.clone()) })
    };
    let case = Case {
        name: format!("{from:?} to {to:?}"),
        models: vec![Model::new("Thing", vec![id(), field(from)])],
        operations: vec![alter("Thing", field(to), None)],
    };
    let able = database.backend().capabilities();
    let first = plan_migration(&case.first(), Direction::Forward, &ProjectState::default(), dialect, &able);
    let mut trial = Trial { database, dialect, case };
    let Some(forward) = trial.plan(Direction::Forward) else { return Ok(None) };
    let told = |refused: Rejected| format!("{from:?} to {to:?}: {}\n    {}", refused.reason, refused.sql);
    trial.database.enter("modelshift_kept").await.map_err(told)?;
    trial.database.run(&first.expect("a table of one column can be")).await.map_err(told)?;
    let null = "INSERT INTO blog_thing (value) VALUES (NULL)".to_owned();
    let inserts = values
        .iter()
        .map(|text| format!("INSERT INTO blog_thing (value) VALUES ({})", written(dialect, from, text)));
    for insert in [null].into_iter().chain(inserts) {
        trial.database.execute(&insert).await.map_err(told)?;
    }
    let counted = trial.change(&forward, from, to).await?;
    if let Some(backward) = trial.plan(Direction::Backward) {
        trial.change(&backward, to, from).await.map_err(|fault| format!("back: {fault}"))?;
    }
    Ok(Some(counted))
}

fn is_tiny(holds: &ColumnType) -> bool {
    matches!(holds, ColumnType::Varchar { max_length: 3 })
}

async fn every_value_is_kept_or_stops(backend: Backend) {
    let dialect = backend.dialect();
    let mut database = Database::fresh(backend).await.expect("the server starts");
    let mut faults = Vec::new();
    for from in types() {
        for to in types().into_iter().filter(|to| *to != from) {
            match convert(&mut database, dialect, &from, &to, &edges(&from, &to)).await {
                Ok(None) => {}
                // NULL is one of the rows; three characters have room for few values.
                Ok(Some((kept, _))) if kept > 1 || is_tiny(&from) || is_tiny(&to) => {}
                Ok(Some(counted)) => faults.push(format!("{from:?} to {to:?} keeps no value: {counted:?}")),
                Err(fault) => faults.push(fault),
            }
        }
    }
    assert!(faults.is_empty(), "{backend:?}:\n{}", faults.join("\n"));
}

// Of each family one server, and MySQL itself, which converts in ways of its own.
on_backends!(every_value_is_kept_or_stops: sqlite Sqlite, postgres Postgres, mariadb Mariadb, mysql_9 Mysql9);
