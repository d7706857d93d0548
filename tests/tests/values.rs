//! What existing rows hold after an edit: the same on every database.

use modelshift::dialect::Dialect;
use modelshift::plan::Direction;
use modelshift::planner::plan_migration;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{BinaryOp, Expr, Function, Literal};
use modelshift_schema::field::Field;
use modelshift_schema::generated::{Generated, Identity};
use modelshift_schema::model::Model;
use modelshift_schema::operation::{AddField, Operation};
use modelshift_schema::per_database::PerDatabase;
use modelshift_schema::state::ProjectState;
use modelshift_tests::cases::{Case, alter, default, id, null, varchar};
use modelshift_tests::database::Database;
use modelshift_tests::trial;

/// Makes the models, inserts the rows, takes the operations, and gives the rows of the query.
async fn after(
    dialect: Dialect,
    fields: Vec<Field>,
    rows: &str,
    operations: Vec<Operation>,
    query: &str,
) -> Vec<String> {
    let models = vec![Model::new("Shoe", [id()].into_iter().chain(fields).collect())];
    let case = Case { name: "values".to_owned(), models, operations };
    let mut database = Database::fresh(dialect).await.expect("the server starts");
    // Tests run side by side, each in a room of its own; a name has at most 63 bytes.
    let room: String = std::thread::current().name().unwrap_or_default().chars().take(63).collect();
    database.enter(&room).await.expect("there is room");
    for (migration, state) in [(case.first(), ProjectState::default()), (case.second(), case.state())] {
        let capabilities = trial::capabilities(dialect);
        let plan = plan_migration(&migration, Direction::Forward, &state, dialect, &capabilities);
        database.run(&plan.expect("the edit can be done")).await.expect("the edit is done");
        if migration == case.first() {
            database.execute(rows).await.expect("the rows fit");
        }
    }
    database.rows(query).await.expect("the columns are there")
}

fn add(field: Field, backfill: Option<Expr>) -> Operation {
    Operation::AddField(AddField { model: "Shoe".into(), field, backfill })
}

const ROWS: &str = "INSERT INTO blog_shoe (size, name) VALUES (42, 'Wide Boot'), (NULL, 'Clog')";

fn fields() -> Vec<Field> {
    vec![null(Field::new("size", ColumnType::I32)), varchar("name", 20)]
}

#[tokio::test]
async fn a_backfill_is_for_rows_that_exist_and_a_default_for_those_to_come() {
    let operations =
        vec![add(default(Field::new("width", ColumnType::I32), Expr::int(1)), Some(Expr::int(7)))];
    let query = "SELECT CONCAT('', width) FROM blog_shoe ORDER BY id";
    for dialect in Dialect::ALL {
        assert_eq!(after(dialect, fields(), ROWS, operations.clone(), query).await, ["7", "7"], "{dialect}");
    }
}

#[tokio::test]
async fn a_backfill_reads_other_fields() {
    let call = |function, of: &str| Expr::Call { function, arguments: vec![Expr::name(of)] };
    let doubled = Expr::Call {
        function: Function::Coalesce,
        arguments: vec![Expr::binary(BinaryOp::Mul, Expr::name("size"), Expr::int(2)), Expr::int(-1)],
    };
    let half = Expr::binary(BinaryOp::Div, Expr::name("size"), Expr::int(5));
    let operations = vec![
        add(varchar("slug", 20), Some(call(Function::Lower, "name"))),
        add(Field::new("letters", ColumnType::I64), Some(call(Function::Length, "name"))),
        add(Field::new("twice", ColumnType::I32), Some(doubled)),
        add(null(Field::new("part", ColumnType::I32)), Some(half)),
    ];
    let query =
        "SELECT CONCAT(slug, '/', letters, '/', twice, '/', COALESCE(part, 0)) FROM blog_shoe ORDER BY id";
    for dialect in Dialect::ALL {
        let found = after(dialect, fields(), ROWS, operations.clone(), query).await;
        assert_eq!(found, ["wide boot/9/84/8", "clog/4/-1/0"], "{dialect}");
    }
}

#[tokio::test]
async fn a_value_takes_the_place_of_null_alone() {
    let operations = vec![alter("Shoe", Field::new("size", ColumnType::I64), Some(Expr::int(40)))];
    let query = "SELECT CONCAT('', size) FROM blog_shoe ORDER BY id";
    for dialect in Dialect::ALL {
        assert_eq!(
            after(dialect, fields(), ROWS, operations.clone(), query).await,
            ["42", "40"],
            "{dialect}"
        );
    }
}

#[tokio::test]
async fn a_decimal_keeps_all_its_digits_and_compares_as_a_number() {
    let price = default(
        Field::new("price", ColumnType::Decimal { precision: 22, scale: 4 }),
        Expr::Literal(Literal::Float("12345678901234567.1234".to_owned())),
    );
    let dear = Expr::binary(BinaryOp::Gt, Expr::name("price"), Expr::int(9));
    let check = modelshift_tests::cases::check("dear", dear);
    let constraint = Operation::AddConstraint(modelshift_schema::operation::AddConstraint {
        model: "Shoe".into(),
        constraint: check,
    });
    let query = "SELECT CONCAT('', price) FROM blog_shoe ORDER BY id";
    for dialect in Dialect::ALL {
        let operations = vec![add(price.clone(), None), constraint.clone()];
        let found = after(dialect, fields(), ROWS, operations, query).await;
        assert_eq!(found, ["12345678901234567.1234"; 2], "{dialect}");
    }
}

#[tokio::test]
async fn random_uuids_are_random_and_of_version_four() {
    let random = Expr::Call { function: Function::RandomUuid, arguments: Vec::new() };
    for dialect in Dialect::ALL {
        let operations = vec![add(default(Field::new("token", ColumnType::Uuid), random.clone()), None)];
        let query = match dialect {
            Dialect::Sqlite | Dialect::Mysql => "SELECT LOWER(HEX(token)) FROM blog_shoe",
            Dialect::Postgres => "SELECT REPLACE(CAST(token AS text), '-', '') FROM blog_shoe",
        };
        let tokens = after(dialect, fields(), ROWS, operations, query).await;
        assert!(tokens.len() == 2 && tokens[0] != tokens[1], "{dialect}: {tokens:?}");
        let is_random =
            |token: &String| token.len() == 32 && &token[12..13] == "4" && "89ab".contains(&token[16..17]);
        assert!(tokens.iter().all(is_random), "{dialect}: {tokens:?}");
    }
}

#[tokio::test]
async fn a_moment_by_default_is_now_in_utc() {
    let now = Expr::Call { function: Function::Now, arguments: Vec::new() };
    for dialect in Dialect::ALL {
        let made = |name: &str, holds| add(default(Field::new(name, holds), now.clone()), None);
        let operations = vec![made("moment", ColumnType::DateTimeTz), made("local", ColumnType::DateTime)];
        let query = match dialect {
            Dialect::Sqlite => {
                "SELECT CAST(abs(julianday('now') - julianday(moment)) < 0.01 AND moment LIKE '%+00:00' \
                 AND abs(julianday('now') - julianday(local)) < 0.01 AS text) FROM blog_shoe"
            }
            Dialect::Postgres => {
                "SELECT CASE WHEN now() - moment < '10 minutes' AND timezone('UTC', now()) - local < '10 minutes' \
                 THEN 1 ELSE 0 END FROM blog_shoe"
            }
            Dialect::Mysql => {
                "SELECT ABS(TIMESTAMPDIFF(MINUTE, moment, UTC_TIMESTAMP())) < 10 \
                 AND ABS(TIMESTAMPDIFF(MINUTE, local, UTC_TIMESTAMP())) < 10 FROM blog_shoe"
            }
        };
        assert_eq!(after(dialect, fields(), ROWS, operations, query).await, ["1", "1"], "{dialect}");
    }
}

fn product() -> Expr {
    Expr::binary(BinaryOp::Mul, Expr::name("size"), Expr::int(2))
}

fn generated(field: Field, expression: Expr) -> Field {
    Field { generated: Some(Generated::stored(expression)), ..field }
}

#[tokio::test]
async fn a_generated_column_is_computed_for_rows_that_exist_and_anew_when_it_changes() {
    let twice = || null(Field::new("twice", ColumnType::I64));
    let more = Expr::binary(BinaryOp::Add, Expr::name("size"), Expr::int(1));
    let query = "SELECT CONCAT(COALESCE(twice, -1), '/', lower_name) FROM blog_shoe ORDER BY id";
    let lower = Expr::Call { function: Function::Lower, arguments: vec![Expr::name("name")] };
    let lower = generated(varchar("lower_name", 20), lower);
    for dialect in Dialect::ALL {
        let fresh = vec![add(generated(twice(), product()), None), add(lower.clone(), None)];
        let found = after(dialect, fields(), ROWS, fresh.clone(), query).await;
        assert_eq!(found, ["84/wide boot", "-1/clog"], "{dialect}");
        let changed = vec![alter("Shoe", generated(twice(), more.clone()), None)];
        let with_both = [fields(), vec![generated(twice(), product()), lower.clone()]].concat();
        let found = after(dialect, with_both, ROWS, changed, query).await;
        assert_eq!(found, ["43/wide boot", "-1/clog"], "{dialect}");
    }
}

#[tokio::test]
async fn what_was_computed_stays_when_the_column_is_written_from_now_on() {
    let written = null(Field::new("twice", ColumnType::I64));
    for dialect in Dialect::ALL {
        let before = [fields(), vec![generated(written.clone(), product())]].concat();
        let operations = vec![alter("Shoe", written.clone(), None)];
        let query = "SELECT CONCAT('', COALESCE(twice, -1)) FROM blog_shoe ORDER BY id";
        assert_eq!(after(dialect, before, ROWS, operations, query).await, ["84", "-1"], "{dialect}");
    }
}

#[tokio::test]
async fn computed_decimals_have_the_digits_of_their_column() {
    let decimal = |name: &str| null(Field::new(name, ColumnType::Decimal { precision: 12, scale: 2 }));
    let sum = Expr::binary(BinaryOp::Add, Expr::name("net"), Expr::name("tax"));
    let rows = "INSERT INTO blog_shoe (name, net, tax) VALUES ('a', '0.10', '0.20'), ('b', '1.50', NULL)";
    let query = "SELECT CONCAT('', COALESCE(gross, -1)) FROM blog_shoe ORDER BY id";
    for dialect in Dialect::ALL {
        let before = vec![varchar("name", 20), decimal("net"), decimal("tax")];
        let operations = vec![add(generated(decimal("gross"), sum.clone()), None)];
        let found = after(dialect, before, rows, operations, query).await;
        assert_eq!(found[0], "0.30", "{dialect}");
        assert!(found[1].starts_with("-1"), "{dialect}: {found:?}");
    }
}

#[tokio::test]
async fn rows_that_exist_are_counted() {
    let number = Field { identity: Some(Identity::ByDefault), ..Field::new("number", ColumnType::I32) };
    let query = "SELECT CONCAT('', number) FROM blog_shoe ORDER BY id";
    let operations = vec![add(number, None)];
    let mut found = after(Dialect::Postgres, fields(), ROWS, operations, query).await;
    found.sort();
    assert_eq!(found, ["1", "2"]);
}

#[tokio::test]
async fn an_author_s_type_keeps_the_values() {
    let spelled = |word: &str| Field {
        sql_type: Some(PerDatabase::only(Dialect::Postgres, word)),
        ..varchar("name", 20)
    };
    let query = "SELECT name || '' FROM blog_shoe ORDER BY id";
    for word in ["varchar(30)", "char(12)", "text", "bytea"] {
        let operations = vec![alter("Shoe", spelled(word), None)];
        let query =
            if word == "bytea" { "SELECT encode(name, 'escape') FROM blog_shoe ORDER BY id" } else { query };
        let found = after(Dialect::Postgres, fields(), ROWS, operations, query).await;
        assert_eq!(found.iter().map(|name| name.trim()).collect::<Vec<_>>(), ["Wide Boot", "Clog"], "{word}");
    }
}

#[tokio::test]
async fn the_largest_unsigned_number_survives_where_there_are_unsigned_numbers() {
    let large = || null(Field::new("large", ColumnType::U64));
    let rows = "INSERT INTO blog_shoe (name, large) VALUES ('a', 18446744073709551615), ('b', 1)";
    let before = vec![varchar("name", 20), large()];
    let query = "SELECT CONCAT('', large) FROM blog_shoe ORDER BY id";
    let operations = || vec![alter("Shoe", Field { unique: true, ..large() }, None)];
    let found = after(Dialect::Mysql, before.clone(), rows, operations(), query).await;
    assert_eq!(found, ["18446744073709551615", "1"]);
}
