//! What PostgreSQL alone has, on the server: extensions that were there before, index builds that failed, checks that old
//! rows do not fulfil.

use modelshift::dialect::{Capabilities, Dialect};
use modelshift::plan::Direction;
use modelshift::planner::plan_migration;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{BinaryOp, Expr};
use modelshift_schema::field::Field;
use modelshift_schema::index::IndexPart;
use modelshift_schema::migration::Migration;
use modelshift_schema::model::Model;
use modelshift_schema::operation::{
    AddConstraintNotValid, AddIndexConcurrently, CreateExtension, Operation, ValidateConstraint,
};
use modelshift_schema::state::ProjectState;
use modelshift_tests::cases::{self, Case};
use modelshift_tests::database::{Database, Rejected};

fn case(operations: Vec<Operation>) -> Case {
    let model = Model::new("Post", vec![cases::id(), Field::new("rating", ColumnType::I32)]);
    Case { name: "not_atomic_case".to_owned(), models: vec![model], operations }
}

async fn go(
    database: &mut Database,
    case: &Case,
    migration: &Migration,
    way: Direction,
) -> Result<(), Rejected> {
    let before = if migration.id.name == "0001_initial" { ProjectState::default() } else { case.state() };
    let capabilities = Capabilities::default_for(Dialect::Postgres);
    let plan = plan_migration(migration, way, &before, Dialect::Postgres, &capabilities);
    database.run(&plan.expect("the case is planned")).await
}

async fn room(name: &str, case: &Case) -> Database {
    let mut database = Database::fresh(Dialect::Postgres).await.expect("the server starts");
    database.enter(name).await.expect("an empty schema");
    go(&mut database, case, &case.first(), Direction::Forward).await.expect("the tables are made");
    database
}

#[tokio::test]
async fn an_extension_that_was_there_before_stays() {
    let name = "tablefunc".to_owned();
    let case = case(vec![Operation::CreateExtension(CreateExtension { name })]);
    let mut database = room("extensions", &case).await;
    let there = "SELECT extname FROM pg_extension WHERE extname = 'tablefunc'";
    for (is_there_before, after) in [(true, vec!["tablefunc"]), (false, vec![])] {
        database.execute("DROP EXTENSION IF EXISTS tablefunc").await.unwrap();
        if is_there_before {
            database.execute("CREATE EXTENSION tablefunc").await.unwrap();
        }
        go(&mut database, &case, &case.second(), Direction::Forward).await.unwrap();
        assert_eq!(database.rows(there).await.unwrap(), ["tablefunc"]);
        go(&mut database, &case, &case.second(), Direction::Backward).await.unwrap();
        assert_eq!(database.rows(there).await.unwrap(), after);
    }
}

/// `F12` of the faults that a run must survive: an index that nobody can use is dropped and built again.
#[tokio::test]
async fn se_170_an_index_whose_build_failed_is_built_again() {
    let index = cases::index("post_rating_idx", vec![IndexPart::ascending(Expr::name("rating"))]);
    let add = AddIndexConcurrently { model: "Post".into(), index };
    let case = case(vec![Operation::AddIndexConcurrently(add)]);
    let mut database = room("indexes", &case).await;
    database.execute("INSERT INTO blog_post (rating) VALUES (1), (1)").await.unwrap();
    let failed = "CREATE UNIQUE INDEX CONCURRENTLY post_rating_idx ON blog_post (rating)";
    assert!(database.execute(failed).await.is_err());
    let state =
        "SELECT concat(indisvalid, indisunique) FROM pg_index WHERE indexrelid = 'post_rating_idx'::regclass";
    assert_eq!(database.rows(state).await.unwrap(), ["ft"]);
    go(&mut database, &case, &case.second(), Direction::Forward).await.unwrap();
    assert_eq!(database.rows(state).await.unwrap(), ["tf"]);
    // One that can be used is nobody's leftover.
    let again = go(&mut database, &case, &case.second(), Direction::Forward).await.unwrap_err();
    assert!(again.reason.contains("already exists"), "{}", again.reason);
    go(&mut database, &case, &case.second(), Direction::Backward).await.unwrap();
    go(&mut database, &case, &case.second(), Direction::Backward).await.unwrap();
}

#[tokio::test]
async fn se_175_and_se_176_old_rows_are_held_to_a_check_when_they_are_looked_at() {
    let condition = Expr::binary(BinaryOp::Ge, Expr::name("rating"), Expr::int(0));
    let constraint = cases::check("post_rating_check", condition);
    let add = AddConstraintNotValid { model: "Post".into(), constraint };
    let add = case(vec![Operation::AddConstraintNotValid(add)]);
    let validate = ValidateConstraint { model: "Post".into(), name: "post_rating_check".into() };
    let mut database = room("checks", &add).await;
    database.execute("INSERT INTO blog_post (rating) VALUES (-1)").await.unwrap();
    go(&mut database, &add, &add.second(), Direction::Forward).await.unwrap();
    let error = database.execute("INSERT INTO blog_post (rating) VALUES (-2)").await.unwrap_err();
    assert!(error.reason.contains("post_rating_check"), "{}", error.reason);

    let both = case(vec![add.operations[0].clone(), Operation::ValidateConstraint(validate)]);
    let second = cases::migration("0002_case", both.operations[1..].to_vec());
    let capabilities = Capabilities::default_for(Dialect::Postgres);
    let state = cases::after(&both.state(), &cases::migration("0001_add", add.operations.clone()));
    let plan = |way| plan_migration(&second, way, &state, Dialect::Postgres, &capabilities).expect("a plan");
    let error = database.run(&plan(Direction::Forward)).await.unwrap_err();
    assert!(error.reason.contains("post_rating_check"), "{}", error.reason);
    database.execute("UPDATE blog_post SET rating = 0").await.unwrap();
    database.run(&plan(Direction::Forward)).await.unwrap();
    assert_eq!(plan(Direction::Backward).statements().count(), 0);
}
