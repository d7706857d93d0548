//! Invariants 5 and 6 on random evolutions of real tables: there, back and there again, always as a fresh database would
//! be, and no row is lost.

use std::cell::RefCell;
use std::ops::Range;

use modelshift::dialect::Dialect;
use modelshift_evolution::builds::{Held, Tally, tell};
use modelshift_evolution::campaign::told;
use modelshift_evolution::found;
use modelshift_evolution::minimise::minimise_story;
use modelshift_evolution::sequence::{Editor, Sequence};
use modelshift_evolution::sources::Models;
use modelshift_evolution::story::Story;
use modelshift_schema::constraint::Constraint;
use modelshift_schema::migration::Migration;
use modelshift_schema::model::Model;
use modelshift_schema::operation::{
    AddConstraint, AddConstraintNotValid, AddIndex, AddIndexConcurrently, Operation, RemoveIndex,
    RemoveIndexConcurrently, RenameModel, SeparateDatabaseAndState, ValidateConstraint,
};
use modelshift_tests::backend::Backend;
use modelshift_tests::cases::{Case, alter, id, varchar};
use modelshift_tests::database::{Database, Rejected};
use modelshift_tests::trial::{self, Outcome};
use modelshift_tests::walk;
use tokio::runtime::Runtime;

/// Returns operations that come to the same, where the number says so: apart, while others write, or row by row later.
fn spelled_otherwise(operation: Operation, number: usize, is_atomic: bool) -> Vec<Operation> {
    if number.is_multiple_of(5) {
        let (database, state) = (vec![operation.clone()], vec![operation]);
        return vec![Operation::SeparateDatabaseAndState(SeparateDatabaseAndState { database, state })];
    }
    if !number.is_multiple_of(3) {
        return vec![operation];
    }
    if let Operation::AddIndex(AddIndex { model, index }) = &operation
        && !is_atomic
    {
        let (model, index) = (model.clone(), index.clone());
        return vec![Operation::AddIndexConcurrently(AddIndexConcurrently { model, index })];
    }
    if let Operation::RemoveIndex(RemoveIndex { model, name }) = &operation
        && !is_atomic
    {
        let (model, name) = (model.clone(), name.clone());
        return vec![Operation::RemoveIndexConcurrently(RemoveIndexConcurrently { model, name })];
    }
    if let Operation::AddConstraint(AddConstraint {
        model,
        constraint: constraint @ Constraint::Check { .. },
    }) = &operation
        && let Some(name) = constraint.name().cloned()
    {
        let (model, constraint) = (model.clone(), constraint.clone());
        let validate = ValidateConstraint { model: model.clone(), name };
        return vec![
            Operation::AddConstraintNotValid(AddConstraintNotValid { model, constraint }),
            Operation::ValidateConstraint(validate),
        ];
    }
    vec![operation]
}

/// Returns the migrations of a story; the number says which are not done at once, and which say the same otherwise.
fn history(story: &Story, number: u64) -> Vec<Migration> {
    let told = tell(story, Held::Least).map_err(|fault| format!("{}\n{}", fault.what, story.print()));
    let told = told.expect("a story is told to its end");
    let mut count = usize::try_from(number).unwrap_or_default();
    let mut history = Vec::new();
    for migration in told.history.migrations {
        let mut migration = Migration::clone(&migration);
        migration.atomic = !number.is_multiple_of(4);
        let mut operations = Vec::new();
        for operation in migration.operations {
            count += 1;
            operations.extend(spelled_otherwise(operation, count, migration.atomic));
        }
        history.push(Migration { operations, ..migration });
    }
    history
}

/// A database, and what was done to it.
struct Trial {
    runtime: Runtime,
    database: RefCell<Database>,
    backend: Backend,
    takes: fn(&Models) -> bool,
    tally: Tally,
    failures: Vec<String>,
}

impl Trial {
    fn new(backend: Backend) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.expect("a runtime starts");
        let database = runtime.block_on(Database::with_extensions(backend)).expect("the server starts");
        let takes: fn(&Models) -> bool = match backend {
            Backend::Sqlite => |models| walk::holds(Backend::Sqlite, models),
            Backend::Postgres => |models| walk::holds(Backend::Postgres, models),
            Backend::Postgres18 => |models| walk::holds(Backend::Postgres18, models),
            Backend::Mariadb => |models| walk::holds(Backend::Mariadb, models),
            Backend::Mariadb11 => |models| walk::holds(Backend::Mariadb11, models),
            Backend::Mysql9 => |models| walk::holds(Backend::Mysql9, models),
        };
        let database = RefCell::new(database);
        Self { runtime, database, backend, takes, tally: Tally::new(), failures: Vec::new() }
    }

    fn walk(&self, story: &Story, number: u64, tally: &mut Tally) -> Result<(), Rejected> {
        let history = history(story, number);
        self.runtime.block_on(walk::run(&mut self.database.borrow_mut(), &history, tally))
    }

    /// Runs a story; one that fails is made small.
    fn story(&mut self, story: Story, number: u64) {
        let mut tally = Tally::new();
        let walked = self.walk(&story, number, &mut tally);
        for (what, count) in tally {
            *self.tally.entry(what).or_default() += count;
        }
        let Err(Rejected { reason, .. }) = walked else { return };
        let kind = |reason: &str| reason.split(['`', '"', '\'']).step_by(2).collect::<String>();
        let shows = |story: &Story| {
            tell(story, Held::Least).is_ok()
                && self
                    .walk(story, number, &mut Tally::new())
                    .is_err_and(|refused| kind(&refused.reason) == kind(&reason))
        };
        let story = minimise_story(story, shows);
        let Err(Rejected { sql, reason, .. }) = self.walk(&story, number, &mut Tally::new()) else { return };
        self.failures.push(format!("number {number}: {reason}\n    {sql}\n{}", story.print()));
    }

    fn seeds(&mut self, seeds: Range<u64>) {
        for seed in seeds {
            let sequence = Sequence::of(seed);
            let mut editor = Editor::within(&sequence, Held::Least, self.takes);
            let outcome = editor.run(&sequence);
            if let Err(fault) = outcome {
                self.failures.push(format!("seed {seed}: {:?}: {}", fault.law, fault.what));
                continue;
            }
            self.story(editor.builds.story, seed);
        }
    }

    /// What failed once, and holds now, is run as well, as far as the database can have it.
    fn found(&mut self) {
        for (name, text) in found::all().expect("`found` is a folder of stories") {
            let story = Story::read(&text).map_err(|error| format!("{name}: {error}"));
            let story = story.expect("a story is kept in each file");
            if told(&story).is_ok() {
                self.story(story, 1);
            }
        }
    }

    #[expect(clippy::print_stderr, reason = "what was done is told to whoever asks")]
    fn check(&self, is_many: bool) {
        if std::env::var_os("MODELSHIFT_EVOLUTIONS_TALLY").is_some() {
            eprintln!("{:?}: {:#?}", self.backend, self.tally);
        }
        let Self { failures, tally, .. } = self;
        assert!(failures.is_empty(), "{} fail\n{}\n{tally:#?}", failures.len(), failures.join("\n\n"));
        if !is_many {
            return;
        }
        let sum = |is_it: &dyn Fn(&str) -> bool| -> usize {
            tally.iter().filter(|(what, _)| is_it(what)).map(|(_, count)| count).sum()
        };
        let said = |words: &'static str| sum(&|what| what.starts_with(words));
        // What is left out is left out for a reason, and seldom.
        assert!(said("forwards: ") * 20 < said("there"), "rows hardly ever suit: {tally:#?}");
        assert!(said("there") * 3 < said("and back") * 4, "hardly anything comes back: {tally:#?}");
        assert!(said("unsupported") * 4 < said("all the way back"), "too little is supported: {tally:#?}");
        let (rows, others) = (sum(&|what| what == "rows"), said("rows that do not suit"));
        assert!(rows > others * 2 && rows > said("there"), "tables are empty: {tally:#?}");
    }
}

/// Which seeds: those of `MODELSHIFT_EVOLUTIONS`, else so many.
fn seeds(count: u64) -> Range<u64> {
    let Ok(text) = std::env::var("MODELSHIFT_EVOLUTIONS") else { return 0..count };
    let number = |text: &str| text.trim().parse().expect("`MODELSHIFT_EVOLUTIONS` is two numbers with `..`");
    text.split_once("..").map_or_else(|| 0..number(&text), |(from, to)| number(from)..number(to))
}

/// Runs the stories that are kept, and so many random ones; without a number, none.
fn run(backend: Backend, count: u64) {
    let Some(_ready) = backend.ready() else { return };
    let mut trial = Trial::new(backend);
    trial.found();
    if count > 0 {
        trial.seeds(seeds(count));
    }
    trial.check(count > 0);
}

/// What failed once: the checks of a migration that is done stage by stage belong to their stages.
#[test]
fn edits_that_failed_once() {
    let models = vec![Model::new("Book", vec![id(), varchar("title", 80)])];
    let renamed = Operation::RenameModel(RenameModel::new("Book", "Volume"));
    let operations = vec![renamed, alter("Volume", varchar("title", 100), None)];
    let case = Case { name: "not_atomic_rename_and_alter".to_owned(), models, operations };
    let mut trial = Trial::new(Backend::Sqlite);
    let outcome = trial.runtime.block_on(trial::run(trial.database.get_mut(), &case, Dialect::Sqlite));
    assert_eq!(outcome, Outcome::Done, "{:#?}", case.operations);
}

#[test]
fn random_edits_on_sqlite() {
    run(Backend::Sqlite, 300);
}

#[test]
fn random_edits_on_postgres() {
    run(Backend::Postgres, 50);
}

#[test]
fn random_edits_on_postgres_18() {
    run(Backend::Postgres18, 0);
}

#[test]
fn random_edits_on_mariadb() {
    run(Backend::Mariadb, 50);
}

#[test]
fn random_edits_on_mariadb_11() {
    run(Backend::Mariadb11, 0);
}

#[test]
fn random_edits_on_mysql_9() {
    run(Backend::Mysql9, 0);
}
