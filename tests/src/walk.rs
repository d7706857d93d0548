//! A history of many migrations, run for real: each there, back and there again, on tables with rows.
//!
//! What the rows do not suit is refused by the database, as it should be: then nothing has happened where that is
//! promised, and without rows the same migration runs.

use std::collections::BTreeSet;
use std::sync::Arc;

use modelshift::dialect::Dialect;
use modelshift::plan::{Direction, MigrationPlan};
use modelshift::planner::{PlanError, PlanFault, plan_migration};
use modelshift_evolution::builds::Tally;
use modelshift_evolution::sources::Models;
use modelshift_evolution::write::{Answer, History};
use modelshift_schema::error::StateError;
use modelshift_schema::field::Field;
use modelshift_schema::hints::{ModelHints, SourceModel};
use modelshift_schema::migration::Migration;
use modelshift_schema::model::Model;
use modelshift_schema::name::AppLabel;
use modelshift_schema::state::ProjectState;

use crate::backend::Backend;
use crate::database::{Database, Rejected};
use crate::shape;
use crate::survivors::{Survivor, fill, held, survivors};

/// Where histories are run.
const ROOM: &str = "modelshift_trial";

/// How databases say that rows do not suit what is to be; a check of ours says so by itself.
const UNSUITED: [(&str, &str); 20] = [
    ("could not create unique index", "not unique"),
    ("duplicate key value", "not unique"),
    ("UNIQUE constraint failed", "not unique"),
    ("Duplicate entry", "not unique"),
    ("violates check constraint", "a rule that rows break"),
    ("is violated by some row", "a rule that rows break"),
    ("CHECK constraint failed", "a rule that rows break"),
    ("(4025)", "a rule that rows break"),
    ("violates exclusion constraint", "a rule that rows break"),
    ("could not create exclusion constraint", "a rule that rows break"),
    ("violates foreign key constraint", "a row that is not there"),
    ("FOREIGN KEY constraint failed", "a row that is not there"),
    ("Cannot add or update a child row", "a row that is not there"),
    ("invalid input syntax", "no value of the type"),
    ("out of range", "no value of the type"),
    ("value too long", "no value of the type"),
    ("Incorrect", "no value of the type"),
    ("Data truncated", "no value of the type"),
    ("datatype mismatch", "no value of the type"),
    // Each type of PostgreSQL says it in words of its own.
    ("(22P02)", "no value of the type"),
];

/// Returns why rows do not suit what was refused; none where it is refused for another reason.
pub fn unsuited(refused: &Rejected) -> Option<&'static str> {
    let known = UNSUITED.iter().find(|(words, _)| refused.reason.contains(words));
    if refused.by_check { Some("stopped by a check") } else { known.map(|(_, kind)| *kind) }
}

/// Returns whether a database can hold models; what something else makes is not ours to look at.
pub fn holds(backend: Backend, models: &Models) -> bool {
    let mut state = ProjectState::default();
    // A type that the author chose may hold no variant of an enum, which only the database knows.
    let is_known = |field: &Field| field.choices().is_none() || field.sql_type.is_none();
    let mut models = models.iter();
    models.all(|(key, source)| {
        source.model.managed
            && source.model.fields.iter().all(is_known)
            && state.insert(key, source.model.clone()).is_ok()
    }) && from_nothing(&state).is_some_and(|fresh| plans(backend, &fresh).is_ok())
}

/// Returns the migrations that make everything that a state has.
fn from_nothing(state: &ProjectState) -> Option<Vec<Migration>> {
    let source =
        |model: &Arc<Model>| SourceModel { model: Model::clone(model), hints: ModelHints::default() };
    let models: Models = state.models().map(|(key, model)| (key.clone(), source(model))).collect();
    let apps: BTreeSet<AppLabel> = models.keys().map(|key| key.app.clone()).collect();
    match History::default().compare(&models, &apps) {
        Answer::Missing(migrations) => Some(migrations),
        Answer::Asks(_) | Answer::Refuses(_) | Answer::NotConverged(_) => None,
    }
}

fn plans(backend: Backend, migrations: &[Migration]) -> Result<Vec<MigrationPlan>, PlanError> {
    let mut state = ProjectState::default();
    let mut plans = Vec::new();
    for migration in migrations {
        plans.push(plan(migration, Direction::Forward, &state, backend)?);
        // What was planned fits.
        let _ = migration.apply(&mut state);
    }
    Ok(plans)
}

fn plan(
    migration: &Migration,
    direction: Direction,
    before: &ProjectState,
    backend: Backend,
) -> Result<MigrationPlan, PlanError> {
    plan_migration(migration, direction, before, backend.dialect(), &backend.capabilities())
}

/// Runs a history, and counts what was done and what was not.
///
/// # Errors
/// What a database refuses for no reason that it should have, or what is not as it should be then.
pub async fn run(database: &mut Database, history: &[Migration], tally: &mut Tally) -> Result<(), Rejected> {
    let backend = database.backend();
    let dialect = backend.dialect();
    let mut states = vec![ProjectState::default()];
    for migration in history {
        let mut after = states.last().cloned().unwrap_or_default();
        let applied = migration.apply(&mut after);
        applied.map_err(|(_, error)| fault(migration, error.to_string()))?;
        states.push(after);
    }
    let mut shapes = Vec::new();
    for state in &states {
        let plans = from_nothing(state).and_then(|fresh| plans(backend, &fresh).ok());
        shapes.push(match plans {
            Some(plans) => Some(fresh_shape(database, dialect, &plans).await?),
            None => None,
        });
    }
    database.enter(ROOM).await?;
    let mut walk = Walk { database, dialect, history, states: &states, shapes: &shapes, tally };
    for position in 0..history.len() {
        if !walk.step(position).await? {
            return Ok(());
        }
    }
    walk.back().await
}

fn fault(migration: &Migration, reason: String) -> Rejected {
    Rejected::new(migration.id.to_string(), reason)
}

async fn fresh_shape(
    database: &mut Database,
    dialect: Dialect,
    plans: &[MigrationPlan],
) -> Result<Vec<String>, Rejected> {
    database.enter(ROOM).await?;
    for plan in plans {
        database.run(plan).await?;
    }
    shape::shape(database, dialect).await
}

struct Walk<'a> {
    database: &'a mut Database,
    dialect: Dialect,
    history: &'a [Migration],
    states: &'a [ProjectState],
    /// What a fresh database holds at each state; none for one between two migrations of a build that no models have.
    shapes: &'a [Option<Vec<String>>],
    tally: &'a mut Tally,
}

/// How a migration went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Went {
    Through,
    /// Rows did not suit it.
    Unsuited,
}

impl Walk<'_> {
    fn count(&mut self, what: impl Into<String>) {
        *self.tally.entry(what.into()).or_default() += 1;
    }

    fn plan(&self, position: usize, direction: Direction) -> Result<MigrationPlan, PlanError> {
        plan(&self.history[position], direction, &self.states[position], self.database.backend())
    }

    /// Goes one migration on, back, and on again; tells whether there is a way on.
    async fn step(&mut self, position: usize) -> Result<bool, Rejected> {
        let migration = &self.history[position];
        let forward = match self.plan(position, Direction::Forward) {
            Ok(plan) => plan,
            Err(PlanError { fault: PlanFault::Unsupported(why), .. }) => {
                self.count(format!("unsupported: {}", without_names(&why.what)));
                return Ok(false);
            }
            Err(error) => return Err(fault(migration, format!("{error}: {}", error.fault))),
        };
        let survivors = survivors(std::slice::from_ref(migration), &self.states[position]);
        let survivors = survivors.map_err(|error| fault(migration, error.to_string()))?;
        let mut before = Vec::new();
        for survivor in &survivors {
            before.push(held(self.database, &survivor.before, survivor.columns.values()).await?);
        }
        if self.go(&forward, (position, position + 1)).await? == Went::Through {
            for (survivor, before) in survivors.iter().zip(before) {
                let after = held(self.database, &survivor.after, survivor.columns.keys()).await?;
                if after != before {
                    let Survivor { before: was, after: is, columns } = survivor;
                    let what = format!("`{was}`, now `{is}`, had {before} and has {after} of {columns:?}");
                    return Err(fault(migration, what));
                }
            }
            self.count("there");
            if self.take_back(position).await? == Went::Through {
                self.count("and back");
                self.go(&forward, (position, position + 1)).await?;
            }
        }
        fill(self.database, &self.states[position + 1], self.tally).await?;
        Ok(true)
    }

    /// Takes everything back, as far as it can be.
    async fn back(&mut self) -> Result<(), Rejected> {
        for position in (0..self.history.len()).rev() {
            if self.take_back(position).await? == Went::Unsuited {
                return Ok(());
            }
        }
        self.count("all the way back");
        Ok(())
    }

    async fn take_back(&mut self, position: usize) -> Result<Went, Rejected> {
        match self.plan(position, Direction::Backward) {
            Ok(plan) => self.go(&plan, (position + 1, position)).await,
            Err(PlanError { fault: PlanFault::State(StateError::Irreversible { .. }), .. }) => {
                self.count("irreversible");
                Ok(Went::Unsuited)
            }
            Err(PlanError { fault: PlanFault::Unsupported(why), .. }) => {
                self.count(format!("unsupported on the way back: {}", without_names(&why.what)));
                Ok(Went::Unsuited)
            }
            Err(error) => Err(fault(&self.history[position], format!("{error}: {}", error.fault))),
        }
    }

    /// Runs a plan from one state to another. What rows do not suit is done without any.
    async fn go(&mut self, plan: &MigrationPlan, (from, to): (usize, usize)) -> Result<Went, Rejected> {
        let refused = match self.database.run(plan).await {
            Ok(()) => {
                self.expect(to, plan).await?;
                return Ok(Went::Through);
            }
            Err(refused) => refused,
        };
        let Some(kind) = unsuited(&refused) else { return Err(refused) };
        self.count(format!("{}: {kind}", plan.direction));
        if plan.transactional {
            self.expect(from, plan).await?;
        }
        let forward = from.max(to);
        self.without_rows(forward).await?;
        if from > to {
            self.database.run(plan).await?;
            self.expect(to, plan).await?;
            self.without_rows(forward).await?;
        }
        Ok(Went::Unsuited)
    }

    /// Begins anew, and goes so far without rows.
    async fn without_rows(&mut self, end: usize) -> Result<(), Rejected> {
        self.database.enter(ROOM).await?;
        for position in 0..end {
            let migration = &self.history[position];
            let plan = self.plan(position, Direction::Forward);
            let plan = plan.map_err(|error| fault(migration, format!("{error}: {}", error.fault)))?;
            self.database.run(&plan).await?;
            if position + 1 == end {
                self.expect(end, &plan).await?;
            }
        }
        Ok(())
    }

    /// Holds the database to what a fresh one would be.
    async fn expect(&mut self, position: usize, plan: &MigrationPlan) -> Result<(), Rejected> {
        let Some(wanted) = &self.shapes[position] else {
            self.count("a state between two");
            return Ok(());
        };
        let found = shape::shape(self.database, self.dialect).await?;
        if found == *wanted {
            return Ok(());
        }
        let missing = |from: &[String], other: &[String]| {
            from.iter().filter(|line| !other.contains(line)).cloned().collect::<Vec<_>>().join("\n    ")
        };
        let (more, less) = (missing(&found, wanted), missing(wanted, &found));
        let reason = format!("{}: found\n    {more}\n    instead of\n    {less}", plan.direction);
        Err(Rejected::new(plan.id.to_string(), reason))
    }
}

fn without_names(text: &str) -> String {
    text.split('`').step_by(2).collect::<Vec<_>>().join("_")
}
