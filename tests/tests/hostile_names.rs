//! Invariant 10: names and values from any source are quoted by one function for each dialect, on real servers.

#![expect(clippy::unwrap_used, reason = "helpers of tests panic as tests do")]

use modelshift::dialect::Dialect;
use modelshift::plan::Direction;
use modelshift::planner::plan_migration;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::{BinaryOp, Expr, Literal};
use modelshift_schema::field::Field;
use modelshift_schema::index::IndexPart;
use modelshift_schema::model::Model;
use modelshift_schema::name::ObjectName;
use modelshift_schema::operation::{
    AddField, AddIndex, AlterModelTable, Operation, RenameField, RenameIndex,
};
use modelshift_schema::relation::ReferentialAction;
use modelshift_schema::state::ProjectState;
use modelshift_tests::backend::Backend;
use modelshift_tests::cases::{Case, alter, check, default, id, index, null, reference, unique, varchar};
use modelshift_tests::database::Database;
use modelshift_tests::on_every_backend;
use modelshift_tests::rows;
use modelshift_tests::trial::{self, Outcome};

/// Names that end a string, a name, a comment or a statement somewhere; short enough for a suffix.
const HOSTILE: [&str; 16] = [
    "a\"b",
    "a'b",
    "a`b",
    "a\\",
    "\\'; DROP TABLE x; --",
    "a\nb",
    "a -- b",
    "a /* b",
    "$$a$$",
    "a ? $1 :x",
    "a%b_c",
    "a]b[",
    "select",
    "Grün ß",
    "אבג",
    "🦀",
];

/// A model whose every name is hostile, and what becomes of it.
fn case(name: &str) -> Case {
    let named = |suffix: &str| ObjectName::new(format!("{name}{suffix}"));
    let column = |field: Field, suffix: &str| Field {
        column: Some(format!("{name}{suffix}").as_str().into()),
        ..field
    };
    let mut thing = Model::new(
        "Thing",
        vec![
            column(id(), "i"),
            column(varchar("title", 40), "t"),
            column(null(reference("parent", "Thing", ReferentialAction::SetNull)), "p"),
        ],
    );
    thing.table = Some(name.into());
    thing.indexes.push(index(named("x").as_str(), vec![IndexPart::descending(Expr::name("title"))]));
    thing.constraints.push(unique(named("u").as_str(), &["title", "id"]));
    let differs = Expr::binary(BinaryOp::Ne, Expr::name("title"), Expr::text(name));
    thing.constraints.push(check(named("c").as_str(), differs));
    let operations = vec![
        Operation::AddField(AddField {
            model: "Thing".into(),
            field: column(default(varchar("kind", 40), Expr::text(name)), "k"),
            backfill: Some(Expr::text(format!("{name}!"))),
        }),
        alter("Thing", column(varchar("title", 30), "t2"), None),
        Operation::RenameField(RenameField::new("Thing", "kind", "sort")),
        Operation::RenameIndex(RenameIndex { model: "Thing".into(), before: named("x"), after: named("y") }),
        Operation::AddIndex(AddIndex {
            model: "Thing".into(),
            index: index(named("z").as_str(), vec![IndexPart::ascending(Expr::name("sort"))]),
        }),
        Operation::AlterModelTable(AlterModelTable {
            model: "Thing".into(),
            table: Some(format!("{name}2").as_str().into()),
            schema: None,
        }),
    ];
    Case { name: format!("{name:?}"), models: vec![thing], operations }
}

async fn hostile_names(backend: Backend) {
    let dialect = backend.dialect();
    let mut database = Database::fresh(backend).await.expect("the server starts");
    let mut faults = Vec::new();
    let mut unsupported = Vec::new();
    for name in HOSTILE {
        match trial::run(&mut database, &case(name), dialect).await {
            Outcome::Done => {}
            Outcome::Unsupported(_) => unsupported.push(name.to_owned()),
            Outcome::Failed(fault) => faults.push(fault),
        }
    }
    assert!(faults.is_empty(), "{backend:?}:\n{}", faults.join("\n"));
    // A name of MySQL has no characters beyond the first 65,536.
    let expected: &[&str] = if dialect == Dialect::Mysql { &["🦀"] } else { &[] };
    assert_eq!(unsupported, expected);
}

on_every_backend!(
    /// Invariant 10.
    hostile_names
);

/// Writes hostile values as defaults, and reads them back as they were.
async fn read_back(database: &mut Database, dialect: Dialect) {
    let texts: Vec<Field> = HOSTILE
        .iter()
        .enumerate()
        .map(|(number, text)| default(varchar(&format!("text_{number:02}"), 60), Expr::text(*text)))
        .collect();
    let bytes = Literal::Bytes(b"\x00\xFF'\\\"".to_vec());
    let bytes = default(Field::new("zz_bytes", ColumnType::Bytes), Expr::Literal(bytes));
    let fields = [id()].into_iter().chain(texts).chain([bytes]).collect();
    let case =
        Case { name: "values".to_owned(), models: vec![Model::new("Thing", fields)], operations: Vec::new() };
    let plan = plan_migration(
        &case.first(),
        Direction::Forward,
        &ProjectState::default(),
        dialect,
        &database.capabilities(),
    )
    .unwrap();
    // The statements themselves, without what the plan sets around them: they hold in every mode of the session.
    for statement in plan.statements() {
        database.execute(&statement.sql).await.unwrap();
    }
    let table = rows::quoted(dialect, "blog_thing");
    let insert = match dialect {
        Dialect::Sqlite | Dialect::Postgres => format!("INSERT INTO {table} DEFAULT VALUES"),
        Dialect::Mysql => format!("INSERT INTO {table} () VALUES ()"),
    };
    database.execute(&insert).await.unwrap();
    for (number, text) in HOSTILE.iter().enumerate() {
        let column = rows::quoted(dialect, &format!("text_{number:02}"));
        let found = database.rows(&format!("SELECT {column} FROM {table}")).await.unwrap();
        assert_eq!(found, [*text], "{dialect}");
    }
    let hex = match dialect {
        Dialect::Sqlite | Dialect::Mysql => "HEX(zz_bytes)",
        Dialect::Postgres => "UPPER(encode(zz_bytes, 'hex'))",
    };
    assert_eq!(
        database.rows(&format!("SELECT {hex} FROM {table}")).await.unwrap(),
        ["00FF275C22"],
        "{dialect}"
    );
}

#[tokio::test]
async fn invariant_10_hostile_values_read_back_in_every_mode() {
    for (dialect, modes) in [
        (Dialect::Sqlite, &["SELECT 1"] as &[&str]),
        (
            Dialect::Postgres,
            &["SET standard_conforming_strings = on", "SET standard_conforming_strings = off"],
        ),
        (
            Dialect::Mysql,
            &["SET sql_mode = ''", "SET sql_mode = 'NO_BACKSLASH_ESCAPES,ANSI_QUOTES,STRICT_ALL_TABLES'"],
        ),
    ] {
        let mut database = Database::fresh(dialect).await.expect("the server starts");
        for mode in modes {
            database.enter("modelshift_values").await.unwrap();
            database.execute(mode).await.unwrap();
            read_back(&mut database, dialect).await;
        }
    }
}

#[test]
fn invariant_10_names_that_cannot_be_are_refused_before_anything_runs() {
    let long = "x".repeat(64);
    for (name, dialects) in [
        ("", &Dialect::ALL as &[Dialect]),
        ("a\0b", &Dialect::ALL),
        ("sqlite_thing", &[Dialect::Sqlite]),
        (long.as_str(), &[Dialect::Postgres]),
        ("xx🦀", &[Dialect::Mysql]),
        ("ends ", &[Dialect::Mysql]),
    ] {
        let mut thing = Model::new("Thing", vec![id()]);
        thing.table = Some(name.into());
        let case = Case { name: String::new(), models: vec![thing], operations: Vec::new() };
        for dialect in Dialect::ALL {
            let plan = plan_migration(
                &case.first(),
                Direction::Forward,
                &ProjectState::default(),
                dialect,
                &trial::capabilities(dialect),
            );
            assert_eq!(plan.is_err(), dialects.contains(&dialect), "{name:?} on {dialect}");
        }
    }
}
