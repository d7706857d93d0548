//! What the runner costs: the same migrations by modelshift and by the client of each database, in one run.
//!
//! The client gets the statements of the plan as one script: for migrations one by one, a transaction and a row of a ledger
//! for each; for a new database, all in one transaction. Times are CPU seconds of the client's process on SQLite, where all
//! the work is in it, and seconds on the clock on servers.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark speaks to a person")]

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Instant;

use modelshift::{Dialect, EmbeddedMigration, Migrations, Migrator, Target};
use modelshift_schema::checksum::canonical;
use modelshift_schema::column_type::ColumnType;
use modelshift_schema::expr::Expr;
use modelshift_schema::field::Field;
use modelshift_schema::index::{Index, IndexPart};
use modelshift_schema::model::Model;
use modelshift_schema::operation::{AddField, AddIndex, CreateModel, Operation};
use modelshift_tests::backend::Backend;
use modelshift_tests::place::Place;
use modelshift_tests::servers::client;

/// The variables by which a child is told what to apply.
const URL: &str = "MODELSHIFT_COST_URL";
const HISTORY: &str = "MODELSHIFT_COST_HISTORY";
/// Ticks of a second in `/proc/self/stat`.
const TICKS: f64 = 100.0;

/// A history.
#[derive(Clone, Copy)]
struct History {
    migrations: usize,
    /// How many models each migration makes; 0 for the usual edits.
    models: usize,
    /// Whether each migration runs by itself, also in a new database.
    one_by_one: bool,
}

impl History {
    fn text(self) -> String {
        format!("{} {} {}", self.migrations, self.models, self.one_by_one)
    }

    fn read(text: &str) -> Self {
        let mut words = text.split(' ');
        let mut number = || words.next().unwrap().parse().unwrap();
        let (migrations, models) = (number(), number());
        Self { migrations, models, one_by_one: words.next() == Some("true") }
    }

    fn name(self) -> String {
        let Self { migrations, models, one_by_one } = self;
        let how = if one_by_one { "one by one" } else { "new database" };
        if models == 0 {
            format!("{migrations} migrations, {how}")
        } else {
            format!("{models} models, {how}")
        }
    }

    fn operations(self, number: usize) -> Vec<Operation> {
        let mut operations = Vec::new();
        if self.models > 0 {
            operations.extend((0..self.models).map(|model| create(&format!("Model{model}"))));
            return operations;
        }
        let model = format!("Model{}", number / 2 * 2);
        operations.push(match number % 4 {
            1 => {
                let field = Field { default: Some(Expr::int(0)), ..Field::new("rating", ColumnType::I32) };
                Operation::AddField(AddField { model: model.as_str().into(), field, backfill: None })
            }
            3 => {
                let name = Some(format!("model{number}_idx").as_str().into());
                let index = Index { name, ..Index::new(vec![IndexPart::ascending(Expr::name("title"))]) };
                Operation::AddIndex(AddIndex { model: model.as_str().into(), index })
            }
            _ => create(&model),
        });
        operations
    }

    fn migrations(self) -> Migrations {
        let name = |number: usize| format!("{:04}_step", number + 1);
        let list: Vec<(String, EmbeddedMigration)> = (0..self.migrations)
            .map(|number| {
                let parent = number.checked_sub(1).map(|before| &*format!("cost.{}", name(before)).leak());
                let depends_on: Vec<&'static str> = parent.into_iter().collect();
                let operations = canonical(&self.operations(number)).unwrap().leak();
                (
                    name(number),
                    EmbeddedMigration {
                        depends_on: depends_on.leak(),
                        operations,
                        ..EmbeddedMigration::EMPTY
                    },
                )
            })
            .collect();
        let list: Vec<(&str, EmbeddedMigration)> =
            list.iter().map(|(name, it)| (name.as_str(), *it)).collect();
        Migrations::new("cost", &list)
    }
}

fn create(name: &str) -> Operation {
    let text = |name: &str| Field::new(name, ColumnType::Varchar { max_length: 100 });
    let fields = vec![
        Field { primary_key: true, ..Field::new("id", ColumnType::I64) },
        text("title"),
        Field { unique: true, ..text("slug") },
        Field { null: true, ..Field::new("body", ColumnType::Text) },
        Field { default: Some(Expr::int(0)), ..Field::new("views", ColumnType::I64) },
        Field::new("is_public", ColumnType::Bool),
    ];
    Operation::CreateModel(CreateModel { model: Model::new(name, fields) })
}

/// Returns the script of the client.
async fn script(place: &Place, history: History) -> String {
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(history.migrations());
    let plan = migrator.plan(Target::Latest).await.unwrap();
    migrator.close().await;
    let mut script =
        "CREATE TABLE ledger (id varchar(255) NOT NULL PRIMARY KEY, checksum varchar(255) NOT NULL, \
        operations text NOT NULL, applied_at varchar(255) NOT NULL);\n"
            .to_owned();
    for (number, migration) in plan.migrations.iter().enumerate() {
        let operations = canonical(&history.operations(number)).unwrap().replace('\'', "''");
        let row = format!(
            "INSERT INTO ledger VALUES ('{}', '{}', '{operations}', CURRENT_TIMESTAMP);\n",
            migration.id,
            modelshift_schema::checksum::checksum(&operations)
        );
        let lines = migration.to_string();
        let lines: Vec<&str> = lines
            .lines()
            .filter(|line| !line.starts_with("--") && !["BEGIN;", "COMMIT;"].contains(line))
            .collect();
        let (begin, end) = if history.one_by_one { ("BEGIN;\n", "COMMIT;\n") } else { ("", "") };
        script.push_str(&[begin, &lines.join("\n"), "\n", &row, end].concat());
    }
    if history.one_by_one { script } else { format!("BEGIN;\n{script}COMMIT;\n") }
}

/// Returns the CPU seconds of the children of this process that have ended.
fn children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<&str> = after.split_whitespace().collect();
    fields[13..15].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / TICKS
}

/// Runs a child to its end, and returns its CPU seconds and its seconds.
fn run(command: &mut Command, input: &str) -> [f64; 2] {
    let (cpu, begin) = (children(), Instant::now());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    assert!(child.wait().unwrap().success(), "{command:?}");
    [children() - cpu, begin.elapsed().as_secs_f64()]
}

fn ours(place: &Place, history: History) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(URL, place.address()).env(HISTORY, history.text());
    command
}

fn theirs(backend: Backend, place: &Place) -> Command {
    match place.server() {
        None => {
            let mut command = Command::new("sqlite3");
            command.args(["-batch", "-bail", place.address().strip_prefix("sqlite://").unwrap()]);
            command
        }
        Some(server) => {
            let socket = server.socket().display().to_string();
            let mut command = Command::new(client(backend.dialect()).unwrap());
            match backend.dialect() {
                Dialect::Postgres => command.args(["-q", "-v", "ON_ERROR_STOP=1", &place.address()]),
                Dialect::Mysql | Dialect::Sqlite => {
                    command.args([&format!("--socket={socket}"), "--user=root", place.name()])
                }
            };
            command
        }
    }
}

/// Measures both sides, in turns, and returns the line of the report.
async fn measure(backend: Backend, history: History, rounds: usize) -> String {
    let mut sums = [[0.0; 2]; 2];
    let plan_of = Place::new(backend).await.unwrap();
    let script = script(&plan_of, history).await;
    for _ in 0..rounds {
        let places = [Place::new(backend).await.unwrap(), Place::new(backend).await.unwrap()];
        let measured =
            [run(&mut ours(&places[0], history), ""), run(&mut theirs(backend, &places[1]), &script)];
        for (sum, measured) in sums.iter_mut().zip(measured) {
            sum.iter_mut().zip(measured).for_each(|(sum, measured)| *sum += measured);
        }
    }
    let by_clock = usize::from(backend != Backend::Sqlite);
    #[expect(clippy::cast_precision_loss, reason = "a few rounds")]
    let [ours, theirs] = sums.map(|sum| sum[by_clock] * 1000.0 / rounds as f64);
    let what = ["CPU ms", "ms"][by_clock];
    let name = history.name();
    format!(
        "{backend:?}, {name}: {ours:.1} {what}, its client {theirs:.1} {what}, ratio {:.2}",
        ours / theirs
    )
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    if let Ok(url) = std::env::var(URL) {
        let history = History::read(&std::env::var(HISTORY).unwrap());
        runtime.block_on(async {
            let migrator = Migrator::connect(&url).await.unwrap().with(history.migrations());
            let mut migrator = if history.one_by_one { migrator.one_by_one() } else { migrator };
            assert_eq!(migrator.migrate().await.unwrap().done.len(), history.migrations);
            migrator.close().await;
        });
        return;
    }
    let only = std::env::args().nth(1).filter(|word| !word.starts_with('-'));
    for backend in [Backend::Sqlite, Backend::Postgres, Backend::Mariadb] {
        let Some(_ready) = backend.ready() else { continue };
        if only.as_ref().is_some_and(|only| !format!("{backend:?}").eq_ignore_ascii_case(only)) {
            continue;
        }
        for one_by_one in [true, false] {
            for (migrations, models, rounds) in [(100, 0, 20), (1000, 0, 2), (1, 1000, 2)] {
                let history = History { migrations, models, one_by_one };
                println!("{}", runtime.block_on(measure(backend, history, rounds)));
            }
        }
    }
}
