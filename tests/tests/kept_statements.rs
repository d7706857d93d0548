//! What MySQL and MariaDB keep of a migration statement by statement, and what they refuse.

use std::sync::Arc;

use modelshift::dialect::Dialect;
use modelshift::plan::{Direction, MigrationPlan};
use modelshift::planner::{PlanError, plan_migration};
use modelshift_schema::choices::Storage;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::Constraint;
use modelshift_schema::expr::{Expr, Function};
use modelshift_schema::field::Field;
use modelshift_schema::index::{Index, IndexPart};
use modelshift_schema::model::Model;
use modelshift_schema::operation::{AddConstraint, AddField, AddIndex, CreateModel, Operation, RemoveField};
use modelshift_schema::state::ProjectState;
use modelshift_tests::backend::Backend;
use modelshift_tests::cases::{self, Case};
use modelshift_tests::database::Database;
use modelshift_tests::servers;

fn planned(case: &Case) -> Result<MigrationPlan, PlanError> {
    planned_on(Backend::Mariadb, case)
}

fn planned_on(backend: Backend, case: &Case) -> Result<MigrationPlan, PlanError> {
    let able = backend.capabilities();
    plan_migration(&case.second(), Direction::Forward, &case.state(), Dialect::Mysql, &able)
}

async fn room(name: &str, case: &Case) -> Database {
    let database = Database::fresh(Backend::Mariadb).await.expect("the server starts");
    room_of(database, name, case).await
}

async fn room_of(mut database: Database, name: &str, case: &Case) -> Database {
    database.enter(name).await.expect("an empty database");
    let (first, empty) = (case.first(), ProjectState::default());
    let able = database.backend().capabilities();
    let plan = plan_migration(&first, Direction::Forward, &empty, Dialect::Mysql, &able);
    database.run(&plan.expect("a plan")).await.expect("the tables are made");
    database
}

fn case(models: Vec<Model>, operations: Vec<Operation>) -> Case {
    Case { name: "kept_statements".to_owned(), models, operations }
}

fn item(fields: Vec<Field>) -> Model {
    Model::new("Item", [vec![cases::id()], fields].concat())
}

fn texts(case: &Case) -> Vec<String> {
    planned(case).expect("a plan").statements().map(|statement| statement.sql.clone()).collect()
}

fn random_default() -> Case {
    let uuid = Expr::Call { function: Function::RandomUuid, arguments: Vec::new() };
    let field = cases::default(Field::new("token", ColumnType::Uuid), uuid);
    let add = AddField { model: "Item".into(), field, backfill: None };
    case(vec![item(Vec::new())], vec![Operation::AddField(add)])
}

fn long_column() -> Case {
    let name = "é".repeat(30);
    let remove = RemoveField { model: "Item".into(), field: name.as_str().into() };
    let fields = vec![cases::null(Field::new(name.as_str(), ColumnType::I32))];
    case(vec![item(fields)], vec![Operation::RemoveField(remove)])
}

fn key_without_a_field() -> Case {
    let key = |field: Field| Field { primary_key: true, ..field };
    let fields = vec![key(Field::new("a", ColumnType::I32)), key(Field::new("b", ColumnType::I32))];
    let remove = RemoveField { model: "Pair".into(), field: "a".into() };
    case(vec![Model::new("Pair", fields)], vec![Operation::RemoveField(remove)])
}

/// What MySQL itself refuses otherwise, on a server with a binary log that takes no table without a key.
#[tokio::test]
async fn mysql_takes_these_statements() {
    let backend = Backend::Mysql9;
    let Some(_ready) = backend.ready() else { return };
    let settings = ["log-bin=binlog", "server-id=1", "sql-require-primary-key=ON"];
    let server = servers::own(backend, &settings).unwrap().unwrap();
    for (name, case, rows) in [
        ("random_default", random_default(), "INSERT INTO blog_item () VALUES (), ()"),
        ("long_column", long_column(), "INSERT INTO blog_item () VALUES (), ()"),
        ("without_a_key", key_without_a_field(), "INSERT INTO blog_pair VALUES (1, 2), (1, 3)"),
    ] {
        let database = Database::on(backend, Arc::clone(&server)).await.unwrap();
        let mut database = room_of(database, name, &case).await;
        database.execute(rows).await.unwrap();
        let ran = database.run(&planned_on(backend, &case).unwrap()).await;
        assert!(ran.is_ok(), "{name}: {ran:?}");
        let table = rows.split(' ').nth(2).unwrap_or_default();
        assert_eq!(database.rows(&format!("SELECT CONCAT(COUNT(*), '') FROM {table}")).await.unwrap(), ["2"]);
    }
    // The server is as it was meant to be.
    let mut database = Database::on(backend, server).await.unwrap();
    let without_key = database.execute("CREATE TABLE plain (a int)").await.unwrap_err();
    assert!(without_key.reason.contains("3750"), "{without_key:?}");
    assert_eq!(database.rows("SELECT CONCAT(@@log_bin, '')").await.unwrap(), ["1"]);
}

#[tokio::test]
async fn a_random_default_gives_each_row_its_own_value() {
    let case = random_default();
    // With a binary log, MySQL refuses to add a column whose default is random (1674).
    let texts = texts(&case);
    assert!(texts[0].ends_with("ADD COLUMN `token` binary(16) NULL"), "{texts:?}");
    assert!(texts[1].starts_with("UPDATE ") && texts[2].contains("MODIFY COLUMN"), "{texts:?}");
    let mut database = room("random_default", &case).await;
    database.execute("INSERT INTO blog_item () VALUES (), ()").await.unwrap();
    database.run(&planned(&case).unwrap()).await.unwrap();
    database.execute("INSERT INTO blog_item () VALUES ()").await.unwrap();
    let different = "SELECT CONCAT(COUNT(DISTINCT token), '') FROM blog_item";
    assert_eq!(database.rows(different).await.unwrap(), ["3"]);
}

#[tokio::test]
async fn a_column_with_a_long_name_is_dropped_beside_its_rows() {
    let case = long_column();
    // MySQL keeps the column for a while under a longer name, for which it lacks the room (3507).
    assert!(texts(&case)[0].ends_with("`, ALGORITHM=INPLACE"), "{:?}", texts(&case));
    let mut database = room("long_column", &case).await;
    database.execute("INSERT INTO blog_item () VALUES (), ()").await.unwrap();
    database.run(&planned(&case).unwrap()).await.unwrap();
    assert_eq!(database.rows("SELECT CONCAT(id, '') FROM blog_item").await.unwrap(), ["1", "2"]);
}

#[tokio::test]
async fn a_table_is_never_without_a_key() {
    let case = key_without_a_field();
    // Where `sql_require_primary_key` is on, MySQL takes no table without a key (3750).
    let first = "ALTER TABLE `blog_pair` DROP PRIMARY KEY, DROP COLUMN `a`, ADD PRIMARY KEY (`b`)";
    assert_eq!(texts(&case)[0], first);
    assert!(texts(&case)[1..].iter().all(|text| !text.contains("PRIMARY KEY")), "{:?}", texts(&case));
    let mut database = room("without_a_key", &case).await;
    database.execute("INSERT INTO blog_pair VALUES (1, 2), (1, 3)").await.unwrap();
    database.run(&planned(&case).unwrap()).await.unwrap();
    let key = "SELECT column_name FROM information_schema.key_column_usage \
               WHERE table_schema = DATABASE() AND table_name = 'blog_pair'";
    assert_eq!(database.rows(key).await.unwrap(), ["b"]);
}

#[tokio::test]
async fn what_a_later_statement_would_refuse_stops_the_first() {
    let text = |name: &str, length: u32| cases::varchar(name, length);
    let before = || {
        let fields = vec![text("a", 20), text("b", 20), cases::null(Field::new("n", ColumnType::I32))];
        vec![cases::author(), item(fields)]
    };
    let shorter = |name: &str| cases::alter("Item", text(name, 5), None);
    let add =
        |constraint: Constraint| Operation::AddConstraint(AddConstraint { model: "Item".into(), constraint });
    let positive = Expr::binary(modelshift_schema::expr::BinaryOp::Ge, Expr::name("n"), Expr::int(0));
    let seconds = [
        ("shorter", shorter("b")),
        ("unique", add(cases::unique("item_b_key", &["b"]))),
        ("check", add(cases::check("item_n_check", positive))),
        ("null", cases::alter("Item", Field::new("n", ColumnType::I32), None)),
        ("smaller", cases::alter("Item", cases::null(Field::new("n", ColumnType::I8)), None)),
    ];
    for (name, second) in seconds {
        let case = case(before(), vec![shorter("a"), second]);
        let mut database = room(&format!("later_{name}"), &case).await;
        let rows = "INSERT INTO blog_item (a, b, n) VALUES ('a', 'longer', -1), ('b', 'longer', NULL), ('c', 'c', 300)";
        database.execute(rows).await.unwrap();
        let refused = database.run(&planned(&case).unwrap()).await.unwrap_err();
        assert!(refused.by_check, "{name}: {refused:?}");
        let length = "SELECT CONCAT(character_maximum_length, '') FROM information_schema.columns \
                      WHERE table_schema = DATABASE() AND table_name = 'blog_item' AND column_name = 'a'";
        assert_eq!(database.rows(length).await.unwrap(), ["20"], "{name}: the first is not done");
        database.execute("DELETE FROM blog_item WHERE a <> 'b'").await.unwrap();
        database.execute("UPDATE blog_item SET b = 'b', n = 1").await.unwrap();
        database.run(&planned(&case).unwrap()).await.unwrap();
    }
}

fn refused(case: &Case) -> String {
    planned(case).expect_err("the plan is refused").fault.to_string()
}

#[test]
fn what_the_server_cannot_hold_is_refused_before_anything_runs() {
    let create = |model: Model| case(Vec::new(), vec![Operation::CreateModel(CreateModel { model })]);
    let mood = cases::choices("mood", Storage::Native, &[("One", "café"), ("Two", "Cafe")]);
    let told = refused(&create(item(vec![mood])));
    assert!(told.starts_with("mysql takes `café` and `Cafe` for one value"), "{told}");
    let told = refused(&create(item(vec![cases::varchar("a", 16_000), cases::varchar("b", 1_000)])));
    assert!(told.contains("a row of `blog_item` takes 68012 bytes, more than 65535"), "{told}");
    for name in ["PRIMARY", "primary", "GEN_CLUST_INDEX"] {
        let index =
            Index { name: Some(name.into()), ..Index::new(vec![IndexPart::ascending(Expr::name("a"))]) };
        let add = Operation::AddIndex(AddIndex { model: "Item".into(), index });
        let told = refused(&case(vec![item(vec![cases::varchar("a", 10)])], vec![add]));
        assert_eq!(
            told,
            format!(
                "mysql keeps the name `{name}` for a key of its own; give the index or the rule another `name`"
            )
        );
    }
}
