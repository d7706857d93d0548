//! What rows cost: `dumpdata` and `loaddata` beside the shell of SQLite, and a data function beside one UPDATE, in one run.
//!
//! Each job of ours is a child of this program, so that its CPU seconds and its peak of memory are its own; on servers, the
//! seconds on the clock are compared. The last line of a job shows whether it is within its limit.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark speaks to a person")]

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

use modelshift::data::{Cells, Condition, Db, Literal, Result, Row, Stored};
use modelshift::fixtures::{Dump, Load};
use modelshift::{Dialect, EmbeddedMigration, Migrations, Migrator};
use modelshift_tests::backend::Backend;
use modelshift_tests::place::Place;
use modelshift_tests::servers::client;

/// The variables that specify what a child does: a job, the address, and a file.
const JOB: &str = "MODELSHIFT_DATA_JOB";
const URL: &str = "MODELSHIFT_DATA_URL";
const FILE: &str = "MODELSHIFT_DATA_FILE";
/// Ticks of a second in `/proc/self/stat`.
const TICKS: f64 = 100.0;
const ROWS: usize = 200_000;
const ROUNDS: u32 = 3;
/// The most memory of a job, in MiB.
const MEMORY: f64 = 40.0;

mod initial {
    modelshift::migration! {
        app = "cost";

        CreateModel {
            struct Item {
                id: i64,
                #[field(max_length = 100)]
                title: String,
                body: String,
                rating: i32,
                is_public: bool,
                note: Option<String>,
            }
        }
        CreateModel {
            #[model(natural_key(name))]
            struct Author {
                id: i64,
                #[field(max_length = 100, unique)]
                name: String,
            }
        }
        CreateModel {
            #[model(natural_key(title, author))]
            struct Book {
                id: i64,
                #[field(max_length = 100)]
                title: String,
                #[field(on_delete = cascade)]
                author: ForeignKey<Author>,
            }
        }
    }
}

mod work {
    modelshift::migration! {
        depends_on = ["cost.0001_initial"];

        RunRust { forward = work, reverse = () }
    }

    use super::work;
}

/// What the data function writes: a row of `Item`.
#[derive(Clone)]
struct Item {
    id: i64,
    title: String,
    body: String,
    rating: i32,
    is_public: bool,
    note: Option<String>,
}

impl Row for Item {
    const MODEL: (&'static str, &'static str) = ("cost", "Item");
    const FIELDS: &'static [&'static str] = &["id", "title", "body", "rating", "is_public", "note"];
    const KEY: &'static [&'static str] = &["id"];
    type Key = i64;

    fn key(&self) -> i64 {
        self.id
    }

    fn from_cells(cells: &mut Cells<'_>) -> Result<Self> {
        let (id, title, body) = (cells.read()?, cells.read()?, cells.read()?);
        Ok(Self { id, title, body, rating: cells.read()?, is_public: cells.read()?, note: cells.read()? })
    }

    fn to_literals(&self) -> Vec<Option<Literal>> {
        let Self { id, title, body, rating, is_public, note } = self;
        let (id, title, body) = (id.to_literal(), title.to_literal(), body.to_literal());
        vec![id, title, body, rating.to_literal(), is_public.to_literal(), note.to_literal()]
    }
}

/// Adds 1 to the rating of each row.
async fn work(db: &mut Db<'_>) -> Result {
    let mut items = db.find(Condition::<Item>::all());
    loop {
        let mut page = items.page(db).await?;
        if page.is_empty() {
            return Ok(());
        }
        for item in &mut page {
            item.rating += 1;
        }
        db.update_many(&page).await?;
    }
}

fn migrations() -> Migrations {
    let list: [(&str, EmbeddedMigration); 2] =
        [("0001_initial", initial::MIGRATION), ("0002_work", work::MIGRATION)];
    Migrations::new("cost", &list)
}

/// Makes tables with rows: items, or authors with their books.
async fn filled(backend: Backend, natural: bool) -> Place {
    let place = empty(backend).await;
    for first in (1..=ROWS).step_by(1000) {
        let rows: Vec<String> = (first..first + 1000)
            .map(|id| match (natural, id % 2) {
                (false, _) => format!(
                    "({id}, 'Title of {id}', 'It is said of {id} that it is \"good\".', {}, {}, NULL)",
                    id % 10,
                    ["FALSE", "TRUE"][id % 2]
                ),
                (true, 1) => format!("({id}, 'Author {id}')"),
                (true, _) => format!("({id}, 'Book {id}', {})", id - 1),
            })
            .collect();
        let insert = |into: &str, rows: Vec<String>| format!("INSERT INTO {into} VALUES {}", rows.join(", "));
        if natural {
            let (books, authors) = rows.into_iter().partition(|row| row.contains("Book"));
            place.execute(&insert("cost_author (id, name)", authors)).await.unwrap();
            place.execute(&insert("cost_book (id, title, author_id)", books)).await.unwrap();
        } else {
            let into = "cost_item (id, title, body, rating, is_public, note)";
            place.execute(&insert(into, rows)).await.unwrap();
        }
    }
    place
}

async fn empty(backend: Backend) -> Place {
    let place = Place::new(backend).await.unwrap();
    let mut migrator = Migrator::connect(&place.address()).await.unwrap().with(migrations());
    migrator.migrate_to("cost 0001").await.unwrap();
    migrator.close().await;
    place
}

/// What a child cost: CPU seconds, seconds, and its peak of memory in MiB, which only our own child reports.
#[derive(Clone, Copy, Default)]
struct Cost {
    cpu: f64,
    clock: f64,
    memory: f64,
}

/// Returns the CPU seconds of the children of this process that have ended.
fn children() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after = stat.rsplit_once(')').unwrap().1;
    let fields: Vec<&str> = after.split_whitespace().collect();
    fields[13..15].iter().map(|ticks| ticks.parse::<f64>().unwrap()).sum::<f64>() / TICKS
}

/// Runs a child to its end.
fn run(command: &mut Command) -> Cost {
    let (cpu, begin) = (children(), Instant::now());
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().unwrap();
    assert!(output.status.success(), "{command:?}");
    let said = String::from_utf8_lossy(&output.stdout);
    let memory = said.lines().find_map(|line| line.strip_prefix("peak ")?.parse::<f64>().ok());
    let (cpu, clock) = (children() - cpu, begin.elapsed().as_secs_f64());
    Cost { cpu, clock, memory: memory.unwrap_or_default() / 1024.0 }
}

fn ours(place: &Place, job: &str, file: &Path) -> Cost {
    let mut command = Command::new(std::env::current_exe().unwrap());
    run(command.env(JOB, job).env(URL, place.address()).env(FILE, file))
}

/// Runs the client of the database with a text.
fn theirs(backend: Backend, place: &Place, text: &str) -> Cost {
    let Some(server) = place.server() else {
        let file = place.address();
        let mut command = Command::new("sqlite3");
        // Each line is a statement, or a command of the shell.
        command.args(["-batch", "-bail", file.strip_prefix("sqlite://").unwrap()]).args(text.lines());
        return run(&mut command);
    };
    let mut command = Command::new(client(backend.dialect()).unwrap());
    run(match backend.dialect() {
        Dialect::Postgres => command.args(["-q", "-v", "ON_ERROR_STOP=1", &place.address(), "-c", text]),
        Dialect::Mysql | Dialect::Sqlite => command.args([
            &format!("--socket={}", server.socket().display()),
            "--user=root",
            place.name(),
            "-e",
            text,
        ]),
    })
}

/// Does a job in this process, and reports its peak of memory.
async fn child(job: &str) {
    let file = PathBuf::from(std::env::var_os(FILE).unwrap());
    let mut migrator = Migrator::connect(&std::env::var(URL).unwrap()).await.unwrap().with(migrations());
    match job {
        "dump" => {
            let wanted = Dump { labels: vec!["cost.item".to_owned()], ..Dump::default() };
            dump(&mut migrator, &wanted, &file).await;
        }
        "dump by natural keys" => {
            let labels = ["cost.author", "cost.book"].map(str::to_owned).to_vec();
            let wanted = Dump { labels, natural_primary: true, natural_foreign: true, ..Dump::default() };
            dump(&mut migrator, &wanted, &file).await;
        }
        "load" => {
            let wanted = Load { names: vec![file.display().to_string()], ..Load::default() };
            assert_eq!(migrator.load(&wanted).await.unwrap().objects, ROWS as u64);
        }
        _ => assert_eq!(migrator.migrate().await.unwrap().done.len(), 1),
    }
    migrator.close().await;
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    println!("peak {}", peak.trim().trim_end_matches(" kB"));
}

async fn dump(migrator: &mut Migrator, wanted: &Dump, file: &Path) {
    let mut out = BufWriter::new(File::create(file).unwrap());
    assert_eq!(migrator.dump(wanted, "out.json", &mut out).await.unwrap(), ROWS as u64);
    out.flush().unwrap();
}

/// Prints a line, and returns whether both numbers are within their limits; a job that has no other side has no ratio.
fn told(backend: Backend, job: &str, [ours, theirs]: [Cost; 2], limit: Option<f64>) -> bool {
    let by_clock = backend != Backend::Sqlite;
    let what = if by_clock { "s" } else { "CPU s" };
    let [ours_took, theirs_took] = [ours, theirs].map(|it| if by_clock { it.clock } else { it.cpu });
    let ratio = ours_took / theirs_took;
    let is_within = limit.is_none_or(|limit| ratio <= limit) && ours.memory <= MEMORY;
    let sides = match limit {
        Some(limit) => {
            format!(
                "{ours_took:.2} {what}, its client {theirs_took:.2} {what}, ratio {ratio:.2} (limit {limit})"
            )
        }
        None => format!("{ours_took:.2} {what}"),
    };
    let verdict = if is_within { "" } else { ": OVER" };
    println!("{backend:?}, {job}: {sides}, {:.1} MiB (limit {MEMORY}){verdict}", ours.memory);
    is_within
}

/// Does both sides of a job in turns, and returns the best of each.
async fn best(mut both: impl AsyncFnMut() -> [Cost; 2]) -> [Cost; 2] {
    let mut best = both().await;
    for _ in 1..ROUNDS {
        for (best, cost) in best.iter_mut().zip(both().await) {
            best.cpu = best.cpu.min(cost.cpu);
            best.clock = best.clock.min(cost.clock);
            best.memory = best.memory.max(cost.memory);
        }
    }
    best
}

async fn files_on_sqlite(folder: &Path) -> bool {
    let backend = Backend::Sqlite;
    let full = filled(backend, false).await;
    let (json, csv, other) = (folder.join("rows.json"), folder.join("rows.csv"), folder.join("other"));
    let shown = |path: &Path| format!("\"{}\"", path.display());
    let write = format!(".mode json\n.output {}\nSELECT * FROM cost_item ORDER BY id;", shown(&other));
    let dumped = best(async || [ours(&full, "dump", &json), theirs(backend, &full, &write)]).await;
    theirs(backend, &full, &format!(".mode csv\n.output {}\nSELECT * FROM cost_item;", shown(&csv)));
    let import = format!("BEGIN;\n.import --csv {} cost_item\nCOMMIT;", shown(&csv));
    let loaded = best(async || {
        let (place, shell) = (empty(backend).await, empty(backend).await);
        [ours(&place, "load", &json), theirs(backend, &shell, &import)]
    })
    .await;
    let full = filled(backend, true).await;
    let natural = folder.join("natural.json");
    let written = ours(&full, "dump by natural keys", &natural);
    let read = ours(&empty(backend).await, "load", &natural);
    let results = [
        told(backend, "dumpdata", dumped, Some(2.0)),
        told(backend, "loaddata", loaded, Some(3.0)),
        told(backend, "dumpdata by natural keys", [written, Cost::default()], None),
        told(backend, "loaddata by natural keys", [read, Cost::default()], None),
    ];
    results.into_iter().all(|is_within| is_within)
}

async fn function_on(backend: Backend, folder: &Path) -> bool {
    let costs = best(async || {
        let (place, shell) = (filled(backend, false).await, filled(backend, false).await);
        [ours(&place, "work", folder), theirs(backend, &shell, "UPDATE cost_item SET rating = rating + 1")]
    })
    .await;
    told(backend, "a data function", costs, Some(8.0))
}

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    if let Ok(job) = std::env::var(JOB) {
        runtime.block_on(child(&job));
        return ExitCode::SUCCESS;
    }
    let only = std::env::args().nth(1).filter(|word| !word.starts_with('-'));
    let folder = tempfile::tempdir().unwrap();
    let mut is_within = true;
    for backend in [Backend::Sqlite, Backend::Postgres, Backend::Mariadb] {
        let Some(_ready) = backend.ready() else { continue };
        if only.as_ref().is_some_and(|only| !format!("{backend:?}").eq_ignore_ascii_case(only)) {
            continue;
        }
        if backend == Backend::Sqlite {
            is_within &= runtime.block_on(files_on_sqlite(folder.path()));
        }
        is_within &= runtime.block_on(function_on(backend, folder.path()));
    }
    if is_within { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
