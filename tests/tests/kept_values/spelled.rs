//! Types that an author spells, and those of PostgreSQL's own: values stay as they are, or nothing changes.

use modelshift::dialect::Dialect;
use modelshift::plan::Direction;
use modelshift::planner::plan_migration;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::Field;
use modelshift_schema::model::Model;
use modelshift_schema::per_database::PerDatabase;
use modelshift_schema::state::ProjectState;
use modelshift_tests::backend::Backend;
use modelshift_tests::cases::{Case, alter, id, null};
use modelshift_tests::database::{Database, Rejected};
use modelshift_tests::on_backends;

use crate::edges::{edges, types};
use crate::meaning::{is_same, read, written};

const LARGE: ColumnType = ColumnType::Decimal { precision: 10, scale: 1 };
const SHORT: ColumnType = ColumnType::Varchar { max_length: 3 };

/// Returns types in the database's own words, and the type of ours that has the same values; text where there is none.
fn spelled(dialect: Dialect) -> Vec<(&'static str, ColumnType)> {
    use ColumnType::{Bytes, Date, DateTime, DateTimeTz, F32, F64, I16, I32, Json, Text, Time};
    match dialect {
        Dialect::Sqlite => vec![
            ("numeric", Text),
            ("int", Text),
            ("nvarchar(3)", Text),
            ("double precision", Text),
            ("blob", Text),
        ],
        Dialect::Postgres => vec![
            ("numeric(10, 1)", LARGE),
            ("numeric", ColumnType::Decimal { precision: 60, scale: 30 }),
            ("character varying(3)", SHORT),
            ("char(3)", SHORT),
            ("money", Text),
            ("int2", I16),
            ("int", I32),
            ("float4", F32),
            ("float8", F64),
            ("timestamp", DateTime),
            ("timestamptz(0)", DateTimeTz),
            ("timestamp with time zone", DateTimeTz),
            ("date", Date),
            ("time(0)", Time),
            ("interval", Text),
            ("inet", Text),
            ("bit varying(4)", Text),
            ("json", Json),
            ("jsonb", Json),
            ("bytea", Bytes),
            ("text", Text),
        ],
        Dialect::Mysql => vec![
            ("decimal(10, 1)", LARGE),
            ("decimal", ColumnType::Decimal { precision: 10, scale: 0 }),
            ("varchar(3)", SHORT),
            ("char(3)", SHORT),
            ("varchar(3) character set latin1", SHORT),
            ("smallint", I16),
            ("int", I32),
            ("float", F32),
            ("double", F64),
            ("datetime", DateTime),
            ("datetime(6)", DateTime),
            ("timestamp", DateTime),
            ("date", Date),
            ("time", Time),
            ("year", Text),
            ("enum('abc', '12')", Text),
            ("set('abc', '12')", Text),
            ("json", Json),
            ("tinytext", Text),
            ("binary(3)", Text),
            ("bit(8)", Text),
        ],
    }
}

/// Changes a column, and returns how many values stayed, and how many stopped it.
async fn change(
    (database, room): (&mut Database, &str),
    dialect: Dialect,
    (from, to): (Field, Field),
    (holds, after_holds): (&ColumnType, &ColumnType),
    values: &[String],
    is_kept: impl Fn(&str, &str) -> bool,
) -> Result<(usize, usize), String> {
    let told = |refused: Rejected| format!("{}\n    {}", refused.reason, refused.sql);
    let case = Case {
        name: "a type".to_owned(),
        models: vec![Model::new("Thing", vec![id(), from.clone()])],
        operations: vec![alter("Thing", to.clone(), None)],
    };
    let (state, able) = (case.state(), database.backend().capabilities());
    let empty = ProjectState::default();
    let first = plan_migration(&case.first(), Direction::Forward, &empty, dialect, &able);
    let first = first.map_err(|error| error.to_string())?;
    let Ok(forward) = plan_migration(&case.second(), Direction::Forward, &state, dialect, &able) else {
        return Ok((0, 0));
    };
    let (mut kept, mut stopped) = (0, 0);
    database.enter(room).await.map_err(told)?;
    let mut is_fresh = false;
    for text in values {
        if is_fresh {
            database.execute("DELETE FROM blog_thing").await.map_err(told)?;
        } else {
            database.execute("DROP TABLE IF EXISTS blog_thing").await.map_err(told)?;
            database.run(&first).await.map_err(told)?;
        }
        is_fresh = false;
        let insert =
            format!("INSERT INTO blog_thing (value) VALUES (NULL), ({})", written(dialect, holds, text));
        database.execute(&insert).await.map_err(told)?;
        let before = value(database, dialect, holds).await.map_err(told)?;
        let ran = database.run(&forward).await;
        if let Err(refused) = ran {
            let now = value(database, dialect, holds).await.map_err(told)?;
            if now != before {
                return Err(format!("{before} became {now}, and then: {}", told(refused)));
            }
            stopped += 1;
            is_fresh = true;
            continue;
        }
        let now = value(database, dialect, after_holds).await.map_err(told)?;
        if !is_kept(&before, &now) {
            return Err(format!("{before} became {now}"));
        }
        kept += 1;
    }
    Ok((kept, stopped))
}

async fn value(database: &mut Database, dialect: Dialect, holds: &ColumnType) -> Result<String, Rejected> {
    let value = match (dialect, holds) {
        // As the server writes it, without the spaces that a type fills up with.
        (Dialect::Postgres, ColumnType::Native(_)) => "format('%s', value)".to_owned(),
        // A column may hold anything here.
        (Dialect::Sqlite, ColumnType::Text) => format!(
            "CASE typeof(value) WHEN 'blob' THEN hex(value) WHEN 'real' THEN {} ELSE CAST(value AS text) END",
            read(dialect, &ColumnType::F64, "value")
        ),
        _ => read(dialect, holds, "value"),
    };
    let rows = database.rows(&format!("SELECT {value} FROM blog_thing WHERE value IS NOT NULL")).await?;
    Ok(rows.concat())
}

async fn every_value_is_kept_in_a_spelled_type_or_stops(backend: Backend) {
    let dialect = backend.dialect();
    let mut database = Database::with_extensions(backend).await.expect("the server starts");
    let mut faults = Vec::new();
    let (mut all_kept, mut all_stopped) = (0, 0);
    for holds in types() {
        for (word, meant) in spelled(dialect) {
            let sql_type = PerDatabase::only(dialect, word);
            let plain = null(Field::new("value", holds.clone()));
            let field = Field { sql_type: Some(sql_type), ..plain.clone() };
            let is_kept = |before: &str, after: &str| {
                let said = match (&holds, before) {
                    (ColumnType::Bool, "0") => "false",
                    (ColumnType::Bool, "1") => "true",
                    _ => before,
                };
                if word == "money" && after.replace(['$', ','], "") == before {
                    return true;
                }
                let bytes: Vec<String> = before.bytes().map(|byte| format!("{byte:02X}")).collect();
                [before, said].contains(&after)
                    || is_same(&holds, &meant, before, after)
                    || (meant == ColumnType::Bytes && bytes.concat() == after)
            };
            let fields = (plain, field);
            let values = edges(&holds, &meant);
            match change(
                (&mut database, "modelshift_spelled"),
                dialect,
                fields,
                (&holds, &meant),
                &values,
                is_kept,
            )
            .await
            {
                Ok((kept, stopped)) => {
                    all_kept += kept;
                    all_stopped += stopped;
                }
                Err(fault) => faults.push(format!("{holds:?} to `{word}`: {fault}")),
            }
        }
    }
    assert!(faults.is_empty(), "{dialect}:\n{}", faults.join("\n"));
    assert!(
        all_kept > 300 && all_stopped > 100,
        "{dialect}: {all_kept} values are kept, {all_stopped} are not"
    );
}

on_backends!(every_value_is_kept_in_a_spelled_type_or_stops:
    sqlite Sqlite, postgres Postgres, mariadb Mariadb, mysql_9 Mysql9
);

/// Text of PostgreSQL's own types, as it writes them and otherwise.
const OF_NATIVE: [&str; 24] = [
    "$12.50",
    "12.50",
    "12.505",
    "1 day",
    "24:00:00",
    "36 hours",
    "10.0.0.1",
    "10.0.0.1/32",
    "10.0.0.0/8",
    "08:00:2b:01:02:03",
    "08002b010203",
    "12:30:00+02",
    "12:30:00.1234567+02",
    "[1,10)",
    "[1,9]",
    "101",
    "\"a\"=>\"1\"",
    "a=>1",
    "a.b",
    "(1, 2)",
    "(1,2)",
    "(1.50,2)",
    "25",
    "abc  ",
];

#[tokio::test]
async fn text_becomes_a_type_of_postgres_as_it_is_or_not_at_all() {
    let mut database = Database::with_extensions(Dialect::Postgres).await.expect("the server starts");
    let mut faults = Vec::new();
    let mut kept_by_all = 0;
    for native in ColumnType::native_samples() {
        if !matches!(native, ColumnType::Native(_)) {
            continue;
        }
        let fields = (null(Field::new("value", ColumnType::Text)), null(Field::new("value", native.clone())));
        let values = OF_NATIVE.map(str::to_owned);
        // What is no part of the value, such as the sign of a currency.
        let bare = |text: &str| text.replace(['"', ' ', '$', 's'], "");
        let is_kept = |before: &str, after: &str| {
            bare(before) == bare(after) || before.strip_suffix("/32") == Some(after)
        };
        match change(
            (&mut database, "modelshift_native"),
            Dialect::Postgres,
            fields,
            (&ColumnType::Text, &native),
            &values,
            is_kept,
        )
        .await
        {
            Ok((kept, _)) => kept_by_all += kept,
            Err(fault) => faults.push(format!("text to {native:?}: {fault}")),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(kept_by_all > 30, "{kept_by_all}");
}
