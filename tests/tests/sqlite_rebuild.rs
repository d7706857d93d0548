//! A rebuild of a SQLite table loses nothing: not what refers to it, nor what hangs on it, nor its counter.

#![expect(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

use modelshift::dialect::Dialect;
use modelshift::plan::Direction;
use modelshift::planner::plan_migration;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::model::Model;
use modelshift_schema::operation::{AddField, Operation, RenameField};
use modelshift_schema::relation::ReferentialAction;
use modelshift_schema::state::ProjectState;
use modelshift_tests::cases::{Case, alter, author, id, null, post, reference, varchar};
use modelshift_tests::database::{Database, Rejected};
use modelshift_tests::trial;

async fn standing(case: &Case, rows: &[&str]) -> Database {
    let mut database = Database::fresh(Dialect::Sqlite).await.expect("SQLite starts");
    let capabilities = trial::capabilities(Dialect::Sqlite);
    let empty = ProjectState::default();
    let plan = plan_migration(&case.first(), Direction::Forward, &empty, Dialect::Sqlite, &capabilities);
    database.run(&plan.unwrap()).await.unwrap();
    for row in rows {
        database.execute(row).await.unwrap();
    }
    database
}

async fn migrate(database: &mut Database, case: &Case) -> Result<(), Rejected> {
    let capabilities = trial::capabilities(Dialect::Sqlite);
    let plan =
        plan_migration(&case.second(), Direction::Forward, &case.state(), Dialect::Sqlite, &capabilities);
    database.run(&plan.unwrap()).await
}

fn case(models: Vec<Model>, operations: Vec<Operation>) -> Case {
    Case { name: "rebuild".to_owned(), models, operations }
}

#[tokio::test]
async fn a_rebuilt_parent_keeps_its_children() {
    let case = case(vec![author(), post()], vec![alter("Author", varchar("name", 90), None)]);
    let mut database = standing(
        &case,
        &[
            "INSERT INTO blog_author (name) VALUES ('a'), ('b')",
            "INSERT INTO blog_post (title, slug, author_id) VALUES ('x', 'x', 1), ('y', 'y', 2)",
        ],
    )
    .await;
    migrate(&mut database, &case).await.unwrap();
    assert_eq!(database.rows("SELECT title, author_id FROM blog_post").await.unwrap(), ["x | 1", "y | 2"]);
    let enforced =
        database.execute("INSERT INTO blog_post (title, slug, author_id) VALUES ('z', 'z', 9)").await;
    assert!(enforced.unwrap_err().reason.contains("FOREIGN KEY"), "references are enforced again");
    database.execute("DELETE FROM blog_author WHERE id = 1").await.unwrap();
    assert_eq!(
        database.rows("SELECT title FROM blog_post").await.unwrap(),
        ["y"],
        "and lead to the new table"
    );
}

#[tokio::test]
async fn triggers_views_and_foreign_indexes_live_on() {
    let case = case(vec![author(), post()], vec![alter("Author", varchar("name", 90), None)]);
    let mut database = standing(&case, &[
        "CREATE TABLE log (name text)",
        "CREATE TRIGGER author_log AFTER INSERT ON blog_author BEGIN INSERT INTO log VALUES (new.name); END",
        "CREATE VIEW names AS SELECT name FROM blog_author",
        "CREATE INDEX by_hand ON blog_author (name COLLATE NOCASE)",
        "INSERT INTO blog_author (name) VALUES ('a')",
    ]).await;
    migrate(&mut database, &case).await.unwrap();
    database.execute("INSERT INTO blog_author (name) VALUES ('b')").await.unwrap();
    assert_eq!(
        database.rows("SELECT name FROM log").await.unwrap(),
        ["a", "b"],
        "the trigger fired for each once"
    );
    assert_eq!(database.rows("SELECT name FROM names").await.unwrap(), ["a", "b"]);
    let index = "SELECT name FROM sqlite_schema WHERE type = 'index' AND name = 'by_hand'";
    assert_eq!(database.rows(index).await.unwrap(), ["by_hand"]);
}

#[tokio::test]
async fn keys_are_never_given_out_twice() {
    let case = case(vec![author()], vec![alter("Author", varchar("name", 90), None)]);
    let rows = ["INSERT INTO blog_author (name) VALUES ('a'), ('b'), ('c')", "DELETE FROM blog_author"];
    let mut database = standing(&case, &rows).await;
    migrate(&mut database, &case).await.unwrap();
    database.execute("INSERT INTO blog_author (name) VALUES ('d')").await.unwrap();
    assert_eq!(database.rows("SELECT id FROM blog_author").await.unwrap(), ["4"]);
    let counters = database.rows("SELECT name, seq FROM sqlite_sequence").await.unwrap();
    assert_eq!(counters, ["blog_author | 4"], "and nothing of the table beside it stays");
}

#[tokio::test]
async fn a_value_that_does_not_fit_the_new_type_stops_the_migration() {
    let field = |holds| null(Field::new("size", holds));
    let to_number = case(
        vec![Model::new("Shoe", vec![id(), field(ColumnType::Text)])],
        vec![alter("Shoe", field(ColumnType::I16), None)],
    );
    let rows = ["INSERT INTO blog_shoe (size) VALUES ('42'), (NULL), ('large')"];
    let mut database = standing(&to_number, &rows).await;
    let refused = migrate(&mut database, &to_number).await.unwrap_err();
    assert_eq!(
        refused.reason,
        "rows of `blog_shoe` hold values in `size` that `smallint` does not hold as they are: 3 | large"
    );
    assert_eq!(database.rows("SELECT size FROM blog_shoe").await.unwrap(), ["42", "NULL", "large"]);
    database.execute("DELETE FROM blog_shoe WHERE size = 'large'").await.unwrap();
    migrate(&mut database, &to_number).await.unwrap();
    let types = "SELECT typeof(size), size FROM blog_shoe";
    assert_eq!(database.rows(types).await.unwrap(), ["integer | 42", "null | NULL"]);
}

#[tokio::test]
async fn a_dangling_reference_stops_the_migration() {
    let models = vec![author(), Model::new("Note", vec![id(), Field::new("author", ColumnType::I64)])];
    let link = reference("author", "Author", ReferentialAction::Cascade);
    let link = Field { column: Some("author".into()), ..link };
    let case = case(models, vec![alter("Note", link, None)]);
    let mut database = standing(&case, &["INSERT INTO blog_note (author) VALUES (7)"]).await;
    let refused = migrate(&mut database, &case).await.unwrap_err();
    let words = "1 rows of table `blog_note` would refer to rows of `blog_author` that are not there";
    assert!(refused.reason.contains(words), "{}", refused.reason);
}

#[tokio::test]
async fn values_for_rows_that_exist_are_right_in_one_rebuild() {
    let number = |name: &str| Field::new(name, ColumnType::I32);
    let fill = |from: &str| Some(Expr::name(from));
    let add =
        |field: Field, backfill| Operation::AddField(AddField { model: "Shoe".into(), field, backfill });
    let case = case(
        vec![Model::new("Shoe", vec![id(), null(number("size"))])],
        vec![
            alter("Shoe", number("size"), Some(Expr::int(40))),
            add(number("width"), fill("size")),
            Operation::RenameField(RenameField::new("Shoe", "size", "length")),
            add(number("height"), fill("length")),
        ],
    );
    let mut database = standing(&case, &["INSERT INTO blog_shoe (size) VALUES (42), (NULL)"]).await;
    migrate(&mut database, &case).await.unwrap();
    let rows = database.rows("SELECT length, width, height FROM blog_shoe").await.unwrap();
    assert_eq!(rows, ["42 | 42 | 42", "40 | 40 | 40"]);
}
