//! What a column is computed from becomes another type while its raw text changes too, with rows on every database,
//! there and back.

#![expect(clippy::unwrap_used, reason = "what tests call panics as tests do")]

use std::collections::BTreeMap;

use modelshift::dialect::{Capabilities, Dialect};
use modelshift::plan::Direction;
use modelshift::planner::plan_migration;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::detect::detect;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::generated::Generated;
use modelshift_schema::hints::{ModelHints, SourceModel};
use modelshift_schema::model::Model;
use modelshift_schema::name::ModelKey;
use modelshift_schema::state::ProjectState;
use modelshift_tests::cases::{Case, id};
use modelshift_tests::database::Database;
use modelshift_tests::rows::quoted;

fn model(z: ColumnType, total: &str) -> Model {
    let generated = Some(Generated::stored(Expr::Raw(total.to_owned())));
    let total = Field { generated, null: true, ..Field::new("total", ColumnType::I64) };
    Model::new("Article", vec![id(), total, Field::new("z", z)])
}

fn varchar() -> ColumnType {
    ColumnType::Varchar { max_length: 20 }
}

async fn there_and_back(dialect: Dialect) {
    let mut database = Database::fresh(dialect).await.unwrap();
    database.enter("modelshift_generated_types").await.unwrap();
    let (before, after) = (model(varchar(), "length(z)"), model(ColumnType::I64, "z + 1"));
    let mut case = Case { name: "generated".to_owned(), models: vec![before], operations: Vec::new() };
    let state = case.state();
    let source = SourceModel { model: after, hints: ModelHints::default() };
    let wanted = BTreeMap::from([(ModelKey::new("blog", "Article"), source)]);
    let found = detect(&state, &wanted, &"blog".into()).unwrap();
    assert_eq!(found.questions, []);
    case.operations = found.operations;
    let plan = |direction, migration: &_, state: &ProjectState| {
        plan_migration(migration, direction, state, dialect, &Capabilities::default_for(dialect)).unwrap()
    };
    database.run(&plan(Direction::Forward, &case.first(), &ProjectState::default())).await.unwrap();
    let table = quoted(dialect, "blog_article");
    database.execute(&format!("INSERT INTO {table} (z) VALUES ('7'), ('120')")).await.unwrap();
    let query = format!("SELECT CONCAT('', total) FROM {table} ORDER BY {}", quoted(dialect, "id"));
    assert_eq!(database.rows(&query).await.unwrap(), ["1", "3"], "{dialect}");
    database.run(&plan(Direction::Forward, &case.second(), &state)).await.unwrap();
    assert_eq!(database.rows(&query).await.unwrap(), ["8", "121"], "{dialect}");
    database.run(&plan(Direction::Backward, &case.second(), &state)).await.unwrap();
    assert_eq!(database.rows(&query).await.unwrap(), ["1", "3"], "{dialect}");
}

#[tokio::test]
async fn a_column_is_computed_from_another_type_on_sqlite() {
    there_and_back(Dialect::Sqlite).await;
}

#[tokio::test]
async fn a_column_is_computed_from_another_type_on_postgres() {
    there_and_back(Dialect::Postgres).await;
}

#[tokio::test]
async fn a_column_is_computed_from_another_type_on_mysql() {
    there_and_back(Dialect::Mysql).await;
}
