//! Every type of column becomes every other with values at the edges, there and back: a value stays as it is, or the
//! migration stops before anything changes and names the rows.

#![expect(clippy::wildcard_enum_match_arm, reason = "every other type holds whole numbers")]

use modelshift::dialect::Dialect;
use modelshift::plan::{Direction, MigrationPlan};
use modelshift::planner::plan_migration;
use modelshift_schema::canonical;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::field::{Field, FieldKind};
use modelshift_schema::model::Model;
use modelshift_schema::state::ProjectState;
use modelshift_tests::cases::{Case, alter, id, null};
use modelshift_tests::database::{Database, Refused};
use modelshift_tests::trial;

const LARGE: ColumnType = ColumnType::Decimal { precision: 10, scale: 4 };
const SMALL: ColumnType = ColumnType::Decimal { precision: 6, scale: 1 };

fn types() -> Vec<ColumnType> {
    let sized = [SMALL, LARGE, ColumnType::Varchar { max_length: 3 }, ColumnType::Varchar { max_length: 80 }];
    let is_sized = |it: &ColumnType| matches!(it, ColumnType::Varchar { .. } | ColumnType::Decimal { .. });
    ColumnType::samples().into_iter().filter(|it| !is_sized(it)).chain(sized).collect()
}

/// Values of a type, in its own text, at the edges of others.
fn edges(holds: &ColumnType, to: &ColumnType) -> Vec<String> {
    let integers = [
        "0",
        "1",
        "-1",
        "2",
        "127",
        "-128",
        "128",
        "255",
        "256",
        "32767",
        "-32769",
        "65536",
        "99999",
        "100000",
        "16777217",
        "2147483647",
        "-2147483649",
        "4294967296",
        "9007199254740993",
        "9223372036854775807",
        "-9223372036854775808",
        "999999",
        "1000000",
    ];
    let owned = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    match holds {
        ColumnType::Bool => owned(&["0", "1"]),
        ColumnType::F32 => owned(&["0", "0.5", "0.1", "16777216", "-2.25", "3e38", "300"]),
        ColumnType::F64 => owned(&[
            "0",
            "0.5",
            "0.1",
            "0.30000000000000004",
            "-3",
            "2.5",
            "1e300",
            "1e-300",
            "16777217",
            "255",
            "-129",
            "9223372036854775808",
            "99999.9",
            "99999.95",
            "4294967296",
            "123456789.12345678",
        ]),
        ColumnType::Decimal { precision: 10, .. } => owned(&[
            "123456.7891",
            "0.5000",
            "12.0000",
            "-1.2000",
            "99999.9000",
            "99999.9500",
            "0.0001",
            "-0.0400",
            "300.0000",
        ]),
        ColumnType::Decimal { .. } => owned(&["99999.9", "12.0", "-0.1", "0.0", "255.0"]),
        ColumnType::Text | ColumnType::Varchar { max_length: 80 } => texts(to),
        ColumnType::Varchar { .. } => {
            texts(to).into_iter().filter(|text| text.chars().count() <= 3).collect()
        }
        ColumnType::Bytes => owned(&["00FF", "", &"AB".repeat(81)]),
        ColumnType::Varbinary { .. } => owned(&["00FF", ""]),
        ColumnType::Date => owned(&["2020-02-29", "0001-01-01", "9999-12-31"]),
        ColumnType::Time => owned(&["00:00:00", "23:59:59.999999", "12:30:00.500"]),
        ColumnType::DateTime | ColumnType::DateTimeTz => {
            owned(&["2020-02-29 00:00:00", "2020-02-29 12:30:00.123456", "1999-12-31 23:59:59.500"])
        }
        ColumnType::Uuid => owned(&["67e55044-10b1-426f-9247-bb680e5fe0c8"]),
        ColumnType::Json => owned(&["{\"a\":1.50}", "7", "\"a\""]),
        whole => {
            let fits = |it: &&&str| match whole {
                ColumnType::I8 => it.parse::<i8>().is_ok(),
                ColumnType::I16 => it.parse::<i16>().is_ok(),
                ColumnType::I32 => it.parse::<i32>().is_ok(),
                ColumnType::U8 => it.parse::<u8>().is_ok(),
                ColumnType::U16 => it.parse::<u16>().is_ok(),
                ColumnType::U32 => it.parse::<u32>().is_ok(),
                ColumnType::U64 => it.parse::<u64>().is_ok(),
                _ => it.parse::<i64>().is_ok(),
            };
            integers.iter().filter(fits).map(|it| (*it).to_owned()).collect()
        }
    }
}

fn texts(to: &ColumnType) -> Vec<String> {
    let documents = ["1", "{\"a\": 1}", "[{\"a\": {\"b\": 1, \"b\": 2}}]", "\"\""];
    let others = [
        "abc",
        "abc   ",
        "",
        " ",
        "12",
        " 12",
        "12\n",
        "007",
        "-5",
        "+5",
        "-0",
        "1.5",
        "1.50",
        "1.",
        ".5",
        "1e2",
        "300",
        "70000",
        "0.30000000000000004",
        "0.1234567890123456789",
        "12345678901234567890",
        "99999.95",
        "123456.78910",
        "NaN",
        "Infinity",
        "1e999",
        "0x10",
        "1_000",
        "2020-02-30",
        "2020-02-29",
        "2020-2-9",
        "0000-01-01",
        "2020-13-01",
        "2020-02-29 12:30:00",
        "2020-02-29T12:30:00.5",
        "2020-02-29 12:30:00.1234567",
        "2020-02-29 24:00:00",
        "2020-02-29T12:30:00+02:00",
        "2020-03-01T00:30:00.250+02:00",
        "2020-02-29T12:30:00Z",
        "2020-02-29 12:30:00+00",
        "now",
        "24:00:00",
        "12:30:00.25",
        "12:30",
        "12:30:60",
        "67e55044-10b1-426f-9247-bb680e5fe0c8",
        "67E5504410B1426F9247BB680E5FE0C8",
        "67e55044-10b1-426f-9247-bb680e5fe0cg",
        "ä€𝄞",
    ];
    // PostgreSQL itself stops at what is not a document.
    let all: &[&str] = if *to == ColumnType::Json { &documents } else { &others };
    all.iter().map(|it| (*it).to_owned()).collect()
}

/// Writes a value as a service would.
fn written(dialect: Dialect, holds: &ColumnType, text: &str) -> String {
    match (holds, dialect) {
        (ColumnType::Bool, Dialect::Postgres) => if text == "1" { "TRUE" } else { "FALSE" }.to_owned(),
        (ColumnType::Bytes | ColumnType::Varbinary { .. }, Dialect::Postgres) => {
            format!("decode('{text}', 'hex')")
        }
        (ColumnType::Bytes | ColumnType::Varbinary { .. }, _) => format!("X'{text}'"),
        (ColumnType::Uuid, Dialect::Sqlite | Dialect::Mysql) => format!("X'{}'", text.replace('-', "")),
        (ColumnType::DateTimeTz, Dialect::Sqlite) => format!("'{}+00:00'", text.replace(' ', "T")),
        (ColumnType::DateTimeTz, Dialect::Postgres) => format!("'{text}+00:00'"),
        (ColumnType::F32, Dialect::Sqlite) => {
            format!("{:?}", f64::from(text.parse::<f32>().expect("a number")))
        }
        (ColumnType::F64, Dialect::Sqlite) => format!("{:?}", text.parse::<f64>().expect("a number")),
        _ if holds.is_integer() || *holds == ColumnType::Bool => text.to_owned(),
        _ => format!("'{text}'"),
    }
}

/// Reads a value of a type as text, with every digit.
fn read(dialect: Dialect, holds: &ColumnType, column: &str) -> String {
    match (holds, dialect) {
        (ColumnType::Bool, Dialect::Postgres) => format!("CAST(CAST({column} AS integer) AS text)"),
        (ColumnType::Bytes | ColumnType::Varbinary { .. }, Dialect::Postgres) => {
            format!("upper(encode({column}, 'hex'))")
        }
        (ColumnType::Bytes | ColumnType::Varbinary { .. }, _) | (ColumnType::Uuid, Dialect::Sqlite) => {
            format!("CASE WHEN {column} IS NOT NULL THEN hex({column}) END")
        }
        (ColumnType::Uuid, Dialect::Mysql) => format!("hex({column})"),
        (ColumnType::F32 | ColumnType::F64, Dialect::Sqlite) => format!(
            "CASE WHEN CAST(CAST({column} AS TEXT) AS REAL) = {column} THEN CAST({column} AS TEXT) \
             WHEN {column} IS NOT NULL THEN printf('%!.17g', {column}) END"
        ),
        (ColumnType::F32, Dialect::Mysql) => format!("CONCAT('', CAST({column} AS DOUBLE))"),
        (ColumnType::DateTimeTz, Dialect::Postgres) => {
            format!("CAST(timezone('UTC', {column}) AS text) || '+00'")
        }
        (_, Dialect::Mysql) => format!("CONCAT('', {column})"),
        _ => format!("CAST({column} AS text)"),
    }
}

/// Returns the number of 32 bits that is nearest.
#[expect(clippy::cast_possible_truncation, reason = "it is what a column of 32 bits does")]
fn single(number: f64) -> f32 {
    number as f32
}

/// Returns the one text of a value of a type; none where the text is no such value.
fn meaning(holds: &ColumnType, text: &str) -> Option<String> {
    let number = |text: &str| {
        let bare = text.strip_prefix('-').unwrap_or(text);
        let is_number = bare.starts_with(|it: char| it.is_ascii_digit())
            && bare.bytes().all(|it| it.is_ascii_digit() || it == b'.');
        let digits = if bare.contains('.') { bare.trim_end_matches('0').trim_end_matches('.') } else { bare };
        let sign = if text.starts_with('-') && digits != "0" { "-" } else { "" };
        is_number.then(|| format!("{sign}{digits}"))
    };
    let zoned = |text: &str| match canonical::timestamp(text) {
        Ok(text) => Some(text),
        Err(_) => canonical::date_time(text).ok(),
    };
    match holds {
        // Zero has one meaning, whatever its sign.
        ColumnType::F32 => text.parse::<f64>().ok().map(|it| format!("{}", single(it) + 0.0)),
        ColumnType::F64 => text.parse::<f64>().ok().map(|it| format!("{}", it + 0.0)),
        ColumnType::Text | ColumnType::Varchar { .. } | ColumnType::Bytes | ColumnType::Varbinary { .. } => {
            Some(text.to_owned())
        }
        ColumnType::Date => Some(canonical::date(text).ok()? + " 00:00:00"),
        ColumnType::Time => canonical::time(text).ok(),
        ColumnType::DateTime => canonical::date_time(text).ok(),
        ColumnType::DateTimeTz => zoned(text),
        ColumnType::Uuid => canonical::uuid(text).ok().map(|it| format!("{it:?}")),
        ColumnType::Json => canonical::json(text).ok(),
        _ => number(text),
    }
}

/// Returns whether a value that was read before and after a change is the same.
fn is_same(from: &ColumnType, to: &ColumnType, before: &str, after: &str) -> bool {
    let is_float = |holds: &ColumnType| matches!(holds, ColumnType::F32 | ColumnType::F64);
    let is_text = |holds: &ColumnType| matches!(holds, ColumnType::Text | ColumnType::Varchar { .. });
    // A document may be kept as it is written, with all that it says twice.
    if [from, to].contains(&&ColumnType::Json) && before == after {
        return true;
    }
    if is_float(from) && is_float(to) {
        let exact = |holds: &ColumnType, text: &str| {
            let number = text.parse::<f64>();
            if *holds == ColumnType::F32 { number.map(|it| f64::from(single(it))) } else { number }
        };
        return exact(from, before) == exact(to, after);
    }
    let (one, other) = match (is_text(from), is_text(to)) {
        // Text has the meaning that the other type gives to it.
        (true, false) => (meaning(to, before), meaning(to, after)),
        (false, true) => (meaning(from, before), meaning(from, after)),
        _ => (meaning(from, before), meaning(to, after)),
    };
    one.is_some() && one == other
}

struct Trial<'a> {
    database: &'a mut Database,
    dialect: Dialect,
    case: Case,
}

impl Trial<'_> {
    fn plan(&self, direction: Direction) -> Option<MigrationPlan> {
        let (state, capabilities) = (self.case.state(), trial::capabilities(self.dialect));
        plan_migration(&self.case.second(), direction, &state, self.dialect, &capabilities).ok()
    }

    async fn values(&mut self, holds: &ColumnType) -> Result<Vec<String>, Refused> {
        let value = read(self.dialect, holds, "value");
        let number = if self.dialect == Dialect::Mysql { "CONCAT('', id)" } else { "CAST(id AS text)" };
        self.database.rows(&format!("SELECT {number}, {value} FROM blog_thing ORDER BY id")).await
    }

    /// Runs a plan; where it stops at rows, nothing may have changed, and without those rows it goes through.
    async fn change(
        &mut self,
        plan: &MigrationPlan,
        from: &ColumnType,
        to: &ColumnType,
    ) -> Result<(usize, usize), String> {
        let told = |refused: Refused| format!("{from:?} to {to:?}: {}\n    {}", refused.reason, refused.sql);
        let mut stopped = 0;
        let before = self.values(from).await.map_err(told)?;
        if let Err(refused) = self.database.run(plan).await {
            if !refused.by_check || !refused.reason.contains("as they are") {
                return Err(told(refused));
            }
            let unchanged = self.values(from).await.map_err(told)?;
            if unchanged != before {
                return Err(format!("{from:?} to {to:?}: {before:?} became {unchanged:?} before it stopped"));
            }
            let ids = format!("SELECT CONCAT('', id) FROM ({}) AS found", refused.sql);
            for id in self.database.rows(&ids).await.map_err(told)? {
                stopped += 1;
                self.database
                    .execute(&format!("DELETE FROM blog_thing WHERE id = {id}"))
                    .await
                    .map_err(told)?;
            }
        } else {
            return self.compare(from, to, &before).await.map(|kept| (kept, 0));
        }
        let before = self.values(from).await.map_err(told)?;
        self.database.run(plan).await.map_err(told)?;
        self.compare(from, to, &before).await.map(|kept| (kept, stopped))
    }

    async fn compare(
        &mut self,
        from: &ColumnType,
        to: &ColumnType,
        before: &[String],
    ) -> Result<usize, String> {
        let after =
            self.values(to).await.map_err(|refused| format!("{from:?} to {to:?}: {}", refused.reason))?;
        if after.len() != before.len() {
            return Err(format!("{from:?} to {to:?}: {before:?} became {after:?}"));
        }
        for (before, after) in before.iter().zip(&after) {
            let (Some((one, old)), Some((other, new))) = (before.split_once(" | "), after.split_once(" | "))
            else {
                return Err(format!("{before} or {after} is no row"));
            };
            if one != other || !(old == "NULL" && new == "NULL" || is_same(from, to, old, new)) {
                return Err(format!("{from:?} to {to:?}: {before} became {after}"));
            }
        }
        Ok(after.len())
    }
}

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
    let first = plan_migration(
        &case.first(),
        Direction::Forward,
        &ProjectState::default(),
        dialect,
        &trial::capabilities(dialect),
    );
    let mut trial = Trial { database, dialect, case };
    let Some(forward) = trial.plan(Direction::Forward) else { return Ok(None) };
    let told = |refused: Refused| format!("{from:?} to {to:?}: {}\n    {}", refused.reason, refused.sql);
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

async fn convert_all(dialect: Dialect) {
    let mut database = Database::fresh(dialect).await.expect("the server starts");
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
    assert!(faults.is_empty(), "{dialect}:\n{}", faults.join("\n"));
}

#[tokio::test]
async fn sqlite_keeps_every_value_or_stops() {
    convert_all(Dialect::Sqlite).await;
}

#[tokio::test]
async fn postgres_keeps_every_value_or_stops() {
    convert_all(Dialect::Postgres).await;
}

#[tokio::test]
async fn mariadb_keeps_every_value_or_stops() {
    convert_all(Dialect::Mysql).await;
}
