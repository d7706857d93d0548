//! A case, run for real: there, back, and there again, on tables with rows.

use modelshift::dialect::{Capabilities, Dialect};
use modelshift::plan::{Direction, MigrationPlan};
use modelshift::planner::{PlanError, PlanFault, plan_migration};
use modelshift_schema::migration::Migration;
use modelshift_schema::state::ProjectState;
use modelshift_schema::table::Table;

use crate::cases::{self, APP, Case};
use crate::database::{Database, Rejected};
use crate::{rows, shape};

/// Cases that cannot be taken back from with rows, and by which words: no value can be assumed for those that exist.
const NEEDS_VALUES: [(&str, &str); 5] = [
    ("remove_field_without_value", "holds rows"),
    ("remove_field_unique_without_value", "holds rows"),
    ("remove_field_primary_key", "holds rows"),
    ("alter_field_null_reference", "holds NULL in `author_id`"),
    ("alter_field_null_unique", "holds NULL in `code`"),
];

/// How the names of cases begin in which the rows of one join table become those of a model.
const KEEPS: &str = "keep_rows_";

/// How a trial ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The database did it, and holds what a fresh one holds.
    Done,
    /// It was refused before anything ran, with these words.
    Unsupported(String),
    /// Something is wrong.
    Failed(String),
}

/// Returns what the server that stands for a dialect can do: MariaDB speaks for MySQL.
pub fn capabilities(dialect: Dialect) -> Capabilities {
    match dialect {
        Dialect::Sqlite | Dialect::Postgres => Capabilities::default_for(dialect),
        Dialect::Mysql => Capabilities::mariadb(),
    }
}

/// Runs a case.
pub async fn run(database: &mut Database, case: &Case, dialect: Dialect) -> Outcome {
    match attempt(database, case, dialect).await {
        Ok(outcome) => outcome,
        Err(Rejected { sql, reason, .. }) => Outcome::Failed(format!("{}: {reason}\n    {sql}", case.name)),
    }
}

async fn attempt(database: &mut Database, case: &Case, dialect: Dialect) -> Result<Outcome, Rejected> {
    let capabilities = database.capabilities();
    let plan = |migration: &Migration, direction, state: &ProjectState| {
        plan_migration(migration, direction, state, dialect, &capabilities)
    };
    let (first, second) = (case.first(), case.second());
    if let Err(error) = plan(&first, Direction::Forward, &ProjectState::default()) {
        return Ok(refused(&error));
    }
    let state = case.state();
    let forward = match plan(&second, Direction::Forward, &state) {
        Ok(plan) => plan,
        Err(error) => return Ok(refused(&error)),
    };
    let after = cases::after(&state, &second);
    let shape_after = fresh_shape(database, &after, dialect).await?;
    let shape_before = fresh_shape(database, &state, dialect).await?;
    fill(database, &state, dialect).await?;

    let mut trial = Trial { database, case, dialect };
    trial.step(&forward, &shape_after).await?;
    trial.count(&state, &after).await?;
    let Ok(backward) = plan(&second, Direction::Backward, &state) else { return Ok(Outcome::Done) };
    if let Some((_, words)) = NEEDS_VALUES.iter().find(|(name, _)| *name == case.name) {
        if words.contains("NULL") {
            trial.clear_values(&after).await?;
        }
        trial.refuse(&backward, words).await?;
        trial.clear(&after).await?;
    }
    trial.step(&backward, &shape_before).await?;
    if case.name.starts_with(KEEPS) && trial.full(&joins(&state)).await? != joins(&state).len() {
        return Err(Rejected::new(&case.name, "rows are gone on the way back"));
    }
    trial.step(&forward, &shape_after).await?;
    Ok(Outcome::Done)
}

fn refused(error: &PlanError) -> Outcome {
    match &error.fault {
        PlanFault::Unsupported(reason) => Outcome::Unsupported(reason.to_string()),
        PlanFault::State(reason) => Outcome::Failed(format!("{error}: {reason}")),
    }
}

async fn fresh_shape(
    database: &mut Database,
    state: &ProjectState,
    dialect: Dialect,
) -> Result<Vec<String>, Rejected> {
    database.enter("modelshift_trial").await?;
    let empty = ProjectState::default();
    let fresh = cases::fresh(state);
    let plan = plan_migration(&fresh, Direction::Forward, &empty, dialect, &database.capabilities());
    let plan = plan.map_err(|error| Rejected::new("", error.fault.to_string()))?;
    database.run(&plan).await?;
    shape::shape(database, dialect).await
}

/// Returns every table three rows; those that others refer to come first in the order of their names.
async fn fill(database: &mut Database, state: &ProjectState, dialect: Dialect) -> Result<(), Rejected> {
    let managed = state.models().filter(|(_, model)| model.managed);
    let own = managed.filter_map(|(key, _)| state.table(key).ok());
    for table in own.chain(joins(state)) {
        for number in 1..=3 {
            database.execute(&rows::insert(dialect, &table, number)).await?;
        }
    }
    Ok(())
}

struct Trial<'a> {
    database: &'a mut Database,
    case: &'a Case,
    dialect: Dialect,
}

impl Trial<'_> {
    async fn step(&mut self, plan: &MigrationPlan, wanted: &[String]) -> Result<(), Rejected> {
        self.database.run(plan).await?;
        let found = shape::shape(self.database, self.dialect).await?;
        let missing = |from: &[String], other: &[String]| {
            from.iter().filter(|line| !other.contains(line)).cloned().collect::<Vec<_>>().join("\n    ")
        };
        if found == wanted {
            return Ok(());
        }
        let (more, less) = (missing(&found, wanted), missing(wanted, &found));
        let reason = format!("{}: found\n    {more}\n    instead of\n    {less}", plan.direction);
        Err(Rejected::new(&self.case.name, reason))
    }

    /// The plan is refused before anything runs, since rows would lack a value.
    async fn refuse(&mut self, plan: &MigrationPlan, words: &str) -> Result<(), Rejected> {
        let before = shape::shape(self.database, self.dialect).await?;
        let refused = self.database.run(plan).await;
        if shape::shape(self.database, self.dialect).await? != before {
            let reason = "something was done before it was refused".to_owned();
            return Err(Rejected::new(&self.case.name, reason));
        }
        match refused {
            Err(refused) if refused.reason.contains(words) => Ok(()),
            Err(refused) => Err(refused),
            Ok(()) => {
                let reason = "rows were given a value that nobody said".to_owned();
                Err(Rejected::new(&self.case.name, reason))
            }
        }
    }

    /// Takes away every value that may be NULL.
    async fn clear_values(&mut self, state: &ProjectState) -> Result<(), Rejected> {
        for table in state.models().filter_map(|(key, _)| state.table(key).ok()) {
            for column in table.columns.iter().filter(|column| column.null) {
                let (table, column) = (table.name.as_str(), column.name.as_str());
                let [table, column] = [table, column].map(|name| rows::quoted(self.dialect, name));
                self.database.execute(&format!("UPDATE {table} SET {column} = NULL")).await?;
            }
        }
        Ok(())
    }

    async fn clear(&mut self, state: &ProjectState) -> Result<(), Rejected> {
        let tables = state.models().filter_map(|(key, _)| state.table(key).ok());
        // What refers to others comes behind them in the order of the names.
        for table in tables.collect::<Vec<_>>().into_iter().rev() {
            self.database
                .execute(&format!("DELETE FROM {}", rows::quoted(self.dialect, table.name.as_str())))
                .await?;
        }
        Ok(())
    }

    /// Every table that was there and still is has its three rows.
    async fn count(&mut self, before: &ProjectState, after: &ProjectState) -> Result<(), Rejected> {
        let managed = |state: &ProjectState| state.models().filter(|(_, model)| model.managed).count();
        let own: Vec<Table> = after.models().filter_map(|(key, _)| after.table(key).ok()).collect();
        let turned = usize::from(self.case.name.starts_with(KEEPS));
        let models_are_full = self.full(&own).await? == managed(before).min(managed(after)) + turned;
        // A join table that went took its rows along.
        let mut kept = joins(before).len();
        let mut state = before.clone();
        for operation in &self.case.operations {
            let old = joins(&state).len();
            let applied = operation.behaviour().apply(&APP.into(), &mut state);
            applied.map_err(|error| Rejected::new(&self.case.name, error.to_string()))?;
            kept = kept.saturating_sub(old.saturating_sub(joins(&state).len()));
        }
        if models_are_full && self.full(&joins(after)).await? >= kept {
            return Ok(());
        }
        Err(Rejected::new(&self.case.name, "rows are gone"))
    }

    /// Returns the number of tables that have three rows.
    async fn full(&mut self, tables: &[Table]) -> Result<usize, Rejected> {
        let mut full = 0;
        for table in tables {
            let name = rows::quoted(self.dialect, table.name.as_str());
            let count = self.database.rows(&format!("SELECT CONCAT('', COUNT(*)) FROM {name}")).await?;
            full += usize::from(count == ["3"]);
        }
        Ok(full)
    }
}

fn joins(state: &ProjectState) -> Vec<Table> {
    let joins = state.models().filter_map(|(key, _)| state.join_tables(key).ok());
    joins.flatten().map(|(_, table)| table).collect()
}
