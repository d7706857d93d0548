//! The page `docs/statements.md`: what each database is sent for each step, what that blocks, and whether rows are
//! rewritten, as measured on PostgreSQL and MariaDB over the operations of one step.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod measure;
mod text;

use std::collections::{BTreeMap, BTreeSet};

use modelshift::Dialect;
use modelshift::plan::{Action, Direction, MigrationPlan};
use modelshift::planner::impact::kind;
use modelshift::planner::plan_migration;
use modelshift_schema::migration::Migration;
use modelshift_schema::state::ProjectState;
use modelshift_schema::step::Step;
use modelshift_tests::cases::{self, Case};
use modelshift_tests::database::Database;

use self::measure::{Blocks, Measured};

/// The page, relative to this crate.
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/statements.md");
/// The same measurements, as `review` reads them.
const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../runtime/src/planner/impact.tsv");

/// What a database does for a step.
#[derive(Default)]
struct Cell {
    statements: BTreeSet<String>,
    blocks: Option<Blocks>,
    rewrites: bool,
    keeps: bool,
}

/// One operation of a case that is one step.
struct Single {
    /// The migrations before it.
    before: [Migration; 2],
    /// The operation alone.
    migration: Migration,
    state: ProjectState,
    step: Step,
}

/// Returns the operations of a case that are one step each, but for SQL of the author.
fn singles(case: &Case) -> Vec<Single> {
    let mut singles = Vec::new();
    for (position, operation) in case.operations.iter().enumerate() {
        let earlier = cases::migration("0002_earlier", case.operations[..position].to_vec());
        let state = cases::after(&case.state(), &earlier);
        let whole = case.second();
        let migration =
            Migration { atomic: whole.atomic, ..cases::migration("0003_case", vec![operation.clone()]) };
        let after = cases::after(&state, &migration);
        let steps = operation.behaviour().steps(&cases::APP.into(), &state, &after).unwrap();
        if let [step] = steps.as_slice()
            && !matches!(step, Step::RunSql(_))
        {
            singles.push(Single { before: [case.first(), earlier], migration, state, step: step.clone() });
        }
    }
    singles
}

/// Returns the heads of the statements of a plan.
fn heads(plan: &MigrationPlan) -> BTreeSet<String> {
    if plan.actions.iter().any(|action| matches!(action, Action::CopyTable(_))) {
        return BTreeSet::from(["rebuild".to_owned()]);
    }
    plan.actions.iter().flat_map(Action::statements).map(|statement| text::head(&statement.sql)).collect()
}

/// Applies the migrations before an operation. Returns false if the dialect does not support them.
async fn prepare(database: &mut Database, before: &[Migration], dialect: Dialect) -> bool {
    let (mut state, capabilities) = (ProjectState::default(), database.capabilities());
    database.enter("modelshift_statements").await.unwrap();
    for migration in before {
        let Ok(plan) = plan_migration(migration, Direction::Forward, &state, dialect, &capabilities) else {
            return false;
        };
        database.run(&plan).await.unwrap();
        state = cases::after(&state, migration);
    }
    true
}

async fn measure_all(dialect: Dialect, cells: &mut BTreeMap<String, BTreeMap<Dialect, Cell>>) {
    let mut database = Database::with_extensions(dialect).await.unwrap();
    let capabilities = database.capabilities();
    for Single { before, migration, state, step } in cases::all().iter().flat_map(singles) {
        let plan = plan_migration(&migration, Direction::Forward, &state, dialect, &capabilities);
        let Ok(plan) = plan else { continue };
        if !prepare(&mut database, &before, dialect).await {
            continue;
        }
        let cell = cells.entry(kind(&step)).or_default().entry(dialect).or_default();
        cell.statements.extend(heads(&plan));
        let Measured { blocks, rewrites } = measure::run(&mut database, &plan, dialect).await;
        cell.blocks = cell.blocks.max(blocks);
        *(if rewrites { &mut cell.rewrites } else { &mut cell.keeps }) = true;
    }
}

#[tokio::test]
async fn the_page_of_statements_is_what_the_databases_do() {
    let mut cells = BTreeMap::new();
    for dialect in Dialect::ALL {
        measure_all(dialect, &mut cells).await;
    }
    let (page, table) = (text::page(&cells), text::table(&cells));
    if std::env::var_os("MODELSHIFT_WRITE_DOCS").is_some() {
        std::fs::write(PAGE, &page).unwrap();
        std::fs::write(TABLE, &table).unwrap();
    }
    assert_eq!(std::fs::read_to_string(TABLE).unwrap(), table, "write it as the page below");
    let written = std::fs::read_to_string(PAGE).unwrap_or_default();
    assert!(
        written == page,
        "docs/statements.md differs from what the databases do; write it with \
         `MODELSHIFT_WRITE_DOCS=1 cargo test -p modelshift-tests --test statements`, and read the difference:\n{page}"
    );
}
