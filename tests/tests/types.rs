//! Every type of column, in every place where a column can be, and on its way to every other type, on real servers.

use modelshift::dialect::Dialect;
use modelshift::plan::Direction;
use modelshift::planner::plan_migration;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::constraint::Constraint;
use modelshift_schema::expr::{BinaryOp, Expr};
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::index::IndexPart;
use modelshift_schema::model::Model;
use modelshift_schema::native_type::NativeType;
use modelshift_schema::operation::{
    AddConstraint, AddField, AddIndex, CreateModel, Operation, RemoveField, RenameField,
};
use modelshift_schema::relation::ReferentialAction;
use modelshift_schema::state::ProjectState;
use modelshift_tests::cases::{Case, alter, check, default, id, index, null, reference, unique};
use modelshift_tests::database::Database;
use modelshift_tests::rows;
use modelshift_tests::trial::{self, Outcome};

fn add(field: Field, backfill: Option<Expr>) -> Operation {
    Operation::AddField(AddField { model: "Thing".into(), field, backfill })
}

/// A column of the type comes, changes and goes, with and without NULL, defaults and checks.
fn column_case(holds: &ColumnType) -> Case {
    let mut case = uncompared_case(holds);
    let same = |op| Expr::binary(op, Expr::name("value"), holds.neutral_value());
    let either = Expr::binary(BinaryOp::Or, same(BinaryOp::Ne), same(BinaryOp::Eq));
    let rename = case.operations.pop();
    case.operations.push(Operation::AddConstraint(AddConstraint {
        model: "Thing".into(),
        constraint: check("thing_check", either),
    }));
    case.operations.extend(rename);
    case
}

/// The same for a type whose values not every database can compare.
fn uncompared_case(holds: &ColumnType) -> Case {
    let field = |name: &str| Field::new(name, holds.clone());
    let neutral = holds.neutral_value();
    let present = Expr::IsNull { operand: Box::new(Expr::name("kept")), negated: true };
    let models = vec![Model::new("Thing", vec![id(), field("value"), null(field("kept")), field("old")])];
    let operations = vec![
        add(null(field("empty")), None),
        add(default(field("preset"), neutral.clone()), None),
        add(field("filled"), Some(neutral.clone())),
        add(default(field("both"), neutral.clone()), Some(Expr::name("value"))),
        alter("Thing", null(field("value")), None),
        alter("Thing", field("kept"), Some(neutral.clone())),
        alter("Thing", default(field("kept"), neutral.clone()), None),
        Operation::RemoveField(RemoveField { model: "Thing".into(), field: "old".into() }),
        Operation::AddConstraint(AddConstraint {
            model: "Thing".into(),
            constraint: check("thing_kept", present),
        }),
        Operation::RenameField(RenameField::new("Thing", "value", "worth")),
    ];
    Case { name: format!("column of {holds:?}"), models, operations }
}

/// A column of the type is indexed, unique, a key, and referred to.
fn key_case(holds: &ColumnType) -> Case {
    let code = || Field { primary_key: true, ..Field::new("code", holds.clone()) };
    let field = |name: &str| Field::new(name, holds.clone());
    let indexed = Field { index: true, ..field("indexed") };
    let target = Model::new("Target", vec![code()]);
    let thing = Model::new("Thing", vec![id(), field("value")]);
    let mut fresh =
        Model::new("Fresh", vec![code(), reference("target", "Target", ReferentialAction::Cascade)]);
    fresh.constraints.push(unique("fresh_key", &["target", "code"]));
    let operations = vec![
        Operation::CreateModel(CreateModel { model: fresh }),
        Operation::AddIndex(AddIndex {
            model: "Thing".into(),
            index: index("thing_value_idx", vec![IndexPart::descending(Expr::name("value"))]),
        }),
        Operation::AddConstraint(AddConstraint {
            model: "Thing".into(),
            constraint: whole("thing_key", "value"),
        }),
        add(null(Field { unique: true, ..field("once") }), None),
        add(null(indexed), None),
        add(null(reference("target", "Target", ReferentialAction::SetNull)), None),
    ];
    Case { name: format!("key of {holds:?}"), models: vec![target, thing], operations }
}

fn whole(name: &str, field: &str) -> Constraint {
    unique(name, &[field, "id"])
}

async fn run_matrix(dialect: Dialect) -> Vec<String> {
    let mut database = Database::fresh(dialect).await.expect("the server starts");
    let mut faults = Vec::new();
    let mut unsupported = Vec::new();
    for holds in ColumnType::samples() {
        // A key of two values has no room for three rows.
        let key = (holds != ColumnType::Bool).then(|| key_case(&holds));
        for case in [column_case(&holds)].into_iter().chain(key) {
            match trial::run(&mut database, &case, dialect).await {
                Outcome::Done => {}
                Outcome::Unsupported(_) => unsupported.push(case.name),
                Outcome::Failed(fault) => faults.push(fault),
            }
        }
    }
    assert!(faults.is_empty(), "{dialect}:\n{}", faults.join("\n"));
    unsupported
}

#[tokio::test]
async fn sqlite_holds_every_type_everywhere() {
    assert_eq!(run_matrix(Dialect::Sqlite).await, [""; 0]);
    holds_addresses(Dialect::Sqlite).await;
}

#[tokio::test]
async fn postgres_holds_every_type_everywhere() {
    assert_eq!(run_matrix(Dialect::Postgres).await, [""; 0]);
    // In the same test, since the tests of a server share a room.
    postgres_holds_types_of_its_own().await;
}

#[tokio::test]
async fn mariadb_holds_every_type_everywhere_but_long_ones_in_keys() {
    assert_eq!(run_matrix(Dialect::Mysql).await, ["key of Text", "key of Bytes", "key of Json"]);
    holds_addresses(Dialect::Mysql).await;
}

async fn postgres_holds_types_of_its_own() {
    let database = Database::with_extensions(Dialect::Postgres).await;
    let mut database = database.expect("the server starts and has the extensions");
    let mut faults = Vec::new();
    let mut refused = Vec::new();
    for holds in ColumnType::native_samples() {
        for case in [uncompared_case(&holds), key_case(&holds)] {
            match trial::run(&mut database, &case, Dialect::Postgres).await {
                Outcome::Done => {}
                Outcome::Unsupported(_) => refused.push(case.name),
                Outcome::Failed(fault) => faults.push(fault),
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let is_sized =
        |item: &ColumnType| matches!(item, ColumnType::Varchar { .. } | ColumnType::Decimal { .. });
    let is_refused = |holds: &ColumnType| {
        matches!(holds, ColumnType::Native(native) if !native.has_order())
            || matches!(holds, ColumnType::Array(item) if is_sized(item))
    };
    let expected = ColumnType::native_samples().into_iter().filter(is_refused);
    assert_eq!(refused, expected.map(|holds| format!("key of {holds:?}")).collect::<Vec<_>>());
}

/// Addresses are text of one form where the database has no type for them.
async fn holds_addresses(dialect: Dialect) {
    let holds = ColumnType::Native(NativeType::Inet);
    let mut database = Database::fresh(dialect).await.expect("the server starts");
    for case in [column_case(&holds), key_case(&holds)] {
        let outcome = trial::run(&mut database, &case, dialect).await;
        assert!(matches!(outcome, Outcome::Done), "{dialect}: {}: {outcome:?}", case.name);
    }
}

async fn postgres_converts_its_own_types_to_text_and_back() {
    let database = Database::with_extensions(Dialect::Postgres).await;
    let mut database = database.expect("the server starts and has the extensions");
    let mut faults = Vec::new();
    let mut done = Vec::new();
    for native in ColumnType::native_samples() {
        let others = ColumnType::samples().into_iter().chain(ColumnType::native_samples());
        for other in others.filter(|other| *other != native) {
            for (from, to) in [(&native, &other), (&other, &native)] {
                match convert(&mut database, Dialect::Postgres, from, to).await {
                    Ok(true) => done.push((from.clone(), to.clone())),
                    Ok(false) => {}
                    Err(fault) => faults.push(fault),
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let is_text = |holds: &ColumnType| matches!(holds, ColumnType::Text | ColumnType::Varchar { .. });
    let is_list_of_text = |holds: &ColumnType| matches!(holds, ColumnType::Array(item) if is_text(item));
    let hstore = (ColumnType::Native(NativeType::Hstore), ColumnType::Json);
    assert!(done.contains(&hstore), "PostgreSQL has a cast");
    let others = done.into_iter().filter(|pair| *pair != hstore);
    let (with_text, between): (Vec<_>, Vec<_>) = others.partition(|(from, to)| is_text(from) || is_text(to));
    assert_eq!(with_text.len(), ColumnType::native_samples().len() * 4);
    assert!(between.iter().all(|(from, to)| is_list_of_text(from) && is_list_of_text(to)), "{between:?}");
    assert_eq!(between.len(), 4, "{between:?}");
}

#[test]
fn other_databases_refuse_these_types_before_anything_runs() {
    for dialect in [Dialect::Sqlite, Dialect::Mysql] {
        // An address is text there.
        let is_known = |holds: &ColumnType| *holds == ColumnType::Native(NativeType::Inet);
        for holds in ColumnType::native_samples().into_iter().filter(|it| !is_known(it)) {
            let (first, empty) = (uncompared_case(&holds).first(), ProjectState::default());
            let plan =
                plan_migration(&first, Direction::Forward, &empty, dialect, &trial::capabilities(dialect));
            let reason = plan.expect_err("there is no such type").fault.to_string();
            assert!(reason.contains("PostgreSQL alone") && reason.contains("sql_type"), "{reason}");
        }
    }
}

/// A value of the one type, written so that it is one of the other as well.
fn value(dialect: Dialect, from: &ColumnType, to: &ColumnType, number: u8) -> String {
    if matches!(from, ColumnType::Text | ColumnType::Varchar { .. }) {
        return rows::sample_text(to, number);
    }
    let has_time = matches!(from, ColumnType::DateTime | ColumnType::DateTimeTz);
    if has_time && *to == ColumnType::Date {
        return rows::sample(dialect, from, number).replace("12:30:00.5", "00:00:00");
    }
    rows::sample(dialect, from, if *to == ColumnType::Bool { number % 2 } else { number })
}

/// Changes a column from the one type to the other and back, on rows with and without a value.
async fn convert(
    database: &mut Database,
    dialect: Dialect,
    from: &ColumnType,
    to: &ColumnType,
) -> Result<bool, String> {
    let field = |holds: &ColumnType| {
        null(Field { kind: FieldKind::Column(holds.clone()), ..Field::new("value", holds.clone()) })
    };
    let case = Case {
        name: format!("{from:?} to {to:?}"),
        models: vec![Model::new("Thing", vec![id(), field(from)])],
        operations: vec![alter("Thing", field(to), None)],
    };
    let (state, empty) = (case.state(), ProjectState::default());
    let plan = |migration: &_, direction, state: &_| {
        plan_migration(migration, direction, state, dialect, &trial::capabilities(dialect))
    };
    let Ok(forward) = plan(&case.second(), Direction::Forward, &state) else { return Ok(false) };
    let fault = |refused: modelshift_tests::database::Rejected| {
        format!("{}: {}\n    {}", case.name, refused.reason, refused.sql)
    };
    database.enter("modelshift_types").await.map_err(fault)?;
    let first = plan(&case.first(), Direction::Forward, &empty).expect("a table of one column can be");
    database.run(&first).await.map_err(fault)?;
    let (table, column) = (rows::quoted(dialect, "blog_thing"), rows::quoted(dialect, "value"));
    for number in 1..=3 {
        let value = if number == 2 { "NULL".to_owned() } else { value(dialect, from, to, number) };
        database.execute(&format!("INSERT INTO {table} ({column}) VALUES ({value})")).await.map_err(fault)?;
    }
    let count = format!("SELECT CONCAT(COUNT(*), '/', COUNT({column})) FROM {table}");
    database.run(&forward).await.map_err(fault)?;
    let there = database.rows(&count).await.map_err(fault)?;
    if let Ok(backward) = plan(&case.second(), Direction::Backward, &state) {
        database.run(&backward).await.map_err(fault)?;
    }
    let back = database.rows(&count).await.map_err(fault)?;
    if there != ["3/2"] || back != ["3/2"] {
        return Err(format!(
            "{}: {there:?} there and {back:?} back, and not 3 rows with 2 values",
            case.name
        ));
    }
    Ok(true)
}

async fn convert_all(dialect: Dialect) -> Vec<String> {
    let mut database = Database::fresh(dialect).await.expect("the server starts");
    let mut faults = Vec::new();
    let mut refused = Vec::new();
    for from in ColumnType::samples() {
        for to in ColumnType::samples().into_iter().filter(|to| *to != from) {
            match convert(&mut database, dialect, &from, &to).await {
                Ok(true) => {}
                Ok(false) => refused.push(format!("{from:?} to {to:?}")),
                Err(fault) => faults.push(fault),
            }
        }
    }
    assert!(faults.is_empty(), "{dialect}:\n{}", faults.join("\n"));
    refused
}

#[tokio::test]
async fn every_dialect_converts_the_same_types() {
    let sqlite = convert_all(Dialect::Sqlite).await;
    assert_eq!(convert_all(Dialect::Postgres).await, sqlite);
    let also_refused: Vec<String> =
        convert_all(Dialect::Mysql).await.into_iter().filter(|pair| !sqlite.contains(pair)).collect();
    let of_uuid = [
        "Text to Uuid",
        "Varchar { max_length: 80 } to Uuid",
        "Uuid to Text",
        "Uuid to Varchar { max_length: 80 }",
    ];
    assert_eq!(also_refused, of_uuid);
    postgres_converts_its_own_types_to_text_and_back().await;
}
